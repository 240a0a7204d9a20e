"""What every row of the domain has: a public code, a version, times, and its place in the data version.

The database keeps `version` and `updated_at` itself, so that no path of writing (form, API,
admin, bulk, raw SQL) can forget them, and bumps the one data version at the end of each
transaction that changed a domain row. Caches and ETags are keyed by that data version.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

BUMP = """
    IF coalesce(current_setting('cooperation.bumped', true), '') <> txid_current()::text THEN
        UPDATE parties_dataversion SET number = number + 1;
        PERFORM set_config('cooperation.bumped', txid_current()::text, true);
    END IF;
    RETURN NULL;
"""

# A writer may ask for a higher version of an unchanged row: its parts (rows of another table) changed.
COUNT_ROW_VERSION = """
    IF to_jsonb(NEW) - 'version' - 'updated_at' IS DISTINCT FROM to_jsonb(OLD) - 'version' - 'updated_at'
       OR NEW.version > OLD.version THEN
        NEW.version = OLD.version + 1;
        NEW.updated_at = now();
    ELSE
        NEW.version = OLD.version;
        NEW.updated_at = OLD.updated_at;
    END IF;
    RETURN NEW;
"""
COUNT_ROW_VERSION_BUT_PLACE = """
    IF to_jsonb(NEW) - 'version' - 'updated_at' - 'order' IS DISTINCT FROM
       to_jsonb(OLD) - 'version' - 'updated_at' - 'order' OR NEW.version > OLD.version THEN
        NEW.version = OLD.version + 1;
        NEW.updated_at = now();
    ELSE
        NEW.version = OLD.version;
        NEW.updated_at = CASE WHEN NEW."order" = OLD."order" THEN OLD.updated_at ELSE now() END;
    END IF;
    RETURN NEW;
"""


def bumps_data_version(operation: pgtrigger.Operation | None = None) -> pgtrigger.Trigger:
    """Return the trigger that counts the data version up once per transaction, at its end.

    Deferred to the commit, so that two writers wait for each other only for that moment, and a
    reader who sees the new number also sees the rows it stands for.
    """
    return pgtrigger.Trigger(
        name="bump_data_version",
        when=pgtrigger.After,
        operation=operation or (pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete),
        timing=pgtrigger.Deferred,
        func=BUMP,
    )


def counts_row_version(*, places_count: bool = True) -> pgtrigger.Trigger:
    """Return the trigger that keeps `version` and `updated_at`.

    Where `places_count` is not set the row may be moved among others (its `order`) without a new version: who
    writes about it has not lost sight of it when somebody else moves its neighbour.
    """
    return pgtrigger.Trigger(
        name="count_row_version",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=COUNT_ROW_VERSION if places_count else COUNT_ROW_VERSION_BUT_PLACE,
    )


class Record(models.Model):
    """Base of all domain rows."""

    code = models.CharField(
        _("code"),
        max_length=80,
        unique=True,
        null=True,
        blank=True,
        help_text=_("Stable public code of a shipped row; empty for rows entered by hand."),
    )
    is_example = models.BooleanField(_("example"), default=False, help_text=_("Not a fact: shown as an example."))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        abstract = True
        triggers = [bumps_data_version(), counts_row_version()]
