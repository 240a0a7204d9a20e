"""The same change to several measures of a plan through the API: the forms and the operation of the page."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import ValidationError as InvalidValue
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_412_PRECONDITION_FAILED

from agreements.forms.together import TOGETHER, TogetherForm
from agreements.models import Measure
from parties.api import described
from parties.api.writing import VersionNotStated, printable, readable
from parties.models import User

MOST_MEASURES = 1000


class SeenMeasureSerializer(serializers.Serializer[Any]):
    """A measure with the version that the writer saw."""

    id = serializers.IntegerField(min_value=1, max_value=10**18)
    version = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, help_text="Without it the answer is 428."
    )


class ChangeMeasuresSerializer(serializers.Serializer[Any]):
    """What to change, of which measures, and the values of that change."""

    change = serializers.ChoiceField(list(TOGETHER))
    measures = serializers.ListField(child=SeenMeasureSerializer(), allow_empty=False, max_length=MOST_MEASURES)
    values = serializers.DictField(
        required=False,
        help_text="The fields of the change: "
        + "; ".join(f"{name}: {', '.join(form.base_fields)}" for name, form in TOGETHER.items())
        + ". Records are named by id or code; `organisation` by its side and id, such as home:12.",
    )


class NewVersionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    version = serializers.IntegerField()


class NewVersionsSerializer(serializers.Serializer[Any]):
    """The measures with their versions after the change."""

    changed = NewVersionSerializer(many=True)


class ChangesMeasures:
    """Adds to plans: POST `<plan>/change-measures/`."""

    @described(request=ChangeMeasuresSerializer, responses=NewVersionsSerializer)
    @action(detail=True, methods=["post"], url_path="change-measures", url_name="change-measures")
    def change_measures(self, request: Request, pk: str) -> Response:
        """Make the same change to several measures of the plan: to all of them or to none.

        Each measure is named with the version that you saw: 428 where one lacks it, 412 with what changed meanwhile of
        which measure. 400 names every measure that was refused, and why.
        """
        asked = ChangeMeasuresSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        if any("version" not in one for one in given["measures"]):
            raise VersionNotStated(_("State the version of each measure that you saw."))
        chosen = {one["id"]: one["version"] for one in given["measures"]}
        about = {"plan": self.get_object(), "chosen": chosen, "by": cast(User, request.user)}  # type: ignore[attr-defined]
        kind = TOGETHER[given["change"]]
        form = kind(_values(kind(**about), given.get("values", {})), **about)
        kept = form.keep()
        if kept is not None:
            stored = Measure.objects.filter(pk__in=chosen).order_by("order", "pk")
            return Response(NewVersionsSerializer({"changed": stored}).data)
        if form.changed:
            return _stale(form)
        raise ValidationError({_name(name): list(errors) for name, errors in form.errors.items()})


def _name(field: str) -> str:
    return "non_field_errors" if field == "__all__" else f"values.{field}"


def _values(form: TogetherForm, given: dict[str, Any]) -> dict[str, Any]:
    """Return what the form reads; raise 400 for a value that it has no field for, or that no text could be."""
    errors: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in form.fields:
            text = _("There is no such field. Allowed: %(names)s.") % {"names": ", ".join(form.fields)}
            errors[_name(printable(name))] = [ErrorDetail(text, code="unknown")]
            continue
        try:
            values[name] = readable(form.fields[name], value)
        except InvalidValue as error:
            errors[_name(name)] = [ErrorDetail(error.messages[0], code="invalid")]
    if errors:
        raise ValidationError(errors)
    return values


def _stale(form: TogetherForm) -> Response:
    text = _("Some of the measures were changed meanwhile. Compare, and send the change again.")
    stored = [
        {
            "id": measure.pk,
            "version": measure.version,
            "changes": [
                {"field": one.field, "label": one.label, "was": one.was, "now": one.now, "who": one.who, "at": one.at}
                for one in changes
            ],
        }
        for measure, changes in form.changed
    ]
    error = {"code": "stale", "detail": text, "attr": None}
    body = {"type": "client_error", "errors": [error], "stored": stored}
    return Response(body, HTTP_412_PRECONDITION_FAILED)
