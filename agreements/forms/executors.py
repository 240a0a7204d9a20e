"""Forms that name who carries out a measure, as people fill them in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements import operations, wording
from agreements.forms.measures import MeasureForm, OfMeasure
from agreements.models import Executor, Measure
from agreements.operations import Task
from parties.forms import NOT_CHOSEN
from parties.models import Organisation, Side
from parties.naming import localised
from parties.writing import Difference

BLANK_ROWS = 2
"""Empty rows for executors that are still to be named; the form opened again has as many again."""


class Role:
    """How an organisation takes part in a measure."""

    LEADS, JOINS = "leads", "joins"
    CHOICES: ClassVar[list[tuple[str, Any]]] = [(LEADS, _("leads")), (JOINS, _("takes part"))]


class ExecutorField(forms.TypedChoiceField):
    """An organisation under the side for which it carries out a measure; one of neither side stands under both.

    Its value is a side with the id of an organisation, such as `home:12`; cleaned it is both of them.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=_side_and_id, empty_value=None, **kwargs)


def _side_and_id(value: str) -> tuple[str, int]:
    side, __, pk = value.partition(":")
    return side, int(pk)


def value_of(executor: Executor) -> str:
    """Return the value by which an `ExecutorField` knows a stored executor."""
    return f"{executor.side}:{executor.organisation_id}"


def organisations_by_side(stored: Iterable[Executor] = ()) -> list[Any]:
    """Return what an `ExecutorField` offers: all organisations, and executors that are stored otherwise."""
    rows = list(Organisation.objects.annotate(shown=localised("name")).order_by("shown", "pk"))
    pairs = {(one.side, one.organisation_id) for one in stored}
    groups = []
    for side in Side:
        offered = [row for row in rows if row.side in ("", side.value) or (side.value, row.pk) in pairs]
        groups.append((side.label, [(f"{side.value}:{row.pk}", str(row)) for row in offered]))
    return [NOT_CHOSEN, *(group for group in groups if group[1])]


class ExecutorRows(OfMeasure):
    """A form of a measure that names who carries it out: a row for each organisation, under its side."""

    instance: Measure

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored: list[Executor] = []
        if self.instance.pk:
            stored = list(self.instance.executors.select_related("organisation").order_by("-leads", "pk"))
        sent = sum(name.startswith("organisation_") for name in self.data)
        self.row_count = max(len(stored) + BLANK_ROWS, sent)
        offered = organisations_by_side(stored)
        for number in range(self.row_count):
            row = stored[number] if number < len(stored) else None
            self.fields[f"organisation_{number}"] = ExecutorField(
                label=_("executor %(number)d") % {"number": number + 1},
                choices=offered,
                required=False,
                initial=value_of(row) if row else None,
            )
            self.fields[f"role_{number}"] = forms.ChoiceField(
                label=_("task of executor %(number)d") % {"number": number + 1},
                choices=Role.CHOICES,
                required=False,
                initial=Role.LEADS if row is None or row.leads else Role.JOINS,
            )

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """The fields that stand outside of the rows."""
        return [field for field in self.visible_fields() if not field.name.startswith(("organisation_", "role_"))]

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"organisation_{number}"], self[f"role_{number}"]) for number in range(self.row_count)]

    def tasks(self) -> list[Task]:
        """Return the tasks that were typed."""
        named = [
            (*chosen, self.cleaned_data.get(f"role_{number}"))
            for number in range(self.row_count)
            if (chosen := self.cleaned_data.get(f"organisation_{number}"))
        ]
        known = Organisation.objects.in_bulk([pk for __, pk, __ in named])
        return [Task(known[pk], side, role != Role.JOINS) for side, pk, role in named]

    def differences(self, stored: Any) -> Iterable[Difference]:
        yield from super().differences(stored)
        typed, kept = wording.executors_of(self.tasks()), wording.executors(stored)
        if typed != kept:
            yield Difference(str(_("Executors")), typed, kept, ("executors",))


class ExecutorsCell(ExecutorRows):
    """Who carries out a measure."""

    class Meta:
        model = Measure
        fields: ClassVar[list[str]] = []

    def operate(self) -> Measure:
        return operations.set_executors(
            by=self.by, measure=self.instance, seen=self.cleaned_data["seen"], executors=self.tasks()
        )


class MeasureEntry(ExecutorRows, MeasureForm):
    """A whole measure on a page: the form of the API with executors as people name them.

    The deadline of a stored measure is changed apart, with a reason.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["deadline"], self.fields["recurrence"]

    def executors(self) -> list[Task]:
        return self.tasks()
