"""The yearly progress report: one report a year, its runs (jobs) and its versions (frozen results)."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from parties.jobs import Job
from parties.models import Partnership
from parties.records import Record, bumps_data_version


@pghistory.track()
class Report(Record):
    """The report of one partnership on one year. Its content lives in versions."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="reports")
    year = models.PositiveSmallIntegerField(_("year"))

    class Meta(Record.Meta):
        constraints = [
            models.UniqueConstraint(fields=["partnership", "year"], name="one_report_a_year"),
            models.CheckConstraint(condition=models.Q(year__gte=1991, year__lte=2100), name="report_year_is_plausible"),
        ]

    def __str__(self) -> str:
        return f"{self.partnership} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("reports:year", args=[self.year])


@pghistory.track()
class Version(models.Model):
    """The content of a report as computed from one snapshot. Rows are never changed or deleted.

    `content_hash` is the SHA-256 of the canonical JSON of `content` (sorted keys, no spaces,
    UTF-8). The content holds no times of computation, so the same data give the same hash.
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    content = models.JSONField(_("content"))
    content_hash = models.CharField(_("SHA-256 of the content"), max_length=64)
    data_version = models.BigIntegerField(_("data version of the snapshot"))
    snapshot_at = models.DateTimeField(_("time of the snapshot"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="version_number_once_per_report"),
        ]
        triggers = [
            bumps_data_version(pgtrigger.Insert),
            pgtrigger.Protect(name="keep_versions", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.report}, {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("reports:version", args=[self.report.year, self.number])


class Run(Job):
    """A request to compute a report, and the job that does it."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    report = models.ForeignKey(Report, models.PROTECT, related_name="runs")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    steps_done = models.PositiveSmallIntegerField(_("steps done"), default=0)
    steps_total = models.PositiveSmallIntegerField(_("steps in all"), default=0)
    version = models.ForeignKey(Version, models.PROTECT, null=True, blank=True, related_name="runs")
    made_new_version = models.BooleanField(_("made a new version"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report"],
                condition=models.Q(state__in=["queued", "running"]),
                name="one_active_run_per_report",
            ),
            models.CheckConstraint(
                condition=models.Q(state="done", version__isnull=False) | ~models.Q(state="done"),
                name="done_run_has_a_version",
            ),
            models.CheckConstraint(
                condition=models.Q(state="running", lease_until__isnull=False, started_at__isnull=False)
                | ~models.Q(state="running"),
                name="running_run_has_a_lease",
            ),
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="run_sweep")]

    def __str__(self) -> str:
        return f"{self.report}: {self.state}"

    @property
    def is_active(self) -> bool:
        return self.state in {Run.State.QUEUED, Run.State.RUNNING}
