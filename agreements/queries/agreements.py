"""Reads about agreements, their articles, parties, amendments and files."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django_filters import CharFilter, ChoiceFilter

from agreements import validity
from agreements.models import (
    Act,
    Agreement,
    AgreementFile,
    Amendment,
    Article,
    Measure,
    Party,
    Plan,
    StatedCount,
    Status,
)
from documents.queries import SourcedFilterSet
from parties.filtering import (
    AsOfFilterSet,
    PeriodFilter,
    RecordFilter,
    YearOfPeriodFilter,
    of_area,
    of_organisation,
    of_partnership,
)
from parties.formatting import day as in_words
from parties.forms import choices_of
from parties.models import Area, Organisation, Partnership, Side
from parties.naming import interface_language, localised
from parties.pages import chosen

SOON = dt.timedelta(days=365)
"""An agreement that ends within this time is warned of."""
NOTICE_SOON = dt.timedelta(days=183)
"""So long before the last day for a notice one is reminded of it."""
LIVE = (Status.SIGNED, Status.IN_FORCE, Status.SUSPENDED)


class Concern(TextChoices):
    """What the register warns of. Only agreements that are signed, in force or suspended raise concerns."""

    ENDS_SOON = "ends_soon", gettext_lazy("ends within 12 months")
    NOTICE_SOON = "notice_soon", gettext_lazy("time to decide on a notice")
    NO_PLAN = "no_plan", gettext_lazy("no current plan")
    BARE_ARTICLES = "bare_articles", gettext_lazy("articles without measures")


def with_concerns(agreements: Any, on: dt.date) -> Any:
    """Add what each agreement raises concern by on the day, as `ends_soon`, `notice_soon`, `no_plan`, `bare_articles`.

    `ends_soon`: it ends within `SOON` and does not prolong itself. `notice_soon`: it prolongs itself unless notice
    is given within `NOTICE_SOON`. `no_plan`: the period of none of its plans holds the day. `bare_articles`: how many
    articles no measure of a current or coming plan serves. The rows must come from `with_status`.
    """
    live = Q(status__in=LIVE)
    served = Measure.objects.filter(articles=OuterRef("pk")).filter(
        Q(plan__period__endswith__gt=on) | Q(plan__period__upper_inf=True)
    )
    bare = Article.objects.filter(~Exists(served), agreement=OuterRef("pk")).order_by().values("agreement")
    counted = Coalesce(Subquery(bare.annotate(n=Count("pk")).values("n")), 0)
    last = Q(prolongs=False) | Q(notice_on__isnull=False)
    return agreements.annotate(
        ends_soon=_whether(live & last & Q(ends_on__range=(on, on + SOON))),
        notice_soon=_whether(live & Q(notice_by__range=(on, on + NOTICE_SOON))),
        no_plan=_whether(live & ~Exists(Plan.objects.current(on).filter(agreement=OuterRef("pk")))),
        bare_articles=Case(When(live, then=counted), default=Value(0), output_field=IntegerField()),
    )


def _whether(condition: Any) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def raising(concern: Concern) -> Q:
    """Return what holds for agreements that raise the concern; they must come from `with_concerns`."""
    return Q(bare_articles__gt=0) if concern is Concern.BARE_ARTICLES else Q(**{concern.value: True})


def concerns_of(agreement: Any) -> list[Concern]:
    """Return what raises concern about an agreement that comes from `with_concerns`."""
    return [concern for concern in Concern if getattr(agreement, concern.value)]


class AgreementOnDay(AsOfFilterSet):
    """Agreements with their status and what raises concern on the day."""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        on_day = with_concerns(queryset.with_status(self.day), self.day)  # type: ignore[attr-defined]
        return super().filter_queryset(on_day)


_ALL = pgettext_lazy("filter", "all")


class AgreementFilter(AgreementOnDay, SourcedFilterSet):
    """Filters of agreements. `status` and `warning` are those of the day `as_of`."""

    partnership = of_partnership()
    q = CharFilter(method="with_words", label=gettext_lazy("words of the title, or number"), max_length=200)
    level = ChoiceFilter(choices=Agreement.Level, label=gettext_lazy("level"))
    form = ChoiceFilter(choices=Agreement.Form, label=gettext_lazy("type"))
    status = ChoiceFilter(choices=Status, label=gettext_lazy("state"), empty_label=_ALL)
    warning = ChoiceFilter(choices=Concern, method="of_concern", label=gettext_lazy("warning"))
    area = of_area(empty_label=_ALL)
    organisation = of_organisation(method="concluded_by", label=gettext_lazy("party"), empty_label=_ALL)
    responsible = of_organisation("responsible", label=gettext_lazy("responsible organisation"))
    parent = RecordFilter(
        field_name="parent", queryset=Agreement.objects.order_by("pk"), label=gettext_lazy("parent agreement")
    )
    year = YearOfPeriodFilter(field_name="concluded", label=gettext_lazy("year of conclusion"))
    concluded = PeriodFilter(field_name="concluded", label=gettext_lazy("signed, or reached"))

    def concluded_by(self, queryset: QuerySet[Any], name: str, value: Organisation) -> QuerySet[Any]:
        return queryset.filter(Exists(Party.objects.filter(agreement=OuterRef("pk"), organisation=value)))

    def of_concern(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(raising(Concern(value)))

    def with_words(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep agreements whose title or number has every one of the words."""
        for word in value.split():
            somewhere = Q(title_ru__icontains=word) | Q(title_en__icontains=word) | Q(number__icontains=word)
            queryset = queryset.filter(somewhere)
        return queryset


