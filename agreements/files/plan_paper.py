"""A plan as the file that the sides exchange. Imported again it changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from agreements.files.comparing import articles_written, executors_of
from agreements.files.deadlines import Deadline, written
from agreements.files.differences import Known
from agreements.files.layout import HEADINGS, NO_SECTION, Column
from agreements.files.paper import Paper, PaperColumn, PaperTable, SectionRow
from agreements.models import Measure, Plan
from parties.models import Side
from parties.naming import interface_language


def plan_paper(plan: Plan, language: str) -> Paper:
    """Return the plan in the official order, in that language; a plan without measures is a form to fill in."""
    with translation.override(language):
        known = Known.of(plan)
        with_articles = any(measure.articles.all() for measure in known.measures)
        rows: list[SectionRow | Sequence[str]] = []
        section = ""
        for measure in known.measures:
            if measure.section != section:
                section = measure.section
                rows.append(SectionRow(section or in_language(NO_SECTION)))
            rows.append(tuple(_cells(measure, known, with_articles=with_articles)))
        return Paper(
            name=_("Plan of actions"),
            title=plan.title,
            lines=(str(plan.agreement), written(Deadline(plan.period)), *example_line(plan, known.measures)),
            lead="",
            tables=(PaperTable(tuple(_columns(plan, with_articles=with_articles)), rows),),
            language=language,
        )


def example_line(plan: Plan, measures: Sequence[Measure]) -> Sequence[str]:
    """Return the line that says that the rows are examples, where they are."""
    is_example = plan.is_example or any(measure.is_example for measure in measures)
    return [_("Example rows: not facts.")] if is_example else []


def in_language(both: tuple[str, str]) -> str:
    return both[0] if interface_language() == "ru" else both[1]


def executors_heading(plan: Plan, side: Side) -> str:
    """Return the heading over the executors of a side: «Исполнители (Томская область)»."""
    partnership = plan.agreement.partnership
    name = partnership.home_side if side == Side.HOME else partnership.partner_side
    return f"{in_language(HEADINGS[Column.EXECUTORS])} ({name})"


def _columns(plan: Plan, *, with_articles: bool) -> Iterable[PaperColumn]:
    yield PaperColumn(in_language(HEADINGS[Column.NUMBER]), 6, centred=True)
    yield PaperColumn(in_language(HEADINGS[Column.TEXT]), 38)
    yield PaperColumn(in_language(HEADINGS[Column.DEADLINE]), 16)
    for side in (Side.HOME, Side.PARTNER):
        yield PaperColumn(executors_heading(plan, side), 20)
    if with_articles:
        yield PaperColumn(in_language(HEADINGS[Column.ARTICLES]), 10, centred=True)


def _cells(measure: Measure, known: Known, *, with_articles: bool) -> Iterable[str]:
    yield measure.number
    yield str(measure.text)
    yield written(Deadline(measure.deadline, measure.recurrence), plan=known.plan.period)
    for side in (Side.HOME, Side.PARTNER):
        yield known.organisations.list_written(executors_of(measure, side))
    if with_articles:
        yield articles_written(measure)
