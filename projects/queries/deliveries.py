"""Reads about deliveries: the ledger with its totals."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import BadRequest
from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import Count, F, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Lower, NullIf, Trim
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parties.formatting import NBSP, number, with_precision
from parties.models import Partnership
from parties.naming import localised
from parties.pages import chosen
from parties.precision import Precision
from projects.models import Delivery
from projects.queries.filters import DeliveryFilter, controls_of, query_of

CONTROLS = ("year", "from_side", "project", "supplier", "hs_code")
ON_A_PAGE = 100


@dataclass(frozen=True)
class Total:
    """The sum of quantities in one unit, from one side, as exact as its parts."""

    from_side: str
    unit: str
    quantity: Decimal
    precision: str
    deliveries: int
    is_example: bool

    @property
    def words(self) -> str:
        return f"{with_precision(number(self.quantity), self.precision)}{NBSP}{self.unit}".strip()


def totals(deliveries: QuerySet[Delivery]) -> list[Total]:
    """Return the sums of like units; facts and examples, and both directions, stay apart (1 query).

    Left out are deliveries without a stated quantity, and those that are part of another one of these.
    A sum of exact numbers and "over" is "over", likewise with "almost"; any other mixture is "about".
    """
    rows = (
        deliveries.filter(quantity__isnull=False)
        .exclude(part_of__in=deliveries.order_by().values("pk"))
        .order_by()
        .annotate(like=Coalesce(NullIf(Lower(Trim("unit_ru")), Value("")), Lower(Trim("unit_en"))))
        .values("is_example", "from_side", "like")
        .annotate(
            name=Min(localised("unit")),
            sum=Sum("quantity"),
            deliveries=Count("pk"),
            about=Count("pk", filter=Q(precision=Precision.ABOUT)),
            above=Count("pk", filter=Q(precision=Precision.ABOVE)),
            below=Count("pk", filter=Q(precision=Precision.BELOW)),
        )
        .order_by("is_example", "from_side", F("sum").desc())
    )
    return [
        Total(
            row["from_side"],
            row["name"] or "",
            row["sum"],
            _precision(row["about"], row["above"], row["below"]),
            row["deliveries"],
            row["is_example"],
        )
        for row in rows
    ]


def _precision(about: int, above: int, below: int) -> Precision:
    if about or (above and below):
        return Precision.ABOUT
    if above:
        return Precision.ABOVE
    return Precision.BELOW if below else Precision.EXACT


@dataclass(frozen=True)
class Ledger:
    """The deliveries that a reader asked for."""

    page: Page[Delivery]
    totals: list[Total]
    unstated: int
    examples: int
    controls: list[BoundField]
    query: str

    @property
    def count(self) -> int:
        return self.page.paginator.count

    @property
    def title(self) -> str:
        text = ngettext("%(n)s delivery is known", "%(n)s deliveries are known", self.count) % {"n": self.count}
        if not self.unstated:
            return text
        words = _("%(deliveries)s, of which %(n)s without a stated quantity")
        return words % {"deliveries": text, "n": self.unstated}


def ledger_rows(partnership: Partnership, parameters: QueryDict) -> tuple[QuerySet[Delivery], DeliveryFilter]:
    """Return the deliveries that the address asks for, newest first, and its filters."""
    rows = Delivery.objects.filter(partnership=partnership).select_related("project", "supplier", "part_of")
    filter_set = DeliveryFilter(parameters, rows.order_by("-period", "-pk"))
    return chosen(filter_set), filter_set


def ledger(partnership: Partnership, parameters: QueryDict) -> Ledger:
    """Return the ledger (at most 8 queries for any number of deliveries). `page` is that of the list."""
    asked = parameters.copy()
    number_of_page = asked.pop("page", ["1"])[-1]
    rows, filter_set = ledger_rows(partnership, asked)
    try:
        page = Paginator(rows, ON_A_PAGE).page(number_of_page)
    except InvalidPage as error:
        raise BadRequest(f"page: {error}") from error
    counts = rows.order_by().aggregate(
        unstated=Count("pk", filter=Q(quantity__isnull=True)), examples=Count("pk", filter=Q(is_example=True))
    )
    return Ledger(
        page=page,
        totals=totals(rows),
        unstated=counts["unstated"],
        examples=counts["examples"],
        controls=controls_of(filter_set, CONTROLS),
        query=query_of(asked),
    )
