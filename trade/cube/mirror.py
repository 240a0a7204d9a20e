"""Both sides' figures of the same trade: side by side, with the gap and what may explain it. Never averaged.

A reconciliation does not change the figures of either side (IMTS 2010, 9.42); the causes are those of its
Annex 9.C, judged by what the datasets say of themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from parties.models import Side
from parties.periods import Period
from parties.precision import Precision
from trade.cube.cells import Cube
from trade.cube.comparing import amount, without_lines
from trade.cube.series import series
from trade.indicators import amounts
from trade.indicators.amounts import MirrorGap
from trade.indicators.answers import Amount
from trade.models import TOTAL, Dataset, PublishedFigure, Release, TradeArea
from trade.selection import Selection, held

COUNTER_FLOW = {"X": "M", "M": "X", "T": "T", "RX": "RM", "RM": "RX"}
USD_IN = {"USD": Decimal(1), "USD_TH": Decimal(1000), "USD_MN": Decimal(1_000_000)}
"""US dollars in the units of published figures."""


class Cause(TextChoices):
    """Why both sides' figures of the same trade may differ (IMTS 2010, Annex 9.C)."""

    VALUATION = "valuation", _("export is valued without, import with freight and insurance (FOB and CIF)")
    TIME = "time", _("goods leave in one month and arrive in another")
    PARTNER = "partner_attribution", _("export names the destination, import the country of origin")
    REGISTRATION = "region_of_registration", _("trade belongs to the region where the trader is registered")
    CONFIDENTIALITY = "confidentiality", _("part of the goods or partners is hidden")
    THRESHOLDS = "thresholds", _("statistical forms leave small deliveries out or estimate them")
    CURRENCY = "currency", _("values are converted to US dollars at different rates")
    BASIS = "basis", _("the data are collected in different ways")
    SYSTEM = "trade_system", _("general trade counts goods in warehouses and free zones, special trade does not")
    CLASSIFICATION = "classification", _("goods are classified by each side for itself")
    VINTAGE = "vintages", _("one side's figures are provisional, the other's revised")
    ROUNDING = "rounding", _("the published figure is rounded")


@dataclass(frozen=True)
class Explanation:
    """A cause, and whether the metadata show that it applies (else it is only possible)."""

    cause: Cause
    is_known: bool


@dataclass(frozen=True)
class MirrorRow:
    """One period and class of goods as both sides count it; `figure` where the other side's is a published one."""

    period: Period
    goods: str
    ours: Amount
    theirs: Amount
    gap: MirrorGap
    figure: PublishedFigure | None = None


@dataclass(frozen=True)
class MirrorSide:
    """The other side as one dataset gives it; `selection` asks that dataset for the same trade."""

    selection: Selection
    rows: tuple[MirrorRow, ...]
    explanations: tuple[Explanation, ...]


@dataclass(frozen=True)
class Mirror:
    """Our figures, and the same trade as others count it: in datasets, and in published figures."""

    ours: Cube
    sides: tuple[MirrorSide, ...]
    published: tuple[MirrorRow, ...]
    explanations: tuple[Explanation, ...]


def mirror(selection: Selection) -> Mirror:
    """Return both sides' figures of the trade with the one selected partner.

    Queries: at most 9, and at most 5 for each dataset in which the partner is the reporter. `ValueError`
    unless one partner, a flow that has a counter-flow, and no breakdown but goods are selected.
    """
    if len(selection.partners) != 1 or selection.flow not in COUNTER_FLOW or set(selection.by) - {"goods"}:
        raise ValueError("a mirror needs one partner, one flow and no breakdown but goods")
    partner = selection.partners[0]
    datasets = list(Dataset.objects.order_by("is_example", "pk"))
    reported = {one.dataset_id for one in held(datasets, [partner], selection.as_of)}
    ours = series(selection)
    cubes = []
    for dataset in datasets:
        if dataset.pk in reported:
            question = selection.but(
                dataset=dataset, reporter=partner, partners=(selection.reporter,), flow=COUNTER_FLOW[selection.flow]
            )
            theirs = series(question)
            if not theirs.coverage.absent:  # else it does not tell our territory apart, and says nothing of its trade
                cubes.append(theirs)
    statuses = _statuses([ours, *cubes])
    regional = _regional(selection.reporter, partner)
    return Mirror(
        ours,
        tuple(_side(ours, theirs, statuses, regional) for theirs in cubes),
        tuple(_published(ours)),
        tuple(_of_published(ours, regional)),
    )


