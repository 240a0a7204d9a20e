"""What the page of an agreement shows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from agreements import validity
from agreements.models import Act, Agreement, AgreementFile, Amendment, Measure, Party
from agreements.queries.concerns import with_concerns
from agreements.queries.register_pages import RegisterRow, plans_counted
from parties.formatting import day as in_words
from parties.naming import interface_language


@dataclass(frozen=True)
class FileRow:
    """The newest edition of a file, and the editions before it, newest first."""

    newest: AgreementFile
    former: Sequence[AgreementFile]


@dataclass(frozen=True)
class AgreementPage:
    """An agreement with all that hangs on it within its own app."""

    row: RegisterRow
    parties: list[Party]
    acts: list[Act]
    articles: list[Any]
    amendments: list[Amendment]
    files: list[FileRow]
    children: list[Agreement]
    next_ends_on: dt.date | None
    next_notice_by: dt.date | None

    @property
    def agreement(self) -> Any:
        return self.row.agreement

    @property
    def eyebrow(self) -> str:
        """What kind of agreement it is, between whom."""
        return capfirst(f"{self.agreement.get_form_display()} · {self.agreement.get_level_display()}")

    @property
    def concluding(self) -> str:
        """What is said of the day on which it was concluded: an understanding is not signed."""
        return _("Reached") if self.agreement.form == Agreement.Form.UNDERSTANDING else _("Signed")

    @property
    def plans(self) -> list[Any]:
        return list(self.agreement.plans.all())

    @property
    def languages(self) -> str:
        names = dict(AgreementFile._meta.get_field("language").flatchoices)
        listed = ", ".join(str(names[code]) for code in self.agreement.languages)
        return listed.capitalize() if interface_language() == "ru" else listed

    @property
    def notice_period(self) -> str:
        return validity.notice_period(self.agreement)

    @property
    def notice(self) -> str:
        """Until when notice may be given, or that it is too late for this term; empty where that is not known."""
        agreement = self.agreement
        if agreement.notice_by is None:
            return ""
        by = in_words(agreement.notice_by)
        if agreement.notice_by >= self.row.on:
            return by
        if self.next_ends_on is None or self.next_notice_by is None:
            return _("%(day)s; it has passed, so the agreement prolongs itself without an end") % {"day": by}
        parts = {"day": by, "end": in_words(self.next_ends_on), "next": in_words(self.next_notice_by)}
        return _("%(day)s; it has passed, so the agreement prolongs itself until %(end)s. Next: %(next)s") % parts


def agreement_page(agreement: Agreement, on: dt.date) -> AgreementPage | None:
    """Return the agreement as it stands on the day (9 queries)."""
    rows = with_concerns(Agreement.objects.filter(pk=agreement.pk).with_status(on), on)
    rows = rows.annotate(next_ends_on=validity.next_term_end("ends_on")).annotate(
        next_notice_by=validity.notice_day("next_ends_on")
    )
    rows = rows.select_related("area", "partnership", "parent", "responsible")
    found = rows.prefetch_related(Prefetch("plans", plans_counted(on))).get()
    articles = agreement.articles.select_related("area", "agreement").annotate(
        measure_count=Count("measures", distinct=True),
        is_served=Exists(Measure.objects.serving(on).filter(articles=OuterRef("pk"))),
    )
    amendments = agreement.amendments.prefetch_related("articles")
    files = agreement.files.select_related("author", "amendment").order_by("amendment", "kind", "language", "-edition")
    return AgreementPage(
        row=RegisterRow(found, on),
        parties=list(agreement.parties.select_related("organisation", "signatory").order_by("side", "pk")),
        acts=list(agreement.acts.order_by("dated", "pk")),
        articles=sorted(articles.prefetch_related("amendments"), key=lambda one: natural(one.number)),
        amendments=sorted(amendments, key=lambda one: (one.signed, natural(one.number))),
        files=[_file_row(list(rows)) for __, rows in groupby(files, key=_line_of)],
        children=list(agreement.children.with_status(on).order_by("concluded", "pk")),
        next_ends_on=found.next_ends_on,
        next_notice_by=found.next_notice_by,
    )


def _line_of(file: AgreementFile) -> tuple[object, ...]:
    return file.amendment_id, file.kind, file.language


def _file_row(editions: Sequence[AgreementFile]) -> FileRow:
    return FileRow(editions[0], editions[1:])


def natural(number: str) -> list[tuple[int, str]]:
    """Return the key by which numbers such as 2, 10 and 4.2 follow one another as people count."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.findall(r"\d+|\D+", number)]
