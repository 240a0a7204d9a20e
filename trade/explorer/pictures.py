"""The charts of the explorer, each with the table of exactly what it draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from documents import charts
from parties.formatting import number
from parties.periods import Period
from trade.cube import Cell, Comparison, Ranked
from trade.explorer import wording
from trade.explorer.addresses import address, in_period, lines_address
from trade.explorer.advantages import in_words
from trade.explorer.breakdown import Breakdown
from trade.explorer.page import Explorer, places_of
from trade.indicators import Answer
from trade.models import Release
from trade.selection import Selection

HUES: dict[str, charts.Hue] = {"X": "home", "RX": "home", "M": "partner", "RM": "partner"}
"""What the home side sells has its colour, what it buys that of the partner; both together have none."""
MOST_BARS = 12


@dataclass(frozen=True)
class Entry:
    """One figure of a table: its text, the growth beside it, where it leads, and why it is missing."""

    text: str
    growth: str = ""
    address: str = ""
    note: str = ""


@dataclass(frozen=True)
class Row:
    """One row of a table; `name` leads to `address` where there is one."""

    name: str
    entries: Sequence[Entry]
    address: str = ""
    heads: Sequence[str] = ()

    @property
    def cells(self) -> list[tuple[str, Entry]]:
        """Each figure with the name of its column."""
        return list(zip(self.heads, self.entries, strict=True))


@dataclass(frozen=True)
class Picture:
    """A chart, drawn when it is asked for, and its table. `code` names it in addresses of files.

    resource, data   the resource of the API, and the question to it, that give the figures of the chart
    """

    code: str
    title: str
    subtitle: str
    source: str
    draw: Callable[[], charts.Drawing]
    heads: Sequence[str]
    rows: Sequence[Row]
    resource: str
    data: Selection

    @property
    def address(self) -> str:
        """The resource of the API that gives the same figures."""
        return f"/api/v1/trade/{self.resource}/"

    @property
    def data_query(self) -> str:
        return self.data.query()

    @cached_property
    def drawing(self) -> charts.Drawing:
        return self.draw()

    @property
    def svg(self) -> SafeString:
        """Return the chart for the page; who cannot see it reads its rows."""
        rows = "; ".join(f"{row.name}: {', '.join(entry.text for entry in row.entries)}" for row in self.rows[:60])
        return charts.svg(self.drawing, title=self.title, description=rows)

    @property
    def caption(self) -> charts.Caption:
        return charts.Caption(self.title, self.subtitle, self.source)


def pictures(page: Explorer) -> dict[str, Picture]:
    """Return the charts of the page by their codes."""
    found = {"series": series_picture(page)}
    if page.breakdown and page.breakdown.parts:
        found["goods"] = goods_picture(page, page.breakdown)
    if any(one.place for one in page.places):
        found["places"] = places_picture(page)
    return found


def source_line(page: Explorer) -> str:
    """Return from where the figures of the page are known, in words."""
    parts = [str(page.dataset)]
    if page.releases:
        newest = page.releases[0]
        told = {"number": newest.pk, "day": f"{newest.loaded_at:%d.%m.%Y}", "status": newest.get_status_display()}
        parts.append(_("release %(number)s of %(day)s, %(status)s") % told)
    if page.selection.as_of:
        parts.append(_("as known on %(day)s") % {"day": f"{page.selection.as_of:%d.%m.%Y}"})
    if page.dataset.is_example:
        parts.append(_("examples, no facts"))
    return f"{_('Source')}: {'; '.join(parts)}"


def _keys() -> charts.Keys:
    return charts.Keys(
        before=_("the same period of last year"),
        provisional=pgettext("chart", "provisional"),
        partial=_("part of the period"),
        missing=_("no data"),
    )


# The series --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spot:
    """One period of a lane, beside the year before. `address` leads to its lines; others together have none."""

    period: Period
    now: Decimal | None
    before: Decimal | None
    growth: str
    note: str
    releases: tuple[int, ...]
    address: str


@dataclass(frozen=True)
class Lane:
    """One series of the chart, oldest period first. `address` asks for it alone."""

    name: str
    spots: Sequence[Spot]
    hue: charts.Hue
    address: str = ""

    @property
    def total(self) -> Decimal:
        return sum((spot.now for spot in self.spots if spot.now is not None), Decimal(0))


def series_picture(page: Explorer) -> Picture:
    """Draw the series asked for beside last year's: columns for one, small charts with one scale for several."""
    selection, lanes = page.selection, _lanes(page)
    subtitle = _("%(who)s, %(flow)s %(frequency)s, %(unit)s") % {
        "who": page.who,
        "flow": wording.flow_name(selection.flow),
        "frequency": wording.frequency_name(selection.frequency),
        "unit": wording.unit_words(selection),
    }
    if selection.goods:
        subtitle += f"; {page.names.goods_in_words(selection.goods)}"
    provisional = {one.pk for one in page.releases if one.status == Release.Status.PROVISIONAL}
    if len(lanes) == 1:
        title = wording.above_last_year(selection.flow, [row.growth for row in page.rows]) or page.headline
        points = _points(lanes[0], selection, provisional)

        def draw() -> charts.Drawing:
            return charts.compared_columns(points, keys=_keys(), tick=number, hue=lanes[0].hue)

    else:
        title = _("%(name)s comes first: %(value)s") % {
            "name": lanes[0].name,
            "value": wording.with_unit(lanes[0].total, selection),
        }

        def draw() -> charts.Drawing:
            return charts.panels([_panel(lane, selection, provisional) for lane in lanes], keys=_keys())

    heads = [lane.name for lane in lanes]
    rows = [
        Row(wording.span(period), [_entry(lane.spots[place], selection) for lane in lanes], heads=heads)
        for place, period in enumerate(selection.periods)
    ]
    return Picture("series", title, subtitle, source_line(page), draw, heads, rows, "series", selection)