def _side(ours: Cube, theirs: Cube, statuses: dict[int, str], regional: bool) -> MirrorSide:
    goods = dict.fromkeys(cell.goods for cube in (ours, theirs) for cell in cube.cells)
    mine, other = (_by_place(cube, goods) for cube in (ours, theirs))
    rows = [_row(*place, mine[place], other[place], ours.selection.flow) for place in mine]
    return MirrorSide(theirs.selection, tuple(rows), tuple(_explained(ours, theirs, statuses, regional)))


def _by_place(cube: Cube, goods: Iterable[str]) -> dict[tuple[Period, str], Amount]:
    """Return the amounts of each class of goods; one that only the other side has is nothing here, or unknown."""
    selection = cube.selection
    found = {(cell.period, cell.goods): cell for cell in cube.cells}
    return {
        (period, code): amount(
            found.get((period, code)) or without_lines(cube, (selection.partners[0], selection.flow, code), period),
            selection,
        )
        for code in goods
        for period in selection.periods
    }


def _row(
    period: Period, goods: str, ours: Amount, theirs: Amount, flow: str, figure: PublishedFigure | None = None
) -> MirrorRow:
    """Return the row; the gap is the importer's minus the exporter's, of a turnover theirs minus ours."""
    importer, exporter = (ours, theirs) if flow in ("M", "RM") else (theirs, ours)
    return MirrorRow(period, goods, ours, theirs, amounts.mirror_gap(importer, exporter), figure)


def _statuses(cubes: Iterable[Cube]) -> dict[int, str]:
    """Return the status of each release that contributed (1 query)."""
    ids = {release for cube in cubes for release in cube.releases}
    return dict(Release.objects.filter(pk__in=ids).values_list("pk", "status"))


def _regional(*codes: str) -> bool:
    """Tell whether one of the territories is a region (1 query)."""
    return TradeArea.objects.filter(code__in=codes, kind=TradeArea.Kind.REGION).exists()


def _differ(one: str, other: str, unknown: str) -> bool | None:
    """Tell whether two statements differ; None where one is missing."""
    return None if unknown in (one, other) else one != other


def _explained(ours: Cube, theirs: Cube, statuses: dict[int, str], regional: bool) -> Iterator[Explanation]:
    """Yield the causes that apply for certain and those that may; those that the metadata exclude are left out."""
    mine, other, flow = ours.dataset, theirs.dataset, ours.selection.flow
    judged: dict[Cause, list[bool | None]] = {
        Cause.VALUATION: [
            _differ(one.export_valuation, two.import_valuation, Dataset.Valuation.UNKNOWN)
            for one, two in _directions(mine, other, flow)
        ],
        Cause.PARTNER: [
            _differ(one.export_partner_role, two.import_partner_role, Dataset.PartnerRole.UNKNOWN)
            for one, two in _directions(mine, other, flow)
        ],
        Cause.BASIS: [_differ(mine.basis, other.basis, Dataset.Basis.UNKNOWN)],
        Cause.SYSTEM: [_differ(mine.trade_system, other.trade_system, Dataset.System.UNKNOWN)],
        Cause.VINTAGE: [_statuses_of(ours, statuses) != _statuses_of(theirs, statuses)],
        Cause.CONFIDENTIALITY: [any(cell.hidden for cube in (ours, theirs) for cell in cube.cells)],
        Cause.REGISTRATION: [regional],
    }
    for cause, findings in judged.items():
        if True in findings or None in findings:
            yield Explanation(cause, True in findings)
    forms = (Dataset.Basis.STATISTICAL_FORM, Dataset.Basis.INTEGRATED, Dataset.Basis.ESTIMATE)
    if mine.basis in forms or other.basis in forms:
        yield Explanation(Cause.THRESHOLDS, False)
    if any(cell.goods != TOTAL for cell in ours.cells):
        yield Explanation(Cause.CLASSIFICATION, mine.classification != other.classification)
    yield Explanation(Cause.TIME, False)
    if mine.pk != other.pk:
        yield Explanation(Cause.CURRENCY, False)


