"""What raises concern about agreements: an end that comes, a notice to decide on, a missing plan or measure."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agreements.models import LIVE, Article, Measure, Plan

SOON = dt.timedelta(days=365)
"""An agreement that ends within this time is warned of."""
NOTICE_SOON = dt.timedelta(days=183)
"""So long before the last day for a notice one is reminded of it."""


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
    articles no measure serves (`MeasureQuerySet.serving`): none of a current or coming plan that was not dropped.
    The rows must come from `with_status`.
    """
    live = Q(status__in=LIVE)
    served = Measure.objects.serving(on).filter(articles=OuterRef("pk"))
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