def _lanes(page: Explorer) -> list[Lane]:
    """Return the series by size; what goes beyond six is one series of all others."""
    selection = page.selection
    found: dict[tuple[str, str, str], list[Comparison]] = {}
    for row in page.rows:
        found.setdefault((row.cell.partner, row.cell.flow, row.cell.goods), []).append(row)
    lanes = [_lane(key, sorted(rows, key=lambda row: row.cell.period), page) for key, rows in found.items()]
    lanes.sort(key=lambda lane: (-abs(lane.total), lane.name))
    if len(lanes) <= charts.MOST_SERIES:
        return lanes
    kept, others = lanes[: charts.MOST_SERIES - 1], lanes[charts.MOST_SERIES - 1 :]
    spots = [_together([lane.spots[place] for lane in others]) for place in range(len(selection.periods))]
    return [*kept, Lane(_("Others (%(count)s)") % {"count": len(others)}, spots, "plain")]


def _lane(key: tuple[str, str, str], rows: Sequence[Comparison], page: Explorer) -> Lane:
    partner, flow, goods = key
    selection = page.selection
    parts = []
    alone = selection.but(by=())
    if "partner" in selection.by:
        parts.append(page.names.area(partner))
        alone = alone.but(partners=(partner,))
    if "goods" in selection.by:
        parts.append(page.names.labelled(goods))
        alone = alone.but(goods=(goods,))
    if "flow" in selection.by:
        parts.append(wording.flow_name(flow).capitalize())
        alone = alone.but(flow=flow)
    name = ", ".join(parts) or wording.flow_name(flow).capitalize()
    spots = [
        Spot(
            row.cell.period,
            row.cell.value,
            row.base.value,
            wording.percent(row.growth) if flow != "B" else "",
            _note(row.cell) or _growth_note(row.growth),
            row.cell.releases,
            lines_address(alone, row.cell.period),
        )
        for row in rows
    ]
    return Lane(name, spots, HUES.get(flow, "joint"), address(alone) if parts else "")


def _together(spots: Sequence[Spot]) -> Spot:
    """Return the spots of several lanes in one period as one; nothing where one of them is unknown."""
    now, before = (
        None if None in values else sum((value for value in values if value is not None), Decimal(0))
        for values in ([spot.now for spot in spots], [spot.before for spot in spots])
    )
    releases = tuple(sorted({release for spot in spots for release in spot.releases}))
    return Spot(spots[0].period, now, before, "", spots[0].note, releases, "")


def _growth_note(growth: Answer) -> str:
    return str(growth.note.label) if growth.note else ""


def _note(cell: Cell) -> str:
    """Return why a figure is missing or how much of its period is there."""
    if cell.value is not None or cell.reason is None:
        return ""
    if cell.months_present and not cell.complete:
        told = {"present": cell.months_present, "expected": cell.months_expected}
        return _("%(present)s of %(expected)s months are loaded") % told
    return str(cell.reason.label)


def _entry(spot: Spot, selection: Selection) -> Entry:
    is_known = spot.now is not None
    return Entry(
        wording.shown(spot.now, selection), spot.growth if is_known else "", spot.address if is_known else "", spot.note
    )


def _points(lane: Lane, selection: Selection, provisional: set[int]) -> list[charts.Point]:
    divisor = selection.divisor

    def drawn(value: Decimal | None) -> float | None:
        return None if value is None else float(value / divisor)

    points = []
    for spot in lane.spots:
        name, group = wording.short(spot.period)
        label = "" if spot.now is None else wording.shown(spot.now, selection)
        is_provisional = not provisional.isdisjoint(spot.releases)
        points.append(charts.Point(name, group, drawn(spot.now), label, drawn(spot.before), is_provisional))
    return points


def _panel(lane: Lane, selection: Selection, provisional: set[int]) -> charts.Panel:
    known = [spot for spot in lane.spots if spot.now is not None]
    label = ""
    if known:
        label = f"{wording.with_unit(known[-1].now, selection)}, {wording.span(known[-1].period)}"
    return charts.Panel(lane.name, label, _points(lane, selection, provisional), lane.hue)


# What it consists of -----------------------------------------------------------------------------------------


