"""Indicators of trade: formulas with their precision, inputs and reasons, for published figures and for the data.

Nothing here reads the database and nothing is rounded; rounding is a matter of display.

Formulas (V value, X export, M import, T turnover, f factor; growth g in per cent, +47 and not 147):

    turnover                T = X + M
    balance                 B = X − M
    coverage                X / M · 100
    relative balance        (X − M) / (X + M)
    growth                  g = (V_t / V_base − 1) · 100, V_base > 0   index form: g + 100
    contribution to growth  (V_k,t − V_k,base) / V_base · 100        over all k adds up to g of the whole
    implied base            V_base = V_t / (1 + g / 100)
    bound of a growth       g_T lies between g_X and g_M, as T is their weighted mean
    multi-year rate         ((V_n / V_0)^(1/n) − 1) · 100
    trailing 12 months      sum of the newest 12 months in a row that are all there
    share                   V_k / V · 100, V with what is hidden or not told apart;
                            bounds: V_k / V … (V_k + V_hidden) / V
    rank                    1 + number of partners with more, among countries; ties share a place ("1224")
    HHI                     Σ s², s in parts of one: 1 is a single class
    normalised HHI          (H − 1/n) / (1 − 1/n), n > 1
    RCA                     (x_rk / X_r) / (x_wk / X_w), w the named reference (for a region: the country)
    symmetric RCA           (RCA − 1) / (RCA + 1)
    unit value              V / net weight, or V / quantity in one unit; one code only
    mirror gap              M_p − X_r; symmetric: 2 (M_p − X_r) / (M_p + X_r); ratio: M_p / X_r
                            (for our import: our M − their X, so that it is always the importer's minus the exporter's)
    target                  V_0 · f_low … V_0 · f_high
    growth still required   (f · V_0 / V_t − 1) · 100
    required yearly rate    (f^(1/n) − 1) · 100, n years from the base to the horizon
    forecast                V_12 · (1 + g / 100)^n, V_12 the trailing 12 months, g their growth on the 12 before,
                            n years to the horizon; never exact
    progress                (V_t − V_0) / ((f − 1) · V_0) · 100

Sources: United Nations, International Merchandise Trade Statistics: Concepts and Definitions 2010
(ST/ESA/STAT/SER.M/52/Rev.3) for flows, valuation and mirror comparison (9.41–9.42); World Bank WITS, Trade
Indicators, for growth, multi-year rates, HHI and RCA (after Balassa); Laursen for the symmetric form. The
bound follows from arithmetic.

Precision of a result, in words:

1. Exact inputs give an exact result.
2. "Less than" and "more than" keep their sense where a larger input makes a larger result, and turn
   round where it makes a smaller one. Where all inexact inputs point the same way, so does the result.
3. Where they point different ways, or one is "about", the result is "about".
4. A published rate was rounded by its publisher. A value divided by such a rate is at best "about".

The functions of this name space take published figures; those of `trade.indicators.amounts` take amounts of the data.
"""

from trade.indicators.answers import PERCENT, RATIO, Amount, Answer, Formula, Reason, combined
from trade.indicators.consistency import Consistency, consistency
from trade.indicators.published import Derived, Input, balance, growth, growth_index, implied_base, turnover
from trade.indicators.targets import TargetOutlook, outlook

__all__ = [
    "PERCENT",
    "RATIO",
    "Amount",
    "Answer",
    "Consistency",
    "Derived",
    "Formula",
    "Input",
    "Reason",
    "TargetOutlook",
    "balance",
    "combined",
    "consistency",
    "growth",
    "growth_index",
    "implied_base",
    "outlook",
    "turnover",
]
