"""Plans as files through the API: the same operation and the same papers as the pages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError as InvalidValue
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_200_OK, HTTP_412_PRECONDITION_FAILED, HTTP_422_UNPROCESSABLE_ENTITY

from agreements.files.answers import answer_with
from agreements.files.comparing import compare
from agreements.files.differences import Comparison, Known
from agreements.files.layout import PlanTable, SideWords, plan_rows
from agreements.files.plan_paper import plan_paper
from agreements.files.problems import UnusableFile
from agreements.files.report_paper import report_paper
from agreements.files.tables import open_file
from agreements.forms.files import DeadlinesForm
from agreements.models import Plan
from agreements.operations import Reasons
from agreements.operations.files import Decision, NotAsSeen, NotComplete, import_plan
from agreements.queries.files import PLANS, remembered
from parties.api import described
from parties.api.writing import VersionNotStated, printable
from parties.models import Organisation, User


class PaperSerializer(serializers.Serializer[Any]):
    """What a plan is asked for as a file."""

    form = serializers.ChoiceField(["docx", "xlsx"], default="docx")
    language = serializers.ChoiceField([code for code, __ in settings.LANGUAGES], default="ru")


class ReportPaperSerializer(PaperSerializer):
    """What the report on a plan is asked for as a file."""

    as_of = serializers.DateField(required=False, help_text="Day of the report, else today.")


class PlanFileSerializer(serializers.Serializer[Any]):
    """A file with a plan, and what shall become of it."""

    file = serializers.FileField(help_text="DOCX or XLSX with the table of the plan.")
    confirm = serializers.BooleanField(
        default=False, help_text="Keep the differences; `If-Match` states the ETag of the answer that showed them."
    )
    leave_out = serializers.BooleanField(default=False, help_text="Keep the other rows where some need a correction.")
    executors = serializers.CharField(
        default="{}",
        help_text='Decisions on unknown executors by their keys, as JSON: an id, "new:company", or null to leave out.',
    )

    deadlines = serializers.ChoiceField(
        [DeadlinesForm.MOVED, DeadlinesForm.CORRECTED],
        required=False,
        help_text="Why deadlines of stored measures change, where any do; with `reason`.",
    )
    reason = serializers.CharField(required=False)
    agreed_by = serializers.CharField(required=False, help_text="Who agreed, where a decision moved deadlines.")
    decided_on = serializers.DateField(required=False, help_text="When, where a decision moved deadlines.")
    excepted = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="Numbers of the measures for which the other of `moved` and `corrected` holds, with `other_reason`.",
    )
    other_reason = serializers.CharField(required=False)


class PlaceSerializer(serializers.Serializer[Any]):
    table = serializers.CharField()
    row = serializers.IntegerField()


class RowProblemSerializer(serializers.Serializer[Any]):
    table = serializers.CharField(source="place.table")
    row = serializers.IntegerField(source="place.row")
    column = serializers.CharField()
    value = serializers.CharField()
    message = serializers.CharField()
    advice = serializers.CharField()


class FieldChangeSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()
    was = serializers.CharField()
    now = serializers.CharField()


class ChangedMeasureSerializer(serializers.Serializer[Any]):
    measure = serializers.IntegerField(source="measure.pk")
    number = serializers.CharField(source="measure.number")
    changes = FieldChangeSerializer(many=True)


class UnknownExecutorSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    side = serializers.CharField()
    rows = PlaceSerializer(many=True)
    nearest = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of organisations named alike.")
    remembered = serializers.IntegerField(
        allow_null=True, help_text="Id of the organisation that the name was said to mean at an earlier import."
    )


class ComparisonSerializer(serializers.Serializer[Any]):
    """What a file changes in a plan."""

    kept = serializers.BooleanField(help_text="Whether the differences were kept.")
    new = serializers.ListField(child=serializers.CharField(), help_text="Numbers of the measures that are new.")
    changed = ChangedMeasureSerializer(many=True)
    changed_deadlines = serializers.ListField(
        child=serializers.CharField(), help_text="Numbers of the measures whose deadlines change: `deadlines` says why."
    )
    unchanged = serializers.IntegerField()
    missing = serializers.ListField(child=serializers.CharField(), help_text="Numbers that the file lacks; they stay.")
    reordered = serializers.BooleanField()
    unread_columns = serializers.ListField(child=serializers.CharField())
    unknown_executors = UnknownExecutorSerializer(many=True)
    problems = RowProblemSerializer(many=True)


_PAPERS: dict[str, type[PaperSerializer]] = {"document": PaperSerializer, "report": ReportPaperSerializer}
_BINARY = {(200, "application/octet-stream"): OpenApiTypes.BINARY}


class PlanFiles:
    """Adds to plans: GET `<plan>/document/` and `<plan>/report/`, POST `<plan>/import/`."""

    def allowed_parameters(self) -> Iterable[str]:
        asked = _PAPERS.get(getattr(self, "action", None) or "")
        return list(asked().fields) if asked else super().allowed_parameters()  # type: ignore[misc]

    @described(parameters=[PaperSerializer], responses=_BINARY)
    @action(detail=True, methods=["get"])
    def document(self, request: Request, pk: str) -> HttpResponse:
        """Return the plan as DOCX or XLSX, in the shape in which it is imported."""
        plan, asked = self._plan(), _asked(PaperSerializer, request.query_params)
        return answer_with(plan_paper(plan, asked["language"]), f"plan-{plan.pk}", asked["form"])

    @described(parameters=[ReportPaperSerializer], responses=_BINARY)
    @action(detail=True, methods=["get"])
    def report(self, request: Request, pk: str) -> HttpResponse:
        """Return the report on the plan as DOCX or XLSX, as officials file it."""
        plan, asked = self._plan(), _asked(ReportPaperSerializer, request.query_params)
        on = asked.get("as_of") or timezone.localdate()
        return answer_with(report_paper(plan, on, asked["language"]), f"plan-{plan.pk}-report-{on}", asked["form"])

    @described(
        request={"multipart/form-data": PlanFileSerializer},
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="ETag that you saw.")],
        responses=ComparisonSerializer,
    )
    @action(detail=True, methods=["post"], url_path="import", url_name="import")
    def import_file(self, request: Request, pk: str) -> Response:
        """Compare a file with the plan; with `confirm` make the plan what the file says, all or nothing.

        Nothing is deleted: measures that the file lacks stay. 412 where the differences are not those of `If-Match`,
        422 where rows need a correction or executors a decision; both answers say what the differences are.
        """
        plan, asked = self._plan(), _asked(PlanFileSerializer, request.data)
        try:
            table = plan_rows(open_file(asked["file"]), SideWords.of(plan.agreement.partnership))
        except UnusableFile as error:
            raise ValidationError({"file": f"{error.message} {error.advice}"}) from error
        if not asked["confirm"]:
            return _told(plan, table, HTTP_200_OK)
        seen = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
        if not seen:
            raise VersionNotStated(_("State the ETag of the differences that you saw in If-Match."))
        try:
            done = import_plan(
                by=cast(User, request.user), plan=plan, table=table, seen=seen,
                decisions=_decisions(asked["executors"]), deadlines=_reasons(asked), leave_out=asked["leave_out"],
            )  # fmt: skip
        except NotAsSeen:
            return _told(plan, table, HTTP_412_PRECONDITION_FAILED)
        except NotComplete:
            return _told(plan, table, HTTP_422_UNPROCESSABLE_ENTITY)
        except InvalidValue as error:
            raise ValidationError(getattr(error, "message_dict", {"file": error.messages})) from error
        return _response(done, Known.of(plan), table, HTTP_200_OK, kept=True)

    def _plan(self) -> Plan:
        return PLANS.get(pk=self.get_object().pk)  # type: ignore[attr-defined]


def _asked(serializer: type[serializers.Serializer[Any]], given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise ValidationError({"non_field_errors": _("Write a JSON object.")})
    read = serializer(data=given)
    unknown = sorted(set(given) - set(read.fields))
    if unknown:
        text = _("There is no such field. Allowed: %(names)s.") % {"names": ", ".join(read.fields)}
        raise ValidationError(dict.fromkeys(map(printable, unknown), text))
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)


def _decisions(text: str) -> dict[str, Decision]:
    example = '{"1f0c": 26, "9ab2": null}'
    wrong = ValidationError({"executors": _("Write JSON such as %(example)s.") % {"example": example}})
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise wrong from error
    if not isinstance(given, dict):
        raise wrong
    decisions = {}
    for key, value in given.items():
        if isinstance(value, str) and value.removeprefix("new:") in Organisation.Kind.values:
            decisions[key] = Decision(new_kind=value.removeprefix("new:"))
        elif value is None or (isinstance(value, int) and not isinstance(value, bool)):
            decisions[key] = Decision(organisation=value)
        else:
            raise wrong
    return decisions


def _reasons(asked: Mapping[str, Any]) -> Reasons | None:
    """Return why deadlines change, where the request says so; raise `ValidationError` for what it lacks."""
    if "deadlines" not in asked:
        return None
    form = DeadlinesForm(asked, measures={number: number for number in asked.get("excepted", ())})
    reasons = form.reasons()
    if reasons is None:
        raise ValidationError(form.errors)
    return reasons


def _told(plan: Plan, table: PlanTable, status: int) -> Response:
    known = Known.of(plan)
    return _response(compare(table, known), known, table, status, kept=False)


def _response(found: Comparison, known: Known, table: PlanTable, status: int, *, kept: bool) -> Response:
    before = remembered(found.unknown)
    shown = {
        "kept": kept,
        "new": [row.number for row in found.new],
        "changed": found.changed,
        "changed_deadlines": [row.measure.number for row in found.deadlines],
        "unchanged": found.unchanged,
        "missing": [measure.number for measure in found.missing],
        "reordered": found.reordered,
        "unread_columns": table.unread,
        "unknown_executors": [
            {
                "key": name.key,
                "name": name.name,
                "side": name.side,
                "rows": places,
                "nearest": [one.pk for one in known.organisations.nearest(name)],
                "remembered": before.get(name.key),
            }
            for name, places in found.unknown.items()
        ],
        "problems": found.problems,
    }
    return Response(ComparisonSerializer(shown).data, status, headers={"ETag": f'"{found.digest}"'})
