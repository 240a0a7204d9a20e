"""Made-up customs lines of Tomsk Oblast, the same for the same seed, that contradict no published figure.

What the sources state of trade with Belarus is built in as totals of each half-year (millions of US dollars)
and as rules of goods; everything else (other partners, goods, months) is drawn at random around it:

- 2022: turnover almost 23, +47 % on 2021; first half of 2023: almost +30 %, malt 2.35
- 2023: Belarus is the 6th partner in export and the 12th in import
- first half of 2025: turnover +60 %, export +30 %, hence import +100 %
- machinery (chapters 84–90) is more than half of the export to Belarus; amino acids are imported from 2022 on
- 2015: turnover of the oblast with all partners is about 290, a third of it import
"""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from typing import NamedTuple

SEED = 2016
FIRST_YEAR, LAST_YEAR = 2015, 2025
CENT, GRAM = Decimal("0.01"), Decimal("0.001")
MILLION = 1_000_000

# Half-years of trade with Belarus: export, import.
WITH_BELARUS = {
    (2015, 1): ("2.30", "1.80"), (2015, 2): ("2.60", "2.10"),
    (2016, 1): ("2.55", "2.15"), (2016, 2): ("2.85", "2.45"),
    (2017, 1): ("2.80", "2.45"), (2017, 2): ("3.20", "2.75"),
    (2018, 1): ("3.35", "2.65"), (2018, 2): ("3.75", "2.95"),
    (2019, 1): ("3.45", "2.85"), (2019, 2): ("3.95", "3.15"),
    (2020, 1): ("3.20", "2.70"), (2020, 2): ("3.80", "3.00"),
    (2021, 1): ("4.30", "2.90"), (2021, 2): ("5.10", "3.30"),
    (2022, 1): ("6.30", "3.90"), (2022, 2): ("7.60", "5.132"),
    (2023, 1): ("8.0192", "5.20"), (2023, 2): ("8.40", "4.90"),
    (2024, 1): ("6.00", "4.50"), (2024, 2): ("7.60", "6.00"),
    (2025, 1): ("7.80", "9.00"), (2025, 2): ("9.10", "9.60"),
}  # fmt: skip
MALT, MALT_IN_H1_2023 = "1107100000", Decimal("2350000.00")
AMINO_ACIDS, AMINO_ACIDS_SINCE = "2922410000", 2022
MACHINERY_SHARE = (0.54, 0.68)  # of the export to Belarus, drawn for each half-year

# Partners by their place in 2023, the year whose places are published.
EXPORTS_TO = (
    "CN KZ UZ IN MN BY TR KG AZ TJ EG DZ VN RS AE IR AM GE BR SA KR TM ID PK MA IQ TH MY BD JO LB KW IL ZA NG KE GH TN "
    "ET UG TZ SN CI CM AO MZ MX PE CL AR CO EC UY PY BO CU DO JP TW HK SG PH LK NP MM KH LA QA OM BH YE SY LY SD DE IT "
    "FR NL PL CZ SK HU RO BG GR ES PT BE AT CH FI SE NO DK EE LV LT SI HR BA MK ME AL CY MT IE GB US CA AU NZ MD UA"
)
IMPORTS_FROM = (
    "CN KZ DE TR IT KR US FR JP IN UZ BY NL PL CZ VN GB TW BE ES CH AT FI SE RS MY TH ID BR IL MX SG BD AE IR AZ AM KG "
    "HU SK SI DK NO RO BG GR PT EE LV LT HR IE CA AR EC CL PE CO ZA EG MA TN LK PK PH KH MM HK UA GE MN TJ TM MD CY MT "
    "BA MK AL ME AU NZ KE ET CI GH NG CM UY PY BO CR GT DO CU SA JO LB QA KW OM BH UG TZ"
)
# How trade with other partners went, 2023 being 1.
LEVELS = {
    "X": {2015: .69, 2016: .70, 2017: .82, 2018: .95, 2019: .93, 2020: .80, 2021: 1.12, 2022: 1.05, 2023: 1, 2024: .91,
          2025: .96},
    "M": {2015: .26, 2016: .28, 2017: .33, 2018: .38, 2019: .42, 2020: .40, 2021: .62, 2022: .70, 2023: 1, 2024: .97,
          2025: 1.04},
}  # fmt: skip
HIDDEN_SINCE = 2022
SEASON = (0.80, 0.88, 1.02, 1.04, 0.98, 1.03, 0.97, 0.99, 1.06, 1.10, 1.05, 1.08)


