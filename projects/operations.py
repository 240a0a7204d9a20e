"""Writes about projects, their parts, and deliveries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Measure
from parties.models import Partnership, User
from parties.sides import settled_side
from parties.writing import check_seen, keep_seen, remove_seen, save_seen
from projects.models import (
    Assessment,
    BudgetLine,
    Delivery,
    Milestone,
    Participant,
    Project,
    ProjectDocument,
    Rescheduling,
)

Part = TypeVar("Part", Participant, Milestone, BudgetLine, ProjectDocument)
_HS_CODE = re.compile(r"[0-9]{2}([0-9]{2}){0,4}")


@transaction.atomic
def keep_project(
    *, by: User, project: Project, measures: Iterable[Measure] | None = None, seen: int | None = None
) -> Project:
    """Keep a new project, or a changed one that the writer saw at version `seen`.

    `measures` are those that it carries out from now on; None leaves them as they are. Agreement and
    measures must belong to the partnership of the project.
    """
    project.hs_codes = ", ".join(_hs_codes(project.hs_codes, "hs_codes"))
    if project.agreement is not None:
        _check_partnership(project.agreement, project.partnership, "agreement")
    if project.stage and project.stage_stated is None:
        raise ValidationError({"stage_stated": _("Write as of when the stage is stated.")})
    kept = keep_seen(project, seen=seen)
    return kept if measures is None else _link(kept, measures)


@transaction.atomic
def link_measures(*, by: User, project: Project, measures: Iterable[Measure], seen: int | None) -> Project:
    """Set which measures the project carries out."""
    check_seen(project, seen)
    return _link(project, measures)


def _link(project: Project, measures: Iterable[Measure]) -> Project:
    chosen = {measure.pk: measure for measure in measures}
    before = set(project.measures.values_list("pk", flat=True))
    if set(chosen) == before:
        return project
    for measure in chosen.values():
        _check_partnership(measure.plan.agreement, project.partnership, "measures")
    project.measures.set(chosen)
    # The links belong to the version of the project: whoever opened the old one must see their change.
    Project.objects.filter(pk=project.pk).update(version=F("version") + 1)
    project.refresh_from_db(fields=["version", "updated_at"])
    return project


@transaction.atomic
def assess(*, by: User, assessment: Assessment) -> Assessment:
    """Add a judgement about a project. The former ones stay."""
    if assessment.dated > timezone.localdate():
        raise ValidationError({"dated": _("The day lies in the future.")})
    assessment.author, assessment.is_example = by, assessment.project.is_example
    assessment.save()
    return assessment


@transaction.atomic
def keep_part(*, by: User, part: Part, seen: int | None = None) -> Part:
    """Keep a new participant, milestone, budget line or document of a project, or a changed one."""
    project = _locked(part.project)
    part.is_example = part.is_example or project.is_example
    if isinstance(part, Participant):
        _check_participant(part)
    return keep_seen(part, seen=seen)


@transaction.atomic
def change_milestone(
    *, by: User, milestone: Milestone, seen: int | None, reason: str = "", is_correction: bool = False
) -> Milestone:
    """Keep a changed milestone. A date that moves needs a reason, which is kept with the old and the new date.

    The first plan stays, and lateness counts from it, unless the planned date `is_correction` of a slip of the pen.
    """
    check_seen(milestone, seen)
    stored = Milestone.objects.get(pk=milestone.pk)
    replanned = stored.planned is not None and milestone.planned != stored.planned
    moves = replanned or (milestone.expected is not None and milestone.expected != stored.expected)
    if moves and not reason.strip():
        raise ValidationError({"reason": _("Write why the date moves.")})
    if replanned and not is_correction:
        milestone.first_planned = None if milestone.planned == stored.first_plan else stored.first_plan
    kept = save_seen(milestone, seen=seen)
    if moves:
        Rescheduling.objects.create(
            milestone=kept,
            planned_was=stored.planned,
            planned_now=kept.planned,
            expected_was=stored.expected,
            expected_now=kept.expected,
            reason=reason,
            is_correction=replanned and is_correction,
            author=by,
            is_example=kept.is_example,
        )
    return kept


def _locked(project: Project) -> Project:
    """Return the stored project. Another writer who adds to it, or removes it, waits until the transaction ends."""
    stored = Project.objects.select_for_update(no_key=True).filter(pk=project.pk).first()
    if stored is None:
        raise ValidationError(_("The project was removed meanwhile."))
    return stored


def _check_participant(part: Participant) -> None:
    part.side = settled_side(part.organisation, part.side)
    others = Participant.objects.filter(project=part.project, organisation=part.organisation).exclude(pk=part.pk)
    if others.exists():
        raise ValidationError({"organisation": _("This organisation takes part in the project already.")})


@transaction.atomic
def remove_part(*, by: User, part: Part, seen: int | None) -> Project:
    """Take a participant, milestone, budget line or document out of its project; the history keeps it."""
    check_seen(part, seen)
    project = part.project
    part.delete()
    return project


@transaction.atomic
def remove_project(*, by: User, project: Project, seen: int | None) -> Partnership:
    """Remove a project that was entered by mistake, with its participants, milestones and budget.

    Refused where documents, judgements, deliveries or outcomes of meetings rest on it; the history keeps it.
    """
    remove_seen(project, seen=seen)
    return project.partnership


@transaction.atomic
def remove_delivery(*, by: User, delivery: Delivery, seen: int | None) -> Partnership:
    """Remove a delivery that was entered by mistake; refused while others are counted within it."""
    remove_seen(delivery, seen=seen)
    return delivery.partnership


@transaction.atomic
def keep_delivery(*, by: User, delivery: Delivery, seen: int | None = None) -> Delivery:
    """Keep a new delivery, or a changed one. Project and the delivery it is part of must be of its partnership.

    What is new on an example is an example, too; a fact is never hung on one.
    """
    delivery.hs_code = _one_hs_code(delivery.hs_code)
    if delivery.pk is None:
        delivery.is_example = any(one is not None and one.is_example for one in (delivery.project, delivery.part_of))
    if delivery.project is not None:
        _check_project(delivery, delivery.project)
    if delivery.part_of is not None:
        _check_whole(delivery, delivery.part_of)
    if delivery.quantity is not None and not (delivery.unit_ru or delivery.unit_en):
        raise ValidationError({"unit_ru": _("Write the unit of the quantity.")})
    return keep_seen(delivery, seen=seen)


def _check_project(delivery: Delivery, project: Project) -> None:
    if project.partnership_id != delivery.partnership_id:
        raise ValidationError({"project": _("It belongs to another partnership.")})
    if project.is_example and not delivery.is_example:
        raise ValidationError({"project": _("It is an example: no fact belongs to it.")})


def _check_whole(part: Delivery, whole: Delivery) -> None:
    """Refuse a whole that the part cannot belong to."""
    if whole.partnership_id != part.partnership_id:
        raise ValidationError({"part_of": _("It belongs to another partnership.")})
    if whole.is_example and not part.is_example:
        raise ValidationError({"part_of": _("It is an example: no fact belongs to it.")})
    if whole.pk == part.pk:
        raise ValidationError({"part_of": _("A delivery is not part of itself.")})
    if whole.part_of_id is not None or (part.pk and part.parts.exists()):
        raise ValidationError({"part_of": _("A part has no parts of its own: choose the whole delivery.")})
    if whole.from_side != part.from_side:
        raise ValidationError({"part_of": _("It goes from the other side.")})


def _check_partnership(agreement: Agreement, partnership: Partnership, field: str) -> None:
    if agreement.partnership_id != partnership.pk:
        raise ValidationError({field: _("It belongs to another partnership.")})


def _one_hs_code(text: str) -> str:
    codes = _hs_codes(text, "hs_code")
    if len(codes) > 1:
        raise ValidationError({"hs_code": _("Write one code, or a delivery for each.")})
    return codes[0] if codes else ""


def _hs_codes(text: str, field: str) -> list[str]:
    """Return the codes in the text, which may be separated by commas, semicolons or lines, each once."""
    codes = [re.sub(r"[\s.]", "", one) for one in re.split(r"[,;\n]", text)]
    codes = list(dict.fromkeys(code for code in codes if code))
    for code in codes:
        if not _HS_CODE.fullmatch(code):
            message = _("“%(code)s” is no code of goods: write 2, 4, 6, 8 or 10 digits.")
            raise ValidationError({field: ValidationError(message, code="invalid", params={"code": code[:20]})})
    return codes
