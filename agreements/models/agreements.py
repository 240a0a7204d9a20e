"""What was agreed: agreements with their parties, acts, articles, amendments and signed files."""

from __future__ import annotations

import datetime as dt

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import functions
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements.validity import last_day, notice_day
from documents.models import Source, Sourced
from parties import formatting
from parties.models import Area, Organisation, Partnership, Person, Side
from parties.naming import Localised
from parties.periods import PeriodField
from parties.precision import Precision


class Status(models.TextChoices):
    """State of an agreement on a day, computed from its dates and acts (`AgreementQuerySet.with_status`)."""

    DRAFT = "draft", _("draft")
    UNDERSTANDING = "understanding", _("understanding reached")
    SIGNED = "signed", _("signed")
    IN_FORCE = "in_force", _("in force")
    SUSPENDED = "suspended", _("suspended")
    EXPIRED = "expired", _("expired")
    TERMINATED = "terminated", _("terminated")


LIVE = (Status.SIGNED, Status.IN_FORCE, Status.SUSPENDED)
"""The states of an agreement that asks for a plan and measures."""


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Questions about many agreements."""

    def with_status(self, on: dt.date) -> AgreementQuerySet:
        """Add `status` as it was on the day.

        In this order: an act terminates it; once concluded it expires with its last term; a suspension without
        a later resumption suspends it (of two on one day the one entered last counts); it is in force once it was
        concluded and an act of entry into force, or a source that states it is in force, is known; else it is
        signed (an understanding: reached), or a draft. An act or date known only as a period counts from the last
        day of that period. A statement "in force" of a later day holds for the time since the conclusion, too.

        Also adds `ends_on`, the last day of the term in force on the day (`agreements.validity`; null without
        an end), `notice_on`, since when it is known that it will not be prolonged, and `notice_by`, the last
        day for such a notice in this term; null where it does not prolong itself or was given notice of. A notice
        after that day ends it only with the next term.
        """
        tomorrow = on + dt.timedelta(days=1)
        acts = Act.objects.filter(agreement=models.OuterRef("pk")).order_by()
        passed = acts.filter(dated__endswith__lte=tomorrow)
        last_pause = (
            passed.filter(kind__in=[Act.Kind.SUSPENDED, Act.Kind.RESUMED]).order_by("-dated", "-pk").values("kind")[:1]
        )
        concluded = models.Q(concluded__endswith__lte=tomorrow)
        notice = passed.filter(kind=Act.Kind.NOTICE).order_by("dated").values("dated__startswith")[:1]
        in_force = models.Exists(passed.filter(kind=Act.Kind.ENTERED_INTO_FORCE)) | models.Exists(
            acts.filter(kind=Act.Kind.CONFIRMED)
        )
        dated = (
            self.alias(last_pause=models.Subquery(last_pause))  # type: ignore[no-redef]
            .annotate(notice_on=models.Subquery(notice, output_field=models.DateField(null=True)))
            .annotate(ends_on=last_day(on))
        )
        return dated.annotate(  # type: ignore[no-redef]
            notice_by=models.Case(models.When(prolongs=True, notice_on=None, then=notice_day("ends_on"))),
            status=models.Case(
                models.When(
                    models.Exists(passed.filter(kind=Act.Kind.TERMINATED)), then=models.Value(Status.TERMINATED)
                ),
                models.When(concluded & models.Q(ends_on__lt=on), then=models.Value(Status.EXPIRED)),
                models.When(last_pause=Act.Kind.SUSPENDED, then=models.Value(Status.SUSPENDED)),
                models.When(
                    concluded & models.Q(form=Agreement.Form.UNDERSTANDING), then=models.Value(Status.UNDERSTANDING)
                ),
                models.When(concluded & in_force, then=models.Value(Status.IN_FORCE)),
                models.When(concluded, then=models.Value(Status.SIGNED)),
                default=models.Value(Status.DRAFT),
                output_field=models.CharField(choices=Status.choices),
            ),
        )

    def with_end(self, on: dt.date) -> AgreementQuerySet:
        """Add the status and `over_on`, the last day of an agreement that is terminated or expired on the day."""
        acts = Act.objects.filter(
            agreement=models.OuterRef("pk"),
            kind=Act.Kind.TERMINATED,
            dated__endswith__lte=on + dt.timedelta(days=1),
        )
        day_after = acts.order_by("dated").values("dated__endswith")[:1]
        last_day = models.ExpressionWrapper(
            models.Subquery(day_after) - models.Value(dt.timedelta(days=1)), output_field=models.DateField()
        )
        is_over = models.When(
            status__in=[Status.TERMINATED, Status.EXPIRED], then=functions.Least(last_day, models.F("ends_on"))
        )
        return self.with_status(on).annotate(over_on=models.Case(is_over, output_field=models.DateField(null=True)))

    def for_register(self, on: dt.date) -> AgreementQuerySet:
        """Add what the register shows of each agreement: status, parties, area (3 queries for any number)."""
        return (
            self.with_status(on)
            .annotate(
                level_order=models.Case(
                    *(models.When(level=level, then=place) for place, level in enumerate(Agreement.Level)),
                    output_field=models.SmallIntegerField(),
                )
            )
            .select_related("area", "partnership")
            .prefetch_related(
                models.Prefetch("parties", Party.objects.select_related("organisation").order_by("side", "pk")),
                models.Prefetch("acts", Act.objects.order_by("dated", "pk")),
            )
            .order_by("level_order", "concluded", "pk")
        )


@pghistory.track()
class Agreement(Sourced):
    """An agreement or understanding between the sides, at one of three levels."""

    class Level(models.TextChoices):
        STATE = "state", _("with the Republic")
        REGION = "region", _("between regions")
        INSTITUTION = "institution", _("between institutions")

    class Form(models.TextChoices):
        AGREEMENT = "agreement", _("agreement")
        CONTRACT = "contract", _("contract")
        MEMORANDUM = "memorandum", _("memorandum")
        PROTOCOL = "protocol", _("protocol")
        UNDERSTANDING = "understanding", _("understanding")

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="agreements")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent agreement")
    )
    level = models.CharField(_("level"), max_length=20, choices=Level)
    form = models.CharField(_("type"), max_length=20, choices=Form, default=Form.AGREEMENT)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="agreements", verbose_name=_("area")
    )
    number = models.CharField(_("number"), max_length=50, blank=True)
    title_ru = models.CharField(_("title in Russian"), max_length=500)
    title_en = models.CharField(_("title in English"), max_length=500, blank=True)
    subject_ru = models.TextField(_("subject in Russian"), blank=True)
    subject_en = models.TextField(_("subject in English"), blank=True)
    concluded = PeriodField(_("signed, or reached"), null=True, blank=True)
    languages = ArrayField(
        models.CharField(max_length=2, choices=Source.Language),
        default=list,
        blank=True,
        verbose_name=_("languages of the text"),
    )
    place_ru = models.CharField(_("place in Russian"), max_length=200, blank=True)
    place_en = models.CharField(_("place in English"), max_length=200, blank=True)
    expires_on = models.DateField(_("last day of the first term"), null=True, blank=True)
    unlimited = models.BooleanField(_("holds without an end"), default=False)
    prolongs = models.BooleanField(_("prolongs itself"), default=False)
    prolongation_months = models.PositiveSmallIntegerField(
        _("length of each further term in months"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1200)],
    )
    notice_months = models.PositiveSmallIntegerField(
        _("notice period in months"), null=True, blank=True, validators=[MaxValueValidator(120)]
    )
    notice_days = models.PositiveSmallIntegerField(
        _("notice period in days"), null=True, blank=True, validators=[MaxValueValidator(3660)]
    )
    responsible = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agreements_kept",
        verbose_name=_("responsible organisation"),
    )
    plan_stated = models.BooleanField(
        _("a plan of actions is stated to exist"),
        default=False,
        help_text=_("True where a source speaks of a plan whose text is not available."),
    )
    title = Localised()
    subject = Localised()
    place = Localised()

    # Added by `with_status`:
    status: str
    ends_on: dt.date | None
    notice_on: dt.date | None
    notice_by: dt.date | None

    objects = AgreementQuerySet.as_manager()

    class Meta(Sourced.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="agreement_is_not_its_own_parent",
            ),
            models.CheckConstraint(
                condition=models.Q(notice_days__isnull=True) | models.Q(notice_months__isnull=True),
                name="agreement_notice_in_months_or_days",
            ),
            models.CheckConstraint(
                condition=models.Q(prolongation_months__isnull=True)
                | models.Q(prolongation_months__gt=0, prolongs=True),
                name="agreement_further_terms_only_if_prolonged",
            ),
            models.CheckConstraint(
                condition=models.Q(unlimited=False) | models.Q(expires_on__isnull=True, prolongs=False),
                name="agreement_without_an_end_has_no_terms",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("agreements:detail", args=[self.pk])

    @property
    def status_label(self) -> str:
        """The state in words; the row must come from `with_status`."""
        return str(Status(self.status).label)


@pghistory.track()
class Party(Sourced):
    """An organisation that concluded an agreement, and who signed for it."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="parties")
    side = models.CharField(_("side"), max_length=10, choices=Side)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="agreement_parties", verbose_name=_("organisation")
    )
    signatory = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who signed")
    )
    post_ru = models.CharField(_("post at the signing in Russian"), max_length=300, blank=True)
    post_en = models.CharField(_("post at the signing in English"), max_length=300, blank=True)
    signed = PeriodField(_("signed by this party"), null=True, blank=True)
    post = Localised()

    class Meta(Sourced.Meta):
        constraints = [
            models.UniqueConstraint(fields=["agreement", "organisation"], name="party_once_per_agreement"),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


@pghistory.track()
class Act(Sourced):
    """Something that changed, or confirmed, whether an agreement is in force."""

    class Kind(models.TextChoices):
        ENTERED_INTO_FORCE = "entered_into_force", _("entered into force")
        CONFIRMED = "confirmed", _("stated to be in force")
        SUSPENDED = "suspended", _("suspended")
        RESUMED = "resumed", _("resumed")
        TERMINATED = "terminated", _("terminated")
        NOTICE = "notice", _("notice that it will not be prolonged")

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="acts")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    dated = PeriodField(_("date"))

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {formatting.period(self.dated)}"