def _of_agreement() -> RecordFilter:
    return RecordFilter(
        field_name="agreement", queryset=Agreement.objects.order_by("pk"), label=gettext_lazy("agreement")
    )


class ArticleFilter(SourcedFilterSet):
    """Filters of articles."""

    partnership = of_partnership("agreement__partnership")
    agreement = _of_agreement()
    area = of_area()


class PartyFilter(SourcedFilterSet):
    """Filters of parties to agreements."""

    partnership = of_partnership("agreement__partnership")
    agreement = _of_agreement()
    organisation = of_organisation()
    side = ChoiceFilter(choices=Side, label=gettext_lazy("side"))


class ActFilter(SourcedFilterSet):
    """Filters of acts about agreements."""

    partnership = of_partnership("agreement__partnership")
    agreement = _of_agreement()
    kind = ChoiceFilter(choices=Act.Kind, label=gettext_lazy("kind"))
    year = YearOfPeriodFilter(field_name="dated", label=gettext_lazy("year"))


class AmendmentFilter(SourcedFilterSet):
    """Filters of amendments."""

    partnership = of_partnership("agreement__partnership")
    agreement = _of_agreement()
    article = RecordFilter(
        field_name="articles", queryset=Article.objects.order_by("pk"), label=gettext_lazy("article")
    )
    year = YearOfPeriodFilter(field_name="signed", label=gettext_lazy("year"))


class AgreementFileFilter(SourcedFilterSet):
    """Filters of files of agreements."""

    partnership = of_partnership("agreement__partnership")
    agreement = _of_agreement()
    amendment = RecordFilter(
        field_name="amendment", queryset=Amendment.objects.order_by("pk"), label=gettext_lazy("amendment")
    )
    kind = ChoiceFilter(choices=AgreementFile.Kind, label=gettext_lazy("kind"))


class StatedCountFilter(SourcedFilterSet):
    """Filters of numbers of agreements that a source states without listing them."""

    partnership = of_partnership()
    level = ChoiceFilter(choices=Agreement.Level, label=gettext_lazy("level"))
    year = YearOfPeriodFilter(field_name="as_of", label=gettext_lazy("year"))


# The register -------------------------------------------------------------------------------------------------

LEVELS = ""
SORTS = {"title": "sort_title", "concluded": "concluded", "ends": "ends_on"}
"""Columns that the register can be sorted by, by their names in addresses; with a minus the other way round."""


def _sorted(agreements: Any, sort: str) -> Any:
    """Return the agreements in the order, those without a value last; by level and date where none is asked for."""
    if sort == LEVELS:
        return agreements.order_by("level_order", "concluded", "pk")
    column = F(SORTS[sort.removeprefix("-")])
    order = column.desc(nulls_last=True) if sort.startswith("-") else column.asc(nulls_last=True)
    return agreements.annotate(sort_title=localised("title")).order_by(order, "pk")


PER_PAGE = 60
"""Agreements on a page of the register."""
EVERY = 1_000_000
"""As `per_page`: all agreements, for files."""


