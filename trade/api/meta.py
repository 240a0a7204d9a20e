"""What answers say of the data in them: the dataset, its releases and its measures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework import serializers

from parties.api import InBothLanguages, both
from trade.catalogue import Known
from trade.cube import Gap, parts_of_groups
from trade.models import Dataset
from trade.selection import Selection


class ByFlow(serializers.Serializer[Any]):
    """A property of exports and of imports."""

    X = serializers.CharField()
    M = serializers.CharField()


class DatasetMetaSerializer(serializers.Serializer[Any]):
    """The dataset that figures come from: without it they cannot be compared."""

    code = serializers.CharField()
    name = InBothLanguages()
    is_example = serializers.BooleanField(help_text="True where the figures are examples, not facts.")
    basis = serializers.CharField()
    trade_system = serializers.CharField()
    valuation = ByFlow()
    partner_role = ByFlow()
    classification = serializers.CharField()
    licence = serializers.CharField()
    vintage = serializers.IntegerField(allow_null=True, help_text="Number of the newest release in the answer.")


class GroupMemberSerializer(serializers.Serializer[Any]):
    """A member of a group of countries, from one month to another, both included."""

    code = serializers.CharField()
    until = serializers.CharField(allow_null=True)
    note = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"from": serializers.CharField()}


class GroupSerializer(serializers.Serializer[Any]):
    """A group of countries that is added up from its members, as of each month."""

    code = serializers.CharField()
    is_stated = serializers.BooleanField(help_text="True where the dataset states the group itself in some periods.")
    members = GroupMemberSerializer(many=True)
    left_out = serializers.ListField(
        child=serializers.CharField(), help_text="Members that are no partners of the reporter: its own country."
    )
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="Members that are not loaded, for which there is no sum."
    )
    unplaced = serializers.CharField(
        allow_null=True, help_text="Trade with partners hidden or not stated, in `unit`: some may be with members."
    )


def dataset_meta(dataset: Dataset, vintage: int | None) -> dict[str, Any]:
    """Return what is said of a dataset in every answer."""
    return {
        "code": dataset.code,
        "name": both(dataset, "name"),
        "is_example": dataset.is_example,
        "basis": dataset.basis,
        "trade_system": dataset.trade_system,
        "valuation": {"X": dataset.export_valuation, "M": dataset.import_valuation},
        "partner_role": {"X": dataset.export_partner_role, "M": dataset.import_partner_role},
        "classification": dataset.classification,
        "licence": dataset.licence,
        "vintage": vintage,
    }


def about(datasets: list[Known], address: str, more: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return what a file says of itself: one line for each property, in the language of the reader."""
    lines: list[tuple[str, str]] = [(_("address"), address)]
    for one in datasets:
        dataset = one.dataset
        lines += [
            (_("dataset"), f"{dataset.code}: {dataset.name}"),
            (_("example"), _("Examples, not facts.") if dataset.is_example else _("no")),
            (_("valuation of export"), dataset.export_valuation),
            (_("valuation of import"), dataset.import_valuation),
            (_("collected from"), str(dataset.get_basis_display())),
            (_("trade system"), str(dataset.get_trade_system_display())),
            (_("licence"), dataset.licence or "–"),
            (_("newest release"), str(one.vintage or "–")),
        ]
    return (*lines, *more.items(), (_("language of names"), get_language() or ""))


def selection_meta(
    selection: Selection, vintage: int | None, releases: Iterable[int], incomplete: Iterable[Gap] = ()
) -> dict[str, Any]:
    """Return what an answer of the cube says of itself."""
    used = list(releases)
    return {
        "dataset": dataset_meta(selection.dataset, vintage or max(used, default=None)),
        "is_example": selection.dataset.is_example,
        "selection": selection.parameters(),
        "measure": selection.measure,
        "unit": selection.unit or None,
        "as_of": selection.as_of and selection.as_of.isoformat(),
        "releases": used,
        "groups": _groups(selection),
        "incomplete": [
            {
                "flow": gap.flow,
                "period": str(gap.period),
                "months_present": gap.months_present,
                "months_expected": gap.months_expected,
            }
            for gap in incomplete
        ],
    }


def _groups(selection: Selection) -> list[dict[str, Any]]:
    """Return of whom the groups named are added up (no query where no group is named)."""
    if not selection.has_groups:
        return []
    return [
        {
            "code": one.group,
            "is_stated": one.is_stated,
            "members": [
                {
                    "code": member.code,
                    "from": f"{member.first:%Y-%m}",
                    "until": None if member.last == dt.date.max else f"{member.last:%Y-%m}",
                    "note": member.note,
                }
                for member in one.members
            ],
            "left_out": list(one.left_out),
            "missing": list(one.missing),
            "unplaced": None if one.unplaced is None else f"{one.unplaced / selection.divisor:f}",
        }
        for one in parts_of_groups(selection)
    ]
