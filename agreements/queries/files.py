"""Reads for plans as files: with the sides and their territories, by whose names executors are told apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agreements.files.executors import UnknownName
from agreements.models import Agreement, ExecutorName, Plan

_SIDES = ("partnership__home__parent", "partnership__partner__parent")

PLANS = Plan.objects.select_related(*(f"agreement__{name}" for name in _SIDES))
AGREEMENTS = Agreement.objects.select_related(*_SIDES)


def remembered(unknown: Iterable[UnknownName]) -> Mapping[str, int]:
    """Return which organisation each name was said to mean at an earlier import, by the keys of the names (1 query)."""
    keys = [name.key for name in unknown]
    return dict(ExecutorName.objects.filter(key__in=keys).values_list("key", "organisation_id")) if keys else {}
