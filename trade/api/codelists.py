"""Code lists of trade: goods by edition and level, territories, units, editions and versions of the product groups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ErrorDetail, ValidationError

from parties.api import CodeList, both, choices, records
from trade.goods import LEVELS
from trade.models import (
    Commodity,
    Dataset,
    Edition,
    EditionCode,
    Flow,
    GroupedChapter,
    Grouping,
    Membership,
    PublishedFigure,
    Release,
    TradeArea,
    Unit,
)

Classification = Commodity.Classification
_LEVELS = LEVELS[1:]


def goods(edition: str = "", level: str = "", grouping: str = "") -> list[dict[str, Any]]:
    """Return the codes of an edition, or those that the program names itself; at one level, or at all.

    At most 2 queries. Sections and groups belong to no edition: they are asked for by their level.
    """
    if level and level not in _LEVELS:
        raise _wrong("level", level, _LEVELS)
    if grouping and level != "group":
        raise ValidationError({"grouping": [ErrorDetail(_("Only with level=group."), code="invalid")]})
    if level in ("section", "group"):
        if edition:
            message = _("Sections and groups belong to no edition: leave it out.")
            raise ValidationError({"edition": [ErrorDetail(message, code="invalid")]})
        return _groups(grouping) if level == "group" else _sections()
    digits = {"": 0, "chapter": 2}.get(level) if level in ("", "chapter") else int(level)
    if not edition:
        rows: Iterable[Any] = Commodity.objects.filter(classification=Classification.HS)
        return [_of(row) for row in rows if not digits or len(row.commodity_code) == digits]
    known = {str(one.code): one for one in Edition.objects.all()}
    if edition not in known:
        raise _wrong("edition", edition, known)
    codes = EditionCode.objects.filter(edition=known[edition])
    return [_of(row) for row in (codes.filter(level=digits) if digits else codes)]


def _of(row: Any) -> dict[str, Any]:
    size = len(row.commodity_code)
    return {"code": row.commodity_code, "name": both(row, "name"), "level": "chapter" if size == 2 else str(size)}


def _sections() -> list[dict[str, Any]]:
    rows = Commodity.objects.filter(classification=Classification.SECTION).order_by("pk")
    return [
        {"code": row.commodity_code, "name": both(row, "name"), "level": "section", "chapters": row.chapters}
        for row in rows
    ]


def _groups(grouping: str) -> list[dict[str, Any]]:
    versions = {str(one.code): one for one in Grouping.objects.all()}
    chosen = versions.get(grouping) or next((one for one in versions.values() if one.is_default), None)
    if grouping and grouping not in versions:
        raise _wrong("grouping", grouping, versions)
    found: dict[str, dict[str, Any]] = {}
    for one in GroupedChapter.objects.filter(grouping=chosen).select_related("group").order_by("chapter"):
        row = found.setdefault(
            one.group.commodity_code,
            {"code": one.group.commodity_code, "name": both(one.group, "name"), "level": "group", "chapters": ""},
        )
        row["chapters"] = f"{row['chapters']},{one.chapter}".lstrip(",")
    return [found[code] for code in sorted(found)]


def _wrong(name: str, value: str, allowed: Iterable[str]) -> ValidationError:
    message = _("“%(value)s” is not allowed here. Allowed: %(names)s.") % {
        "value": value[:80],
        "names": ", ".join(allowed),
    }
    return ValidationError({name: [ErrorDetail(message, code="invalid_choice")]})


def units() -> list[dict[str, Any]]:
    """Return the units of quantity (1 query)."""
    return [
        {"code": row.code, "name": both(row, "name"), "short_name": both(row, "short_name")}
        for row in Unit.objects.order_by("code")
    ]


def editions() -> list[dict[str, Any]]:
    """Return the editions of the classification with their validity (1 query)."""
    return [
        {
            "code": row.code,
            "name": both(row, "name"),
            "symbol": row.symbol,
            "valid_from": row.valid_from.isoformat(),
            "valid_to": row.valid_to and row.valid_to.isoformat(),
        }
        for row in Edition.objects.order_by("valid_from")
    ]


def groupings() -> list[dict[str, Any]]:
    """Return the versions of the product groups (1 query)."""
    return [
        {"code": row.code, "name": both(row, "name"), "valid_from": row.valid_from.isoformat()}
        for row in Grouping.objects.order_by("valid_from")
    ]


def memberships() -> list[dict[str, Any]]:
    """Return the members of groups of countries with the months of their membership (1 query)."""
    return [
        {
            "code": row.code or str(row.pk),
            "name": both(row.member, "name"),
            "group": row.group.code,
            "member": row.member.code,
            "valid_from": row.first_month.isoformat(),
            "valid_to": row.last_month and row.last_month.isoformat(),
            "note": both(row, "note"),
        }
        for row in Membership.objects.select_related("group", "member").order_by("group__code", "pk")
    ]


CODE_LISTS = {
    "indicators": choices(gettext_lazy("indicators"), PublishedFigure.Indicator),
    "flows": choices(gettext_lazy("directions of trade"), Flow),
    "units": choices(gettext_lazy("units"), PublishedFigure.Unit),
    "classifications": choices(gettext_lazy("classifications of goods"), Classification),
    "commodities": records(
        gettext_lazy("goods"),
        Commodity.objects.all,
        classification="classification",
        commodity_code="commodity_code",
        chapters="chapters",
    ),
    "goods": CodeList(gettext_lazy("codes of goods by edition"), goods, ("edition", "level", "grouping")),
    "trade-areas": records(
        gettext_lazy("reporters and partners"),
        lambda: TradeArea.objects.order_by("code"),
        kind="kind",
        iso3="iso3",
        m49="m49",
        okato="okato",
    ),
    "memberships": CodeList(gettext_lazy("members of groups of countries"), memberships),
    "quantity-units": CodeList(gettext_lazy("units of quantity"), units),
    "editions": CodeList(gettext_lazy("editions of HS / TN VED"), editions),
    "groupings": CodeList(gettext_lazy("versions of the product groups"), groupings),
    "valuations": choices(gettext_lazy("valuations"), Dataset.Valuation),
    "trade-systems": choices(gettext_lazy("trade systems"), Dataset.System),
    "partner-roles": choices(gettext_lazy("roles of the partner"), Dataset.PartnerRole),
    "release-statuses": choices(gettext_lazy("statuses of a release"), Release.Status),
}
