"""Forms of plans that come as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agreements.files.executors import Organisations, UnknownName
from agreements.files.layout import PlanTable, SideWords, plan_rows
from agreements.files.problems import Place, UnusableFile
from agreements.files.tables import open_file
from agreements.forms.days import DayFormField
from agreements.forms.plans import PLAN_PERIODS
from agreements.models import Plan
from agreements.operations import Corrected, Moved, Reasons, keep_plan
from agreements.operations.files import Decision
from parties.formatting import one_or_several
from parties.models import Organisation, User
from parties.periods import Period

_SALT = "agreements.files"
_DAY = 86_400
_LONGEST_STATE = 2_000_000  # what a form may carry besides files


class FileForm(forms.Form):
    """A file with a plan. `table` is what stands in it."""

    file = forms.FileField(
        label=_("File with the plan"),
        help_text=_(
            "DOCX or XLSX with a table that has the columns “№ п/п”, “Мероприятие”, “Срок” and “Исполнители”,"
            " for each side or together. Sections are rows with one merged cell."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.xlsx"}),
    )
    table: PlanTable

    def __init__(self, *args: Any, plan: Plan, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan, self.by = plan, by

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            self.table = plan_rows(open_file(file), SideWords.of(self.plan.agreement.partnership))
            state(self.table, self.plan, file.name, by=self.by)
        except UnusableFile as error:
            raise ValidationError(f"{error.message} {error.advice}", code="unusable") from error
        return file


class NewPlanForm(forms.ModelForm[Plan]):
    """The plan that a file is to become."""

    class Meta:
        model = Plan
        fields = ["title_ru", "title_en", "period"]
        help_texts: ClassVar[dict[str, Any]] = {"period": PLAN_PERIODS}

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean(self) -> dict[str, Any]:
        """Find out now whether the plan can be made, although it is made only with its measures."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("period"):
            tried = Plan(
                agreement=self.instance.agreement, title_ru=cleaned.get("title_ru", ""), period=cleaned["period"]
            )
            with transaction.atomic():
                keep_plan(by=self.by, plan=tried)
                transaction.set_rollback(True)
        return cleaned


def state(table: PlanTable, plan: Plan, name: str, *, by: User) -> str:
    """Return what a page carries from the preview to the confirmation: the rows as they were read, signed."""
    carried = signing.dumps(
        {
            "plan": plan.pk,
            "agreement": plan.agreement_id,
            "by": by.pk,
            "title_ru": plan.title_ru,
            "title_en": plan.title_en,
            "period": str(plan.period),
            "name": name,
            "table": table.as_json(),
        },
        salt=_SALT,
        compress=True,
    )
    if len(carried) > _LONGEST_STATE:
        raise UnusableFile(_("The plan is too long for one file."), _("Import it in parts."))
    return carried


class Carried:
    """What a page carried from the preview: the table, the name of its file and the plan that it is for."""

    def __init__(self, signed: str, plan: Plan, *, by: User) -> None:
        """Raise `signing.BadSignature` for what this program did not sign, for this plan and person and not long ago.

        A new plan has no number yet: it is told by its agreement.
        """
        stored = signing.loads(signed, salt=_SALT, max_age=_DAY)
        if (stored["plan"], stored["agreement"], stored["by"]) != (plan.pk, plan.agreement_id, by.pk):
            raise signing.BadSignature
        self.table = PlanTable.from_json(stored["table"])
        self.name = str(stored["name"])
        if plan.pk is None:
            plan.title_ru, plan.title_en = stored["title_ru"], stored["title_en"]
            plan.period = Period.parse(stored["period"])


