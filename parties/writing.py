"""What every write by a person has: it loses nobody's text, and repeated it is kept once.

A form is written once and used twice, by a page and by the API. It checks the shape and calls one operation.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.validators import RegexValidator
from django.db import IntegrityError, models, transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from psycopg2.errors import UniqueViolation

from parties.changes import Change, changes_since, last_writer
from parties.models import Submission, User
from parties.records import Record
from parties.storage import atomic_with_files

Kept = TypeVar("Kept", bound=Record)
OF_THE_ENTRY = {"seen", "entry_key"}  # fields that carry the state of an entry, not what was typed


class RecordChanged(Exception):
    """Somebody changed the record since the writer opened it; `stored` is what is stored now."""

    message = _("This record was changed while you were writing.")

    def __init__(self, stored: Record) -> None:
        super().__init__(str(self.message))
        self.stored = stored


class SubmittedOtherwise(Exception):
    """The key of this entry was used for something else that is kept already."""

    message = _("Something else was kept under the key of this entry already.")


def check_seen(record: Kept, seen: int | None) -> Kept:
    """Lock the stored row until the transaction ends, and return it; raise `RecordChanged` unless it is as `seen`.

    Raises `Http404` where somebody removed it since it was read.
    """
    stored: Kept = get_object_or_404(type(record)._base_manager.select_for_update(), pk=record.pk)
    if stored.version != seen:
        raise RecordChanged(stored)
    return stored


@transaction.atomic
def save_seen(record: Kept, *, seen: int | None, uncounted: Sequence[str] = ()) -> Kept:
    """Save a stored record that the writer saw at version `seen`; raise `RecordChanged` if it is another by now.

    `uncounted` are fields whose changes count no version: they stay as they are stored by now.
    """
    stored = check_seen(record, seen)
    for name in uncounted:
        setattr(record, name, getattr(stored, name))
    record.save()
    record.refresh_from_db(fields=["version", "updated_at"])
    return record


def keep_seen(record: Kept, *, seen: int | None) -> Kept:
    """Save a new record, or a stored one that the writer saw at version `seen`."""
    if record.pk is not None:
        return save_seen(record, seen=seen)
    record.save()
    return record


MOST_NAMED = 5


def remove_seen(record: Record, *, seen: int | None) -> None:
    """Remove a stored record that was entered by mistake, and that the writer saw at version `seen`.

    Raises `RecordChanged` if it is another by now, `ValidationError` for what came with the facts of the program, and
    where other records rest on it: the message names them.
    """
    check_seen(record, seen)
    if record.code is not None:
        raise ValidationError(_("It came with the facts of this program, so it stays."))
    try:
        with transaction.atomic():
            record.delete()
    except models.ProtectedError as error:
        names = sorted({f"“{one}”" for one in error.protected_objects})
        text = _("It stays, because this rests on it: %(names)s.")
        shown = ", ".join([*names[:MOST_NAMED], *(["…"] if len(names) > MOST_NAMED else [])])
        raise ValidationError(text, code="in_use", params={"names": shown}) from error


@dataclass(frozen=True)
class Difference:
    """What is stored otherwise than it was typed, or than it was when the writer opened the record.

    `typed` is None for what the form does not ask for. `fields` are those of the record that hold it; by them it is
    found who wrote it and when.
    """

    label: str
    typed: str | None
    stored: str
    fields: tuple[str, ...] = ()
    who: str = ""
    at: dt.datetime | None = None


class EntryForm(forms.ModelForm[Any]):
    """Base of forms that people and programs write with.

    A new record has an `entry_key`: sent twice, it is kept once. A stored record has `seen`, the version
    that the writer started from: when it is another by now nothing is written, `conflict` names what
    differs, and saving again replaces what is stored knowingly.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    entry_key = forms.CharField(
        widget=forms.HiddenInput,
        required=False,
        max_length=200,
        validators=[RegexValidator(r"^[!-~]+\Z", _("Write the key in ASCII letters, digits and signs."))],
    )
    conflict: list[Difference]
    stored: Record | None = None
    submit_label: ClassVar[Any] = _("Save")

    def __init__(self, data: Any = None, files: Any = None, *, instance: Any, by: User, **kwargs: Any) -> None:
        super().__init__(data, files, instance=instance, **kwargs)
        self.by = by
        self.conflict = []
        versioned = self.versioned()
        if versioned is not None:
            self.initial.setdefault("seen", versioned.version)
        self.initial.setdefault("entry_key", str(uuid.uuid4()))
        if instance.pk is None:  # what is not stated yet begins as the field says, today for example
            for name, field in self.fields.items():
                if self.initial.get(name) is None and field.initial is not None:
                    self.initial.pop(name, None)

    def versioned(self) -> Record | None:
        """Return the stored record whose version the writer must have seen; None for what is new.

        A form that adds a row to a record and changes the record with it returns that record.
        """
        return self.instance if self.instance.pk else None

    def operate(self) -> Record:
        """Call the one operation of this form and return the record that it kept.

        It may raise `RecordChanged`, or `ValidationError` for the form or, as a dict, for its fields.
        """
        raise NotImplementedError

    @property
    def status(self) -> int:
        """HTTP status of a page that shows this form again."""
        if not self.is_bound:
            return 200
        return 409 if self.conflict else 422

    def clean_seen(self) -> int | None:
        seen: int | None = self.cleaned_data.get("seen")
        if seen is None and self.versioned() is not None:
            raise ValidationError(_("State the version of the record that you saw."), code="required")
        return seen

    def keep(self) -> Record | None:
        """Keep what was typed and return the record; None if nothing was written: errors or the conflict say why."""
        if not self.is_valid():
            return None
        try:
            with atomic_with_files():
                return self._keep_once()
        except RecordChanged as change:
            self._show_conflict(change.stored)
        except SubmittedOtherwise as error:
            self.add_error(None, ValidationError(str(error.message), code="key_used"))
        except ValidationError as error:
            self._take_over(error)
        except IntegrityError as error:
            self._take_over(refusal_of_twin(error, type(self.instance)))
        return None

    def _keep_once(self) -> Record:
        key = self.cleaned_data.get("entry_key")
        if not key:
            return self.operate()
        digest = self._digest()
        submission, is_new = Submission.claim(by=self.by, key=key, digest=digest)
        if is_new:
            record = self.operate()
            submission.label, submission.record = record._meta.label_lower, record.pk
            submission.save(update_fields=["label", "record"])
            return record
        if submission.digest != digest:
            raise SubmittedOtherwise
        model: type[Any] = apps.get_model(submission.label)
        repeated: Record | None = model._base_manager.filter(pk=submission.record).first()
        if repeated is None:
            raise SubmittedOtherwise
        return repeated

    def _digest(self) -> str:
        """Return the SHA-256 of what was typed for which record, independent of how it was written."""
        versioned = self.versioned()
        typed = {name: _plain(value) for name, value in self.cleaned_data.items() if name not in OF_THE_ENTRY}
        target = versioned and (versioned._meta.label, versioned.pk)
        return hashlib.sha256(repr((type(self).__qualname__, target, sorted(typed.items()))).encode()).hexdigest()

    def differences(self, stored: Record) -> Iterable[Difference]:
        """Give what was typed beside what is stored, where they differ.

        A form whose fields are not those of the record says it in words of its own.
        """
        for field in self.visible_fields():
            if not hasattr(stored, field.name):
                continue
            typed, kept = self.typed(field.name), _in_words(field, getattr(stored, field.name))
            if typed != kept:
                yield Difference(str(field.label), typed, kept, (field.name,))

    def typed(self, name: str) -> str:
        """Return what was typed into a field, as people read it."""
        return _in_words(self[name], self.cleaned_data.get(name))

    def changes_since(self, stored: Record, seen: int) -> Sequence[Change]:
        """Return what others changed since the version that the writer saw, newest first."""
        return changes_since(stored, seen)

    def _show_conflict(self, stored: Record) -> None:
        self.stored = stored
        changes: dict[str, Change] = {}
        for change in self.changes_since(stored, self.cleaned_data["seen"]):
            changes.setdefault(change.field, change)
        who, at = last_writer(stored)
        for one in self.differences(stored):
            by = max((changes[name] for name in one.fields if name in changes), key=lambda row: row.at, default=None)
            self.conflict.append(replace(one, who=by.who if by else "", at=by.at if by else None))
        told = {name for one in self.conflict for name in one.fields}
        for name, change in changes.items():
            if name not in told:
                self.conflict.append(Difference(change.label, None, change.now, (name,), change.who, change.at))
        if not self.conflict:
            self.conflict.append(Difference(str(_("Other fields or rows")), None, str(_("changed")), (), who, at))
        data = cast("dict[str, Any]", self.data).copy()
        data[self.add_prefix("seen")] = str(stored.version)
        self.data = data

    def _take_over(self, error: ValidationError) -> None:
        """Show an operation's refusal at the fields that it names, or at the form where the form has no such field."""
        by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
        for name, errors in by_field.items():
            for one in errors:
                self.add_error(name if name in self.fields else None, one)