@dataclass(frozen=True)
class RegisterRow:
    """An agreement of the register, on a day. It comes from `with_concerns` with its plans."""

    agreement: Any
    on: dt.date

    @cached_property
    def plan(self) -> Any:
        """The plan for the day; None without one. It carries `measure_count` and `done_count`."""
        holding = (plan for plan in self.agreement.plans.all() if _holds(plan, self.on))
        return next(holding, None)

    @property
    def last_plan(self) -> Any:
        """The newest plan that is over; None without one."""
        return next((plan for plan in reversed(self.agreement.plans.all()) if plan.period.ends < self.on), None)

    @property
    def until(self) -> str:
        return validity.until(self.agreement)

    @property
    def beside(self) -> str:
        return validity.beside(self.agreement)

    @property
    def warnings(self) -> list[str]:
        return self._warnings(Concern)

    @property
    def warnings_of_term(self) -> list[str]:
        return self._warnings((Concern.ENDS_SOON, Concern.NOTICE_SOON))

    @property
    def warnings_of_plan(self) -> list[str]:
        return self._warnings((Concern.NO_PLAN, Concern.BARE_ARTICLES))

    def _warnings(self, wanted: Iterable[Concern]) -> list[str]:
        raised = concerns_of(self.agreement)
        return [warning_in_words(self.agreement, concern) for concern in wanted if concern in raised]


def _holds(plan: Plan, on: dt.date) -> bool:
    return plan.period.starts <= on <= plan.period.ends


def warning_in_words(agreement: Any, concern: Concern) -> str:
    """Return a warning with its figures."""
    if concern is Concern.BARE_ARTICLES:
        bare = agreement.bare_articles
        return ngettext("%(n)d article without a measure", "%(n)d articles without a measure", bare) % {"n": bare}
    if concern is Concern.NOTICE_SOON:
        day = f"{agreement.notice_by:%d.%m.%Y}"
        return _("prolongs itself unless notice is given by %(day)s") % {"day": day}
    if concern is Concern.NO_PLAN and agreement.plan_stated:
        return _("a plan is stated, its text is not available")
    return str(concern.label)


@dataclass(frozen=True)
class Choice:
    """A number of the register that leads to its rows."""

    label: str
    count: int
    query: str
    is_chosen: bool


@dataclass(frozen=True)
class Heading:
    """A column by which the register can be sorted: the query that does it, and how it is sorted now."""

    label: str
    query: str
    order: str  # as in `aria-sort`; empty where the register is sorted by something else


@dataclass(frozen=True)
class Register:
    """The register of agreements on a day, as the address asks for it."""

    on: dt.date
    partnership: Partnership
    filter: AgreementFilter
    parameters: QueryDict
    sort: str
    rows: list[RegisterRow]
    page: Page[Any]
    counts: dict[str, int]
    stated: list[StatedCount]

    @property
    def total(self) -> int:
        return self.counts["all"]

    @property
    def found(self) -> int:
        """How many agreements the address asks for, on all pages."""
        return self.page.paginator.count

    @property
    def in_force(self) -> int:
        return self.counts[Status.IN_FORCE]

    @property
    def is_filtered(self) -> bool:
        return any(self.parameters.values())

    @property
    def query(self) -> str:
        """The filters of the address, without the order: what files and the API are asked with."""
        return self.parameters.urlencode()

    @property
    def file_query(self) -> str:
        """What the files are asked with: the filters and the order, with the question mark where there are any."""
        return f"?{self.page_query}" if self.page_query else ""

    @property
    def page_query(self) -> str:
        """What leads to another page: the filters and the order."""
        query = self.parameters.copy()
        if self.sort:
            query["sort"] = self.sort
        return query.urlencode()

    @property
    def groups(self) -> list[tuple[str, list[RegisterRow]]]:
        """The rows under the names of their levels; under none when they are sorted otherwise."""
        if self.sort != LEVELS:
            return [("", self.rows)] if self.rows else []
        return [
            (str(Agreement.Level(level).label), list(rows))
            for level, rows in groupby(self.rows, key=lambda row: row.agreement.level)
        ]

    @property
    def controls(self) -> list[Any]:
        """The filters as fields of a form; they offer the parties and areas that agreements of the register have."""
        form = self.filter.form
        parties = Party.objects.filter(agreement__partnership=self.partnership).values("organisation")
        choices_of(form, "organisation", Organisation.objects.filter(pk__in=parties).order_by(localised("name")))
        areas = Agreement.objects.filter(partnership=self.partnership).values("area")
        choices_of(form, "area", Area.objects.filter(pk__in=areas).order_by("order", "pk"))
        return [form[name] for name in ("q", "status", "organisation", "area", "year")]

    @property
    def names_responsible(self) -> bool:
        """Whether anybody is named as responsible: the column is left out where nobody is."""
        return any(row.agreement.responsible_id for row in self.rows)

    @property
    def states(self) -> list[Choice]:
        """How many agreements are in which state, with links to them."""
        return [self._choice("status", status, str(status.label)) for status in Status if self.counts[status]]

    @property
    def warnings(self) -> list[Choice]:
        """How many agreements raise which concern, with links to them."""
        return [self._choice("warning", concern, str(concern.label)) for concern in Concern]

    def _choice(self, name: str, value: Any, label: str) -> Choice:
        query = QueryDict(mutable=True)
        query[name] = str(value)
        return Choice(label, self.counts[value], query.urlencode(), self.parameters.get(name) == value)

    @property
    def headings(self) -> dict[str, Heading]:
        labels = {"title": _("Agreement"), "concluded": _("Signed"), "ends": _("State, valid until")}
        return {name: self._heading(name, label) for name, label in labels.items()}

    def _heading(self, name: str, label: str) -> Heading:
        order = {name: "ascending", f"-{name}": "descending"}.get(self.sort, "")
        query = self.parameters.copy()
        query["sort"] = f"-{name}" if order == "ascending" else name
        return Heading(label, query.urlencode(), order)


