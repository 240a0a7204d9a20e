"""How rows and values are written into a report: plain JSON that does not depend on language or time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from documents.models import Sourced
from parties.models import Organisation
from parties.periods import Period
from trade.indicators import Derived, Input

Json = dict[str, Any]
FOUR_PLACES = Decimal("0.0001")


def canonical(content: Json) -> bytes:
    """Return the one spelling of the content: sorted keys, no spaces, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def content_hash(content: Json) -> str:
    """Return the SHA-256 of the canonical spelling, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def decimal_text(value: Decimal | None) -> str | None:
    """Return the number rounded half up to the four places that figures are kept with, without trailing zeros."""
    if value is None:
        return None
    text = f"{value.quantize(FOUR_PLACES, ROUND_HALF_UP):f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def period_text(period: Period | None) -> str | None:
    return None if period is None else str(period)


def both(row: Any, field: str) -> dict[str, str]:
    """Return a name in both languages; a missing one is empty."""
    return {"ru": getattr(row, f"{field}_ru"), "en": getattr(row, f"{field}_en")}


def reference(row: Sourced) -> Json:
    """Return how to find the row again: id, public code, page, sources and facts."""
    return {
        "id": row.pk,
        "code": row.code,
        "page": row.get_absolute_url(),  # type: ignore[attr-defined]
        "source_codes": sorted(row.source_codes),
        "fact_ids": sorted(row.fact_ids),
    }


def organisation(row: Organisation) -> Json:
    return {
        "id": row.pk,
        "code": row.code,
        "page": row.get_absolute_url(),
        "name": both(row, "name"),
        "short_name": both(row, "short_name"),
    }


def derived(result: Derived) -> Json:
    """Return a computed number with all that it was computed from."""
    return {
        "formula": str(result.formula),
        "flow": result.flow,
        "period": period_text(result.period),
        "unit": result.unit,
        "value": decimal_text(result.value),
        "precision": str(result.precision.value),
        "reason": None if result.reason is None else str(result.reason),
        "inputs": [used(figure) for figure in result.inputs],
        "source_codes": list(result.source_codes),
        "fact_ids": list(result.fact_ids),
    }


def used(figure: Input) -> Json:
    return {
        "role": figure.role,
        "figure_id": figure.figure_id,
        "figure_code": figure.figure_code,
        "value": decimal_text(figure.value),
        "precision": str(figure.precision.value),
        "unit": figure.unit,
        "period": str(figure.period),
    }


def collected(content: Any, key: str) -> set[str]:
    """Return all values listed under the key (`source_codes`, `fact_ids`) anywhere in the content."""
    if isinstance(content, dict):
        own: Iterable[str] = content.get(key, ())
        return set(own).union(*(collected(value, key) for value in content.values()))
    if isinstance(content, list):
        return set().union(*(collected(value, key) for value in content))
    return set()
