"""The same change to several measures of a plan at once: to all of them, or to none. Pages and the API use the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agreements import operations
from agreements.forms.cells import LONGEST_DECISION
from agreements.forms.days import DEADLINES, DayFormField
from agreements.forms.executors import ExecutorField, Role, organisations_by_side
from agreements.history import histories_since
from agreements.models import Article, Executor, Measure, Plan, Postponement, ProgressNote, StatusOverride
from agreements.operations import MeasuresChanged, Task
from parties.changes import Change
from parties.forms import PeriodFormField, choices_of
from parties.models import Area, Organisation, User


class TogetherForm(forms.Form):
    """The same change to all chosen measures of a plan: `chosen` are their ids with the versions seen.

    `changed` are those that are others by now, each with what changed of it since it was seen.
    """

    label: ClassVar[str | Promise]
    changed: list[tuple[Measure, list[Change]]]

    def __init__(self, *args: Any, plan: Plan, chosen: Mapping[int, int], by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan, self.chosen, self.by = plan, chosen, by
        self.changed = []

    def change(self, measure: Measure, seen: int) -> object:
        """Change one of them by its operation."""
        raise NotImplementedError

    def keep(self) -> list[Measure] | None:
        """Return the changed measures; None where nothing was written: errors, or `changed`, say why."""
        if not self.is_valid():
            return None
        try:
            with transaction.atomic():
                return self.operate()
        except MeasuresChanged as error:
            changes = histories_since({measure: self.chosen[measure.pk] for measure in error.all_stored})
            self.changed = [(measure, changes[measure.pk]) for measure in error.all_stored]
        except ValidationError as error:
            self.add_error(None, error)
        return None

    def operate(self) -> list[Measure]:
        return operations.change_measures(by=self.by, plan=self.plan, chosen=self.chosen, change=self.change)


class PostponeTogether(TogetherForm):
    """A new deadline for all of them, by one decision."""

    label = _("Move the deadline")
    moved_to = PeriodFormField(label=_("New deadline"), help_text=DEADLINES)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))
    agreed_by = forms.CharField(label=_("Agreed by"), max_length=300)
    decided_on = DayFormField(label=_("Decided on"), initial=timezone.localdate)

    def change(self, measure: Measure, seen: int) -> object:
        postponement = Postponement(measure=measure, **self.cleaned_data)
        return operations.postpone(by=self.by, postponement=postponement, seen=seen)


class StatusTogether(TogetherForm):
    """A status that a person sets, and why; the rule gives way until it is taken back."""

    label = _("Set the status by hand")
    status = forms.ChoiceField(label=_("Status"), required=False)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))
    dated = DayFormField(label=_("Date"), initial=timezone.localdate)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = StatusOverride._meta.get_field("status").choices or ()
        self.fields["status"].choices = [("", _("as the rule says")), *known]  # type: ignore[attr-defined]

    def change(self, measure: Measure, seen: int) -> object:
        override = StatusOverride(measure=measure, **self.cleaned_data)
        return operations.override_status(by=self.by, override=override, seen=seen)


class DoneTogether(TogetherForm):
    """All of them were done on a day."""

    label = _("Mark as done")
    done_on = DayFormField(label=_("Done on"), initial=timezone.localdate)

    def change(self, measure: Measure, seen: int) -> object:
        return operations.mark_done(by=self.by, measure=measure, seen=seen, done_on=self.cleaned_data["done_on"])


class DropTogether(TogetherForm):
    """A decision by which none of them is relevant any more."""

    label = _("Drop by a decision")
    decision = forms.CharField(
        label=_("Decision"), max_length=LONGEST_DECISION, help_text=_("For example: protocol No. 3, item 2.")
    )
    dropped_on = DayFormField(label=_("Date of the decision"), initial=timezone.localdate)

    def change(self, measure: Measure, seen: int) -> object:
        return operations.drop_measure(by=self.by, measure=measure, seen=seen, **self.cleaned_data)


class NoteTogether(TogetherForm):
    """The same progress note about each of them."""

    label = _("Add a progress note")
    dated = DayFormField(label=_("Date"), initial=timezone.localdate)
    text = forms.CharField(label=_("What was done"), widget=forms.Textarea(attrs={"rows": 4}))
    percent = forms.IntegerField(label=_("done, %"), required=False, min_value=0, max_value=100)

    def change(self, measure: Measure, seen: int) -> object:
        return operations.add_note(by=self.by, note=ProgressNote(measure=measure, **self.cleaned_data))


class ExecutorTogether(TogetherForm):
    """One more executor of all of them; who carries them out already stays."""

    label = _("Add an executor")
    organisation = ExecutorField(label=_("Organisation"))
    role = forms.ChoiceField(label=_("Task"), choices=Role.CHOICES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = organisations_by_side()  # type: ignore[attr-defined]

    def change(self, measure: Measure, seen: int) -> object:
        (side, pk), leads = self.cleaned_data["organisation"], self.cleaned_data["role"] == Role.LEADS
        tasks = [task for task in _tasks(measure) if task.organisation.pk != pk]
        tasks.append(Task(Organisation.objects.get(pk=pk), side, leads))
        return operations.set_executors(by=self.by, measure=measure, seen=seen, executors=tasks)


class RemoveExecutorTogether(TogetherForm):
    """An executor who carries none of them out any more."""

    label = _("Remove an executor")
    former = forms.ModelChoiceField(Organisation.objects.none(), label=_("Executor"), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of_chosen = Executor.objects.filter(measure__plan=self.plan, measure__in=self.chosen).values("organisation")
        choices_of(self, "former", Organisation.objects.filter(pk__in=of_chosen).order_by("pk"))

    def change(self, measure: Measure, seen: int) -> object:
        before = _tasks(measure)
        after = [task for task in before if task.organisation != self.cleaned_data["former"]]
        if len(before) == len(after):
            text = _("%(name)s does not carry it out.")
            raise ValidationError(text, params={"name": str(self.cleaned_data["former"])})
        return operations.set_executors(
            by=self.by, measure=measure, seen=seen, executors=[*after, *self.instead(before)]
        )

    def instead(self, before: list[Task]) -> list[Task]:
        """Return who carries it out in place of the former executor."""
        return []


class ReplaceExecutorTogether(RemoveExecutorTogether):
    """An executor in place of another, with the same task."""

    label = _("Replace an executor")
    organisation = ExecutorField(label=_("Replaced by"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = organisations_by_side()  # type: ignore[attr-defined]

    def instead(self, before: list[Task]) -> list[Task]:
        side, pk = self.cleaned_data["organisation"]
        former = next(task for task in before if task.organisation == self.cleaned_data["former"])
        return [Task(Organisation.objects.get(pk=pk), side, former.leads)]


class ArticleTogether(TogetherForm):
    """One more article of the agreement under which all of them stand."""

    label = _("Add an article")
    article = forms.ModelChoiceField(Article.objects.none(), label=_("Article"), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_of(self, "article", Article.objects.filter(agreement=self.plan.agreement_id).order_by("pk"))

    def change(self, measure: Measure, seen: int) -> object:
        articles = [*measure.articles.exclude(pk=self.cleaned_data["article"].pk), self.cleaned_data["article"]]
        return operations.change_measure(by=self.by, measure=measure, seen=seen, articles=articles)


class RemoveArticleTogether(ArticleTogether):
    """An article under which none of them stands any more."""

    label = _("Remove an article")

    def change(self, measure: Measure, seen: int) -> object:
        articles = measure.articles.exclude(pk=self.cleaned_data["article"].pk)
        return operations.change_measure(by=self.by, measure=measure, seen=seen, articles=list(articles))


class AreaTogether(TogetherForm):
    """The area to which all of them belong."""

    label = _("Set the area")
    area = forms.ModelChoiceField(Area.objects.order_by("pk"), label=_("Area"), required=False)

    def change(self, measure: Measure, seen: int) -> object:
        measure.area = self.cleaned_data["area"]
        return operations.change_measure(by=self.by, measure=measure, seen=seen)


class SectionTogether(TogetherForm):
    """The section of the plan in which all of them stand, one behind the other."""

    label = _("Move to a section")
    section = forms.CharField(
        label=_("Section"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"list": "sections"}),
        help_text=_("Its heading. A heading that the plan does not have yet makes a new section."),
    )

    @property
    def suggestions(self) -> list[str]:
        """The sections of the plan, in its order."""
        named = self.plan.measures.exclude(section="").order_by("order", "pk").values_list("section", flat=True)
        return list(dict.fromkeys(named))

    def change(self, measure: Measure, seen: int) -> object:
        measure.section = self.cleaned_data["section"]
        return operations.change_measure(by=self.by, measure=measure, seen=seen)

    def operate(self) -> list[Measure]:
        rows = super().operate()
        operations.gather_section(by=self.by, plan=self.plan, section=self.cleaned_data["section"], newcomers=rows)
        return rows


def _tasks(measure: Measure) -> list[Task]:
    return [Task(row.organisation, row.side, row.leads) for row in measure.executors.select_related("organisation")]


TOGETHER: dict[str, type[TogetherForm]] = {
    "done": DoneTogether,
    "deadline": PostponeTogether,
    "status": StatusTogether,
    "drop": DropTogether,
    "note": NoteTogether,
    "executor": ExecutorTogether,
    "replace_executor": ReplaceExecutorTogether,
    "remove_executor": RemoveExecutorTogether,
    "article": ArticleTogether,
    "remove_article": RemoveArticleTogether,
    "area": AreaTogether,
    "section": SectionTogether,
}
