"""Files of agreements, as they were handed in."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from agreements.models.agreements import Agreement, Amendment
from documents.models import Source, Sourced
from parties.periods import PeriodField


@pghistory.track()
class AgreementFile(Sourced):
    """A file of an agreement or of an amendment to it, as it was handed in. A newer edition is another row."""

    class Kind(models.TextChoices):
        SIGNED = "signed", _("signed text")
        TRANSLATION = "translation", _("translation")
        ANNEX = "annex", _("annex")
        DRAFT = "draft", _("draft")

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="files")
    amendment = models.ForeignKey(
        Amendment, models.PROTECT, null=True, blank=True, related_name="files", verbose_name=_("amendment")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.SIGNED)
    language = models.CharField(_("language"), max_length=2, choices=Source.Language)
    edition = models.PositiveSmallIntegerField(_("edition"))
    dated = PeriodField(_("date of the document"), null=True, blank=True)
    file = models.FileField(_("file"), upload_to="agreements/%Y/")
    file_name = models.CharField(_("name of the file"), max_length=200)
    media_type = models.CharField(_("type of the file"), max_length=100)
    size = models.PositiveIntegerField(_("size of the file in bytes"))
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, validators=[RegexValidator(r"^[0-9a-f]{64}$")])
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta(Sourced.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "amendment", "kind", "language", "edition"],
                nulls_distinct=False,
                name="agreement_file_edition_once",
            ),
        ]
        triggers = [
            *Sourced.Meta.triggers,
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return f"{self.agreement.get_absolute_url()}#file-{self.pk}"