class DeadlinesForm(forms.Form):
    """Why deadlines of a file differ from those of the plan: a decision moved them, or they were entered wrongly.

    What is chosen holds for all `measures` (numbers with what changes, in words) but those that are excepted; nothing
    can be excepted where none are given.
    """

    MOVED, CORRECTED = "moved", "corrected"

    deadlines = forms.ChoiceField(
        label=_("Why they change"),
        choices=[
            (MOVED, _("a decision moved them: the old ones stay visible")),
            (CORRECTED, _("they were entered wrongly: the file is right")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    agreed_by = forms.CharField(
        label=_("Agreed by"), max_length=300, required=False, help_text=_("Where a decision moved them.")
    )
    decided_on = DayFormField(label=_("Decided on"), required=False, help_text=_("Where a decision moved them."))
    excepted = forms.MultipleChoiceField(
        label=_("Measures for which the other holds"), required=False, widget=forms.CheckboxSelectMultiple
    )
    other_reason = forms.CharField(
        label=_("Reason for these measures"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, measures: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["excepted"].choices = list(measures.items())  # type: ignore[attr-defined]
        if not measures:
            del self.fields["excepted"], self.fields["other_reason"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        excepted = cleaned.get("excepted")
        if cleaned.get("deadlines") == self.MOVED or (cleaned.get("deadlines") and excepted):
            for name in ("agreed_by", "decided_on"):
                self._want(name, _("Needed where a decision moved them."))
        if excepted:
            self._want("other_reason", _("Write why."))
        elif cleaned.get("other_reason"):
            self._want("excepted", _("Choose the measures for which this holds."))
        return cleaned

    def _want(self, name: str, text: Any) -> None:
        if name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, ValidationError(text, code="required"))

    def reasons(self) -> Reasons | None:
        """Return what was stated; None while it is not complete."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        moved, corrected = given["reason"], given.get("other_reason", "")
        if given["deadlines"] == self.CORRECTED:
            moved, corrected = corrected, moved
        both = Moved(moved, given["agreed_by"], given["decided_on"]), Corrected(corrected)
        usual, other = both if given["deadlines"] == self.MOVED else reversed(both)
        return Reasons(usual, other, frozenset(given.get("excepted", ())))


class DecisionForm(forms.Form):
    """What is meant by each name that no organisation has; `unknown` tells where in the file the names stand.

    What a name was said to mean at an earlier import (`remembered`) is proposed.
    """

    def __init__(
        self,
        *args: Any,
        unknown: Mapping[UnknownName, Sequence[Place]],
        known: Organisations,
        remembered: Mapping[str, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, places in unknown.items():
            before = known.by_id.get(remembered.get(name.key, 0))
            rows = capfirst(rows_in_words(places))
            self.fields[name.key] = forms.ChoiceField(
                label=name.name,
                help_text=_("%(rows)s. Chosen as at the last import.") % {"rows": rows} if before else rows,
                initial=f"is-{before.pk}" if before else "",
                choices=[("", _("choose")), *_choices(name, known, before)],
                error_messages={"required": _("Choose who is meant, or leave the name out.")},
            )

    def decisions(self) -> Mapping[str, Decision]:
        """Return what was chosen so far."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {key: _decision(value) for key, value in self.cleaned_data.items() if value}


def rows_in_words(places: Sequence[Place]) -> str:
    """Name the first rows: «строки 6, 9, 21»."""
    numbers = ", ".join(str(place.row) for place in places[:10]) + (", …" if len(places) > 10 else "")
    return ngettext("row %(rows)s", "rows %(rows)s", one_or_several(places)) % {"rows": numbers}


def _choices(name: UnknownName, known: Organisations, before: Organisation | None) -> list[Any]:
    offered = dict.fromkeys([*([before] if before else []), *known.nearest(name)])
    near = [(f"is-{one.pk}", str(one.name)) for one in offered]
    made = [(f"new-{kind.value}", kind.label) for kind in Organisation.Kind] if name.side else []
    return [
        *([(_("is the same as"), near)] if near else []),
        *([(_("keep as a new organisation"), made)] if made else []),
        ("none", _("leave it out")),
    ]


def _decision(value: str) -> Decision:
    word, __, rest = value.partition("-")
    if word == "is":
        return Decision(organisation=int(rest))
    return Decision(new_kind=rest)