def _directions(mine: Dataset, other: Dataset, flow: str) -> list[tuple[Dataset, Dataset]]:
    """Return (exporter's dataset, importer's dataset) for each direction that the flow holds."""
    if flow == "T":
        return [(mine, other), (other, mine)]
    return [(other, mine)] if flow in ("M", "RM") else [(mine, other)]


def _statuses_of(cube: Cube, statuses: dict[int, str]) -> set[str]:
    return {statuses[release] for release in cube.releases if release in statuses}


def _published(ours: Cube) -> Iterator[MirrorRow]:
    """Yield the other side's published figures of the same trade and periods (1 query)."""
    selection = ours.selection
    if selection.measure != "value":
        return
    ours_by_place = {(cell.period, cell.goods): cell for cell in ours.cells}
    for figure in _figures(selection):
        goods = figure.commodity.commodity_code
        cell = ours_by_place.get((figure.period, goods))
        if cell:
            theirs = published_amount(figure)
            yield _row(figure.period, goods, amount(cell, selection), theirs, selection.flow, figure)


def _figures(selection: Selection) -> Iterable[PublishedFigure]:
    """Return figures that the other side states, of our flow as we see it or of the counter-flow as it sees it."""
    reporter, partner = selection.reporter, selection.partners[0]
    other_side = Q(partnership__home__code=reporter, stated_by=Side.PARTNER) | Q(
        partnership__partner__code=reporter, stated_by=Side.HOME
    )
    as_we_see_it = Q(reporter__code=reporter, partner__code=partner, flow=selection.flow)
    as_they_see_it = Q(reporter__code=partner, partner__code=reporter, flow=COUNTER_FLOW[selection.flow])
    figures = PublishedFigure.objects.filter(
        other_side,
        as_we_see_it | as_they_see_it,
        indicator=PublishedFigure.Indicator.VALUE,
        unit__in=USD_IN,
        period__in=list(selection.periods),
    )
    return figures.select_related("commodity", "reporter", "partner").order_by("period", "pk")


def _of_published(ours: Cube, regional: bool) -> Iterator[Explanation]:
    yield Explanation(Cause.ROUNDING, True)
    if regional:
        yield Explanation(Cause.REGISTRATION, True)
    for cause in (Cause.VALUATION, Cause.PARTNER, Cause.TIME, Cause.CURRENCY, Cause.BASIS):
        yield Explanation(cause, False)
    if any(cell.hidden for cell in ours.cells):
        yield Explanation(Cause.CONFIDENTIALITY, True)


def published_amount(figure: PublishedFigure) -> Amount:
    """Return a published value as formulas take it: in US dollars or kilograms, with its precision."""
    is_weight = figure.unit == PublishedFigure.Unit.TONNE
    factor = Decimal(1000) if is_weight else USD_IN[figure.unit]
    return Amount(
        value=figure.value * factor,
        unit="KG" if is_weight else "USD",
        period=figure.period,
        about=(
            str(figure.reporter.code),
            str(figure.partner.code),
            figure.flow,
            figure.commodity.commodity_code,
        ),
        precision=Precision(figure.precision),
    )