@dataclass(frozen=True)
class Goods:
    """Goods of the examples: price, unit and how often they are traded, with Belarus and with others."""

    code: str
    unit: str
    usd_per_kg: float
    kg_per_unit: float
    weights: Mapping[tuple[str, bool], float]


@dataclass(frozen=True, slots=True)
class Line:
    """One customs line: value in US dollars, net weight in kilograms, quantity in the unit or None."""

    month: dt.date
    flow: str
    partner: str
    code: str
    unit: str
    value: Decimal
    net_kg: Decimal | None
    quantity: Decimal | None


class Share(NamedTuple):
    """What a month takes of a half-year's trade in some goods, before the total is known."""

    month: dt.date
    goods: Goods
    weight: float


@cache
def goods() -> tuple[Goods, ...]:
    """Return the goods that the examples trade in."""
    with resources.files("trade.examples").joinpath("goods.csv").open(encoding="utf-8") as file:
        return tuple(
            Goods(
                row["code"],
                row["unit"],
                float(row["usd_per_kg"]),
                float(row["kg_per_unit"] or 0),
                {
                    ("X", False): float(row["export"]),
                    ("M", False): float(row["import"]),
                    ("X", True): float(row["export_by"]),
                    ("M", True): float(row["import_by"]),
                },
            )
            for row in csv.DictReader(file)
        )


def lines() -> Iterator[Line]:
    """Yield all lines, month by month."""
    draw = random.Random(SEED)  # noqa: S311 – examples, no secrets
    habits = _habits(draw)
    for year, half in itertools.product(range(FIRST_YEAR, LAST_YEAR + 1), (1, 2)):
        made: list[Line] = []
        for flow in "XM":
            for place, partner in enumerate(_partners(flow), 1):
                total = _with_belarus(year, half, flow) if partner == "BY" else _total(flow, place, year, half, draw)
                made += _half_year(year, half, flow, partner, total, habits[flow, partner], draw)
        made.sort(key=lambda line: (line.month, line.partner, line.flow, line.code))
        yield from made


@cache
def _partners(flow: str) -> Sequence[str]:
    return (EXPORTS_TO if flow == "X" else IMPORTS_FROM).split()


def _with_belarus(year: int, half: int, flow: str) -> Decimal:
    return Decimal(WITH_BELARUS[year, half]["XM".index(flow)]) * MILLION


def _total(flow: str, place: int, year: int, half: int, draw: random.Random) -> Decimal:
    """Return a partner's half-year in US dollars: falls with its place; in 2023 the places hold exactly."""
    belarus = sum(_with_belarus(2023, one, flow) for one in (1, 2))
    ours = _partners(flow).index("BY") + 1
    ratio = ours / place
    steady = float(belarus) * (ratio**0.85 if place < ours else ratio**2.2)
    wobble = 1.0 if year == 2023 else draw.uniform(0.82, 1.18)
    value = steady * LEVELS[flow][year] * wobble / 2
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def _habits(draw: random.Random) -> dict[tuple[str, str], list[tuple[Goods, float]]]:
    """Return what each partner trades, with weights: the great ones many goods, the small ones few."""
    habits = {}
    for flow in "XM":
        partners = _partners(flow)
        for place, partner in enumerate(partners, 1):
            is_belarus = partner == "BY"
            known = [(one, one.weights[flow, is_belarus]) for one in goods() if one.weights[flow, is_belarus]]
            if not is_belarus:
                wanted = max(2, round(len(known) * (1 - place / (len(partners) + 6)) ** 2))
                known = draw.sample(known, min(wanted, len(known)))
            habits[flow, partner] = [(one, weight * draw.lognormvariate(0, 0.25)) for one, weight in known]
    return habits


