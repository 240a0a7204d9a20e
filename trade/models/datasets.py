"""Where observations come from: datasets, the releases that make them up, and the imports that bring releases."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from documents.models import Source
from parties.jobs import Job
from parties.models import Side
from parties.naming import Localised
from parties.records import Record


@pghistory.track()
class Dataset(Record):
    """Statistics of one compiler, made in one way. Observations of different datasets are never added.

    Valuation, system and the rule by which the partner is named belong to the dataset: without them
    two figures cannot be compared.
    """

    class Basis(models.TextChoices):
        DECLARATION = "declaration", _("customs declarations")
        STATISTICAL_FORM = "form", _("statistical forms of mutual trade")
        INTEGRATED = "integrated", _("declarations and statistical forms")
        ESTIMATE = "estimate", _("estimates")
        UNKNOWN = "unknown", pgettext_lazy("basis", "not stated")

    class Valuation(models.TextChoices):
        FOB = "FOB", "FOB"
        CIF = "CIF", "CIF"
        BORDER = "BORDER", _("at the border of the reporter")
        INVOICE = "INVOICE", _("invoice")
        UNKNOWN = "UNKNOWN", pgettext_lazy("valuation", "not stated")

    class System(models.TextChoices):
        GENERAL = "general", _("general trade")
        SPECIAL = "special", _("special trade")
        UNKNOWN = "unknown", pgettext_lazy("trade system", "not stated")

    class PartnerRole(models.TextChoices):
        ORIGIN = "origin", _("country of origin")
        CONSIGNMENT = "consignment", _("country of consignment")
        DESTINATION = "destination", _("last known destination")
        UNKNOWN = "unknown", pgettext_lazy("partner role", "not stated")

    class Classification(models.TextChoices):
        TNVED = "TNVED", _("TN VED of the EAEU")
        HS = "HS", _("HS")

    name_ru = models.CharField(_("name in Russian"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    description_ru = models.TextField(_("description in Russian"), blank=True)
    description_en = models.TextField(_("description in English"), blank=True)
    side = models.CharField(_("side that compiles it"), max_length=10, choices=Side, blank=True)
    basis = models.CharField(_("collected from"), max_length=12, choices=Basis, default=Basis.UNKNOWN)
    trade_system = models.CharField(_("trade system"), max_length=8, choices=System, default=System.UNKNOWN)
    export_valuation = models.CharField(
        _("valuation of export"), max_length=8, choices=Valuation, default=Valuation.UNKNOWN
    )
    import_valuation = models.CharField(
        _("valuation of import"), max_length=8, choices=Valuation, default=Valuation.UNKNOWN
    )
    export_partner_role = models.CharField(
        _("partner of export"), max_length=12, choices=PartnerRole, default=PartnerRole.UNKNOWN
    )
    import_partner_role = models.CharField(
        _("partner of import"), max_length=12, choices=PartnerRole, default=PartnerRole.UNKNOWN
    )
    classification = models.CharField(
        _("classification"), max_length=6, choices=Classification, default=Classification.TNVED
    )
    reporter = models.CharField(
        _("reporter"), max_length=10, blank=True, help_text=_("Code of the reporter where the files do not name it.")
    )
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    lag_days = models.PositiveSmallIntegerField(_("usual delay in days"), null=True, blank=True)
    revision_policy_ru = models.TextField(_("revision policy in Russian"), blank=True)
    revision_policy_en = models.TextField(_("revision policy in English"), blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("source")
    )
    name = Localised()
    description = Localised()
    revision_policy = Localised()

    class Meta(Record.Meta):
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(code__isnull=False), name="dataset_has_a_code"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("trade:dataset", args=[self.code])


@pghistory.track()
class Release(Record):
    """One published state of a dataset: what a file brought, or what an undo restored. Never changed afterwards.

    Its id is the vintage: an observation is known from the release that opened it to the one that
    closed it. Ids of one dataset grow in the order of `loaded_at`.
    """

    class Kind(models.TextChoices):
        LOAD = "load", _("load")
        UNDO = "undo", _("undo")

    class Status(models.TextChoices):
        PROVISIONAL = "provisional", _("provisional")
        REVISED = "revised", _("revised")
        FINAL = "final", _("final")

    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="releases")
    kind = models.CharField(_("kind"), max_length=4, choices=Kind, default=Kind.LOAD)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.PROVISIONAL)
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="undone_by", verbose_name=_("undoes")
    )
    reporters = ArrayField(models.CharField(max_length=10), verbose_name=_("reporters"))
    flows = ArrayField(models.CharField(max_length=2), verbose_name=_("flows"))
    partners = ArrayField(
        models.CharField(max_length=10),
        default=list,
        blank=True,
        verbose_name=_("partners"),
        help_text=_("Empty where the file speaks for all partners."),
    )
    first_month = models.DateField(_("first month"))
    last_month = models.DateField(_("last month"))
    published_on = models.DateField(_("published on"), null=True, blank=True)
    loaded_at = models.DateTimeField(_("loaded"))
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    file_name = models.CharField(_("file"), max_length=255, blank=True)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True)
    opened_rows = models.PositiveIntegerField(_("new and changed rows"), default=0)
    changed_rows = models.PositiveIntegerField(_("changed rows"), default=0)
    closed_rows = models.PositiveIntegerField(_("changed and disappeared rows"), default=0)
    unchanged_rows = models.PositiveIntegerField(_("unchanged rows"), default=0)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta(Record.Meta):
        ordering = ["-pk"]
        indexes = [models.Index(fields=["dataset", "loaded_at"], name="release_by_time")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="undo", undoes__isnull=False) | models.Q(kind="load", undoes__isnull=True),
                name="undo_names_its_release",
            ),
            models.CheckConstraint(
                condition=models.Q(first_month__lte=models.F("last_month")), name="release_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset.code}/{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("trade:release", args=[self.pk])


@pghistory.track()
class ImportProfile(Record):
    """How the columns of a kind of file are read: made once in the mapping step, found again by the header."""

    name = models.CharField(_("name"), max_length=200)
    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="profiles")
    signature = models.CharField(
        _("signature of the header"), max_length=64, help_text=_("SHA-256 of the names of the columns.")
    )
    mapping = models.JSONField(_("columns"))

    class Meta(Record.Meta):
        constraints = [
            models.UniqueConstraint(fields=["dataset", "signature"], name="one_profile_for_a_header"),
        ]

    def __str__(self) -> str:
        return self.name


class Import(Job):
    """A file on its way to a release: read, checked, previewed, confirmed, published. The row is the job."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        READING = "reading", _("being read")
        UNMAPPED = "unmapped", _("columns to be named")
        READY = "ready", _("ready to be confirmed")
        CONFIRMED = "confirmed", _("confirmed, waiting")
        PUBLISHING = "publishing", _("being published")
        PUBLISHED = "published", pgettext_lazy("import", "published")
        UNCHANGED = "unchanged", _("nothing new in it")
        REFUSED = "refused", _("file refused")
        CANCELLED = "cancelled", pgettext_lazy("import", "cancelled")
        EXPIRED = "expired", pgettext_lazy("import", "expired")
        FAILED = "failed", pgettext_lazy("import", "failed")

    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="imports")
    file = models.FileField(_("file"), upload_to="imports/%Y/")
    file_name = models.CharField(_("file name"), max_length=255)
    size = models.BigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    options = models.JSONField(_("options"), default=dict)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.QUEUED)
    steps_done = models.PositiveIntegerField(_("percent done"), default=0)
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    vintage = models.IntegerField(_("number of the release to be"), null=True, blank=True)
    summary = models.JSONField(_("what was found"), default=dict)
    problems = models.JSONField(_("first problems"), default=list)
    release = models.OneToOneField(
        Release, models.PROTECT, null=True, blank=True, related_name="brought_by", verbose_name=_("release")
    )

    class Meta:
        ordering = ["-requested_at"]
        indexes = [models.Index(fields=["state", "lease_until"], name="import_sweep")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="published", release__isnull=False) | ~models.Q(state="published"),
                name="published_import_has_a_release",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("trade:import", args=[self.pk])


class Undo(Job):
    """A release on its way back, by a worker. What the job made is `release.undone_by`. The row is the job."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", pgettext_lazy("undo", "being undone")
        DONE = "done", pgettext_lazy("undo", "undone")
        REFUSED = "refused", pgettext_lazy("undo", "not possible")
        FAILED = "failed", pgettext_lazy("undo", "failed")

    release = models.ForeignKey(Release, models.CASCADE, related_name="undos", verbose_name=_("release"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.QUEUED)

    class Meta:
        ordering = ["-requested_at"]
        indexes = [models.Index(fields=["state", "lease_until"], name="undo_sweep")]

    def __str__(self) -> str:
        return f"{self.release_id}: {self.state}"
