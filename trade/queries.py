"""Reads of trade: the published figures and what follows from them, the same for page, API and report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from documents.queries import SourcedFilterSet
from parties.filtering import PeriodFilter, RecordFilter, YearOfPeriodFilter, of_partnership, of_territory
from parties.models import Partnership, Side
from parties.periods import Period
from parties.precision import Precision
from trade import indicators
from trade.indicators import Consistency, Derived, TargetOutlook
from trade.indicators.consistency import Doubt, doubtful_growth, doubtful_size, doubtful_turnover
from trade.models import Commodity, Flow, PublishedFigure, PublishedFigureQuerySet, StructureNote, Target


@dataclass(frozen=True)
class TradeSummary:
    """What follows from the published figures. Every entry names its inputs, sources and facts.

    growths          between two published values of the same kind, one year apart, where no rate was published
    growth_indexes   published growth in index form (+47 % as 147 %)
    implied_bases    the value of the base period behind each published growth, or why it is unknown
    balances         export minus import of each period that has a published export or import
    turnovers        export plus import of the same periods
    consistency      published growth rates of one period checked against each other
    targets          each target in numbers
    """

    growths: tuple[Derived, ...]
    growth_indexes: tuple[Derived, ...]
    implied_bases: tuple[Derived, ...]
    balances: tuple[Derived, ...]
    turnovers: tuple[Derived, ...]
    consistency: tuple[Consistency, ...]
    targets: tuple[TargetOutlook, ...]


def figures(partnership: Partnership) -> PublishedFigureQuerySet:
    """Return the published figures, newest period first, ready to be shown (1 query)."""
    return PublishedFigure.objects.filter(partnership=partnership).for_display()


def targets(partnership: Partnership) -> Sequence[Target]:
    """Return the targets with their base figures, in the order they were set (1 query)."""
    rows = Target.objects.filter(partnership=partnership).select_related(
        "base__reporter", "base__partner", "base__commodity", "base__partnership"
    )
    return list(rows.order_by("set_on", "pk"))


def structure_notes(partnership: Partnership) -> Sequence[StructureNote]:
    """Return what the sources say of the structure of trade in words, newest period first (1 query)."""
    return list(StructureNote.objects.filter(partnership=partnership).order_by("-period", "flow", "pk"))


def derived(partnership: Partnership, year: int | None = None) -> TradeSummary:
    """Return what follows from all published figures, or from those whose period lies in the year (2 queries)."""
    return summarise(list(figures(partnership)), targets(partnership), year)


def lies_in(period: Period, year: int) -> bool:
    """Tell whether the whole period lies in the year."""
    return period.starts.year == year == period.ends.year


def summarise(published: Sequence[PublishedFigure], aims: Iterable[Target], year: int | None = None) -> TradeSummary:
    """Return what follows from the given figures and targets; no query.

    With a year: results about periods in that year, from figures up to its end. Targets that
    were set later than the year are left out.
    """
    if year is not None:
        published = [figure for figure in published if figure.period.ends.year <= year]
        aims = [aim for aim in aims if aim.set_on.starts.year <= year]
    chosen = [figure for figure in published if year is None or lies_in(figure.period, year)]
    values = [figure for figure in published if figure.indicator == PublishedFigure.Indicator.VALUE]
    rates = [figure for figure in chosen if figure.indicator == PublishedFigure.Indicator.GROWTH]
    return TradeSummary(
        growths=tuple(_growths(chosen, values)),
        growth_indexes=tuple(indicators.growth_index(rate) for rate in rates),
        implied_bases=tuple(indicators.implied_base(rate, _value_behind(rate, values)) for rate in rates),
        balances=tuple(indicators.balance(*pair) for pair in _both_flows(chosen)),
        turnovers=tuple(indicators.turnover(*pair) for pair in _both_flows(chosen)),
        consistency=tuple(_checks(rates)),
        targets=tuple(indicators.outlook(aim, values) for aim in aims),
    )


def _same_trade(figure: PublishedFigure) -> tuple[int, int, int]:
    """Return what must agree for two figures to be about the same trade."""
    return figure.reporter_id, figure.partner_id, figure.commodity_id


def _value_behind(rate: PublishedFigure, values: Iterable[PublishedFigure]) -> PublishedFigure | None:
    for value in values:
        if (value.flow, value.period, _same_trade(value)) == (rate.flow, rate.period, _same_trade(rate)):
            return value
    return None


def _growths(chosen: Iterable[PublishedFigure], values: Sequence[PublishedFigure]) -> Iterable[Derived]:
    rated = {
        (rate.flow, rate.period, _same_trade(rate))
        for rate in chosen
        if rate.indicator == PublishedFigure.Indicator.GROWTH
    }
    for value in chosen:
        kind = (value.flow, value.period, _same_trade(value))
        if value.indicator == PublishedFigure.Indicator.VALUE and kind not in rated:
            yield indicators.growth(value, _a_year_before(value, values))


def _a_year_before(value: PublishedFigure, values: Iterable[PublishedFigure]) -> PublishedFigure | None:
    before = value.period.a_year_before()
    for base in values:
        if before and (base.flow, base.period, _same_trade(base)) == (value.flow, before, _same_trade(value)):
            return base
    return None


def _both_flows(
    chosen: Iterable[PublishedFigure],
) -> Iterable[tuple[PublishedFigure | None, PublishedFigure | None]]:
    """Yield (export, import) of all goods for each period that has at least one of them."""
    pairs: dict[object, dict[str, PublishedFigure]] = defaultdict(dict)
    for figure in chosen:
        if (
            figure.indicator == PublishedFigure.Indicator.VALUE
            and figure.flow != Flow.TURNOVER
            and figure.commodity.classification == Commodity.Classification.TOTAL
        ):
            pairs[figure.period, _same_trade(figure), figure.unit].setdefault(figure.flow, figure)
    for flows in pairs.values():
        yield flows.get("X"), flows.get("M")


def _checks(rates: Iterable[PublishedFigure]) -> Iterable[Consistency]:
    groups: dict[object, list[PublishedFigure]] = defaultdict(list)
    for rate in rates:
        groups[rate.period, rate.base_period, _same_trade(rate)].append(rate)
    for group in groups.values():
        check = indicators.consistency(group)
        if check:
            yield check


@dataclass(frozen=True)
class FiguresPage:
    """The page of published figures: those of the main story first, then all, with what follows."""

    partnership: Partnership
    figures: Sequence[PublishedFigure]
    targets: Sequence[Target]
    summary: TradeSummary

    @property
    def turnover_values(self) -> list[PublishedFigure]:
        """Published turnovers of all goods in money, newest first."""
        return [
            figure
            for figure in self.figures
            if figure.indicator == PublishedFigure.Indicator.VALUE
            and figure.flow == Flow.TURNOVER
            and figure.commodity.classification == Commodity.Classification.TOTAL
        ]


def figures_page(partnership: Partnership) -> FiguresPage:
    """Return the published figures and targets with what follows from them (2 queries)."""
    published = list(figures(partnership))
    aims = list(Target.objects.filter(partnership=partnership).order_by("set_on", "pk"))
    by_id = {figure.pk: figure for figure in published}
    for aim in aims:  # the bases are among the figures: no need to read them again
        aim.base = by_id[aim.base_id]
    return FiguresPage(partnership, published, aims, summarise(published, aims))


@dataclass(frozen=True)
class FigurePage:
    """One published figure with everything that was computed from it."""

    figure: PublishedFigure
    derived: Sequence[Derived]


def figure_page(figure: PublishedFigure) -> FigurePage:
    """Return a figure and what follows from it and others (2 queries)."""
    summary = derived(figure.partnership)
    candidates = [
        *summary.growths,
        *summary.growth_indexes,
        *summary.implied_bases,
        *(check.bound for check in summary.consistency if check.bound),
        *(number for aim in summary.targets for number in (aim.low, aim.high)),
    ]
    used = [one for one in candidates if one.value is not None and any(i.figure_id == figure.pk for i in one.inputs)]
    return FigurePage(figure, used)


_USD = {
    PublishedFigure.Unit.USD: Decimal(1),
    PublishedFigure.Unit.USD_THOUSAND: Decimal(1000),
    PublishedFigure.Unit.USD_MILLION: Decimal(1_000_000),
}
_KNOWN_WELL = {Precision.EXACT, Precision.ABOUT}


def doubts(figure: PublishedFigure) -> list[Doubt]:
    """Return what makes a figure doubtful beside those kept of the same trade (1 query); it may still be true.

    A growth of turnover outside those of export and import; a turnover that is not their sum; a value a thousand
    times off those of other periods of the same length.
    """
    same_trade = PublishedFigure.objects.filter(
        partnership=figure.partnership,
        indicator=figure.indicator,
        reporter=figure.reporter_id,
        partner=figure.partner_id,
        commodity=figure.commodity_id,
    ).exclude(pk=figure.pk)
    kept = list(same_trade)
    found: list[Doubt | None] = []
    known = [one for one in [*kept, figure] if one.precision in _KNOWN_WELL and one.period == figure.period]
    if figure.indicator == PublishedFigure.Indicator.GROWTH:
        rates = {one.flow: one.value for one in known if one.base_period == figure.base_period}
        if len(rates) == 3:
            found.append(doubtful_growth(rates["T"], rates["X"], rates["M"]))
    if figure.indicator == PublishedFigure.Indicator.VALUE:
        values = {one.flow: one.value for one in known if one.unit == figure.unit}
        if len(values) == 3:
            found.append(doubtful_turnover(values["T"], values["X"], values["M"]))
        if figure.unit in _USD:
            found.append(doubtful_size(figure.value, _in_its_unit(figure, kept)))
    return [doubt for doubt in found if doubt]


def _in_its_unit(figure: PublishedFigure, kept: Iterable[PublishedFigure]) -> list[Decimal]:
    """Return the values of the same flow in other periods of the same length, in the unit of the figure."""
    return [
        one.value * _USD[PublishedFigure.Unit(one.unit)] / _USD[PublishedFigure.Unit(figure.unit)]
        for one in kept
        if one.flow == figure.flow
        and one.unit in _USD
        and one.period != figure.period
        and one.period.shape == figure.period.shape
    ]


class FigureFilter(SourcedFilterSet):
    """Filters of published figures."""

    partnership = of_partnership()
    indicator = ChoiceFilter(choices=PublishedFigure.Indicator, label=_("indicator"))
    flow = ChoiceFilter(choices=Flow, label=_("flow"))
    unit = ChoiceFilter(choices=PublishedFigure.Unit, label=_("unit"))
    reporter = of_territory("reporter", _("reporter"))
    partner = of_territory("partner", _("partner"))
    commodity = RecordFilter(field_name="commodity", queryset=Commodity.objects.order_by("pk"), label=_("goods"))
    classification = ChoiceFilter(
        field_name="commodity__classification", choices=Commodity.Classification, label=_("classification")
    )
    stated_by = ChoiceFilter(choices=Side, label=_("stated by"))
    year = YearOfPeriodFilter(field_name="period", label=_("year"))
    period = PeriodFilter(field_name="period", label=_("period"))


class StructureNoteFilter(SourcedFilterSet):
    """Filters of notes on the structure of trade."""

    partnership = of_partnership()
    flow = ChoiceFilter(choices=Flow, label=_("flow"))
    year = YearOfPeriodFilter(field_name="period", label=_("year"))
    period = PeriodFilter(field_name="period", label=_("period"))


class TargetFilter(SourcedFilterSet):
    """Filters of trade targets; `year` is that in which they were set."""

    partnership = of_partnership()
    flow = ChoiceFilter(choices=Flow, label=_("flow"))
    year = YearOfPeriodFilter(field_name="set_on", label=_("year"))
