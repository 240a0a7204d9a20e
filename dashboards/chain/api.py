"""The chain and the coverage of articles for programs: the same answers as on the pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from agreements.models import NEWS_DAYS
from dashboards.chain.coverage import CoverageForm, CoveragePage, Matrix, Row, coverage
from dashboards.chain.gaps import Gap
from dashboards.chain.steps import Chain, Node, chain
from dashboards.chain.walking import KINDS, kind_of, row_of
from parties.api import Reference, Resource, absolute, address_of, described, reference
from parties.filtering import RecordField
from parties.models import Partnership


class BreakSerializer(serializers.Serializer[Any]):
    """A place where the chain is broken."""

    code = serializers.CharField(help_text="no_measure, no_news, no_plan, no_hs_code, …")
    words = serializers.CharField(help_text="In the reader's language.")


class NodeSerializer(serializers.Serializer[Any]):
    """A row of the chain; goods and reports have no id."""

    kind = serializers.CharField(allow_null=True)
    id = serializers.IntegerField(allow_null=True)
    code = serializers.CharField(allow_null=True)
    url = serializers.CharField(allow_null=True, help_text="The record in this API.")
    chain = serializers.CharField(allow_null=True, help_text="The chain of this row in this API.")
    page = serializers.CharField(help_text="Address of the page that shows it.")
    title = serializers.CharField(help_text="In the reader's language.")
    details = serializers.ListField(child=serializers.CharField())
    late = serializers.CharField(help_text="By how much it is overdue, in the reader's language; else empty.")
    is_start = serializers.BooleanField()
    is_example = serializers.BooleanField()
    gaps = BreakSerializer(many=True)


class StepSerializer(serializers.Serializer[Any]):
    """All rows of one step, and the gap where there is none."""

    step = serializers.CharField()
    label = serializers.CharField()
    count = serializers.IntegerField()
    gap = BreakSerializer(allow_null=True)
    results = NodeSerializer(many=True)


class ChainSerializer(serializers.Serializer[Any]):
    """The chain of a row, from what was agreed to the lines of the reports."""

    kind = serializers.CharField()
    id = serializers.IntegerField()
    page = serializers.CharField()
    as_of = serializers.DateField()
    gap_count = serializers.IntegerField()
    steps = StepSerializer(many=True)


class ChainView(Resource):
    """What hangs together with a row, up to the articles that wanted it and down to what came of it."""

    @described(
        operation_id="chain",
        parameters=[
            OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=list(KINDS)),
            OpenApiParameter("pk", int, OpenApiParameter.PATH),
        ],
        responses=ChainSerializer,
    )
    def get(self, request: Request, kind: str, pk: int) -> HttpResponseBase:
        def answer() -> Response:
            return Response(_chain(request, chain(row_of(kind, pk), timezone.localdate())))

        return self.unless_known(request, answer)


def _chain(request: Request, found: Chain) -> dict[str, Any]:
    return {
        "kind": kind_of(found.start),
        "id": found.start.pk,
        "page": absolute(found.page, {"request": request}),
        "as_of": found.on,
        "gap_count": found.gaps,
        "steps": [
            {
                "step": step.code,
                "label": str(step.label),
                "count": len(step.nodes),
                "gap": _gap(step.gap),
                "results": [_node(request, node) for node in step.nodes],
            }
            for step in found.steps
        ],
    }


def _gap(gap: Gap | None) -> dict[str, str] | None:
    return None if gap is None else {"code": gap.code, "words": gap.words}


def _node(request: Request, node: Node) -> dict[str, Any]:
    row = node.row
    return {
        "kind": node.kind or None,
        "id": None if row is None else row.pk,
        "code": None if row is None else row.code,
        "url": None if row is None else address_of(row._meta.label_lower, row.pk, request),
        "chain": None if row is None else reverse("api-chain", args=[node.kind, row.pk], request=request),
        "page": absolute(node.page, {"request": request}),
        "title": node.title,
        "details": list(node.details),
        "late": node.late,
        "is_start": node.is_start,
        "is_example": node.is_example,
        "gaps": [_gap(gap) for gap in node.gaps],
    }


class CoverageCellSerializer(serializers.Serializer[Any]):
    """The measures of an article in a year."""

    year = serializers.IntegerField()
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    is_gap = serializers.BooleanField(help_text="The agreement was there, but no measure of a plan.")


class CoverageRowSerializer(serializers.Serializer[Any]):
    """An article year by year; null: measures that serve no article."""

    article = Reference(allow_null=True)
    number = serializers.CharField(allow_null=True)
    gap = BreakSerializer(allow_null=True)
    years = CoverageCellSerializer(many=True)


class MatrixSerializer(serializers.Serializer[Any]):
    """The coverage of one agreement."""

    agreement = Reference()
    measure_count = serializers.IntegerField()
    uncovered = serializers.IntegerField(help_text="Articles that no measure covers now.")
    rows = CoverageRowSerializer(many=True)


class SilentSerializer(serializers.Serializer[Any]):
    """An open measure without news."""

    measure = Reference()
    number = serializers.CharField()
    last_news = serializers.DateField(allow_null=True)
    gap = BreakSerializer()


class CoverageSerializer(serializers.Serializer[Any]):
    """Which articles are covered by measures, and which measures are without news."""

    as_of = serializers.DateField()
    no_news_days = serializers.IntegerField()
    agreements = MatrixSerializer(many=True)
    without_news = SilentSerializer(many=True)


class Question(CoverageForm):
    """What a program may ask besides: the partnership, which a reader of the pages has chosen once."""

    partnership = RecordField(queryset=Partnership.objects.order_by("pk"), required=False)


class CoverageView(Resource):
    """Article by year: how many measures, how many done; and the measures without news for so many days."""

    def allowed_parameters(self) -> Iterable[str]:
        return tuple(Question.base_fields)

    @described(
        operation_id="chain_coverage",
        parameters=[
            OpenApiParameter("partnership", str, description="Agreements of one partnership: its code or id."),
            OpenApiParameter("agreement", str, description="One agreement only: its code or id."),
            OpenApiParameter("no_news_days", int, description=f"Days without news, {NEWS_DAYS} if not given."),
        ],
        responses=CoverageSerializer,
    )
    def get(self, request: Request) -> HttpResponseBase:
        form = Question(request.query_params)
        if not form.is_valid():
            raise ValidationError(
                {
                    name: [ErrorDetail(" ".join(error.messages), code=error.code or "invalid") for error in errors]
                    for name, errors in form.errors.as_data().items()
                }
            )
        return self.unless_known(
            request,
            lambda: Response(_coverage(coverage(form.cleaned_data["partnership"], timezone.localdate(), **form.asked))),
        )


def _coverage(page: CoveragePage) -> dict[str, Any]:
    return {
        "as_of": page.on,
        "no_news_days": page.no_news_days,
        "agreements": [_matrix(matrix) for matrix in page.matrices],
        "without_news": [
            {
                "measure": reference(silent.measure),
                "number": silent.measure.number,
                "last_news": silent.measure.news_on,
                "gap": _gap(silent.gap),
            }
            for silent in page.silent
        ],
    }


def _matrix(matrix: Matrix) -> dict[str, Any]:
    return {
        "agreement": reference(matrix.agreement),
        "measure_count": matrix.measures,
        "uncovered": matrix.uncovered,
        "rows": [_row(row) for row in matrix.rows],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "article": None if row.article is None else reference(row.article),
        "number": None if row.article is None else row.article.number,
        "gap": _gap(row.gap),
        "years": [
            {"year": cell.year, "total": cell.total, "done": cell.done, "is_gap": cell.is_gap} for cell in row.cells
        ],
    }
