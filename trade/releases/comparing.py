"""What publishing a staging would change, for the preview; and what looks odd about it.

Nothing is written. The dataset is compared as it stands; `publish` refuses a staging whose dataset has a newer
release since.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Literal

from django.db import connection, transaction

from trade.importing.problems import Findings
from trade.models import KEY
from trade.releases import sums, suspicions
from trade.releases.connections import second_connection
from trade.releases.partitions import OBSERVATIONS, partition, years
from trade.releases.staging import CONTENT, Staged

EXAMPLES = 200
"""At most so many differences are shown, shared by the kinds; the largest changes of value first."""

Kind = Literal["new", "changed", "disappeared"]
_KINDS: tuple[Kind, ...] = ("changed", "disappeared", "new")
_SUBJECT = ("period", "months", "reporter", "partner", "flow", "commodity", "unit")
_FIGURES = ("value", "net_kg", "quantity")


@dataclass(frozen=True)
class Difference:
    """One row that would come, change or go. The old figures of a new row and the new ones of a lost row are None."""

    kind: Kind
    line: int | None
    period: dt.date
    months: int
    reporter: str
    partner: str
    flow: str
    commodity: str
    unit: str
    old_value: Decimal | None
    new_value: Decimal | None
    old_net_kg: Decimal | None
    new_net_kg: Decimal | None
    old_quantity: Decimal | None
    new_quantity: Decimal | None

    @property
    def percent(self) -> Decimal | None:
        """The change of the value in per cent of the old one; None where there is no old value, or it is 0."""
        if not self.old_value or self.new_value is None:
            return None
        return (self.new_value - self.old_value) / self.old_value * 100

    @property
    def size(self) -> Decimal:
        """How much the value changes; a value that is not stated counts as nothing here."""
        return abs((self.new_value or Decimal(0)) - (self.old_value or Decimal(0)))

    def as_json(self) -> dict[str, Any]:
        return {
            name: str(value) if isinstance(value, Decimal | dt.date) else value for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Difference:
        figures = {name: plain[name] and Decimal(plain[name]) for name in plain if name.startswith(("old_", "new_"))}
        return cls(**{**plain, **figures, "period": dt.date.fromisoformat(plain["period"])})


@dataclass(frozen=True)
class Comparison:
    """How many rows would come, change, stay equal and go, with examples. Oddities are in the findings."""

    new: int
    changed: int
    unchanged: int
    disappeared: int
    examples: tuple[Difference, ...]

    @property
    def changes_anything(self) -> bool:
        return bool(self.new or self.changed or self.disappeared)


def compare(staged: Staged, findings: Findings | None = None) -> Comparison:
    """Compare a staging with what stands in its slice, and add what is odd to the findings (SUM, REV, GAP, GONE, OUT).

    A finding of severity F (the lines add up to more than the stated total) means that the file is to be refused.
    Outside a transaction a second connection looks for what is odd meanwhile.
    """
    if staged.within is None:
        return Comparison(0, 0, 0, 0, ())
    if findings is None:
        return _compared(staged, staged.within)
    if connection.in_atomic_block:
        _find_suspicions(staged, staged.within, findings)
        return _compared(staged, staged.within)
    with second_connection() as beside:
        found = beside.submit(_find_suspicions, staged, staged.within, findings)
        comparison = _compared(staged, staged.within)
        found.result()
    return comparison


@transaction.atomic
def _find_suspicions(staged: Staged, within: sums.Slice, findings: Findings) -> None:
    with connection.cursor() as cursor:
        sums.plan_for_slices(cursor)
        suspicions.find(cursor, staged, within, findings)


@transaction.atomic
def _compared(staged: Staged, within: sums.Slice) -> Comparison:
    totals = dict.fromkeys(_KINDS, 0)
    examples: dict[Kind, list[Difference]] = {kind: [] for kind in _KINDS}
    with connection.cursor() as cursor:
        sums.plan_for_slices(cursor)
        known = years(cursor, OBSERVATIONS, staged.dataset_id)
        for year in within.years:
            if year not in known and year not in staged.years:
                continue
            if year in known:
                found = _differences(cursor, staged, within, year)
            else:
                found = [("new", staged.rows[year], _largest(cursor, staged.table(year), examples["new"]))]
            for kind, total, differences in found:
                totals[kind] += total
                examples[kind] += differences
    return Comparison(
        new=totals["new"],
        changed=totals["changed"],
        unchanged=sum(staged.rows.values()) - totals["new"] - totals["changed"],
        disappeared=totals["disappeared"],
        examples=tuple(_share(examples)),
    )


def _differences(
    cursor: Any, staged: Staged, within: sums.Slice, year: int
) -> list[tuple[Kind, int, list[Difference]]]:
    """Return each kind of difference in a year that the dataset has, with its number and its largest examples."""
    new = staged.table(year) if year in staged.years else f"(SELECT * FROM {OBSERVATIONS} LIMIT 0)"
    parameters = {**within.parameters, "levels": list(staged.levels), "limit": EXAMPLES}
    old = partition(OBSERVATIONS, staged.dataset_id, year)
    subject = ", ".join(_SUBJECT)
    figures = ", ".join(f"{side}.{name} AS {side}_{name}" for name in _FIGURES for side in ("old", "new"))
    says = {side: ", ".join(f"{side}.{name}" for name in CONTENT) for side in ("old", "new")}
    largest_first = f"size DESC, {subject}"
    cursor.execute(
        f"WITH difference AS MATERIALIZED ("
        f" SELECT CASE WHEN old.opened IS NULL THEN 'new' WHEN new.opened IS NULL THEN 'disappeared'"
        f" ELSE 'changed' END AS of_kind, abs(coalesce(new.value, 0) - coalesce(old.value, 0)) AS size,"
        f" new.line, {subject}, {figures}"
        f" FROM {new} new FULL JOIN ("
        f" SELECT * FROM {old} standing WHERE closed IS NULL AND {sums.lies_within('standing')}) old"
        f" USING ({', '.join(KEY)})"
        f" WHERE (new.opened IS NOT NULL OR old.level = ANY(%(levels)s))"
        f" AND (new.opened IS NULL OR old.opened IS NULL OR ROW({says['new']}) IS DISTINCT FROM ROW({says['old']}))"
        f"), counted AS (SELECT of_kind AS kind, count(*) AS total FROM difference GROUP BY of_kind)"
        f" SELECT total, kind, line, {subject}, old_value, new_value, old_net_kg, new_net_kg, old_quantity,"
        f" new_quantity FROM counted CROSS JOIN LATERAL (SELECT * FROM difference"
        f" WHERE of_kind = kind ORDER BY {largest_first} LIMIT %(limit)s) AS largest ORDER BY {largest_first}",
        parameters,
    )
    found: dict[Kind, tuple[int, list[Difference]]] = {}
    for total, *row in cursor.fetchall():
        difference = Difference(*row)
        found.setdefault(difference.kind, (total, []))[1].append(difference)
    return [(kind, total, differences) for kind, (total, differences) in found.items()]


def _largest(cursor: Any, table: str, found: list[Difference]) -> list[Difference]:
    """Return the largest rows of a year that the dataset does not have, as far as they come before those found."""
    least = sorted((one.size for one in found), reverse=True)[EXAMPLES - 1 : EXAMPLES]
    cursor.execute(
        f"SELECT 'new', line, {', '.join(_SUBJECT)}, NULL, value, NULL, net_kg, NULL, quantity FROM {table}"
        f" {'WHERE value >= %(least)s' if least else ''}"
        f" ORDER BY value DESC NULLS LAST, {', '.join(_SUBJECT)} LIMIT %(limit)s",
        {"limit": EXAMPLES, "least": least[0] if least else None},
    )
    return [Difference(*row) for row in cursor.fetchall()]


def _share(examples: Mapping[Kind, list[Difference]]) -> list[Difference]:
    """Return the largest differences: a third of the places for each kind, and what one leaves goes to the others."""
    for found in examples.values():
        found.sort(key=lambda one: one.size, reverse=True)
    places = dict.fromkeys(_KINDS, 0)
    free = EXAMPLES
    for kind in _KINDS:
        places[kind] = min(len(examples[kind]), EXAMPLES // len(_KINDS))
        free -= places[kind]
    for kind in _KINDS:
        more = min(free, len(examples[kind]) - places[kind])
        places[kind] += more
        free -= more
    return [one for kind in _KINDS for one in examples[kind][: places[kind]]]
