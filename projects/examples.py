"""Made-up projects in every stage and state, labelled as examples; they contradict no fact and go by one command."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from agreements.models import Measure
from parties.examples import remove
from parties.models import Area, Organisation, Partnership, Side
from parties.periods import Period
from projects.models import (
    Assessment,
    BudgetLine,
    Confidence,
    Delivery,
    Fund,
    Milestone,
    Participant,
    Project,
    ProjectDocument,
    Rescheduling,
)

Both = tuple[str, str]
"""A text in Russian and in English."""


@dataclass(frozen=True)
class _Step:
    """A milestone: months from today to the quarters in which it was planned, is now expected, and was reached.

    `first` is the quarter of its first plan, where the plan was changed since.
    """

    title: Both
    planned: int
    expected: int | None = None
    actual: int | None = None
    first: int | None = None


@dataclass(frozen=True)
class _Example:
    area: str
    stage: str
    months: tuple[int, int]
    title: Both
    summary: Both
    organisations: tuple[str, ...]
    steps: tuple[_Step, ...]
    judgements: tuple[tuple[int, Confidence, str], ...] = ()  # days ago, word, reason
    budget: tuple[tuple[Fund, str, int, int | None], ...] = ()  # fund, currency, planned, actual
    deliveries: tuple[tuple[Both, int, Both, str, str, int], ...] = ()  # what, quantity, unit, precision, code, month
    hs_codes: str = ""
    document: Both | None = None
    measures: tuple[str, ...] = ()  # the example measures that it carries out: agreement and number


_SETS, _TONNES, _MACHINES = ("комплектов", "sets"), ("т", "t"), ("единиц", "machines")
_EXAMPLES = (
    _Example(
        area="agriculture",
        stage=Project.Stage.UNDER_WAY,
        months=(-20, 10),
        title=("Пример: учебно-сервисный центр", "Example: training and service centre"),
        summary=(
            "Вымышленный проект: центр, где обучают механизаторов и обслуживают технику обеих сторон.",
            "A made-up project: a centre that trains machine operators and services machines of both sides.",
        ),
        organisations=("tomsk-administration", "nas-belarus"),
        steps=(
            _Step(("Площадка выбрана", "Site chosen"), planned=-18, actual=-18),
            _Step(("Договор подписан", "Contract signed"), planned=-12, actual=-6),
            _Step(("Оборудование смонтировано", "Equipment installed"), planned=-4),
            _Step(("Центр открыт", "Centre opened"), planned=3, expected=9),
        ),
        judgements=(
            (500, Confidence.ON_SCHEDULE, "Площадка выбрана в срок, проект договора согласован."),
            (35, Confidence.AT_RISK, "Монтаж задержан: ждём последнюю партию стендов."),
        ),
        budget=(
            (Fund.HOME_REGION, "RUB", 48_000_000, 31_250_000),
            (Fund.OWN, "RUB", 12_500_000, None),
            (Fund.PARTNER_STATE, "BYN", 1_200_000, 640_000),
        ),
        deliveries=(
            (("Диагностические стенды", "Diagnostic stands"), 14, _SETS, "=", "9031", -7),
            (("Учебные тракторы", "Training tractors"), 6, _MACHINES, "=", "8701", -10),
            (("Запасные части", "Spare parts"), 40, _TONNES, "≈", "8708", -5),
        ),
        hs_codes="8701, 8708, 9031",
        document=("Пример: технико-экономическое обоснование", "Example: feasibility study"),
        measures=("A1 5.1", "A1 5.2", "A2 2.5"),
    ),
    _Example(
        area="microelectronics",
        stage=Project.Stage.FUNDED,
        months=(-5, 26),
        title=("Пример: испытательная лаборатория", "Example: test laboratory"),
        summary=(
            "Вымышленный проект: общая лаборатория испытаний электронных модулей.",
            "A made-up project: a shared laboratory that tests electronic modules.",
        ),
        organisations=("tusur", "belgiss"),
        steps=(
            _Step(("Финансирование подтверждено", "Funding confirmed"), planned=-3, actual=-3),
            _Step(("Оборудование заказано", "Equipment ordered"), planned=4),
            _Step(("Первые испытания", "First tests"), planned=16),
        ),
        judgements=((20, Confidence.ON_SCHEDULE, "Средства поступили, закупка объявлена в срок."),),
        budget=((Fund.UNION_STATE, "RUB", 96_000_000, 18_400_000), (Fund.OWN, "USD", 350_000, None)),
        hs_codes="9030",
        measures=("A1 2.1", "A2 1.6"),
    ),
    _Example(
        area="forestry",
        stage=Project.Stage.PREPARATION,
        months=(-14, 12),
        title=("Пример: питомник лесных культур", "Example: forest nursery"),
        summary=(
            "Вымышленный проект: питомник сеянцев с закрытой корневой системой.",
            "A made-up project: a nursery of container-grown seedlings.",
        ),
        organisations=("tomsk-administration",),
        steps=(
            _Step(("Участок отведён", "Plot allotted"), planned=-9),
            _Step(("Проект питомника готов", "Design ready"), planned=-2, expected=5, first=-8),
        ),
        judgements=(
            (260, Confidence.AT_RISK, "Участок не отведён в срок: уточняются границы."),
            (60, Confidence.DELAYED, "Границы не согласованы, проектирование не начато."),
        ),
        budget=((Fund.CREDIT, "RUB", 27_000_000, 0),),
    ),
    _Example(
        area="science",
        stage=Project.Stage.DELIVERED,
        months=(-26, -2),
        title=("Пример: учебные стенды для колледжей", "Example: training stands for colleges"),
        summary=(
            "Вымышленный проект: поставка учебных стендов и обучение преподавателей.",
            "A made-up project: training stands are delivered, teachers are trained.",
        ),
        organisations=("tpu", "nas-belarus"),
        steps=(
            _Step(("Стенды поставлены", "Stands delivered"), planned=-8, actual=-5),
            _Step(("Преподаватели обучены", "Teachers trained"), planned=-3, actual=-3),
        ),
        judgements=((70, Confidence.ON_SCHEDULE, "Все этапы пройдены, идёт приёмка документов."),),
        budget=((Fund.PARTNER_STATE, "BYN", 410_000, 405_300), (Fund.OWN, "RUB", 6_000_000, 6_180_000)),
        deliveries=((("Учебные стенды", "Training stands"), 36, _SETS, "=", "9023", -5),),
        hs_codes="9023",
    ),
    _Example(
        area="culture",
        stage=Project.Stage.CLOSED,
        months=(-30, -9),
        title=("Пример: передвижная выставка", "Example: travelling exhibition"),
        summary=(
            "Вымышленный проект: выставка прошла в городах обеих сторон.",
            "A made-up project: an exhibition that went through towns of both sides.",
        ),
        organisations=("tomsk-administration",),
        steps=(_Step(("Выставка завершена", "Exhibition ended"), planned=-10, actual=-10),),
        judgements=((280, Confidence.ON_SCHEDULE, "Выставка завершена, отчёт принят."),),
        budget=((Fund.HOME_REGION, "RUB", 3_200_000, 3_150_000),),
    ),
    _Example(
        area="industry",
        stage=Project.Stage.CANCELLED,
        months=(-22, -6),
        title=("Пример: сборка складских погрузчиков", "Example: assembly of warehouse loaders"),
        summary=(
            "Вымышленный проект: отменён, потому что спрос не подтвердился.",
            "A made-up project: cancelled because the demand was not confirmed.",
        ),
        organisations=(),
        steps=(_Step(("Спрос изучен", "Demand studied"), planned=-12, actual=-9),),
    ),
)


@transaction.atomic
def load_examples() -> int:
    """Load the example projects and return how many; 0 where they are there already or no partnership is known."""
    partnership = Partnership.objects.order_by("pk").first()
    if partnership is None or Project.objects.filter(is_example=True).exists():
        return 0
    today = timezone.localdate()
    areas = {area.code: area for area in Area.objects.all()}
    organisations = {one.code: one for one in Organisation.objects.exclude(code=None)}
    measures = Measure.objects.filter(is_example=True, plan__agreement__partnership=partnership)
    named = {f"{one.plan.agreement.code} {one.number}": one for one in measures.select_related("plan__agreement")}
    known = [example for example in _EXAMPLES if example.area in areas]
    for example in known:
        project = Project.objects.create(
            partnership=partnership,
            area=areas[example.area],
            stage=example.stage,
            stage_stated=Period.day(today - dt.timedelta(days=30)),
            period=Period(_month(today, example.months[0]).first, _month(today, example.months[1]).last),
            hs_codes=example.hs_codes,
            **_texts("title", example.title),
            **_texts("summary", example.summary),
            is_example=True,
        )
        project.measures.set(named[one] for one in example.measures if one in named)
        _add_parts(
            project, example, today, [organisations[code] for code in example.organisations if code in organisations]
        )
    return len(known)


def _add_parts(project: Project, example: _Example, today: dt.date, organisations: Sequence[Organisation]) -> None:
    of_it: dict[str, Any] = {"project": project, "is_example": True}
    for one in organisations:
        Participant.objects.create(organisation=one, side=one.side or Side.HOME, **of_it)
    for step in example.steps:
        first = None if step.first is None else _quarter(today, step.first)
        milestone = Milestone.objects.create(
            planned=first or _quarter(today, step.planned),
            expected=None if step.expected is None else _quarter(today, step.expected),
            actual=None if step.actual is None else _month(today, step.actual),
            **_texts("title", step.title),
            **of_it,
        )
        if first is not None:
            _replan(milestone, _quarter(today, step.planned))
    for days_ago, word, reason in example.judgements:
        dated = today - dt.timedelta(days=days_ago)
        Assessment.objects.create(confidence=word, reason=reason, dated=dated, **of_it)
    for fund, currency, planned, actual in example.budget:
        BudgetLine.objects.create(
            fund=fund,
            currency=currency,
            period=Period(Period.year(project.period.first.year).first, Period.year(project.period.last.year).last),
            planned=Decimal(planned),
            actual=None if actual is None else Decimal(actual),
            actual_stated=None if actual is None else _month(today, -1),
            **of_it,
        )
    for what, quantity, unit, precision, code, month in example.deliveries:
        Delivery.objects.create(
            partnership=project.partnership,
            from_side=Side.PARTNER,
            quantity=Decimal(quantity),
            precision=precision,
            hs_code=code,
            period=_month(today, month),
            **_texts("what", what),
            **_texts("unit", unit),
            **_texts("receiver", ("вымышленный получатель", "made-up receiver")),
            **of_it,
        )
    if example.document:
        ProjectDocument.objects.create(
            dated=_month(today, -15), address="https://example.org/", **_texts("title", example.document), **of_it
        )


def _replan(milestone: Milestone, planned: Period) -> None:
    """Move the plan of a milestone as people do: the first one stays, and the reason is kept."""
    Rescheduling.objects.create(
        milestone=milestone,
        planned_was=milestone.planned,
        planned_now=planned,
        expected_was=milestone.expected,
        expected_now=milestone.expected,
        reason="Проектирование начато позже: уточнялись границы участка.",
        is_example=True,
    )
    milestone.first_planned, milestone.planned = milestone.planned, planned
    milestone.save()


@transaction.atomic
def remove_examples() -> int:
    """Remove all example projects and deliveries with what hangs on them, and return how many projects went."""
    count = remove(Project.objects.filter(is_example=True))
    remove(Delivery.objects.filter(is_example=True))
    return count


def _texts(name: str, both: Both) -> dict[str, str]:
    return {f"{name}_ru": both[0], f"{name}_en": both[1]}


def _month(today: dt.date, offset: int) -> Period:
    """Return the month so many months from today."""
    years, month = divmod(today.month - 1 + offset, 12)
    return Period.months(today.year + years, month + 1, 1)


def _quarter(today: dt.date, offset: int) -> Period:
    """Return the quarter that holds the month so many months from today."""
    month = _month(today, offset).starts
    return Period.months(month.year, (month.month - 1) // 3 * 3 + 1, 3)
