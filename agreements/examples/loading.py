"""Loading the example plans by the operations that people use, and removing them without a trace in the tables."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from agreements import operations
from agreements.examples.grodno import GRODNO
from agreements.examples.republic import REPUBLIC
from agreements.examples.telling import Counted, ExampleMeasure, ExamplePlan, Story
from agreements.models import (
    Agreement,
    Article,
    Indicator,
    IndicatorValue,
    Measure,
    MeasureStatus,
    Plan,
    Postponement,
    ProgressNote,
    Recurrence,
    StatusOverride,
)
from parties.examples import remove
from parties.models import Area, Organisation, Side, User
from parties.periods import Period

PLANS = (REPUBLIC, GRODNO)
AUTHOR = "example-author"
"""Account that stands for whoever wrote the notes of the examples. Nobody can sign in with it."""
_DAY = dt.timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_WORDS = re.compile(r"[a-z]+|[+-]\d+")
_BEGUN = "Работа начата, определены ответственные от каждой стороны."
_DELAYS = ("Ждали поставки оборудования.", "Не было согласовано финансирование.")


@transaction.atomic
def load_examples() -> int:
    """Load the example plans and return how many measures they have; 0 where they are there already.

    A plan is left out where its agreement is not known or has a plan for the same time.
    """
    if Plan.objects.filter(is_example=True).exists():
        return 0
    author = _author()
    today = timezone.localdate()
    return sum(_Loading(told, agreement, today, author).run() for told, agreement in _free(today))


@transaction.atomic
def remove_examples() -> int:
    """Remove the example plans with all that was written about them, and return how many measures went."""
    count = Measure.objects.filter(plan__is_example=True).count()
    remove(Plan.objects.filter(is_example=True))
    remove(Article.objects.filter(is_example=True))
    User.objects.filter(username=AUTHOR).delete()
    return count


def _author() -> User:
    author, is_new = User.objects.get_or_create(
        username=AUTHOR, defaults={"first_name": "Пример", "last_name": "Автор", "is_active": False}
    )
    if is_new:
        author.set_unusable_password()
        author.save(update_fields=["password"])
    return author


def _free(today: dt.date) -> Iterator[tuple[ExamplePlan, Agreement]]:
    for told in PLANS:
        agreement = Agreement.objects.filter(code=told.agreement).first()
        if agreement and not agreement.plans.filter(period__overlap=_period(told, today)).exists():
            yield told, agreement


def _period(told: ExamplePlan, today: dt.date) -> Period:
    first, last = (today.year + offset for offset in told.years)
    return Period(Period.year(first).first, Period.year(last).last)


class _Loading:
    """The loading of one plan on a day."""

    def __init__(self, told: ExamplePlan, agreement: Agreement, today: dt.date, author: User) -> None:
        self.told, self.agreement, self.today, self.author = told, agreement, today, author
        self.organisations = {one.code: one for one in Organisation.objects.exclude(code=None)}
        self.areas = {one.code: one for one in Area.objects.all()}
        self.count = 0

    def run(self) -> int:
        title_ru, title_en = self.told.title
        period = _period(self.told, self.today)
        plan = Plan(agreement=self.agreement, title_ru=title_ru, title_en=title_en, period=period, is_example=True)
        operations.keep_plan(by=self.author, plan=plan)
        articles = self._articles()
        for place, (section, measures) in enumerate(self.told.sections, start=1):
            for number, told in enumerate(measures, start=1):
                self._load(told, plan, section, f"{place}.{number}", articles)
        return self.count

    def _articles(self) -> dict[str, Article]:
        """Make up the articles; none where the text of the agreement is known."""
        if self.agreement.articles.exists():
            return {}
        return {
            number: Article.objects.create(
                agreement=self.agreement,
                number=number,
                text_ru=f"Пример: {text_ru}",
                text_en=f"Example: {text_en}",
                is_example=True,
            )
            for number, text_ru, text_en in self.told.articles
        }

    def _load(self, told: ExampleMeasure, plan: Plan, section: str, number: str, articles: dict[str, Article]) -> None:
        final = self._deadline(told, plan)
        measure = Measure(
            plan=plan,
            section=section,
            number=number,
            text_ru=told.text[0],
            text_en=told.text[1],
            area=self.areas.get(told.area),
            deadline=_moved(final, -9) if final and told.story is Story.MOVED else final,
            recurrence=_recurrence(told),
            is_example=True,
        )
        self.count += 1
        operations.keep_measure(
            by=self.author,
            measure=measure,
            executors=self._executors(told),
            articles=[articles[one] for one in told.articles.split() if one in articles],
        )
        self._tell(measure, told, final)
        if told.indicator:
            self._add_indicator(measure, told.indicator)

    def _deadline(self, told: ExampleMeasure, plan: Plan) -> Period | None:
        if told.when in {"yearly", "permanent"}:
            return plan.period if told.when == "yearly" else None
        kind, *offsets = _WORDS.findall(told.when)
        if kind == "day":
            return Period.day(self.today + int(offsets[0]) * _DAY)
        if kind == "span":
            begins, ends = (_months_from(self.today, int(offset), 1) for offset in offsets)
            return Period(begins.first, ends.last)
        return _months_from(self.today, int(offsets[0]) * _MONTHS[kind], _MONTHS[kind])

    def _executors(self, told: ExampleMeasure) -> list[operations.Task]:
        tasks: list[operations.Task] = []
        for code in told.who.split():
            organisation = self.organisations[code]
            side = organisation.side or Side.HOME
            tasks.append(operations.Task(organisation, side, leads=all(task.side != side for task in tasks)))
        return tasks

    def _tell(self, measure: Measure, told: ExampleMeasure, final: Period | None) -> None:
        """Let happen to the measure what its story says."""
        recently = self.today - (3 + self.count * 7 % 50) * _DAY
        match told.story:
            case Story.DONE | Story.LATE if final:
                planned = final.ends + (25 if told.story is Story.LATE else -12) * _DAY
                done_on = min(planned, self.today - _DAY)
                self._note(measure, done_on - 95 * _DAY, _BEGUN, 20)
                self._note(measure, done_on, told.note, told.percent, told.evidence)
                operations.mark_done(by=self.author, measure=measure, seen=measure.version, done_on=done_on)
            case Story.DROPPED:
                day = self.today - 120 * _DAY
                self._note(measure, day - 20 * _DAY, told.note)
                operations.drop_measure(
                    by=self.author,
                    measure=measure,
                    seen=measure.version,
                    decision="Решение рабочей группы (пример)",
                    dropped_on=day,
                )
            case Story.SILENT:
                self._note(measure, self.today - (190 + self.count) * _DAY, told.note, told.percent)
            case Story.MOVED if final:
                self._postpone(measure, _moved(final, -4), _DELAYS[0], recently - 150 * _DAY)
                self._postpone(measure, final, _DELAYS[1], recently - 20 * _DAY)
                self._note(measure, recently, told.note, told.percent)
            case Story.REPORTED | Story.JUDGED | Story.MISSED:
                if told.percent is not None:
                    self._note(measure, recently - 70 * _DAY, _BEGUN, told.percent // 3)
                self._note(measure, recently, told.note, told.percent)
        if told.story is Story.JUDGED:
            self._judge(measure, recently)
        if measure.recurrence == Recurrence.YEARLY:
            self._finish_years(measure, missed=told.story is Story.MISSED)

    def _note(self, measure: Measure, day: dt.date, text: str, percent: int | None = None, evidence: str = "") -> None:
        note = ProgressNote(measure=measure, dated=day, text=text, percent=percent, is_example=True)
        words = f"Пример: содержание вымышлено.\nМероприятие {measure.number}. {measure.text_ru}\n{text}\n"
        files = [SimpleUploadedFile(f"{evidence}.txt", words.encode())] if evidence else []
        operations.add_note(by=self.author, note=note, files=files)

    def _postpone(self, measure: Measure, moved_to: Period, reason: str, decided_on: dt.date) -> None:
        moved = Postponement(
            measure=measure,
            moved_to=moved_to,
            reason=reason,
            agreed_by="Рабочая группа (пример)",
            decided_on=decided_on,
        )
        operations.postpone(by=self.author, postponement=moved, seen=measure.version)

    def _judge(self, measure: Measure, day: dt.date) -> None:
        is_over = measure.deadline is not None and measure.deadline.ends < self.today
        override = StatusOverride(
            measure=measure,
            status=MeasureStatus.ON_SCHEDULE if is_over else MeasureStatus.AT_RISK,
            reason="Стороны договорились о новом дне." if is_over else "Перевозчик не подтвердил расписание.",
            dated=day,
        )
        operations.override_status(by=self.author, override=override, seen=measure.version)

    def _finish_years(self, measure: Measure, *, missed: bool) -> None:
        """Finish the items of the past years, of which the last may be missed, and in December that of this year."""
        for item in measure.yearly_items.order_by("year"):
            is_missed = missed and item.year == self.today.year - 1
            item.done_on = dt.date(item.year, 11, 15 + self.count % 14)
            if not is_missed and item.done_on <= self.today:
                operations.keep_yearly_item(by=self.author, item=item, seen=item.version)

    def _add_indicator(self, measure: Measure, counted: Counted) -> None:
        first = self.today.year + self.told.years[0]
        indicator = Indicator(
            measure=measure,
            name_ru=counted.name[0],
            name_en=counted.name[1],
            unit_ru=counted.unit[0],
            unit_en=counted.unit[1],
            baseline=Decimal(counted.baseline),
            baseline_year=first - 1,
        )
        operations.keep_indicator(by=self.author, indicator=indicator)
        for year, (target, actual) in enumerate(counted.values, start=first):
            value = IndicatorValue(
                indicator=indicator,
                year=year,
                target=Decimal(target),
                actual=None if actual is None else Decimal(actual),
            )
            operations.keep_value(by=self.author, value=value)


def _recurrence(told: ExampleMeasure) -> Recurrence:
    return {"yearly": Recurrence.YEARLY, "permanent": Recurrence.PERMANENT}.get(told.when, Recurrence.ONCE)


def _months_from(day: dt.date, offset: int, count: int) -> Period:
    """Return the month, quarter, half-year or year (`count` months) that holds the month so many months from a day."""
    years, month = divmod(day.month - 1 + offset, 12)
    return Period.months(day.year + years, month // count * count + 1, count)


def _moved(period: Period, months: int) -> Period:
    """Return the month so many months from the last one of the period."""
    return _months_from(period.ends, months, 1)