class RemovalForm(EntryForm):
    """Takes a record away, by the operation that takes it under the `name`."""

    submit_label = _("Remove")
    operation: ClassVar[Callable[..., Any]]
    name: ClassVar[str]

    def operate(self) -> Any:
        return self.operation(by=self.by, seen=self.cleaned_data["seen"], **{self.name: self.instance})


def removal_of(model: type[models.Model], operation: Callable[..., Any], name: str) -> type[RemovalForm]:
    """Return the form that removes records of this kind."""
    base = type("RemovalForm", (RemovalForm,), {"operation": staticmethod(operation), "name": name})
    return cast("type[RemovalForm]", forms.modelform_factory(model, form=base, fields=[]))


def refusal_of_twin(error: IntegrityError, model: type[models.Model]) -> ValidationError:
    """Return what to tell a writer who was a moment later than another one with the same; raise any other error.

    Operations look for a twin before they write. Only one that another transaction writes at the same time is left
    to the constraint of the database.
    """
    cause = error.__cause__
    if not isinstance(cause, UniqueViolation):
        raise error
    refusal = ValidationError(
        _("Somebody else kept the same a moment ago. Look at it before you go on."), code="unique"
    )
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.name == cause.diag.constraint_name:
            return ValidationError({constraint.fields[-1]: refusal})
    return refusal


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, File):
        value.seek(0)
        digest = hashlib.file_digest(value, "sha256").hexdigest()
        value.seek(0)
        return digest
    if isinstance(value, list | tuple | models.QuerySet):
        return [_plain(one) for one in value]
    return str(value)


def _in_words(field: forms.BoundField, value: Any) -> str:
    if value is None or value == "":
        return ""
    if hasattr(value, "all"):
        value = value.all()
    if isinstance(value, models.QuerySet | list | tuple):
        return ", ".join(sorted(str(one) for one in value))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(field.field, forms.TypedChoiceField | forms.ChoiceField):
        return str(dict(_flat(field.field.choices)).get(value, value))
    return str(field.field.prepare_value(value))


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    """Return the choices without their groups."""
    found: list[tuple[Any, Any]] = []
    for value, label in choices:
        found += list(label) if isinstance(label, list | tuple) else [(value, label)]
    return found
