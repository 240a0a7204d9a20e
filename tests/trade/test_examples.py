"""Example customs lines contradict no fact, are labelled, and go away without a trace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from itertools import islice

import pytest
from django.core.management import call_command

from parties.periods import Period
from parties.precision import Precision
from trade.examples import generating
from trade.examples.generating import Line
from trade.examples.loading import CUSTOMS, PARTNER
from trade.models import ChapterTotal, Commodity, Dataset, Observation, PartnerTotal, PublishedFigure, Release
from trade.releases.forgetting import NotAnExample, forget

Indicator = PublishedFigure.Indicator


@pytest.fixture(scope="module")
def made() -> list[Line]:
    return list(generating.lines())


def agrees(found: Decimal, stated: Decimal, precision: str) -> bool:
    """Tell whether a computed number, rounded as the stated one is, is what the source says of it."""
    places = max(0, -int(stated.normalize().as_tuple().exponent))
    match Precision(precision):
        case Precision.BELOW:
            return stated * Decimal("0.95") <= found < stated
        case Precision.ABOVE:
            return found > stated
        case Precision.ABOUT:
            return abs(found - stated) <= abs(stated) / 20
        case _:
            return round(found, places) == stated


def total(made: list[Line], flow: str, period: Period, belongs: Callable[[Line], bool]) -> Decimal:
    return sum(
        (
            line.value
            for line in made
            if flow in ("T", line.flow) and period.starts <= line.month <= period.ends and belongs(line)
        ),
        Decimal(0),
    )


def in_goods(commodity: Commodity) -> Callable[[Line], bool]:
    match commodity.classification:
        case Commodity.Classification.TOTAL:
            return lambda line: True
        case Commodity.Classification.GROUP:
            first, __, last = commodity.chapters.partition("-")
            return lambda line: first <= line.code[:2] <= last
        case _:
            return lambda line: line.code.startswith(commodity.commodity_code)


def as_computed(made: list[Line], figure: PublishedFigure) -> Decimal:
    wanted = in_goods(figure.commodity)

    def with_belarus(line: Line) -> bool:
        return line.partner == "BY" and wanted(line)

    value = total(made, figure.flow, figure.period, with_belarus)
    match Indicator(figure.indicator):
        case Indicator.VALUE:
            return value / {"USD_MN": 10**6, "USD_TH": 10**3, "USD": 1}[figure.unit]
        case Indicator.GROWTH:
            return (value / total(made, figure.flow, figure.base_period, with_belarus) - 1) * 100
        case Indicator.SHARE:
            return value / total(made, figure.flow, figure.period, lambda line: line.partner == "BY") * 100
        case _:
            totals: Counter[str] = Counter()
            for line in made:
                if line.flow == figure.flow and figure.period.starts <= line.month <= figure.period.ends:
                    totals[line.partner] += line.value  # type: ignore[assignment]
            return Decimal(1 + sum(other > value for other in totals.values()))


@pytest.mark.django_db
def test_the_examples_agree_with_every_published_figure(facts, made):
    figures = list(PublishedFigure.objects.for_display())
    assert len(figures) >= 9

    wrong = {
        str(figure.code): as_computed(made, figure)
        for figure in figures
        if not agrees(as_computed(made, figure), figure.value, figure.precision)
    }

    assert wrong == {}


def test_over_250_farm_machines_came_from_belarus_since_2016(made):
    machines = {"8433510000", "8436800000", "8701920000"}
    count = sum(
        line.quantity or 0
        for line in made
        if line.partner == "BY" and line.flow == "M" and line.code in machines and 2016 <= line.month.year <= 2023
    )

    assert count > 250


def test_amino_acids_are_supplied_since_2022(made):
    years = {line.month.year for line in made if line.partner == "BY" and line.code == generating.AMINO_ACIDS}

    assert years == {2022, 2023, 2024, 2025}


def test_machinery_is_more_than_half_of_the_export_in_every_half_year(made):
    for year in range(generating.FIRST_YEAR, generating.LAST_YEAR + 1):
        for half in (1, 2):
            period = Period.months(year, half * 6 - 5, 6)
            machinery = total(made, "X", period, lambda line: line.partner == "BY" and "84" <= line.code[:2] <= "90")
            assert machinery * 2 > total(made, "X", period, lambda line: line.partner == "BY")


def test_the_same_seed_makes_the_same_lines(made):
    assert list(islice(generating.lines(), 20_000)) == made[:20_000]


def test_there_are_about_120_partners_in_eleven_years(made):
    assert 110 <= len({line.partner for line in made}) <= 130
    assert {line.month.year for line in made} == set(range(2015, 2026))
    assert all(line.value > 0 and (line.net_kg is None or line.net_kg >= 0) for line in made)


@pytest.mark.django_db
def test_examples_are_loaded_as_releases_marked_everywhere_and_removed_without_a_trace(facts, bulk_tables):
    call_command("load_examples", stdout=StringIO())

    datasets = Dataset.objects.filter(is_example=True)
    assert {str(dataset.code) for dataset in datasets} == {CUSTOMS, PARTNER}
    assert Release.objects.filter(is_example=False).count() == 0
    assert list(Release.objects.filter(dataset__code=CUSTOMS).order_by("pk").values_list("status", flat=True)) == [
        "final", "provisional", "revised", "provisional",
    ]  # fmt: skip
    assert Observation.objects.filter(closed__isnull=False).count() > 1000  # the revised month, as first known
    call_command("check_trade", stdout=StringIO())
    again = StringIO()
    call_command("load_examples", stdout=again)
    assert "already" in again.getvalue()

    call_command("remove_examples", stdout=StringIO())

    assert not Dataset.objects.filter(is_example=True).exists()
    assert not Release.objects.exists()
    assert not Observation.objects.exists()
    assert not PartnerTotal.objects.exists()
    assert not ChapterTotal.objects.exists()


@pytest.mark.django_db
def test_observations_of_a_real_dataset_cannot_be_forgotten(a_dataset, publish):
    publish([{}])

    with pytest.raises(NotAnExample):
        forget(a_dataset)
    assert Observation.objects.count() == 1


def test_of_hidden_goods_no_weight_is_told(made):
    hidden = [line for line in made if line.code == "_CONF"]
    assert hidden
    assert {line.net_kg for line in hidden} == {None}
