"""What the schema says of the resources of `trade.api.cubes`: parameters and shapes of answers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from parties.api.schema import Errors
from trade.api.formats import TYPES, format_parameters
from trade.api.meta import DatasetMetaSerializer, GroupSerializer
from trade.api.observations import ObservationPageSerializer

_TEXTS = {
    "dataset": "code; else the dataset with the newest data of the reporter, real before examples",
    "reporter": "code of a territory; else the home territory of the partnership",
    "partner": "codes, comma separated; `all` for all partners",
    "flow": "X export, M import, T turnover, B balance, RX re-export, RM re-import",
    "by": "what is broken down besides the period: partner, goods, flow, comma separated",
    "level": "of the goods broken down: total, section, group, chapter, 4, 6, 8, 10; only one, so nothing counts twice",
    "goods": "codes of the level or coarser that restrict, comma separated",
    "grouping": "version of the product groups",
    "frequency": "M months, Q quarters, S half-years, A years, YTD January to the month of `to` of each year",
    "from": "first period: 2024, 2024-S1, 2024-Q1 or 2024-05",
    "to": "last period",
    "measure": "value, net_kg or quantity; quantities in several units are refused",
    "unit": "USD, USD_TH, USD_MN; KG, TNE; for quantities an OKEI code",
    "as_of": "a day (its end) or a time: figures as they were known then",
}
SELECTED = [OpenApiParameter(name, str, description=text) for name, text in _TEXTS.items()]
_WHOLE = OpenApiParameter(
    "whole", str, enum=["1"], description="The range of months as one period; growth of one: at most 12."
)


class GapSerializer(serializers.Serializer[Any]):
    """A period that is not loaded in full."""

    flow = serializers.CharField()
    period = serializers.CharField()
    months_present = serializers.IntegerField()
    months_expected = serializers.IntegerField()


class SelectionMetaSerializer(serializers.Serializer[Any]):
    """What an answer says of itself."""

    dataset = DatasetMetaSerializer()
    is_example = serializers.BooleanField()
    selection = serializers.DictField(child=serializers.CharField(), help_text="The parameters in full.")
    measure = serializers.CharField()
    unit = serializers.CharField(allow_null=True)
    as_of = serializers.DateTimeField(allow_null=True)
    releases = serializers.ListField(child=serializers.IntegerField(), help_text="What the figures were added up from.")
    groups = GroupSerializer(many=True, help_text="Groups of countries among the partners that are added up.")
    incomplete = GapSerializer(many=True)


class CellSerializer(serializers.Serializer[Any]):
    """One sum."""

    dataset = serializers.CharField()
    period = serializers.CharField()
    months = serializers.IntegerField(help_text="Months of the period.")
    reporter = serializers.CharField()
    partner = serializers.CharField(help_text="W: all partners together.")
    partner_name = serializers.CharField(required=False, allow_null=True, help_text="With include=names.")
    flow = serializers.CharField()
    goods = serializers.CharField()
    goods_name = serializers.CharField(required=False, allow_null=True)
    level = serializers.CharField()
    measure = serializers.CharField()
    value = serializers.CharField(allow_null=True, help_text="Decimal in `unit`; null with a reason.")
    unit = serializers.CharField()
    stated = serializers.CharField(allow_null=True, help_text="What the dataset itself states for the period.")
    detail = serializers.CharField(allow_null=True, help_text="Sum of the lines behind a total of all goods.")
    hidden = serializers.CharField(allow_null=True, help_text="The part whose goods are hidden.")
    lines = serializers.IntegerField()
    months_present = serializers.IntegerField()
    complete = serializers.BooleanField()
    reason = serializers.CharField(allow_null=True)
    valuation = serializers.CharField()
    releases = serializers.ListField(child=serializers.IntegerField())
    is_example = serializers.BooleanField()


class AmountSerializer(serializers.Serializer[Any]):
    """A number as a formula took it."""

    value = serializers.CharField(allow_null=True)
    unit = serializers.CharField()
    period = serializers.CharField(allow_null=True)
    about = serializers.ListField(child=serializers.CharField(), help_text="Reporter, partner, flow, goods.")
    dataset = serializers.CharField(allow_null=True)
    precision = serializers.CharField()
    releases = serializers.ListField(child=serializers.IntegerField())
    reason = serializers.CharField(allow_null=True)


class ComputedSerializer(serializers.Serializer[Any]):
    """A computed number with its parts, or the reason why there is none."""

    indicator = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    unit = serializers.CharField(help_text="PC per cent, empty for a plain ratio.")
    low = serializers.CharField(allow_null=True, help_text="Bounds that hold whatever is hidden.")
    high = serializers.CharField(allow_null=True)
    precision = serializers.CharField()
    numerator = AmountSerializer(allow_null=True)
    denominator = AmountSerializer(allow_null=True)
    releases = serializers.ListField(child=serializers.IntegerField())
    reason = serializers.CharField(allow_null=True)
    note = serializers.CharField(
        allow_null=True, help_text="What has to be known of the value: editions_differ, members_differ."
    )


class IndicatorSerializer(ComputedSerializer):
    """An indicator with what it is about."""

    period = serializers.CharField()
    partner = serializers.CharField(allow_null=True)
    flow = serializers.CharField()
    goods = serializers.CharField(allow_null=True)


class RankSerializer(serializers.Serializer[Any]):
    """The place of a partner: equals share the better one."""

    period = serializers.CharField()
    flow = serializers.CharField()
    partner = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    rank = serializers.IntegerField(allow_null=True)
    of = serializers.IntegerField(allow_null=True, help_text="Number of partners ranked.")
    tied = serializers.BooleanField(allow_null=True)
    releases = serializers.ListField(child=serializers.IntegerField())
    reason = serializers.CharField(allow_null=True)


class PartSerializer(serializers.Serializer[Any]):
    """A class of goods or a partner in the whole."""

    code = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    is_hidden = serializers.BooleanField()
    lines = serializers.IntegerField()
    share = ComputedSerializer()


class MirrorRowSerializer(serializers.Serializer[Any]):
    """One period and class of goods as both sides count it."""

    period = serializers.CharField()
    goods = serializers.CharField()
    ours = AmountSerializer()
    theirs = AmountSerializer()
    figure = serializers.IntegerField(allow_null=True, help_text="Id of the published figure, where theirs is one.")
    gap = ComputedSerializer()
    gap_symmetric = ComputedSerializer()
    ratio = ComputedSerializer()


class ExplanationSerializer(serializers.Serializer[Any]):
    """Why both sides may differ; `is_known` where the metadata show that it applies."""

    cause = serializers.CharField()
    text = serializers.CharField()
    is_known = serializers.BooleanField()


class MirrorPublishedSerializer(serializers.Serializer[Any]):
    explanations = ExplanationSerializer(many=True)
    data = MirrorRowSerializer(many=True)


class MirrorSideSerializer(MirrorPublishedSerializer):
    """The other side as one dataset gives it."""

    dataset = serializers.CharField()
    is_example = serializers.BooleanField()
    reporter = serializers.CharField()
    flow = serializers.CharField()


class SeriesAnswerSerializer(serializers.Serializer[Any]):
    meta = SelectionMetaSerializer()
    data = CellSerializer(many=True)


class RanksAnswerSerializer(serializers.Serializer[Any]):
    meta = SelectionMetaSerializer()
    data = RankSerializer(many=True)


class IndicatorsAnswerSerializer(serializers.Serializer[Any]):
    meta = SelectionMetaSerializer()
    data = IndicatorSerializer(many=True)


class StructureAnswerSerializer(serializers.Serializer[Any]):
    meta = SelectionMetaSerializer()
    period = serializers.CharField()
    whole = AmountSerializer()
    hidden = serializers.CharField()
    concentration = ComputedSerializer(many=True)
    data = PartSerializer(many=True)


class MirrorAnswerSerializer(serializers.Serializer[Any]):
    meta = SelectionMetaSerializer()
    sides = MirrorSideSerializer(many=True)
    published = MirrorPublishedSerializer()


def _described(serializer: type[serializers.Serializer[Any]], *more: OpenApiParameter) -> dict[str, Any]:
    responses = {200: serializer, 413: OpenApiResponse(Errors, "More cells than an answer may have.")}
    return {"parameters": [*SELECTED, *more], "responses": responses}


def _in_forms(serializer: type[serializers.Serializer[Any]], formats: tuple[str, ...], *more: OpenApiParameter) -> Any:
    found = _described(serializer, *more, *format_parameters(formats))
    found["responses"] = {
        (200, TYPES["json"]): serializer,
        **{(200, TYPES[name]): bytes for name in formats[1:]},
        413: found["responses"][413],
        429: OpenApiResponse(Errors, "As many files are being sent as may be; `Retry-After` says when to ask."),
    }
    return found


def series(formats: tuple[str, ...]) -> dict[str, Any]:
    """Describe sums."""
    names = OpenApiParameter("include", str, enum=["names"], description="A column with the name beside each code.")
    return _in_forms(SeriesAnswerSerializer, formats, names)


def lines(formats: tuple[str, ...]) -> dict[str, Any]:
    """Describe the lines behind a figure."""
    return _in_forms(
        ObservationPageSerializer,
        formats,
        OpenApiParameter("include", str, enum=["names"], description="A column with the name beside each code."),
        OpenApiParameter("cursor", str, description="A place in the list; take it from `next`."),
        OpenApiParameter("page_size", int, description="Lines on a page."),
        OpenApiParameter("count", str, enum=["1"], description="Count the lines on all pages."),
    )


def ranks(formats: tuple[str, ...]) -> dict[str, Any]:
    """Describe places."""
    return _in_forms(RanksAnswerSerializer, formats, _WHOLE)


def structure(formats: tuple[str, ...]) -> dict[str, Any]:
    """Describe shares."""
    return _in_forms(StructureAnswerSerializer, formats)


def mirror(formats: tuple[str, ...]) -> dict[str, Any]:
    """Describe both sides' figures."""
    return _in_forms(MirrorAnswerSerializer, formats)


INDICATORS = (
    "growth", "growth_index", "contribution_to_growth", "turnover", "balance", "coverage", "relative_balance",
    "share", "hhi", "unit_value", "rca", "yearly_rate", "trailing_12_months", "required_yearly_rate",
    "required_growth", "progress", "forecast",
)  # fmt: skip
"""Names of the indicators that can be asked for."""


def indicators(formats: tuple[str, ...]) -> dict[str, Any]:
    """Describe indicators."""
    return _in_forms(
        IndicatorsAnswerSerializer,
        formats,
        OpenApiParameter("indicator", str, enum=INDICATORS, description="Which one; growth without it."),
        _WHOLE,
        OpenApiParameter("reference", str, description="With indicator=rca: the reporter to compare with."),
    )
