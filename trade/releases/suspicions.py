"""What looks odd about a staged file beside the dataset: rules SUM, REV, GAP, GONE and OUT.

SUM   the lines of a partner against the total that the file states for it; all that exceeds rounding
REV   a total of a partner revised by more than a fifth, or whose growth over the year before turns its sign
GAP   months without a row inside the range of a monthly file, by reporter and flow
GONE  partners that the dataset has where the file replaces, and the file does not name: it may be about its own only
OUT   a chapter of a partner more than 6 standard deviations from the other periods of its series – those of the
      file and of the year before and after it – in logarithms of whole dollars, where there are at least 12
      others. A deviation below 0.1 (10 %) counts as 0.1: in a series that never moved not every change is an outlier.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from trade.importing.problems import Findings
from trade.releases import sums
from trade.releases.partitions import CHAPTERS
from trade.releases.staging import Staged

_LIMIT = 1000  # as many as the report of a file holds
_ROUNDING = "greatest(1, 0.001 * abs(value))"  # sums of rounded figures miss their rounded total by this at most
_NAMED = 12  # partners that are named; a value quoted is at most 80 characters
_REVISION = Decimal("0.2")
_DEVIATIONS = 6
_SERIES = 12
_YEARS = 1  # a longer past says little, and reading it all would be most of the work of loading one month


def find(cursor: Any, staged: Staged, within: sums.Slice, findings: Findings) -> None:
    """Add all that is odd to the findings."""
    _sums(cursor, staged, findings)
    _gaps(cursor, staged, findings)
    if staged.after is not None:
        _partners_gone(cursor, staged, within, findings)
        _revisions(cursor, staged, within, findings)
    _outliers(cursor, staged, within, findings)


def _sums(cursor: Any, staged: Staged, findings: Findings) -> None:
    cursor.execute(
        f"SELECT period, reporter, partner, flow, value, lines_value, lines_value > value FROM {staged.totals}"
        f" WHERE abs(lines_value - value) > {_ROUNDING}"
        f" ORDER BY lines_value > value DESC, period, partner, flow LIMIT {_LIMIT}"
    )
    for period, reporter, partner, flow, total, lines, is_more in cursor.fetchall():
        findings.add(
            "SUM-MORE" if is_more else "SUM-LESS",
            value=_subject(period, reporter, partner, flow),
            lines=lines,
            total=total,
        )


def _gaps(cursor: Any, staged: Staged, findings: Findings) -> None:
    """Find the months that one reporter and flow lack between the first and the last month of the file."""
    if len({period for period, length in staged.periods if length == 1}) < 2:
        return
    cursor.execute(
        f"WITH held AS (SELECT DISTINCT reporter, flow, period FROM {staged.totals} WHERE months = 1),"
        " month AS (SELECT generate_series(min(period), max(period), interval '1 month')::date AS period FROM held),"
        " lacking AS (SELECT reporter, flow, period"
        " FROM month CROSS JOIN (SELECT DISTINCT reporter, flow FROM held) one"
        " EXCEPT SELECT reporter, flow, period FROM held)"
        " SELECT array_agg(reporter || ' ' || flow ORDER BY reporter, flow),"
        " (SELECT count(*) FROM (SELECT DISTINCT reporter, flow FROM held) one), period FROM lacking"
        " GROUP BY period ORDER BY period"
    )
    by_series: dict[str, list[str]] = {}
    for series, of, period in cursor.fetchall():
        for one in [""] if len(series) == of else series:
            by_series.setdefault(one, []).append(f"{period:%Y-%m}")
    for one, months in sorted(by_series.items())[:_LIMIT]:
        findings.add("GAP", value=one, months=", ".join(months))


def _partners_gone(cursor: Any, staged: Staged, within: sums.Slice, findings: Findings) -> None:
    """Name the partners of which no line would be left in what the file replaces."""
    cursor.execute(
        f"SELECT DISTINCT partner FROM {sums.PARTNERS} old WHERE closed IS NULL AND dataset_id = %(dataset)s"
        f" AND {sums.lies_within('old')} AND NOT EXISTS (SELECT FROM {staged.totals} new"
        " WHERE new.partner = old.partner) ORDER BY partner",
        {**within.parameters, "dataset": staged.dataset_id},
    )
    gone = [partner for (partner,) in cursor.fetchall()]
    if gone:
        more = f" … (+{len(gone) - _NAMED})" if len(gone) > _NAMED else ""
        findings.add("GONE", partners=", ".join(gone[:_NAMED]) + more, count=len(gone))


def _revisions(cursor: Any, staged: Staged, within: sums.Slice, findings: Findings) -> None:
    """Compare the new totals of partners with those that stand, and their growth over the same period a year before."""
    cursor.execute(
        f"WITH standing AS (SELECT * FROM {sums.PARTNERS} WHERE closed IS NULL AND dataset_id = %(dataset)s)"
        f" SELECT new.period, new.reporter, new.partner, new.flow, old.value, new.value,"
        f" abs(new.value - old.value) > %(revision)s * abs(old.value),"
        f" (old.value - coalesce(base.value, before.value)) * (new.value - coalesce(base.value, before.value)) < 0"
        f" FROM {staged.totals} new JOIN standing old USING ({', '.join(sums.PARTNER_KEY)})"
        f" LEFT JOIN standing before ON before.period = (new.period - interval '1 year')::date"
        f" AND (before.months, before.reporter, before.partner, before.flow) ="
        f" (new.months, new.reporter, new.partner, new.flow)"
        f" LEFT JOIN {staged.totals} base ON base.period = (new.period - interval '1 year')::date"
        f" AND (base.months, base.reporter, base.partner, base.flow) ="
        f" (new.months, new.reporter, new.partner, new.flow)"
        f" WHERE new.value <> old.value AND {sums.lies_within('old')}"
        f" ORDER BY abs(new.value - old.value) DESC LIMIT {_LIMIT}",
        {**within.parameters, "dataset": staged.dataset_id, "revision": _REVISION},
    )
    for period, reporter, partner, flow, old, new, is_large, turns in cursor.fetchall():
        subject = _subject(period, reporter, partner, flow)
        if is_large:
            findings.add(
                "REV", value=subject, old=old, new=new, percent=f"{(new - old) / old * 100:+.1f}" if old else "∞"
            )
        if turns:
            findings.add("REV-SIGN", value=subject, old=old, new=new)


def _outliers(cursor: Any, staged: Staged, within: sums.Slice, findings: Findings) -> None:
    """Measure each new sum of a chapter against the other periods of its series: of the file and those that stand.

    What is farthest of the new sums of a series is the largest or the smallest: only series where one of these is too
    far away are looked at line by line.
    """
    if not staged.years:
        return
    cursor.execute("SET LOCAL enable_indexscan = off")  # sums lie by series: so they are quickest to group
    new = " UNION ALL ".join(f"SELECT * FROM {staged.chapters(year)} WHERE value > 0" for year in staged.years)
    # What is the same in all rows need not be compared.
    alike = {"months": len(within.months) == 1, "reporter": len(within.reporters) == 1}
    series = ", ".join(name for name in ("months", "reporter", "partner", "flow", "chapter") if not alike.get(name))
    cursor.execute(
        f"WITH known AS ("
        f" SELECT {series}, value, true AS is_new FROM ({new}) new UNION ALL"
        f" SELECT {series}, value, false FROM {CHAPTERS} old WHERE closed IS NULL AND dataset_id = %(dataset)s"
        f" AND value > 0 AND reporter = ANY(%(reporters)s) AND flow = ANY(%(flows)s) AND months = ANY(%(months)s)"
        f" AND period BETWEEN %(since)s AND %(until)s AND period NOT BETWEEN %(first)s AND %(last)s"
        f"), measured AS ("
        f" SELECT {series}, count(*)::float8 AS n, avg(x) AS mean, var_pop(x) AS variance,"
        f" {_logarithm('max(value) FILTER (WHERE is_new)')} AS largest,"
        f" {_logarithm('min(value) FILTER (WHERE is_new)')} AS smallest"
        f" FROM (SELECT *, {_logarithm('value')} AS x FROM known) one GROUP BY {series} HAVING count(*) > {_SERIES}"
        f"), odd AS MATERIALIZED ("
        f" SELECT * FROM (SELECT *, greatest(abs({_deviations('largest')}), abs({_deviations('smallest')})) AS farthest"
        f" FROM measured) one WHERE farthest > {_DEVIATIONS} ORDER BY farthest DESC LIMIT {_LIMIT}"
        f"), scored AS ("
        f" SELECT new.*, {_deviations(_logarithm('value'))} AS z FROM ({new}) new JOIN odd USING ({series})"
        f") SELECT period, reporter, partner, flow, chapter, value, z FROM scored WHERE abs(z) > {_DEVIATIONS}"
        f" ORDER BY abs(z) DESC LIMIT {_LIMIT}",
        {
            **within.parameters,
            "dataset": staged.dataset_id,
            "since": dt.date(within.first.year - _YEARS, within.first.month, 1),
            "until": dt.date(within.last.year + _YEARS, within.last.month, 1),
        },
    )
    for period, reporter, partner, flow, chapter, value, z in cursor.fetchall():
        subject = f"{_subject(period, reporter, partner, flow)} {chapter}: {value}"
        findings.add("OUT", value=subject, z=f"{z:+.1f}")


def _logarithm(value: str) -> str:
    """Return SQL for the logarithm of a value; whole numbers become floats many times faster than decimal ones."""
    return f"ln(greatest(({value})::int8, 1)::float8)"


def _deviations(x: str) -> str:
    """Return SQL for how many standard deviations of the n - 1 others one of n values is away from their mean."""
    others = f"(n * variance - n / (n - 1) * ({x} - mean) ^ 2) / (n - 1)"
    return f"({x} - mean) * n / (n - 1) / greatest(0.1, sqrt(greatest(0, {others})))"


def _subject(period: dt.date, reporter: str, partner: str, flow: str) -> str:
    return f"{period:%Y-%m} {reporter} {flow} {partner}"