@pghistory.track()
class Article(Sourced):
    """A numbered article of an agreement."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="articles")
    number = models.CharField(_("number"), max_length=20)
    text_ru = models.TextField(_("text in Russian"))
    text_en = models.TextField(_("text in English"), blank=True)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="articles", verbose_name=_("area")
    )
    text = Localised()

    class Meta(Sourced.Meta):
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="article_number_once_per_agreement"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"

    def get_absolute_url(self) -> str:
        return f"{self.agreement.get_absolute_url()}#article-{self.pk}"


@pghistory.track()
class Amendment(Sourced):
    """A later document, with a number of its own, that changes an agreement."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="amendments")
    number = models.CharField(_("number"), max_length=50)
    signed = PeriodField(_("signed"))
    effective = PeriodField(_("in force from"), null=True, blank=True)
    subject_ru = models.TextField(_("what it changes, in Russian"))
    subject_en = models.TextField(_("what it changes, in English"), blank=True)
    articles = models.ManyToManyField(
        Article, blank=True, related_name="amendments", verbose_name=_("articles that it changes")
    )
    subject = Localised()

    class Meta(Sourced.Meta):
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="amendment_number_once_per_agreement"),
        ]

    def __str__(self) -> str:
        return gettext("Amendment No. %(number)s") % {"number": self.number}

    def get_absolute_url(self) -> str:
        return f"{self.agreement.get_absolute_url()}#amendment-{self.pk}"


@pghistory.track()
class StatedCount(Sourced):
    """A number of agreements that a source states without listing them."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="stated_counts")
    level = models.CharField(_("level"), max_length=20, choices=Agreement.Level)
    subject_ru = models.CharField(_("subject in Russian"), max_length=300)
    subject_en = models.CharField(_("subject in English"), max_length=300)
    value = models.PositiveIntegerField(_("number"))
    precision = models.CharField(_("precision"), max_length=1, choices=Precision, default=Precision.EXACT)
    as_of = PeriodField(_("as of"))
    subject = Localised()

    def __str__(self) -> str:
        return f"{self.value} {self.subject}"

    def get_absolute_url(self) -> str:
        return f"{reverse('agreements:list')}#stated-{self.pk}"
