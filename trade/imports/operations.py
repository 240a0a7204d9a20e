"""What people do with imports: load a file, name its columns, confirm what it changes, or cancel."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from parties.jobs import Swept, next_phase
from parties.models import User
from parties.storage import atomic_with_files
from trade.importing.mapping import Mapping, signature
from trade.imports import files
from trade.imports.given import Given
from trade.imports.queue import IMPORTS, MAY_BE_CANCELLED, MAY_BE_MAPPED, OPEN, WAITING_FOR_A_PERSON
from trade.models import Dataset, Import, ImportProfile, Release
from trade.releases.staging import discard
from trade.releases.staging import sweep as sweep_stagings

State = Import.State
MEGABYTE = 1 << 20


class AlreadyLoaded(Exception):
    """The very file was published before, with the same options, and its figures stand: `job` brought them."""

    message = _("This file is already loaded: release %(release)s. Nothing was changed.")

    def __init__(self, job: Import) -> None:
        super().__init__(str(self.message) % {"release": job.release})
        self.job = job


class TooLarge(Exception):
    """The file exceeds `IMPORT_MAX_BYTES`."""

    message = _("The file has %(size)s MB; at most %(allowed)s MB can be loaded. Pack it as ZIP, or load it in parts.")

    def __init__(self, size: int) -> None:
        sizes = {"size": -(-size // MEGABYTE), "allowed": settings.IMPORT_MAX_BYTES // MEGABYTE}
        super().__init__(str(self.message) % sizes)


class NotPossibleNow(Exception):
    """The import has moved on: what was asked for does not fit its state any more."""

    message = _("This import has moved on meanwhile: %(state)s. Nothing was changed.")

    def __init__(self, job: Import) -> None:
        super().__init__(str(self.message) % {"state": job.get_state_display()})


def request(
    *,
    file: File[bytes],
    name: str,
    dataset: Dataset,
    given: Given,
    by: User | None,
    mapping: Mapping | None = None,
    is_sent: bool = True,
) -> Import:
    """Keep a file and queue its import; the same file with the same options, not yet ended, is the same import.

    Nothing is published before `confirm`. The caller who carries it out in his own process does not have it sent to
    the workers. Raises `TooLarge` and `AlreadyLoaded`.
    """
    if file.size > settings.IMPORT_MAX_BYTES:
        raise TooLarge(file.size)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    job = Import(dataset=dataset, file_name=name[:255], size=file.size, sha256=digest.hexdigest(), requested_by=by)
    file.seek(0)
    with atomic_with_files():
        same = _same_file(job, given)
        if same:
            return same
        job.file.save(str(job.pk), file, save=False)
        return _queued(job, given, mapping, is_sent=is_sent)


@transaction.atomic
def repeat(*, job: Import, dataset: Dataset, given: Given, by: User | None) -> Import:
    """Queue the file of an import anew, with other options; an open one is cancelled by this.

    Raises `AlreadyLoaded`, and `NotPossibleNow` where the file is being published or was thrown away.
    """
    job = _locked(job, set(State) - {State.PUBLISHING, State.CANCELLED})
    if not job.file:
        raise NotPossibleNow(job)
    again = Import(dataset=dataset, file=job.file.name, file_name=job.file_name, size=job.size, sha256=job.sha256)
    again.requested_by = by
    same = _same_file(again, given)
    if same:
        return same
    if job.state in MAY_BE_CANCELLED:
        _cancel(job)
    return _queued(again, given)


def _same_file(job: Import, given: Given) -> Import | None:
    """Return an open import that would do the same, under a lock of the dataset; raise `AlreadyLoaded`."""
    Dataset.objects.select_for_update(no_key=True).get(pk=job.dataset_id)
    others = Import.objects.filter(dataset=job.dataset_id, sha256=job.sha256).select_related("release__dataset")
    for other in others.filter(state__in=OPEN | {State.PUBLISHED}):
        if Given.from_json(other.options) != given:
            continue
        if other.release is None:
            return other
        if _still_stands(other.release):
            raise AlreadyLoaded(other)
    return None


def _still_stands(release: Release) -> bool:
    """Tell whether no later release of the dataset is about any of the same months; an undo is such a release."""
    later = Release.objects.filter(dataset=release.dataset_id, pk__gt=release.pk)
    return not later.filter(first_month__lte=release.last_month, last_month__gte=release.first_month).exists()


def _queued(job: Import, given: Given, mapping: Mapping | None = None, *, is_sent: bool = True) -> Import:
    job.options = given.as_json()
    if mapping:
        job.options["mapping"] = mapping.as_dict()
    job.save(force_insert=True)
    if is_sent:
        transaction.on_commit(lambda: IMPORTS.nudge(job.pk), robust=True)
    return job


@transaction.atomic
def name_columns(*, job: Import, mapping: Mapping, by: User | None, name: str = "") -> Import:
    """Say what the columns of a file hold and have it read; files with the same header are read so from now on.

    Raises `UnusableMapping`, or `NotPossibleNow` where the import waits for no names.
    """
    job = _locked(job, MAY_BE_MAPPED)
    columns = job.summary.get("columns")
    if not columns:
        raise NotPossibleNow(job)
    mapping.check_roles()
    mapping.check_columns(columns)
    profile, made = ImportProfile.objects.get_or_create(
        dataset=job.dataset,
        signature=signature(columns),
        defaults={"name": name or job.file_name[:200], "mapping": mapping.as_dict()},
    )
    if not made:
        profile.name, profile.mapping = name or profile.name, mapping.as_dict()
        profile.save()
    job.options["mapping"] = mapping.as_dict()
    _requeue(job, State.QUEUED)
    return job


@transaction.atomic
def confirm(*, job: Import, by: User | None, seen: int | None = None, is_sent: bool = True) -> Import:
    """Let what the preview shows be published. Confirmed twice it is published once.

    `seen` is the vintage of the preview that the person looked at. Raises `NotPossibleNow` where there is no
    preview to be confirmed, or another one than was seen.
    """
    job = _locked(job, {State.READY, State.CONFIRMED, State.PUBLISHING, State.PUBLISHED})
    if seen is not None and job.vintage != seen:
        raise NotPossibleNow(job)
    if job.state == State.READY:
        job.summary["confirmed_by"] = by.pk if by else None
        _requeue(job, State.CONFIRMED, is_sent=is_sent)
    return job


@transaction.atomic
def cancel(*, job: Import, by: User | None) -> Import:
    """Throw an import away before it is published. Cancelled twice is cancelled. Raises `NotPossibleNow`."""
    job = _locked(job, MAY_BE_CANCELLED | {State.CANCELLED})
    if job.state != State.CANCELLED:
        _cancel(job)
    return job


def sweep() -> Swept:
    """Send again imports whose nudge or worker was lost, give up those that fail always, drop what nobody wants."""
    swept = IMPORTS.sweep()
    _expire()
    sweep_stagings()
    files.sweep()
    return swept


def _expire() -> None:
    """End the imports that no person has decided on for too long; their stagings take much room."""
    forgotten = Q(state__in=WAITING_FOR_A_PERSON, started_at__lt=Now() - settings.IMPORT_PREVIEW_LIFE)
    for pk in list(Import.objects.filter(forgotten).values_list("pk", flat=True)):
        with transaction.atomic():
            # One that somebody decides on at this moment is locked, and left alone.
            job = Import.objects.select_for_update(skip_locked=True).filter(forgotten, pk=pk).first()
            if job:
                _end(job, State.EXPIRED)


def _locked(job: Import, states: set[Any] | frozenset[Any]) -> Import:
    locked = Import.objects.select_for_update(of=("self",)).select_related("dataset").get(pk=job.pk)
    if locked.state not in states:
        raise NotPossibleNow(locked)
    return locked


def _requeue(job: Import, state: str, *, is_sent: bool = True) -> None:
    """Let a worker go on with it, in a phase of its own with all its attempts."""
    job.state, job.attempt = state, next_phase(job.attempt)
    job.nudged_at = job.finished_at = job.lease_until = None
    job.steps_done = 0
    job.save()
    if is_sent:
        transaction.on_commit(lambda: IMPORTS.nudge(job.pk), robust=True)


def _cancel(job: Import) -> None:
    """Cancel an import; its file goes, unless another import reads it too."""
    _end(job, State.CANCELLED)
    transaction.on_commit(lambda: files.let_go(job.file.name or ""), robust=True)


def _end(job: Import, state: str) -> None:
    """End an import without a release; its staging goes."""
    if job.vintage:
        discard(job.vintage)
    job.state, job.lease_until, job.finished_at = state, None, timezone.now()
    job.save()