def register(partnership: Partnership, asked: QueryDict, *, per_page: int = PER_PAGE) -> Register:
    """Return a page of the agreements that the address asks for, and what the register counts (7 queries at most)."""
    parameters, sort, number = _beside_filters(asked)
    of_it = Agreement.objects.filter(partnership=partnership)
    filter_set = AgreementFilter(parameters, of_it)
    found = chosen(filter_set)
    on = filter_set.day
    rows = found.select_related("area", "partnership", "responsible").annotate(level_order=_level_order())
    parties = Party.objects.select_related("organisation").order_by("side", "pk")
    rows = rows.prefetch_related(Prefetch("parties", parties), Prefetch("plans", _plans(on)))
    page = Paginator(_sorted(rows, sort), per_page).get_page(number)
    return Register(
        on=on,
        partnership=partnership,
        filter=filter_set,
        parameters=parameters,
        sort=sort,
        rows=[RegisterRow(row, on) for row in page],
        page=page,
        counts=_counts(of_it, on),
        stated=list(StatedCount.objects.filter(partnership=partnership).order_by("pk")),
    )


def _beside_filters(asked: QueryDict) -> tuple[QueryDict, str, int]:
    """Return what filters, without empty fields, the order and the page; raise `BadRequest` for unknown ones."""
    parameters = asked.copy()
    sort = parameters.pop("sort", [LEVELS])[-1]
    number = parameters.pop("page", ["1"])[-1]
    if not (number.isascii() and number.isdigit() and len(number) <= 6 and int(number)):
        raise BadRequest(_("page: write a number from 1."))
    if sort != LEVELS and sort.removeprefix("-") not in SORTS:
        known = ", ".join(f"{name}, -{name}" for name in SORTS)
        raise BadRequest(f"sort: {_('Known: %(known)s.') % {'known': known}}")
    for name in [name for name, values in parameters.lists() if not any(values)]:
        del parameters[name]
    return parameters, sort, int(number)


def _level_order() -> Case:
    places = (When(level=level, then=place) for place, level in enumerate(Agreement.Level))
    return Case(*places, output_field=IntegerField())


def _plans(on: dt.date) -> QuerySet[Plan]:
    done = Q(measures__done_on__lte=on, measures__dropped_by="")
    return Plan.objects.annotate(measure_count=Count("measures"), done_count=Count("measures", filter=done)).order_by(
        "period"
    )


