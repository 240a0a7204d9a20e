"""What a file of a plan says otherwise than the plan, and what it is compared with."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from agreements.files.deadlines import Deadline
from agreements.files.executors import Named, Organisations, UnknownName
from agreements.files.layout import SideWords
from agreements.files.problems import Place, RowProblem
from agreements.models import Article, Measure, Plan
from parties.models import Organisation


@dataclass(frozen=True)
class Known:
    """What a plan is compared with: measures in order, articles of its agreement, organisations, sides."""

    plan: Plan
    measures: Sequence[Measure]
    articles: Sequence[Article]
    organisations: Organisations
    sides: SideWords

    @classmethod
    def of(cls, plan: Plan) -> Known:
        """Read it all, in 7 queries for any number of measures; a plan that is not stored yet has no measures."""
        agreement = plan.agreement
        measures: list[Measure] = []
        if plan.pk:
            measures = list(plan.measures.prefetch_related("executors", "articles").order_by("order", "pk"))
        return cls(
            plan=plan,
            measures=measures,
            articles=list(Article.objects.filter(agreement=agreement).order_by("pk")),
            organisations=Organisations(Organisation.objects.order_by("pk")),
            sides=SideWords.of(agreement.partnership),
        )


@dataclass
class Wanted:
    """What the file wants a measure to be. None where it does not say, so that what is stored stays."""

    place: Place
    number: str
    section: str | None = None
    text_ru: str | None = None
    text_en: str | None = None
    deadline: Deadline | None = None
    executors: list[Named] | None = None
    undecided: list[str] = field(default_factory=list)
    """The names of executors that no organisation has, as long as nobody said who is meant."""
    articles: list[int] | None = None


@dataclass(frozen=True)
class FieldChange:
    """A field that differs: was → now, in words."""

    label: str
    was: str
    now: str


@dataclass(frozen=True)
class Changed:
    """A measure of the plan that the file states otherwise."""

    measure: Measure
    wanted: Wanted
    changes: tuple[FieldChange, ...]


@dataclass
class Comparison:
    """All differences between a file and a plan."""

    new: list[Wanted] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    unchanged: int = 0
    missing: list[Measure] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    unknown: dict[UnknownName, list[Place]] = field(default_factory=dict)
    order: list[Measure | Wanted] = field(default_factory=list)
    """The measures of plan and file in the order that the plan gets."""
    reordered: bool = False

    @property
    def changes_something(self) -> bool:
        return bool(self.new or self.changed or self.reordered)

    @property
    def deadlines(self) -> list[Changed]:
        """Return the stored measures whose deadline the file states otherwise: it must be said why."""
        return [row for row in self.changed if row.wanted.deadline is not None]

    @property
    def digest(self) -> str:
        """Return what stands for these differences: whoever confirms them must have seen the same."""
        seen = (
            [vars(row) for row in self.new],
            [(row.measure.pk, row.changes) for row in self.changed],
            [row.pk for row in self.missing],
            self.problems,
            sorted(name.key for name in self.unknown),
            self.reordered,
        )
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]