def goods_picture(page: Explorer, breakdown: Breakdown) -> Picture:
    """Draw the goods of the newest period, the largest first and hidden ones last."""
    selection = page.selection
    largest = breakdown.parts[0]
    title = _("Largest part: %(name)s, %(share)s") % {
        "name": largest.name or largest.code,
        "share": wording.share_with_bounds(largest.share),
    }
    subtitle = _("%(who)s, %(flow)s of %(period)s %(level)s, %(unit)s") % {
        "who": page.who_is_summed,
        "flow": wording.flow_name(selection.flow),
        "period": wording.span(page.period),
        "level": wording.level_name(breakdown.level),
        "unit": wording.unit_words(selection),
    }
    hue = HUES.get(selection.flow, "joint")

    def draw() -> charts.Drawing:
        bars = [
            charts.Bar(
                page.names.labelled(part.code),
                float((part.amount.value or Decimal(0)) / selection.divisor),
                wording.shown(part.amount.value, selection),
                hue="plain" if part.is_hidden else hue,
            )
            for part in breakdown.parts[:MOST_BARS]
        ]
        others = breakdown.parts[MOST_BARS:]
        if others:
            total = sum((part.amount.value or Decimal(0) for part in others), Decimal(0))
            name = _("Others (%(count)s)") % {"count": len(others)}
            label = wording.shown(total, selection)
            bars.append(charts.Bar(name, float(total / selection.divisor), label, hue="plain"))
        return charts.bar_range(bars)

    heads = [wording.unit_words(selection), _("Share"), _("Growth"), _("Contribution to growth")]
    specialised = page.advantages.answers if page.advantages else {}
    if specialised:
        heads.append(_("Advantage (RCA)"))
    rows = [
        Row(
            page.names.labelled(part.code),
            [
                Entry(wording.shown(part.amount.value, selection), address=part.address),
                Entry(wording.share_with_bounds(part.share)),
                Entry(
                    wording.percent(part.growth),
                    note=str(part.growth.reason.label) if part.growth.reason else _growth_note(part.growth),
                ),
                Entry(wording.percent(part.contribution).replace("%", _("pp"))),
                *([_advantage_entry(specialised.get(part.code))] if specialised else []),
            ],
            part.inside,
            heads,
        )
        for part in breakdown.parts
    ]
    data = in_period(breakdown.selection, page.period)
    return Picture("goods", title, subtitle, source_line(page), draw, heads, rows, "structure", data)


def _advantage_entry(answer: Answer | None) -> Entry:
    """Return an advantage with both shares; a class that was traded the year before only has none."""
    if answer is None:
        return Entry(wording.NOTHING)
    text, shares = in_words(answer)
    return Entry(text, shares, note=str(answer.reason.label) if answer.reason else "")


# Places ------------------------------------------------------------------------------------------------------


def places_picture(page: Explorer) -> Picture:
    """Draw the places of the partner through the years."""
    periods = sorted({one.period for one in page.places})
    by_place = {(one.flow, one.period): one for one in page.places}
    first = next(period for period in periods if any(by_place[flow, period].place for flow in "TXM"))
    periods = periods[periods.index(first) :]
    newest = next(one for one in sorted(page.places, key=lambda one: one.period, reverse=True) if one.place)
    partner = page.names.area(newest.partner)
    told = by_place.get(("T", newest.period), newest)
    title = _("%(partner)s: %(place)s in %(period)s (%(flow)s)") % {
        "partner": partner,
        "period": wording.span(newest.period),
        "place": wording.place(told.place) if told.place else wording.NOTHING,
        "flow": wording.flow_name(told.flow),
    }
    reporter = {"reporter": page.names.area(page.selection.reporter)}
    if page.selection.measure == "net_kg":
        subtitle = _("Place among the partner countries of %(reporter)s by weight, year by year") % reporter
    else:
        subtitle = _("Place among the partner countries of %(reporter)s by value, year by year") % reporter
    if page.selection.goods:
        subtitle += f"; {page.names.goods_in_words(page.selection.goods)}"
    hues: dict[str, charts.Hue] = {"T": "joint", "X": "home", "M": "partner"}

    def draw() -> charts.Drawing:
        paths = [
            charts.Path(
                wording.flow_name(flow).capitalize(),
                [place.rank if (place := by_place[flow, period].place) else None for period in periods],
                [str(place.rank) if (place := by_place[flow, period].place) else "" for period in periods],
                hue,
            )
            for flow, hue in hues.items()
        ]
        return charts.places([str(period.starts.year) for period in periods], paths)

    heads = [wording.flow_name(flow).capitalize() for flow in hues]
    rows = [
        Row(wording.span(period), [_place_entry(by_place[flow, period], page.selection) for flow in hues], heads=heads)
        for period in reversed(periods)
    ]
    data = places_of(page.summed, periods[-1].ends.replace(day=1))
    return Picture("places", title, subtitle, source_line(page), draw, heads, rows, "ranks", data)


def _place_entry(ranked: Ranked, selection: Selection) -> Entry:
    if ranked.place is None:
        return Entry(wording.NOTHING, note=str(ranked.reason.label) if ranked.reason else "")
    text = wording.place(ranked.place)
    return Entry(
        text, wording.with_unit(ranked.value, selection), lines_address(selection, ranked.period, flow=ranked.flow)
    )
