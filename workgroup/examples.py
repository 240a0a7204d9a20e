"""An example meeting with instructions about example measures, so that the chain is seen whole."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from agreements.models import Article, Executor, Measure
from parties.examples import remove
from parties.models import Partnership
from parties.periods import Period
from workgroup.models import Meeting, Outcome

Both = tuple[str, str]

_TITLE: Both = ("Пример: встреча рабочих групп сторон", "Example: meeting of the sides' working groups")
_SUMMARY: Both = (
    "Содержание вымышлено: показывает, как поручения связаны с мероприятиями планов.",
    "Made up: it shows how instructions hang together with measures of the plans.",
)
_HELD_DAYS_AGO = 75
_INSTRUCTIONS: tuple[tuple[Outcome.Kind, Both, int], ...] = (
    (
        Outcome.Kind.INSTRUCTION,
        ("Представить сведения о ходе выполнения мероприятия.", "Report on the progress of the measure."),
        45,
    ),
    (
        Outcome.Kind.INSTRUCTION,
        ("Согласовать с другой стороной исполнителей и сроки.", "Agree on executors and dates with the other side."),
        120,
    ),
    (
        Outcome.Kind.COMMITMENT,
        ("Рассмотреть источники финансирования.", "Look into sources of financing."),
        200,
    ),
    (
        Outcome.Kind.INFORMATION,
        ("Принять к сведению сообщение о выполнении.", "Take note of what was reported as done."),
        0,
    ),
)


@transaction.atomic
def load_examples() -> int:
    """Load the meeting and return how many outcomes it has; 0 where it is there, or no example measure is."""
    if Meeting.objects.filter(is_example=True).exists():
        return 0
    today = timezone.localdate()
    count = 0
    for partnership in Partnership.objects.order_by("pk"):
        measures = _measures(partnership)
        if measures:
            count += _load(partnership, measures, today)
    return count


def _measures(partnership: Partnership) -> list[Measure]:
    """Return example measures that serve an article and have an executor, as many as there are outcomes, two each."""
    articles = Article.objects.filter(measures=OuterRef("pk"))
    executors = Executor.objects.filter(measure=OuterRef("pk"))
    rows = Measure.objects.of(partnership).filter(Exists(articles), Exists(executors), is_example=True)
    # From the newest agreement, whose plan is told in most detail.
    return list(rows.order_by("-plan__agreement__concluded", "order", "pk")[: 2 * len(_INSTRUCTIONS)])


def _load(partnership: Partnership, measures: list[Measure], today: dt.date) -> int:
    held = today - dt.timedelta(days=_HELD_DAYS_AGO)
    meeting = Meeting.objects.create(
        partnership=partnership,
        level=Meeting.Level.OTHER,
        held=Period.day(held),
        is_example=True,
        **_texts("title", _TITLE),
        **_texts("summary", _SUMMARY),
    )
    for place, (kind, text, days) in enumerate(_INSTRUCTIONS, start=1):
        chosen = measures[2 * (place - 1) : 2 * place]
        if not chosen:
            return place - 1
        executor = chosen[0].executors.select_related("organisation").order_by("-leads", "pk")[0]
        outcome = Outcome.objects.create(
            meeting=meeting,
            number=str(place),
            order=place,
            kind=kind,
            assignee=executor.organisation if days else None,
            assignee_side=executor.side if days else "",
            deadline=Period.day(held + dt.timedelta(days=days)) if days else None,
            is_example=True,
            **_texts("text", ("Пример: " + text[0], "Example: " + text[1])),
        )
        outcome.measures.set(chosen)
    return len(_INSTRUCTIONS)


@transaction.atomic
def remove_examples() -> int:
    """Remove the example meetings with their outcomes, and return how many outcomes went."""
    count = Outcome.objects.filter(meeting__is_example=True).count()
    remove(Meeting.objects.filter(is_example=True))
    return count


def _texts(name: str, both: Both) -> dict[str, str]:
    return {f"{name}_ru": both[0], f"{name}_en": both[1]}
