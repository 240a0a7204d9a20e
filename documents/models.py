"""Where the program's knowledge comes from: sources, and the statements taken from them."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import FileExtensionValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from parties.models import Organisation
from parties.naming import Localised
from parties.periods import PeriodField
from parties.records import Record


@pghistory.track()
class Source(Record):
    """A text or file that states facts. Its code is what records cite and never changes."""

    class Language(models.TextChoices):
        RU = "ru", _("Russian")
        EN = "en", _("English")
        BE = "be", _("Belarusian")

    title_ru = models.CharField(_("title in Russian"), max_length=300)
    title_en = models.CharField(_("title in English"), max_length=300, blank=True)
    publisher_ru = models.CharField(_("publisher in Russian"), max_length=200)
    publisher_en = models.CharField(_("publisher in English"), max_length=200, blank=True)
    published = PeriodField(_("published"), help_text=_("A day, month, half-year or year, as exactly as it is known."))
    language = models.CharField(_("language of the source"), max_length=2, choices=Language)
    address = models.URLField(_("address"), max_length=500, blank=True)
    file = models.FileField(
        _("file"),
        upload_to="sources/%Y/",
        blank=True,
        validators=[FileExtensionValidator(["pdf", "docx", "xlsx", "csv", "txt", "zip"])],
    )
    sha256 = models.CharField(
        _("SHA-256 of the file"),
        max_length=64,
        blank=True,
        validators=[RegexValidator(r"^[0-9a-f]{64}$")],
    )
    title = Localised()
    publisher = Localised()

    class Meta(Record.Meta):
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(code__isnull=False), name="source_has_a_code"),
        ]
        triggers = [
            *Record.Meta.triggers,
            pgtrigger.Protect(name="keep_cited_sources", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="keep_source_code", fields=["code"]),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("documents:source", args=[self.code])


@pghistory.track()
class Fact(Record):
    """One statement of the sources, in the program's own words, with its public id (`A1`, `T6`)."""

    class Section(models.TextChoices):
        AGREEMENTS = "agreements", _("Agreements")
        MEETINGS = "meetings", _("Workgroup, meetings, outcomes")
        TRADE = "trade", _("Trade")
        PROJECTS = "projects", _("Projects and areas of cooperation")

    section = models.CharField(_("section"), max_length=20, choices=Section)
    order = models.PositiveSmallIntegerField()
    text_ru = models.TextField(_("text in Russian"))
    text_en = models.TextField(_("text in English"))
    source_codes = ArrayField(models.CharField(max_length=80), verbose_name=_("sources"))
    text = Localised()

    class Meta(Record.Meta):
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(condition=models.Q(code__isnull=False), name="fact_has_an_id"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"

    def get_absolute_url(self) -> str:
        return f"{reverse('documents:facts')}#{self.code}"


CHECK_CITATIONS = """
    IF EXISTS (
        SELECT FROM unnest(NEW.source_codes) AS cited (code)
        WHERE NOT EXISTS (SELECT FROM documents_source s WHERE s.code = cited.code)
    ) OR EXISTS (
        SELECT FROM unnest(NEW.fact_ids) AS cited (code)
        WHERE NOT EXISTS (SELECT FROM documents_fact f WHERE f.code = cited.code)
    ) THEN
        RAISE foreign_key_violation USING MESSAGE = format(
            '%s cites an unknown source or fact: %s %s', TG_TABLE_NAME, NEW.source_codes, NEW.fact_ids);
    END IF;
    RETURN NEW;
"""


class Sourced(Record):
    """Base of every row that states something: it cites its sources and the facts it holds.

    Citations are arrays in the row itself: the audit then keeps them with the row, and no list
    needs a join. A trigger refuses a citation of an unknown source or fact (ADR 4).
    """

    source_codes = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name=_("sources"))
    fact_ids = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name=_("facts"))

    class Meta(Record.Meta):
        abstract = True
        triggers = [
            *Record.Meta.triggers,
            pgtrigger.Trigger(
                name="check_citations",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("source_codes", "fact_ids"),
                func=CHECK_CITATIONS,
            ),
        ]
        indexes = [GinIndex(fields=["fact_ids"]), GinIndex(fields=["source_codes"])]


@pghistory.track()
class Mention(Sourced):
    """What a source says about an organisation."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="mentions")
    text_ru = models.TextField(_("text in Russian"))
    text_en = models.TextField(_("text in English"))
    text = Localised()

    def __str__(self) -> str:
        return f"{self.organisation}: {self.text}"

    def get_absolute_url(self) -> str:
        return self.organisation.get_absolute_url()


class SearchEntry(models.Model):
    """What a row is found by. Triggers write it (`documents.indexing`); nothing else does."""

    model = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    vector = SearchVectorField()
    period = DateRangeField(null=True)
    is_example = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "search entries"
        constraints = [models.UniqueConstraint(fields=["model", "object_id"], name="search_entry_once_per_row")]
        indexes = [GinIndex(fields=["vector"], name="search_entry_vector")]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"


class SearchWord(models.Model):
    """A word of the indexed texts and its stem: what a half-written or misspelt word may mean.

    Words stay when the texts are gone; a word may stand here twice (see `documents.indexing`).
    """

    # Compared byte by byte, so that an index finds all words that begin alike.
    word = models.CharField(max_length=60, db_collation="C")
    stem = models.CharField(max_length=60, db_collation="C")

    class Meta:
        indexes = [
            models.Index(fields=["word"], name="search_word"),
            models.Index(fields=["stem"], name="search_word_stem"),
            GinIndex(fields=["word"], name="search_word_trigrams", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.word
