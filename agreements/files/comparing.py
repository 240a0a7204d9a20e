"""A file of a plan beside the plan: what is new in it, what differs, what it lacks, and what cannot be kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from agreements.files.deadlines import Deadline, UnreadableDeadline, deadline_of, written
from agreements.files.differences import Changed, Comparison, FieldChange, Known, Wanted
from agreements.files.executors import (
    LONGEST_NAME,
    Named,
    Organisations,
    OtherSide,
    UnknownName,
    marks_joint,
    names_too_much,
    read_executors,
)
from agreements.files.layout import Column, PlanRow, PlanTable
from agreements.files.problems import Place, RowProblem
from agreements.files.tables import storable
from agreements.models import Executor, Measure
from parties.formatting import period as in_words
from parties.models import Side

_LONGEST_TEXT, _LONGEST_LIST = 10_000, 2000
_MOST_UNKNOWN = 200
"""Each unknown name is compared with all organisations and asked about, so a file has its measure of them."""
_EXECUTING: dict[Column, tuple[str, bool]] = {
    Column.HOME: (Side.HOME, True),
    Column.PARTNER: (Side.PARTNER, True),
    Column.EXECUTORS: ("", True),
    Column.CO_EXECUTORS: ("", False),
}
_OF_SIDE = {Column.HOME: Side.HOME, Column.PARTNER: Side.PARTNER}
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


def compare(table: PlanTable, known: Known, choices: Mapping[str, int | None] | None = None) -> Comparison:
    """Compare the rows of a file with the plan, by the numbers of the measures.

    `choices` are decisions about names of executors that no organisation has (see `read_executors`).
    """
    return _Comparing(table, known, choices or {}).result


class _Comparing:
    def __init__(self, table: PlanTable, known: Known, choices: Mapping[str, int | None]) -> None:
        self._table, self._known, self._choices = table, known, choices
        self._by_number = {measure.number: measure for measure in known.measures}
        self._article_numbers = {_plain_number(article.number): article for article in known.articles}
        self._marks_joint = any(
            marks_joint(row.get(column)) for row in table.rows for column in _EXECUTING if column in row.cells
        )
        self.result = Comparison()
        places: dict[str, Place] = {}
        sequence: list[Measure | Wanted] = []
        met: set[int] = set()
        for row in table.rows:
            number = self._number(row)
            before = len(self.result.problems)
            if number in places:
                text = _("Number %(number)s stands in row %(row)d already.")
                self._wrong(row, Column.NUMBER, text % {"number": number, "row": places[number].row},
                            _("Give each measure a number of its own."))  # fmt: skip
                continue
            measure = self._by_number.get(number)
            if measure is not None:
                met.add(measure.pk)
            if number:
                places[number] = row.place
            wanted = self._wanted(row, number, measure)
            if len(self.result.problems) > before or wanted is None:
                if measure is not None:
                    sequence.append(measure)
                continue
            if measure is None:
                self.result.new.append(wanted)
                sequence.append(wanted)
                continue
            sequence.append(measure)
            changes = tuple(self._changes(measure, wanted))
            if changes:
                self.result.changed.append(Changed(measure, wanted, changes))
            else:
                self.result.unchanged += 1
        self.result.missing = [measure for measure in known.measures if measure.pk not in met]
        self._put_in_order(sequence)

    # -- what a row says ----------------------------------------------------------------------------------------------

    def _wrong(self, row: PlanRow, column: Column, message: str, advice: str) -> None:
        heading = self._table.headings.get(column, "")
        value = " ".join(row.get(column).split())
        self.result.problems.append(RowProblem(row.place, heading, value[:200], message, advice))

    def _number(self, row: PlanRow) -> str:
        text = " ".join(row.get(Column.NUMBER).split())
        return text if text in self._by_number else _plain_number(text)

    def _wanted(self, row: PlanRow, number: str, measure: Measure | None) -> Wanted | None:
        """Return what the row wants; what is wrong with it is noted."""
        self._check_number(row, number)
        wanted = Wanted(row.place, number)
        if row.section is not None and not (measure and same_text(row.section, measure.section)):
            wanted.section = row.section
            if len(row.section) > 300:
                self._wrong(row, Column.SECTION, _("The heading of the section is longer than 300 characters."),
                            _("Shorten it."))  # fmt: skip
        self._read_text(row, measure, wanted)
        self._read_deadline(row, measure, wanted)
        self._read_executors(row, measure, wanted)
        self._read_articles(row, measure, wanted)
        return wanted

    def _check_number(self, row: PlanRow, number: str) -> None:
        if not number:
            self._wrong(row, Column.NUMBER, _("The number is missing."), _("Number the measure, for example 3.2."))
        elif re.fullmatch(r"\d{4}-\d\d-\d\d.*", number):
            self._wrong(row, Column.NUMBER, _("The spreadsheet program made a date of the number."),
                        _("Format the column as text and type the number again."))  # fmt: skip
        elif len(number) > 20:
            self._wrong(row, Column.NUMBER, _("The number is longer than 20 characters."), _("Shorten it."))

    def _read_text(self, row: PlanRow, measure: Measure | None, wanted: Wanted) -> None:
        heading_is_english = not _CYRILLIC.search(self._table.headings[Column.TEXT])
        for column in (Column.TEXT, Column.TEXT_EN):
            text = _tidy(row.get(column))
            if len(text) > _LONGEST_TEXT:
                self._wrong(row, column, _("The text is longer than 10,000 characters."), _("Shorten it."))
                return
            english = column is Column.TEXT_EN or (heading_is_english and not _CYRILLIC.search(text))
            stored = (measure.text_ru, measure.text_en) if measure else ()
            if not text or any(same_text(text, one) for one in (stored[1:] if column is Column.TEXT_EN else stored)):
                continue
            if english:
                wanted.text_en = text
            else:
                wanted.text_ru = text
        if not row.get(Column.TEXT).strip():
            self._wrong(row, Column.TEXT, _("The text of the measure is missing."), _("Write what is to be done."))
        elif measure is None and wanted.text_ru is None:
            advice = _("Write it in Russian, and the English text in a column “Мероприятие на английском языке”.")
            self._wrong(row, Column.TEXT, _("A new measure needs its text in Russian."), advice)

    def _read_deadline(self, row: PlanRow, measure: Measure | None, wanted: Wanted) -> None:
        text, plan = row.get(Column.DEADLINE), self._known.plan.period
        if measure and same_text(text, written(Deadline(measure.deadline, measure.recurrence), plan=plan)):
            return
        try:
            wanted.deadline = deadline_of(text, plan=plan)
        except UnreadableDeadline as error:
            self._wrong(row, Column.DEADLINE, str(error.message), str(error.advice))
            return
        period = wanted.deadline.period
        if measure is None and period is not None and not period.overlaps(plan):
            message = _("This lies outside of the plan: %(period)s.") % {"period": in_words(plan)}
            self._wrong(row, Column.DEADLINE, message, _("Correct it, or change the period of the plan first."))

    def _read_executors(self, row: PlanRow, measure: Measure | None, wanted: Wanted) -> None:
        columns = [column for column in _EXECUTING if column in row.cells]
        if not columns or (measure and self._names_the_same(row, measure, columns)):
            return
        named: dict[int, Named] = {}
        for column in columns:
            side, leads = _EXECUTING[column]
            if names_too_much(row.get(column)):
                self._wrong(row, column, _("The cell has more than 2,000 characters or 50 names."),
                            _("Name the executors only; what they do belongs to the text of the measure."))  # fmt: skip
                continue
            try:
                found, unknown = read_executors(
                    row.get(column), side=side, leads=leads, known=self._known.organisations, sides=self._known.sides,
                    choices=self._choices,
                )  # fmt: skip
            except OtherSide as error:
                self._wrong(row, column, *self._of_other_side(error))
                continue
            for name in unknown:
                self._note_unknown(row, column, name)
            wanted.undecided += [name.name for name in unknown]
            named |= {one.organisation: one for one in found if one.organisation not in named}
        for one in measure.executors.all() if measure else ():
            if one.organisation_id not in named and not self._speaks_of(one, columns):
                named[one.organisation_id] = Named(one.organisation_id, one.side, one.leads)
        wanted.executors = list(named.values())

    def _note_unknown(self, row: PlanRow, column: Column, name: UnknownName) -> None:
        if len(name.name) > LONGEST_NAME:
            self._wrong(row, column, _("The name of an executor is longer than 300 characters."),
                        _("Divide several executors by semicolons, or shorten the name."))  # fmt: skip
        elif name not in self.result.unknown and len(self.result.unknown) >= _MOST_UNKNOWN:
            self._wrong(row, column, _("More than 200 executors of the file are unknown."),
                        _("Import the plan in parts, so that they can be decided on."))  # fmt: skip
        else:
            self.result.unknown.setdefault(name, []).append(row.place)

    def _speaks_of(self, executor: Executor, columns: Sequence[Column]) -> bool:
        """Tell whether the columns would name such an executor, so that one who is not named is gone.

        A column of one side is silent about the other. Co-executors have a column, or are marked in the cells of the
        leading ones; a file that does neither is silent about them.
        """
        sides = {_OF_SIDE[column] for column in columns if column in _OF_SIDE}
        if sides and Column.EXECUTORS not in columns and executor.side not in sides:
            return False
        if executor.leads:
            return set(columns) != {Column.CO_EXECUTORS}
        return Column.CO_EXECUTORS in columns or self._marks_joint

    def _of_other_side(self, error: OtherSide) -> tuple[str, str]:
        if not error.is_known:
            text = _("No side is known for %(name)s.")
            return text % {"name": error.organisation}, _("Give the executors of each side a column of their own.")
        text = _("%(name)s belongs to the other side.")
        return text % {"name": error.organisation}, _("Move it to the column of its side.")

    def _names_the_same(self, row: PlanRow, measure: Measure, columns: Sequence[Column]) -> bool:
        return all(
            column in _OF_SIDE
            and same_text(
                row.get(column), self._known.organisations.list_written(executors_of(measure, _OF_SIDE[column]))
            )
            for column in columns
        )

    def _read_articles(self, row: PlanRow, measure: Measure | None, wanted: Wanted) -> None:
        if Column.ARTICLES not in row.cells:
            return
        text = row.get(Column.ARTICLES)
        if measure and same_text(text, articles_written(measure)):
            return
        if len(text) > _LONGEST_LIST:
            self._wrong(row, Column.ARTICLES, _("The cell has more than 2,000 characters."),
                        _("Give the numbers of the articles only."))  # fmt: skip
            return
        wanted.articles = []
        for number in re.split(r"[,;\n]", re.sub(r"(?i)стать[яию]\w*|ст\.|articles?|art\.", "", text)):
            if not number.strip():
                continue
            article = self._article_numbers.get(_plain_number(number))
            if article is None:
                message = _("The agreement has no article %(number)s.") % {"number": number.strip()[:20]}
                numbers = ", ".join(one.number for one in self._known.articles)
                advice = (_("Its articles are: %(numbers)s.") % {"numbers": numbers}) if numbers else (
                    _("Add the article to the agreement first, or leave the cell empty."))  # fmt: skip
                self._wrong(row, Column.ARTICLES, message, advice)
            elif article.pk not in wanted.articles:
                wanted.articles.append(article.pk)

    # -- how it differs from the plan ---------------------------------------------------------------------------------

    def _changes(self, measure: Measure, wanted: Wanted) -> Iterable[FieldChange]:
        """Give what differs, and take out of `wanted` what is the same written otherwise."""
        organisations, plan = self._known.organisations, self._known.plan.period
        if wanted.section is not None:
            yield FieldChange(_("Section"), measure.section, wanted.section)
        if wanted.text_ru is not None:
            yield FieldChange(_("Text in Russian"), measure.text_ru, wanted.text_ru)
        if wanted.text_en is not None:
            yield FieldChange(_("Text in English"), measure.text_en, wanted.text_en)
        stored = Deadline(measure.deadline, measure.recurrence)
        if wanted.deadline == stored:
            wanted.deadline = None
        elif wanted.deadline is not None:
            yield FieldChange(_("Deadline"), written(stored, plan=plan), written(wanted.deadline, plan=plan))
        if wanted.executors is not None:
            rows = list(measure.executors.all())
            if not wanted.undecided and {(one.organisation_id, one.side, one.leads) for one in rows} == {
                (one.organisation, one.side, one.leads) for one in wanted.executors
            }:
                wanted.executors = None
            else:
                now = executors_written(wanted, organisations)
                yield FieldChange(_("Executors"), organisations.list_written(rows), now)
        if wanted.articles is not None:
            if set(wanted.articles) == {article.pk for article in measure.articles.all()}:
                wanted.articles = None
            else:
                names = {article.pk: article.number for article in self._known.articles}
                now = ", ".join(names[pk] for pk in wanted.articles)
                yield FieldChange(_("Articles"), articles_written(measure), now)

    def _put_in_order(self, sequence: list[Measure | Wanted]) -> None:
        """Take over the order of the file; a measure that it lacks stays behind the one that it follows in the plan."""
        stored = [measure.pk for measure in self._known.measures]
        missing = {measure.pk for measure in self.result.missing}
        given = [one.pk for one in sequence if isinstance(one, Measure)]
        self.result.reordered = given != [pk for pk in stored if pk not in missing]
        behind: dict[int | None, list[Measure]] = {}
        ahead = None
        for measure in self._known.measures:
            if measure.pk in missing:
                behind.setdefault(ahead, []).append(measure)
            else:
                ahead = measure.pk
        self.result.order = list(behind.get(None, []))
        for one in sequence:
            self.result.order.append(one)
            if isinstance(one, Measure):
                self.result.order += behind.get(one.pk, [])


def executors_of(measure: Measure, side: str) -> list[Executor]:
    """Return the executors of one side in the order in which they were named."""
    return sorted((one for one in measure.executors.all() if one.side == side), key=lambda one: one.pk)


def executors_written(wanted: Wanted, organisations: Organisations) -> str:
    """Return the executors that the file names; those who are not decided yet stand below the others."""
    known = organisations.list_written(wanted.executors or [])
    undecided = [_("%(name)s (to be decided)") % {"name": name} for name in wanted.undecided]
    return "\n".join([*([known] if known else []), *undecided])


def articles_written(measure: Measure) -> str:
    return ", ".join(article.number for article in sorted(measure.articles.all(), key=lambda one: one.pk))


def same_text(one: str, other: str) -> bool:
    """Tell whether two texts differ in spaces and line breaks at most."""
    return one == other or storable(one).split() == storable(other).split()


def _tidy(text: str) -> str:
    return "\n".join(line for line in (" ".join(line.split()) for line in text.split("\n")) if line)


def _plain_number(text: str) -> str:
    return " ".join(text.split()).rstrip(". ")
