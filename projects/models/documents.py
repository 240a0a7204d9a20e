"""Documents of projects: files kept here, or addresses where they are published."""

from __future__ import annotations

import pghistory
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from documents.models import Sourced
from parties.naming import Localised
from parties.periods import PeriodField
from projects.models.projects import Project


@pghistory.track()
class ProjectDocument(Sourced):
    """A document of a project. Its file is never replaced: a newer edition is another document."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="documents")
    title_ru = models.CharField(_("title in Russian"), max_length=300)
    title_en = models.CharField(_("title in English"), max_length=300, blank=True)
    dated = PeriodField(_("date of the document"), null=True, blank=True)
    address = models.URLField(_("address"), max_length=500, blank=True)
    file = models.FileField(_("file"), upload_to="projects/%Y/", blank=True)
    file_name = models.CharField(_("name of the file"), max_length=200, blank=True)
    media_type = models.CharField(_("type of the file"), max_length=100, blank=True)
    size = models.PositiveIntegerField(_("size of the file in bytes"), null=True, blank=True)
    sha256 = models.CharField(
        _("SHA-256 of the file"), max_length=64, blank=True, validators=[RegexValidator(r"^[0-9a-f]{64}$")]
    )
    title = Localised()

    class Meta(Sourced.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(file="") | ~models.Q(address=""), name="project_document_is_somewhere"
            ),
            models.CheckConstraint(
                condition=models.Q(file="") | ~models.Q(sha256=""), name="project_document_file_has_a_checksum"
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return f"{self.project.get_absolute_url()}#document-{self.pk}"
