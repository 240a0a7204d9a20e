"""What is asked of the trade data: one type, read from the address alike by pages, API and SDMX.

    dataset     code; else the one with the newest data of the reporter, real before examples
    reporter    code (`RU-TOM`)
    partner     codes, comma separated; `all` for all partners (all together, or each with `by=partner`)
    flow        X export, M import, T turnover (X + M), B balance (X − M), RX re-export, RM re-import
    by          what is broken down besides the period: `partner`, `goods`, `flow` (of a turnover), comma separated
    level       of the goods broken down: total, section, group, chapter, 4, 6, 8, 10 (digits)
    goods       codes that restrict: of the level or coarser (`level=4&goods=84`), comma separated
    grouping    version of the product groups
    frequency   M months, Q quarters, S half-years, A years, YTD January to the month of `to`, year by year
    from, to    2024, 2024-S1, 2024-Q1 or 2024-05; widened to the whole periods of the frequency
    measure     value (US dollars), net_kg (kilograms) or quantity (in the supplementary unit)
    unit        USD, USD_TH, USD_MN; KG, TNE; for quantities the OKEI code of the lines meant
    as_of       a day (its end) or a time in ISO 8601: figures as they were known then

Unknown, empty and repeated parameters are refused, all at once, each with what is allowed.
"""

from trade.selection.holdings import Held, held, usual_frequency
from trade.selection.months import FREQUENCIES, YEAR_TO_DATE, months_between, period_given, shifted, widened
from trade.selection.question import Selection
from trade.selection.reading import ALL, FLOWS, PARAMETERS, UNITS, Defaults, SelectionErrors

__all__ = [
    "ALL",
    "FLOWS",
    "FREQUENCIES",
    "PARAMETERS",
    "UNITS",
    "YEAR_TO_DATE",
    "Defaults",
    "Held",
    "Selection",
    "SelectionErrors",
    "held",
    "months_between",
    "period_given",
    "shifted",
    "usual_frequency",
    "widened",
]