def _counts(agreements: Any, on: dt.date) -> dict[str, int]:
    rows = with_concerns(agreements.with_status(on), on)
    counted = {f"count_{status}": Count("pk", filter=Q(status=status)) for status in Status}
    counted |= {f"count_{concern}": Count("pk", filter=raising(concern)) for concern in Concern}
    found = rows.aggregate(count_all=Count("pk"), **counted)
    return {name.removeprefix("count_"): number for name, number in found.items()}


# One agreement ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FileRow:
    """The newest edition of a file, and the editions before it, newest first."""

    newest: AgreementFile
    former: Sequence[AgreementFile]


@dataclass(frozen=True)
class AgreementPage:
    """An agreement with all that hangs on it within its own app."""

    row: RegisterRow
    parties: list[Party]
    acts: list[Act]
    articles: list[Any]
    amendments: list[Amendment]
    files: list[FileRow]
    children: list[Agreement]
    next_ends_on: dt.date | None
    next_notice_by: dt.date | None

    @property
    def agreement(self) -> Any:
        return self.row.agreement

    @property
    def eyebrow(self) -> str:
        """What kind of agreement it is, between whom."""
        return capfirst(f"{self.agreement.get_form_display()} · {self.agreement.get_level_display()}")

    @property
    def plans(self) -> list[Any]:
        return list(self.agreement.plans.all())

    @property
    def languages(self) -> str:
        names = dict(AgreementFile._meta.get_field("language").flatchoices)
        listed = ", ".join(str(names[code]) for code in self.agreement.languages)
        return listed.capitalize() if interface_language() == "ru" else listed

    @property
    def notice_period(self) -> str:
        return validity.notice_period(self.agreement)

    @property
    def notice(self) -> str:
        """Until when notice may be given, or that it is too late for this term; empty where that is not known."""
        agreement = self.agreement
        if agreement.notice_by is None:
            return ""
        by = in_words(agreement.notice_by)
        if agreement.notice_by >= self.row.on:
            return by
        if self.next_ends_on is None or self.next_notice_by is None:
            return _("%(day)s; it has passed, so the agreement prolongs itself without an end") % {"day": by}
        parts = {"day": by, "end": in_words(self.next_ends_on), "next": in_words(self.next_notice_by)}
        return _("%(day)s; it has passed, so the agreement prolongs itself until %(end)s. Next: %(next)s") % parts


def agreement_page(agreement: Agreement, on: dt.date) -> AgreementPage | None:
    """Return the agreement as it stands on the day (9 queries)."""
    rows = with_concerns(Agreement.objects.filter(pk=agreement.pk).with_status(on), on)
    rows = rows.annotate(next_ends_on=validity.next_term_end("ends_on")).annotate(
        next_notice_by=validity.notice_day("next_ends_on")
    )
    rows = rows.select_related("area", "partnership", "parent", "responsible")
    found = rows.prefetch_related(Prefetch("plans", _plans(on))).get()
    served = Measure.objects.filter(Q(plan__period__endswith__gt=on) | Q(plan__period__upper_inf=True))
    articles = agreement.articles.select_related("area", "agreement").annotate(
        measure_count=Count("measures", distinct=True),
        is_served=Exists(served.filter(articles=OuterRef("pk"))),
    )
    amendments = agreement.amendments.prefetch_related("articles")
    files = agreement.files.select_related("author", "amendment").order_by("amendment", "kind", "language", "-edition")
    return AgreementPage(
        row=RegisterRow(found, on),
        parties=list(agreement.parties.select_related("organisation", "signatory").order_by("side", "pk")),
        acts=list(agreement.acts.order_by("dated", "pk")),
        articles=sorted(articles.prefetch_related("amendments"), key=lambda one: natural(one.number)),
        amendments=sorted(amendments, key=lambda one: (one.signed, natural(one.number))),
        files=[_file_row(list(rows)) for __, rows in groupby(files, key=_line_of)],
        children=list(agreement.children.with_status(on).order_by("concluded", "pk")),
        next_ends_on=found.next_ends_on,
        next_notice_by=found.next_notice_by,
    )


def _line_of(file: AgreementFile) -> tuple[object, ...]:
    return file.amendment_id, file.kind, file.language


def _file_row(editions: Sequence[AgreementFile]) -> FileRow:
    return FileRow(editions[0], editions[1:])


def natural(number: str) -> list[tuple[int, str]]:
    """Return the key by which numbers such as 2, 10 and 4.2 follow one another as people count."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.findall(r"\d+|\D+", number)]
