"""Reads for plans as files: with the sides and their territories, by whose names executors are told apart."""

from __future__ import annotations

from agreements.models import Agreement, Plan

_SIDES = ("partnership__home__parent", "partnership__partner__parent")

PLANS = Plan.objects.select_related(*(f"agreement__{name}" for name in _SIDES))
AGREEMENTS = Agreement.objects.select_related(*_SIDES)