def _half_year(
    year: int,
    half: int,
    flow: str,
    partner: str,
    total: Decimal,
    habit: Sequence[tuple[Goods, float]],
    draw: random.Random,
) -> list[Line]:
    """Return the lines of one partner and flow; their values add up to the total, to the cent."""
    habit = [(one, weight) for one, weight in habit if one.code != AMINO_ACIDS or year >= AMINO_ACIDS_SINCE]
    fixed: dict[str, Decimal] = {}
    if (year, half, flow, partner) == (2023, 1, "M", "BY"):
        fixed[MALT] = MALT_IN_H1_2023
    weights = [weight for __, weight in habit]
    if (flow, partner) == ("X", "BY"):
        weights = _with_machinery_share(habit, draw.uniform(*MACHINERY_SHARE))
    drawn: list[Share] = []
    for month in range(6 * half - 5, 6 * half + 1):
        for (one, __), weight in zip(habit, weights, strict=True):
            if partner == "BY" or draw.random() < min(0.95, 0.25 + weight / 12):
                share = weight * SEASON[month - 1] * draw.lognormvariate(0, 0.18)
                drawn.append(Share(dt.date(year, month, 1), one, share))
    values = _apportioned(total, drawn, fixed)
    made = [
        _line(share.month, flow, partner, share.goods, value, year, draw)
        for share, value in zip(drawn, values, strict=True)
        if value > 0
    ]
    return _with_hidden(made, year, partner, draw)


def _with_machinery_share(habit: Sequence[tuple[Goods, float]], share: float) -> list[float]:
    """Scale the weights so that chapters 84 to 90 take the share."""
    machinery = sum(weight for one, weight in habit if "84" <= one.code[:2] <= "90")
    rest = sum(weight for __, weight in habit) - machinery
    return [
        weight * (share / machinery if "84" <= one.code[:2] <= "90" else (1 - share) / rest) * 100
        for one, weight in habit
    ]


def _apportioned(total: Decimal, drawn: Sequence[Share], fixed: Mapping[str, Decimal]) -> list[Decimal]:
    """Return the total divided by the shares, whole cents; goods with a fixed sum get exactly that."""
    values = [Decimal(0)] * len(drawn)
    free = [place for place, share in enumerate(drawn) if share.goods.code not in fixed]
    bound = {code: [place for place, share in enumerate(drawn) if share.goods.code == code] for code in fixed}
    for amount, places in [(total - sum(fixed.values()), free), *((fixed[code], bound[code]) for code in fixed)]:
        whole = sum(drawn[place].weight for place in places)
        for place in places[1:]:
            values[place] = (amount * Decimal(drawn[place].weight / whole)).quantize(CENT, ROUND_HALF_UP)
        if places:
            values[places[0]] = amount - sum((values[place] for place in places[1:]), Decimal(0))
    return values


def _line(month: dt.date, flow: str, partner: str, one: Goods, value: Decimal, year: int, draw: random.Random) -> Line:
    price = one.usd_per_kg * draw.lognormvariate(0, 0.08) * (1 + 0.02 * (year - 2020))
    net_kg = max(GRAM, (value / Decimal(price)).quantize(GRAM, ROUND_HALF_UP))
    quantity = None
    if one.unit:
        step = CENT if one.unit in {"112", "113", "055"} else Decimal(1)
        quantity = max(step, (net_kg / Decimal(one.kg_per_unit)).quantize(step, ROUND_HALF_UP))
    return Line(month, flow, partner, one.code, one.unit, value, net_kg, quantity)


def _with_hidden(made: list[Line], year: int, partner: str, draw: random.Random) -> list[Line]:
    """From 2022 on the publisher hides a few lines of other partners: their value stays, their goods do not show."""
    if year < HIDDEN_SINCE or partner == "BY":
        return made
    shown: list[Line] = []
    hidden: dict[dt.date, Decimal] = {}
    for line in made:
        if draw.random() < 0.02:
            hidden[line.month] = hidden.get(line.month, Decimal(0)) + line.value
        else:
            shown.append(line)
    flow = made[0].flow if made else "X"
    return shown + [Line(month, flow, partner, "_CONF", "", value, None, None) for month, value in hidden.items()]
