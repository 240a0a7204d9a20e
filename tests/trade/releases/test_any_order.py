"""Whatever is published and undone in whatever order, the tables say what a simple model of them says."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.trade.conftest import copy_text
from trade import releases
from trade.models import Release
from trade.releases.checking import verify
from trade.releases.reading import visible

pytestmark = pytest.mark.django_db

MONTHS = ("2023-11", "2023-12", "2024-01")
ADDED = {"BY", "CN", "NNN"}  # of the partners below; EU is a group
LINES = st.fixed_dictionaries(
    {
        "month": st.sampled_from(MONTHS),
        "partner": st.sampled_from(["BY", "CN", "NNN", "EU", "W"]),
        "flow": st.sampled_from(["X", "M"]),
        "commodity": st.sampled_from(["TOTAL", "84", "27", "_CONF", "847130", "270900", "27_CONF"]),
        "value": st.sampled_from([None, 0, 1, 2, Decimal("0.37")]),
        "net_kg": st.sampled_from([None, 1]),
    }
)
LEVELS = {"_CONF": 2, "27_CONF": 6, "TOTAL": 0}


def level_of(commodity):
    return LEVELS.get(commodity, len(commodity))


def key_of(line):
    return line["month"], line["partner"], line["flow"], line["commodity"]


def plus(values):
    stated = [Decimal(value) for value in values if value is not None]
    return sum(stated, Decimal(0)) if stated else None


def known(values):
    """Return the sum, None where one of the figures is not stated."""
    figures = list(values)
    return None if None in figures else plus(figures)


def sums_of(rows):
    """Return (totals, chapters) of rows {(month, partner, flow, commodity): (value, net_kg)}, slowly and plainly."""
    trades = defaultdict(dict)
    for (month, partner, flow, commodity), figures in rows.items():
        trades[month, flow, partner][commodity] = figures
    totals, chapters = {}, {}
    for (month, flow, partner), goods in trades.items():
        detailed = [code for code in goods if code != "TOTAL"]
        coarsest = min(map(level_of, detailed), default=None)
        lines = [code for code in detailed if level_of(code) == coarsest]
        by_chapter = defaultdict(list)
        for code in lines:
            by_chapter[code[:2]].append(goods[code])
        for chapter, figures in by_chapter.items():
            chapters[month, flow, partner, chapter] = (*map(known, zip(*figures, strict=True)), len(figures))
        added = [known(goods[code][n] for code in lines) for n in (0, 1)]
        stated = goods.get("TOTAL", (None, None))
        value, net_kg = (added[n] if stated[n] is None else Decimal(stated[n]) for n in (0, 1))
        hidden = plus(goods[code][0] for code in lines if code.endswith("_CONF"))
        totals[month, flow, partner] = (value, net_kg, added[0], hidden, len(lines))
    return with_world(totals, chapters)


def with_world(totals, chapters):
    for month, flow in {(month, flow) for month, flow, __ in totals}:
        partners = [
            figures for (m, f, partner), figures in totals.items() if (m, f) == (month, flow) and partner in ADDED
        ]
        value, net_kg, lines_value, hidden, lines = (
            *(known(one[n] for one in partners) for n in (0, 1)),
            *(plus(one[n] for one in partners) for n in (2, 3)),
            sum(one[4] for one in partners),
        )
        own = totals.get((month, flow, "W"), (None, None, None, None, 0))
        totals[month, flow, "W"] = (
            value if own[0] is None else own[0],
            net_kg if own[1] is None else own[1],
            *(own[2:] if own[4] else (lines_value, hidden, lines)),
        )
        if not own[4]:
            by_chapter = defaultdict(list)
            for (m, f, partner, chapter), figures in chapters.items():
                if (m, f) == (month, flow) and partner in ADDED:
                    by_chapter[chapter].append(figures)
            for chapter, figures in by_chapter.items():
                values, weights, counts = zip(*figures, strict=True)
                chapters[month, flow, "W", chapter] = (known(values), known(weights), sum(counts))
    return totals, chapters


class Datasets(RuleBasedStateMachine):
    """Publish files and undo releases of one dataset, and the same in a dictionary."""

    dataset = None  # set by the test
    published = Bundle("published")

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.rows = {}
        self.states = {}  # release → (rows after it, rows before it)

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(target=published, lines=st.lists(LINES, min_size=1, max_size=8, unique_by=key_of))
    def publish(self, lines):
        before, after = self.rows, self.replaced(lines)
        staged = releases.stage(
            self.dataset,
            copy_text([{**line, "level": level_of(line["commodity"])} for line in lines]),
            vintage=releases.reserve_vintage(),
        )
        comparison = releases.compare(staged)
        if after == before:
            assert not comparison.changes_anything
            with pytest.raises(releases.NothingToPublish):
                releases.publish(staged, by=None)
            return multiple()
        release = releases.publish(staged, by=None)
        changed = {key for key in before.keys() & after if before[key] != after[key]}
        assert comparison.new == len(after.keys() - before)
        assert comparison.changed == release.changed_rows == len(changed)
        assert comparison.disappeared == len(before.keys() - after) == release.closed_rows - len(changed)
        assert release.opened_rows == len(after.keys() - before) + len(changed)
        self.settle(release, after)
        return release.pk

    def replaced(self, lines):
        months, flows = [line["month"] for line in lines], {line["flow"] for line in lines}
        levels = {level_of(line["commodity"]) for line in lines}
        kept = {
            key: figures
            for key, figures in self.rows.items()
            if not (min(months) <= key[0] <= max(months) and key[2] in flows and level_of(key[3]) in levels)
        }
        return kept | {key_of(line): (line["value"], line["net_kg"]) for line in lines}

    def settle(self, release, after):
        self.states[release.pk] = (after, self.rows)
        self.rows = after

    @rule(target=published, number=consumes(published))
    def undo(self, number):
        release = Release.objects.get(pk=number)
        try:
            made = releases.undo(release, by=None)
        except releases.LaterReleaseExists:
            return number
        after, before = self.states[number]
        touched = {key for key in after.keys() | before if after.get(key) != before.get(key)}
        assert {key: self.rows.get(key) for key in touched} == {key: after.get(key) for key in touched}
        rest = {key: figures for key, figures in self.rows.items() if key not in touched}
        self.settle(made, rest | {key: before[key] for key in touched if key in before})
        return made.pk

    @rule(number=published)
    def look_back(self, number):
        assert self.stored(number) == self.states[number][0]
        self.sums_agree(number, self.states[number][0])

    @invariant()
    def the_present_is_right(self):
        assert self.stored() == self.rows
        self.sums_agree(None, self.rows)

    def sums_agree(self, vintage, rows):
        totals, chapters = sums_of(rows)
        stored = self.read("trade_partner_total", "value, net_kg, lines_value, hidden_value, lines", vintage)
        assert {tuple(row[:3]): tuple(row[3:]) for row in stored} == totals
        stored = self.read("trade_chapter_total", "chapter, value, net_kg, lines", vintage)
        assert {tuple(row[:4]): tuple(row[4:]) for row in stored} == chapters

    def stored(self, vintage=None):
        rows = self.read("trade_observation", "commodity, value, net_kg", vintage)
        found = {(month, partner, flow, goods): figures for month, flow, partner, goods, *figures in rows}
        assert len(found) == len(rows)
        return {key: tuple(figures) for key, figures in found.items()}

    def read(self, table, columns, vintage):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT to_char(period, 'YYYY-MM'), flow, partner, {columns} FROM {visible(table, vintage)} one"
                " WHERE dataset_id = %s",
                [self.dataset.pk],
            )
            return cursor.fetchall()


class Checked(Datasets):
    """The same, ended by the check that the command runs."""

    def teardown(self):
        try:
            assert verify() == []
        finally:
            super().teardown()


def test_any_order_of_publications_and_undos_agrees_with_a_plain_model(a_dataset):
    Checked.dataset = a_dataset
    run_state_machine_as_test(
        Checked,
        settings=settings(
            max_examples=25,
            stateful_step_count=12,
            deadline=dt.timedelta(seconds=30),
            suppress_health_check=list(HealthCheck),
        ),
    )
