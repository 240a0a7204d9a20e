"""Writing through the API: the forms of the pages, in the shape in which records are read.

A change names the version it started from (`If-Match: "7"`); a request that makes something new
may carry an `Idempotency-Key` and is then kept once, however often it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError as InvalidValue
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.fields import ModelChoiceField as FilterModelChoiceField
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import (
    HTTP_200_OK,
    HTTP_201_CREATED,
    HTTP_204_NO_CONTENT,
    HTTP_412_PRECONDITION_FAILED,
    HTTP_422_UNPROCESSABLE_ENTITY,
    HTTP_428_PRECONDITION_REQUIRED,
)

from parties.api.lists import refuse_unknown
from parties.api.views import SAFE, BoundedJSON
from parties.filtering import named
from parties.models import User
from parties.permissions import Allowed, Predicate
from parties.records import Record
from parties.writing import OF_THE_ENTRY, EntryForm

_VERSION = re.compile(r'"([0-9]{1,18})"')
_LANGUAGES = ("ru", "en")


class VersionNotStated(APIException):
    """428: a change must say which version of the record it started from."""

    status_code = HTTP_428_PRECONDITION_REQUIRED
    default_code = "version_required"
    default_detail = gettext_lazy('State the version of the record that you saw, for example If-Match: "7".')


def writing(form: type[EntryForm], **details: Any) -> Callable[[Any], Any]:
    """Make a method of a viewset a writing action on one record: POST to `<record>/<name>/`, described by its form."""

    def decorate(method: Any) -> Any:
        decorated = action(detail=True, methods=["post"], **details)(method)
        decorated.form = form
        return decorated

    return decorate


class Writes:
    """Adds writing to a resource of records (`ReadOnly`): POST where there is a `new_form`, PATCH where an `edit_form`.

    Further writes are methods decorated with `writing` that call `act`.
    """

    may_write: ClassVar[Predicate]
    new_form: ClassVar[type[EntryForm] | None] = None
    edit_form: ClassVar[type[EntryForm] | None] = None
    parser_classes: ClassVar[Any] = [BoundedJSON, MultiPartParser]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "may_write" in cls.__dict__:
            predicate = cls.__dict__["may_write"]
            cls.may_write = staticmethod(predicate)
            cls.permission_classes = [Allowed.to(predicate)]  # type: ignore[attr-defined]
        if cls.new_form is not None:
            cls.create = cls._create  # type: ignore[attr-defined]
        if cls.edit_form is not None:
            cls.partial_update = cls._partial_update  # type: ignore[attr-defined]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if request.method not in SAFE:
            refuse_unknown(request.query_params, ())

    def blank(self) -> models.Model:
        """Return the row that a POST fills."""
        return cast("type[models.Model]", self.queryset.model)()  # type: ignore[attr-defined]

    def form_for(self, action: str) -> type[EntryForm] | None:
        """Return the form of a writing action, for the description of the API."""
        if action == "create":
            return self.new_form
        if action == "partial_update":
            return self.edit_form
        return getattr(getattr(self, action, None), "form", None)

    def _create(self, request: Request, **kwargs: Any) -> Response:
        """Make a new record. With an `Idempotency-Key` it is made once."""
        return self.act(cast("type[EntryForm]", self.new_form), self.blank(), status=HTTP_201_CREATED)

    def _partial_update(self, request: Request, **kwargs: Any) -> Response:
        """Change the given fields of a record; `If-Match` states its version."""
        return self.act(cast("type[EntryForm]", self.edit_form), self.get_object())  # type: ignore[attr-defined]

    def act(self, form_class: type[EntryForm], instance: models.Model, *, status: int = HTTP_200_OK) -> Response:
        """Keep what the request says through the form, and answer with the record as it is now.

        Raises 400 with the names of wrong fields, 428 without a version where one is needed, 412 with
        the stored record when it is another by now, 422 when the key was used for something else.
        """
        request: Request = self.request  # type: ignore[attr-defined]
        empty = form_class(instance=instance, by=cast(User, request.user))
        data, files = _typed(request, empty)
        data["entry_key"] = _entry_key(request)
        if empty.versioned() is not None:
            data["seen"] = _seen(request)
        form = form_class(data, files, instance=instance, by=cast(User, request.user))
        kept = form.keep()
        if kept is not None:
            return self._answer(kept, status)
        if form.conflict and form.stored is not None:
            return self._stale(form)
        raise _refused(form)

    def _answer(self, kept: Record, status: int) -> Response:
        """Answer as reading would: with the kept record, or with the record of the address whose part was kept."""
        shown, serialized = self._serialized(kept)
        response = Response(serialized, status, headers={"ETag": f'"{shown.version}"'})
        if status == HTTP_201_CREATED and serialized.get("url"):
            response.headers["Location"] = serialized["url"]
        return response

    def _serialized(self, kept: Record) -> tuple[Record, Any]:
        if isinstance(kept, self.queryset.model):  # type: ignore[attr-defined]
            self.kwargs = {"pk": str(kept.pk)}
        self.action = "retrieve"
        shown: Record = self.get_object()  # type: ignore[attr-defined]
        return shown, self.get_serializer(shown).data  # type: ignore[attr-defined]

    def _stale(self, form: EntryForm) -> Response:
        """Answer 412 with the record as it is now, and what was sent beside what is stored, by whom and when."""
        stored = cast(Record, form.stored)
        text = _("The record was changed meanwhile: its version is %(version)d. Compare, and send the change again.")
        error = {"code": "stale", "detail": text % {"version": stored.version}, "attr": None}
        shown, serialized = self._serialized(stored)
        body = {
            "type": "client_error",
            "errors": [error],
            "stored": serialized,
            "differences": [
                {"label": one.label, "sent": one.typed, "stored": one.stored, "who": one.who, "at": one.at}
                for one in form.conflict
            ],
        }
        return Response(body, HTTP_412_PRECONDITION_FAILED, headers={"ETag": f'"{shown.version}"'})


class KeyUsed(APIException):
    """422: the idempotency key stands for another request."""

    status_code = HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "key_used"
    default_detail = gettext_lazy("This Idempotency-Key was used for another request. Take a new one.")


def _entry_key(request: Request) -> str:
    """Return the key that a POST has; raise 400 for an empty one, as which the web server gives one beyond ASCII."""
    if request.method != "POST" or "Idempotency-Key" not in request.headers:
        return ""
    key: str = request.headers["Idempotency-Key"]
    if not key.strip():
        text = _("Write the key in ASCII letters, digits and signs.")
        raise ValidationError({"Idempotency-Key": [ErrorDetail(text, code="invalid")]})
    return key


def _seen(request: Request) -> str:
    stated = request.headers.get("If-Match", "").strip()
    if not stated:
        raise VersionNotStated
    found = _VERSION.fullmatch(stated.removeprefix("W/"))
    if found is None:
        text = _('Write the version of the record in quotes, for example If-Match: "7".')
        raise ValidationError({"If-Match": [ErrorDetail(text, code="invalid")]})
    return found[1]


def _typed(request: Request, form: EntryForm) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the form shall read: the given fields, and for the others what is stored."""
    body = request.data
    given: dict[str, Any] = {}
    files: dict[str, Any] = {}
    if isinstance(body, QueryDict):
        given = {name: values if len(values) > 1 else values[0] for name, values in body.lists()}
    elif isinstance(body, Mapping):
        given = dict(body)
    else:
        raise ValidationError({"non_field_errors": [ErrorDetail(_("Write a JSON object."), code="invalid")]})
    fields = {name: field for name, field in form.fields.items() if name not in OF_THE_ENTRY}
    errors: dict[str, Any] = {}
    data: dict[str, Any] = {}
    for name, value in given.items():
        if name in fields and any(map(_is_file, value if isinstance(value, list) else [value])):
            files[name] = value
            continue
        for target, one in _spread(name, value, fields).items():
            if target not in fields:
                allowed = ", ".join(sorted({_outer(one) for one in fields}))
                text = _("There is no such field. Allowed: %(names)s.") % {"names": allowed}
                errors[printable(target)] = [ErrorDetail(text, code="unknown")]
                continue
            try:
                data[target] = readable(fields[target], one)
            except InvalidValue as error:
                errors |= _nested(target, [ErrorDetail(error.messages[0], code="invalid")])
    if errors:
        raise ValidationError(errors)
    if form.instance.pk:
        for name, field in fields.items():
            if name not in data and name not in files:
                data[name] = field.prepare_value(form.get_initial_for_field(field, name))
    return data, files


