"""Reads about sources and facts: what is known, from where, and which records hold it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django_filters import ChoiceFilter

from documents.models import Fact, Source, Sourced
from parties.filtering import CitationFilter, PeriodFilter, RecordFilterSet, YearOfPeriodFilter, of_organisation
from parties.naming import interface_language
from parties.queries import data_version


class SourcedFilterSet(RecordFilterSet):
    """What all records that cite sources can be filtered by."""

    source = CitationFilter(field_name="source_codes", queryset=Source.objects.all(), label=_("source"))
    fact = CitationFilter(field_name="fact_ids", queryset=Fact.objects.all(), label=_("fact"))


class SourceFilter(RecordFilterSet):
    """Filters of sources."""

    language = ChoiceFilter(choices=Source.Language, label=_("language"))
    year = YearOfPeriodFilter(field_name="published", label=_("year"))
    published = PeriodFilter(field_name="published", label=_("published"))


class FactFilter(RecordFilterSet):
    """Filters of facts."""

    section = ChoiceFilter(choices=Fact.Section, label=_("section"))
    source = CitationFilter(field_name="source_codes", queryset=Source.objects.all(), label=_("source"))


class MentionFilter(SourcedFilterSet):
    """Filters of mentions."""

    organisation = of_organisation()


@dataclass(frozen=True)
class Holder:
    """A record that holds a fact, or cites a source.

    `path` names the record and then the records it belongs to, as (label of the model, id): a
    party of an agreement has no address of its own and is found at that of the agreement, and
    so is its page.
    """

    path: tuple[tuple[str, int], ...]
    name_ru: str
    name_en: str
    page: str | None

    @property
    def type(self) -> str:
        """Name of the model, such as `party`."""
        return self.path[0][0].partition(".")[2]

    @property
    def pk(self) -> int:
        return self.path[0][1]

    @property
    def name(self) -> str:
        return self.name_ru if interface_language() == "ru" else self.name_en


@dataclass(frozen=True)
class HeldFact:
    """A fact and the records that hold it."""

    fact: Fact
    held_by: tuple[Holder, ...]


def facts_with_holders(facts: Iterable[Fact] | None = None) -> list[HeldFact]:
    """Return the facts (all, unless given) in their order, each with its holders (1 query a kind of record)."""
    wanted = list(Fact.objects.all() if facts is None else facts)
    found = holders("fact_ids", [str(fact.code) for fact in wanted])
    return [HeldFact(fact, tuple(found.get(str(fact.code), ()))) for fact in wanted]


def holders(field: Literal["fact_ids", "source_codes"], codes: Collection[str]) -> dict[str, list[Holder]]:
    """Return, for each of the codes, the records that carry it in the field (1 query a kind of record)."""
    wanted = set(codes)
    found: dict[str, list[Holder]] = defaultdict(list)
    if wanted:
        for model in _sourced_models():
            rows = model._default_manager.filter(**{f"{field}__overlap": sorted(wanted)})
            for row in rows.select_related(*_relations(model)).order_by("pk"):
                holder = _holder(row)
                for code in getattr(row, field):
                    if code in wanted:
                        found[code].append(holder)
    return dict(found)


@cache
def _sourced_models() -> tuple[type[Sourced], ...]:
    """Return every kind of record that cites sources. The audit's copies are no records."""
    return tuple(model for model in apps.get_models() if issubclass(model, Sourced) and not model._meta.proxy)


def _first_relation(model: type[models.Model]) -> str | None:
    """Return the name of the relation to what a record belongs to: its first one."""
    return next((field.name for field in model._meta.fields if isinstance(field, models.ForeignKey)), None)


@cache
def _relations(model: type[models.Model]) -> tuple[str, ...]:
    """Return the relations that names and addresses of the records may read.

    An address may lead over several first relations: from a measure over its plan to the agreement.
    """
    direct = [field for field in model._meta.fields if isinstance(field, models.ForeignKey)]
    names = [field.name for field in direct]
    if direct and issubclass(above := direct[0].related_model, Sourced):
        names += [f"{direct[0].name}__{further}" for further in _relations(above)]
    return tuple(names)


def _holder(row: Any) -> Holder:
    path = [row]
    while isinstance(path[-1], Sourced) and (relation := _first_relation(type(path[-1]))):
        path.append(getattr(path[-1], relation))
    page = next((one.get_absolute_url() for one in path if hasattr(one, "get_absolute_url")), None)
    with override("ru"):
        name_ru = str(row)
    with override("en"):
        name_en = str(row)
    return Holder(tuple((one._meta.label_lower, one.pk) for one in path), name_ru, name_en, page)


def facts_of(source: Source) -> list[Fact]:
    """Return the facts taken from a source, in their order (1 query)."""
    return list(Fact.objects.filter(source_codes__contains=[source.code]))


def records_citing(source: Source) -> list[Holder]:
    """Return every record that cites the source (1 query a kind of record)."""
    return holders("source_codes", [str(source.code)]).get(str(source.code), [])


def facts_by_section() -> list[tuple[str, list[HeldFact]]]:
    """Return all facts with the records that hold them, under the names of their sections."""
    held = facts_with_holders()
    return [(str(section.label), [row for row in held if row.fact.section == section]) for section in Fact.Section]


_loaded: tuple[int, dict[str, Source], dict[str, Fact]] = (0, {}, {})


def sources_by_code() -> dict[str, Source]:
    """Return all sources by code; read once for each data version and process."""
    return _current()[1]


def facts_by_code() -> dict[str, Fact]:
    """Return all facts by id; read once for each data version and process."""
    return _current()[2]


def _current() -> tuple[int, dict[str, Source], dict[str, Fact]]:
    global _loaded
    number = data_version()
    if _loaded[0] != number:
        _loaded = (
            number,
            {str(source.code): source for source in Source.objects.all()},
            {str(fact.code): fact for fact in Fact.objects.all()},
        )
    return _loaded


def forget() -> None:
    """Drop what this process has read of sources and facts; tests take rows back without a new data version."""
    global _loaded
    _loaded = (0, {}, {})
