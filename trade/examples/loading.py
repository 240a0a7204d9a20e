"""Example datasets: loaded as releases like any file, removed without a trace."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction

from trade.examples.generating import CENT, GRAM, SEED, Line, lines
from trade.models import HIDDEN, Dataset, Edition, Release
from trade.releases import publish, reserve_vintage, stage
from trade.releases.forgetting import forget

CUSTOMS, PARTNER = "EXAMPLE-CUSTOMS", "EXAMPLE-PARTNER"
REVISED_MONTH = dt.date(2025, 5, 1)
Status = Release.Status


@dataclass(frozen=True)
class LoadedExamples:
    """What was loaded: releases and lines; both 0 where the examples were there already."""

    releases: int
    lines: int


@transaction.atomic
def load_examples() -> LoadedExamples:
    """Load both example datasets, unless they are there already.

    The customs of Tomsk Oblast come as four releases: a final one up to 2024, a provisional first half of 2025, a
    revision of one month, and the second half. The partner's side comes as one.
    """
    if Dataset.objects.filter(code__in=[CUSTOMS, PARTNER]).exists():
        return LoadedExamples(0, 0)
    customs, partner = _datasets()
    made = list(lines())
    editions = list(Edition.objects.all())
    in_2025 = [line for line in made if line.month.year == 2025]
    half = [line for line in in_2025 if line.month.month <= 6]
    second_half = [line for line in in_2025 if line.month.month > 6]
    revised = [line for line in half if line.month == REVISED_MONTH]
    releases: list[tuple[Dataset, str, list[Line], str, dt.date]] = [
        (customs, "RU-TOM", [line for line in made if line.month.year < 2025], Status.FINAL, dt.date(2025, 2, 20)),
        (customs, "RU-TOM", [_as_first_known(line) for line in half], Status.PROVISIONAL, dt.date(2025, 8, 11)),
        (customs, "RU-TOM", revised, Status.REVISED, dt.date(2025, 9, 10)),
        (customs, "RU-TOM", second_half, Status.PROVISIONAL, dt.date(2026, 2, 10)),
        (partner, "BY", list(_seen_by_partner(made)), Status.PROVISIONAL, dt.date(2026, 3, 2)),
    ]  # fmt: skip
    for dataset, reporter, published, status, day in releases:
        staged = stage(dataset, _chunks(published, reporter, editions), vintage=reserve_vintage())
        publish(
            staged,
            by=None,
            status=status,
            published_on=day,
            file_name=f"example-{day:%Y-%m}.csv",
            note="Пример: данные вымышлены / Example: made-up data",
        )
    return LoadedExamples(len(releases), sum(len(one[2]) for one in releases))


@transaction.atomic
def remove_examples() -> int:
    """Remove the example datasets with everything in them; return how many datasets went."""
    datasets = Dataset.objects.filter(is_example=True)
    for dataset in datasets:
        forget(dataset)
    count = len(datasets)
    datasets.delete()
    return count


def _datasets() -> tuple[Dataset, Dataset]:
    made_up = {
        "is_example": True,
        "description_ru": "Вымышленные данные. Не противоречат опубликованным показателям и удаляются одной командой.",
        "description_en": "Made-up data. They contradict no published figure and are removed by one command.",
    }
    customs = Dataset.objects.create(
        code=CUSTOMS,
        name_ru="Пример: таможенная статистика Томской области",
        name_en="Example: customs statistics of Tomsk Oblast",
        side="home",
        reporter="RU-TOM",
        basis=Dataset.Basis.INTEGRATED,
        trade_system=Dataset.System.GENERAL,
        export_valuation=Dataset.Valuation.FOB,
        import_valuation=Dataset.Valuation.CIF,
        export_partner_role=Dataset.PartnerRole.DESTINATION,
        import_partner_role=Dataset.PartnerRole.ORIGIN,
        lag_days=40,
        **made_up,
    )
    partner = Dataset.objects.create(
        code=PARTNER,
        name_ru="Пример: статистика Беларуси по Томской области",
        name_en="Example: statistics of Belarus on Tomsk Oblast",
        side="partner",
        reporter="BY",
        basis=Dataset.Basis.STATISTICAL_FORM,
        trade_system=Dataset.System.GENERAL,
        export_valuation=Dataset.Valuation.FOB,
        import_valuation=Dataset.Valuation.CIF,
        export_partner_role=Dataset.PartnerRole.DESTINATION,
        import_partner_role=Dataset.PartnerRole.CONSIGNMENT,
        **made_up,
    )
    return customs, partner


def _as_first_known(line: Line) -> Line:
    """Return the line as it was published first: one month was too low by a few per cent."""
    if line.month != REVISED_MONTH:
        return line
    return _scaled(line, Decimal("0.964"))


def _seen_by_partner(made: Iterable[Line]) -> Iterator[Line]:
    """Yield the trade with Belarus as the partner counts it: flows turned round, by headings of four digits.

    Our import is their export without freight; some goods are counted a month later, some are hidden.
    """
    draw = random.Random(SEED)  # noqa: S311 – examples, no secrets
    sums: dict[tuple[dt.date, str, str], tuple[Decimal, Decimal]] = {}
    for line in made:
        if line.partner != "BY":
            continue
        flow = "M" if line.flow == "X" else "X"
        factor = Decimal(draw.uniform(1.03, 1.10) if flow == "M" else draw.uniform(0.92, 0.98))
        month = _next(line.month) if draw.random() < 0.04 and line.month < dt.date(2025, 12, 1) else line.month
        code = HIDDEN if draw.random() < 0.05 else line.code[:4]
        seen = _scaled(line, factor)
        value, net_kg = sums.get((month, flow, code), (Decimal(0), Decimal(0)))
        sums[month, flow, code] = (value + seen.value, net_kg + (seen.net_kg or 0))  # hidden are lines of others only
    for (month, flow, code), (value, net_kg) in sorted(sums.items()):
        yield Line(month, flow, "RU-TOM", code, "", value, net_kg, None)


def _scaled(line: Line, factor: Decimal) -> Line:
    return Line(
        line.month,
        line.flow,
        line.partner,
        line.code,
        line.unit,
        (line.value * factor).quantize(CENT, ROUND_HALF_UP),
        None if line.net_kg is None else (line.net_kg * factor).quantize(GRAM, ROUND_HALF_UP),
        line.quantity,
    )


def _next(month: dt.date) -> dt.date:
    return dt.date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _chunks(published: Iterable[Line], reporter: str, editions: Iterable[Edition]) -> Iterator[bytes]:
    """Yield the lines as COPY text in the order that `trade.releases.stage` takes."""
    digits = "4" if reporter == "BY" else "10"
    symbols = {
        year: next(one.symbol for one in editions if one.valid_from.year <= year <= (one.valid_to or dt.date.max).year)
        for year in range(2015, 2026)
    }
    text: list[str] = []
    for number, line in enumerate(published, 2):
        net_kg, quantity = (r"\N" if one is None else str(one) for one in (line.net_kg, line.quantity))
        shared = (line.month, number, 1, reporter, line.flow, symbols[line.month.year], "A")
        own = (line.partner, line.code, digits, line.unit, line.value, net_kg, quantity)
        text.append("\t".join(map(str, (*shared, *own))) + "\n")
        if len(text) == 5000:
            yield "".join(text).encode()
            text.clear()
    yield "".join(text).encode()
