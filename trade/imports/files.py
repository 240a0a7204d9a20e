"""The files of imports. One file serves all imports that read it, each with other options, and goes with the last."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from trade.imports.queue import ENDED_WITHOUT_RELEASE
from trade.models import Import


def _outlived() -> Q:
    """Imports that came to nothing longer ago than their files are kept for another try."""
    return Q(state__in=ENDED_WITHOUT_RELEASE, finished_at__lt=Now() - settings.IMPORT_FILE_LIFE)


@transaction.atomic
def let_go(name: str) -> None:
    """Delete a file that no import needs any more: all of them are cancelled, or have outlived it.

    Whoever makes one more import of the file (`operations.repeat`) holds the row of another meanwhile. Therefore all
    its rows are locked first, and only then is looked who needs it.
    """
    sharing = Import.objects.filter(file=name)
    list(sharing.select_for_update().order_by("pk").values_list("pk"))
    if not name or sharing.exclude(Q(state=Import.State.CANCELLED) | _outlived()).exists():
        return
    sharing.update(file="")
    transaction.on_commit(lambda: default_storage.delete(name), robust=True)


def sweep() -> None:
    """Delete the files that imports have outlived."""
    names = Import.objects.filter(_outlived()).exclude(file="").order_by().values_list("file", flat=True).distinct()
    for name in list(names):
        let_go(name)
