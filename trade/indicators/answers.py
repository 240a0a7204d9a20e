"""What indicators take and give: amounts with their origin, answers with numerator, denominator and reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from parties.periods import Period
from parties.precision import Precision

ONE, HUNDRED = Decimal(1), Decimal(100)
PERCENT = "PC"
RATIO = ""


class Formula(StrEnum):
    """What was computed. Public codes, used in the API and in reports."""

    TURNOVER = "turnover"
    BALANCE = "balance"
    GROWTH = "growth"
    INDEX = "growth_index"
    IMPLIED_BASE = "implied_base"
    GROWTH_BOUND = "growth_bound"
    TARGET_LOW = "target_low"
    TARGET_HIGH = "target_high"
    REQUIRED_GROWTH_LOW = "required_growth_low"
    REQUIRED_GROWTH_HIGH = "required_growth_high"
    YEARLY_RATE_LOW = "required_yearly_rate_low"
    YEARLY_RATE_HIGH = "required_yearly_rate_high"
    PROGRESS_LOW = "progress_to_low"
    PROGRESS_HIGH = "progress_to_high"
    COVERAGE = "coverage"
    RELATIVE_BALANCE = "relative_balance"
    CONTRIBUTION = "contribution_to_growth"
    SHARE = "share"
    CONCENTRATION = "hhi"
    NORMALISED_CONCENTRATION = "hhi_normalised"
    ADVANTAGE = "rca"
    SYMMETRIC_ADVANTAGE = "rca_symmetric"
    UNIT_VALUE = "unit_value"
    YEARLY_RATE = "yearly_rate"
    GAP = "mirror_gap"
    SYMMETRIC_GAP = "mirror_gap_symmetric"
    GAP_RATIO = "mirror_ratio"
    TRAILING = "trailing_12_months"
    FORECAST = "forecast"
    DIFFERENCE = "difference"


class Reason(TextChoices):
    """Why there is no value. Public codes with their words."""

    NO_VALUE = "no_value_published", _("no value is published")
    NO_BASE = "no_base_published", _("no base value is published")
    NO_GROWTH = "no_growth_published", _("no growth is published")
    BASE_IS_ZERO = "base_is_zero", _("the base is zero")
    NOT_COMPARABLE = "figures_not_comparable", _("the figures are not comparable")
    NO_DUE_DATE = "no_due_date", _("no date is named for the target")
    DUE_BEFORE_BASE = "due_before_base", _("the date lies before the base year")
    NO_LATER_VALUE = "no_value_after_the_base", _("no value after the base year is published")
    FACTOR_IS_ONE = "factor_is_one", _("the target equals its base")
    NOT_CERTAIN = "inputs_too_imprecise", _("the published figures are too imprecise")
    NOT_LOADED = "period_not_loaded", _("the period is not loaded")
    MONTHS_MISSING = "months_missing", _("months of the period are not loaded")
    NOT_STATED = "not_stated", _("the dataset does not state it for all lines")
    TOO_COARSE = "detail_not_held", _("the dataset holds no such detail for the period")
    GROUP_INCOMPLETE = (
        "group_not_summed",
        _("the dataset states neither the group itself nor all of its members for the whole period"),
    )
    NO_REFERENCE = "reference_not_loaded", _("the figures of the reference, named by the denominator, are not loaded")
    OTHER_DATASET = "datasets_differ", _("the figures come from different datasets")
    OTHER_VINTAGE = "vintages_differ", _("the figures were known at different times")
    OTHER_MONTHS = "months_differ", _("the figures are about different months of the year")
    OTHER_UNIT = "units_differ", _("the figures are in different units")
    OTHER_FLOW = "flows_differ", _("the figures are about different flows, partners or goods")
    ONE_CLASS = "one_class_only", _("there is only one class")
    NOT_RANKED = "not_ranked", _("groups, unknown and hidden partners and those without trade have no place")
    SIGNS_DIFFER = "signs_differ", _("a rate needs two values above zero")
    NOT_AFTER_BASE = "data_not_after_the_base", _("the data end before or with the base year")
    SOME_CLASSES = "some_classes_only", _("only some of the classes or partners are asked for")
    SEVERAL_GOODS = "several_goods", _("a price is that of one code of goods")
    NOT_IN_BOTH_EDITIONS = (
        "not_in_both_editions",
        _("only one of the editions has the code"),
    )


class Note(TextChoices):
    """What a reader has to know of a value all the same. Public codes with their words."""

    EDITIONS_DIFFER = "editions_differ", _("goods are coded by different editions of the classification")
    MEMBERS_DIFFER = "members_differ", _("the members of the group changed in between")


Composition = frozenset[tuple[str, int]]
"""Which members of a group are added in which months of the year."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of the trade data as a formula takes it, with what is needed to tell whether two compare.

    unit       `USD`, `KG` or an OKEI code
    about      reporter, partner, flow, goods
    dataset    code of the dataset; empty for published figures
    as_of      moment of knowledge; None for today's
    releases   ids of the releases that brought it
    reason     why `value` is None
    editions   symbols of the editions of the classification by which its goods are coded, where that matters: at
               headings and finer codes
    members    of a group of countries that is added up: who, and in which months
    """

    value: Decimal | None
    unit: str
    period: Period | None = None
    about: tuple[str, ...] = ()
    dataset: str = ""
    as_of: dt.datetime | None = None
    releases: tuple[int, ...] = ()
    precision: Precision = Precision.EXACT
    reason: Reason | None = None
    editions: frozenset[str] = frozenset()
    members: Composition = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """A computed number with what was divided by what (or added), or the reason why there is none.

    unit       `PC` per cent, empty for a plain ratio, else that of the amounts (`USD/KG` for a unit value)
    low, high  bounds that hold whatever is hidden
    note       what has to be known of the value
    """

    formula: Formula
    value: Decimal | None
    unit: str
    numerator: Amount | None = None
    denominator: Amount | None = None
    precision: Precision = Precision.EXACT
    reason: Reason | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    note: Note | None = None

    @property
    def releases(self) -> tuple[int, ...]:
        """Ids of all releases behind the answer."""
        amounts = [amount for amount in (self.numerator, self.denominator) if amount]
        return tuple(sorted({release for amount in amounts for release in amount.releases}))


_OPPOSITE = {Precision.BELOW: Precision.ABOVE, Precision.ABOVE: Precision.BELOW}


def combined(raising: Iterable[Precision] = (), lowering: Iterable[Precision] = ()) -> Precision:
    """Return the precision of a result from inputs that raise it and inputs that lower it (rules 1 to 3)."""
    senses = {*raising, *(_OPPOSITE.get(precision, precision) for precision in lowering)} - {Precision.EXACT}
    if not senses:
        return Precision.EXACT
    return senses.pop() if len(senses) == 1 else Precision.ABOUT
