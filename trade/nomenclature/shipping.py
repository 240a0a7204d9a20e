"""The shipped nomenclature: sections, chapters, product groups, units, territories, groups of them, editions, datasets.

Adds what is missing and changes nothing that is there, so that corrections made by people stay.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

import pghistory
import yaml
from django.db import transaction

from parties.records import Record
from trade.models import TOTAL, Commodity, Dataset, Edition, GroupedChapter, Grouping, Membership, TradeArea, Unit

DEFAULT_GROUPING = "RU-REGIONS-1"
Classification = Commodity.Classification


@transaction.atomic
def load_shipped() -> dict[str, int]:
    """Add the missing rows of the shipped nomenclature; return how many of each kind (about 20 queries)."""
    with pghistory.context(job="load_nomenclature"):
        added = {
            "editions": _add(Edition, map(_edition, table("editions"))),
            "units": _add(Unit, map(_unit, table("units"))),
            "areas": _add(TradeArea, (dict(row) for row in table("areas"))),
            "memberships": _add(Membership, _memberships()),
            "goods": _add(Commodity, _goods()),
            "groupings": _add(Grouping, [_grouping()]),
            "datasets": _add(Dataset, map(_dataset, _yaml("datasets"))),
        }
        if added["groupings"]:
            _place_chapters()
    return added


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a shipped CSV file."""
    return list(csv.DictReader(_shipped(f"{name}.csv").splitlines()))


def _yaml(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load(_shipped(f"{name}.yaml"))
    return rows


def _shipped(file_name: str) -> str:
    return resources.files("trade.nomenclature").joinpath("data", file_name).read_text(encoding="utf-8")


def _add(model: type[Record], rows: Iterable[Mapping[str, Any]]) -> int:
    known = set(model._default_manager.values_list("code", flat=True))
    missing: list[Record] = [model(**row) for row in rows if row["code"] not in known]
    model._default_manager.bulk_create(missing)
    return len(missing)


def _edition(row: dict[str, str]) -> dict[str, Any]:
    return {**row, "valid_to": row["valid_to"] or None}


def _unit(row: dict[str, str]) -> dict[str, Any]:
    return {**row, "aliases": row["aliases"].split(";")}


def _memberships() -> Iterable[dict[str, Any]]:
    """Yield who belongs to which group of countries, in months `2015-08`."""
    areas = {str(area.code): area for area in TradeArea.objects.all()}
    for row in table("memberships"):
        yield {
            "code": f"{row['group']}-{row['member']}",
            "group": areas[row["group"]],
            "member": areas[row["member"]],
            "first_month": dt.date.fromisoformat(f"{row['first_month']}-01"),
            "last_month": dt.date.fromisoformat(f"{row['last_month']}-01") if row["last_month"] else None,
            "note_ru": row["note_ru"],
            "note_en": row["note_en"],
        }


def _goods() -> Iterable[dict[str, Any]]:
    def named(classification: Classification, code: str, row: Mapping[str, str], chapters: str = "") -> dict[str, Any]:
        public = code if classification == Classification.TOTAL else f"{classification.value}-{code}"
        return {
            "code": public,
            "classification": classification,
            "commodity_code": code,
            "chapters": chapters,
            "name_ru": row["name_ru"],
            "name_en": row["name_en"],
        }

    yield named(Classification.TOTAL, TOTAL, {"name_ru": "Все товары", "name_en": "All goods"})
    for row in table("sections"):
        chapters = row["first"] if row["first"] == row["last"] else f"{row['first']}-{row['last']}"
        yield named(Classification.SECTION, row["code"], row, chapters)
    for row in table("groups"):
        yield named(Classification.GROUP, row["code"], row, row["chapters"])
    for name in ("chapters", "headings"):
        for row in table(name):
            yield named(Classification.HS, row["code"], row)


def _grouping() -> dict[str, Any]:
    return {
        "code": DEFAULT_GROUPING,
        "name_ru": "Товарные группы региональной статистики",
        "name_en": "Product groups of regional statistics",
        "valid_from": "1994-01-01",
        "is_default": True,
    }


def _place_chapters() -> None:
    grouping = Grouping.objects.get(code=DEFAULT_GROUPING)
    groups = {group.commodity_code: group for group in Commodity.objects.filter(classification=Classification.GROUP)}
    GroupedChapter.objects.bulk_create(
        GroupedChapter(
            code=f"{DEFAULT_GROUPING}-{chapter}", grouping=grouping, group=groups[row["code"]], chapter=chapter
        )
        for row in table("groups")
        for chapter in chapters_of(row["chapters"])
    )


def chapters_of(text: str) -> Iterable[str]:
    """Yield the chapters that `68-70, 91-97` or `98-99,_C` names; 77 is reserved and never used."""
    for part in text.replace(" ", "").split(","):
        first, __, last = part.partition("-")
        if not first.isdigit():
            yield first
            continue
        yield from (f"{number:02}" for number in range(int(first), int(last or first) + 1) if number != 77)


def _dataset(row: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in row.items() if not isinstance(value, dict)}
    for name, texts in row.items():
        if isinstance(texts, dict):
            fields |= {f"{name}_{language}": text.strip() for language, text in texts.items()}
    return fields