def _is_file(value: Any) -> bool:
    return isinstance(value, UploadedFile)


def _spread(name: str, value: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of the form that one name of the API stands for: `title` is two texts."""
    if name not in fields and any(f"{name}_{language}" in fields for language in _LANGUAGES):
        if isinstance(value, Mapping) and set(value) <= set(_LANGUAGES):
            return {f"{name}_{language}": text for language, text in value.items()}
        raise ValidationError({name: [ErrorDetail(_('Write {"ru": "…", "en": "…"}.'), code="invalid")]})
    return {name: value}


def _outer(name: str) -> str:
    """Return the name that the API has for a field of the form."""
    return name[:-3] if name[-3:] in {"_ru", "_en"} else name


def readable(field: forms.Field, value: Any) -> Any:
    """Return what the field of the form reads; raise `InvalidValue` for what no text of it could be."""
    if isinstance(field, forms.FileField):
        raise InvalidValue(_("Send files as multipart/form-data."))
    if isinstance(field, forms.ModelMultipleChoiceField):
        if not isinstance(value, list):
            value = [] if value in (None, "") else [value]
        return [_key(field, one) for one in value]
    if isinstance(field, forms.ModelChoiceField):
        return "" if value in (None, "") else _key(field, value)
    if isinstance(field, forms.MultipleChoiceField):
        value = value if isinstance(value, list) else [value]
        return [_text(one) for one in value]
    if isinstance(field, forms.BooleanField):
        if not isinstance(value, bool) and value not in ("true", "false", "on", ""):
            raise InvalidValue(_("Write true or false."))
        return value
    return _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InvalidValue(_("Write a text or a number."))
    text = str(value)
    if text != printable(text) or "\0" in text:
        raise InvalidValue(_("The text has characters that cannot be stored."))
    return text


def _key(field: forms.ModelChoiceField[Any], value: Any) -> Any:
    """Return the value by which the field knows the record that is named by id, code or `{"id": …}`."""
    if isinstance(value, Mapping):
        value = value.get("id") or value.get("code")
    text = _text(value)
    if isinstance(field, FilterModelChoiceField) or field.queryset is None:
        return text
    found = named(field.queryset, text).first()
    if found is None:
        raise InvalidValue(_("No such record: “%(value)s”. Name it by its code or id.") % {"value": text[:80]})
    return found.serializable_value(field.to_field_name) if field.to_field_name else found.pk


def printable(name: Any) -> str:
    """Return the name without what UTF-8 cannot carry back."""
    return str(name).encode("utf-8", "replace").decode()


def _nested(name: str, errors: list[Any]) -> dict[str, Any]:
    """Return errors under the name that the API has for the field."""
    outer = _outer(name)
    return {name: errors} if outer == name else {f"{outer}.{name[-2:]}": errors}


def _refused(form: EntryForm) -> APIException:
    found: dict[str, Any] = {}
    for name, errors in form.errors.as_data().items():
        if any(error.code == "key_used" for error in errors):
            return KeyUsed()
        details = [ErrorDetail(text, code=error.code or "invalid") for error in errors for text in error.messages]
        if name == "__all__":
            found["non_field_errors"] = details
        elif name == "entry_key":
            found["Idempotency-Key"] = details
        else:
            found |= _nested(name, details)
    return ValidationError(found)


class Removable(Writes):
    """Adds `remove/` to a resource: POST with `If-Match` takes the record away."""

    removal_form: ClassVar[type[EntryForm]]

    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: str) -> Response:
        """Take the record away; `If-Match` states its version. The answer is empty; the history keeps it."""
        return self.act(self.removal_form, self.get_object())  # type: ignore[attr-defined]

    def form_for(self, action: str) -> type[EntryForm] | None:
        return self.removal_form if action == "remove" else super().form_for(action)

    def _answer(self, kept: Record, status: int) -> Response:
        return Response(status=HTTP_204_NO_CONTENT) if self.action == "remove" else super()._answer(kept, status)
