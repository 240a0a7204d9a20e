"""Writes about what became of measures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.models import (
    Evidence,
    Indicator,
    IndicatorValue,
    Measure,
    ProgressNote,
    StatusOverride,
    YearlyItem,
)
from agreements.operations.plans import count_version
from documents.uploads import Upload, check_upload
from parties.models import User
from parties.writing import check_seen, save_seen

MOST_FILES = 10


@transaction.atomic
def add_note(*, by: User, note: ProgressNote, files: Iterable[Any] = ()) -> ProgressNote:
    """Add a progress note with its evidence. What was written before stays."""
    if note.dated > timezone.localdate():
        raise ValidationError({"dated": _("The day lies in the future.")})
    if note.corrects is not None and note.corrects.measure_id != note.measure_id:
        raise ValidationError({"corrects": _("The corrected note belongs to another measure.")})
    uploads = _checked(list(files))  # all of them before the first is stored
    note.author, note.is_example = by, note.measure.is_example
    note.save()
    for file, upload in uploads:
        Evidence.objects.create(
            note=note,
            file=file,
            name=upload.name,
            media_type=upload.media_type,
            size=upload.size,
            sha256=upload.sha256,
            is_example=note.is_example,
        )
    return note


def _checked(files: Sequence[Any]) -> list[tuple[Any, Upload]]:
    """Return the files with what each is; raise `ValidationError` with every one that is no document."""
    if len(files) > MOST_FILES:
        raise ValidationError({"evidence": _("Hand in at most %(most)d files with a note.") % {"most": MOST_FILES}})
    uploads, errors = [], []
    for file in files:
        try:
            uploads.append((file, check_upload(file)))
        except ValidationError as error:
            errors += [f"{file.name}: {text}" for text in error.messages]
    if errors:
        raise ValidationError({"evidence": errors})
    return uploads


@transaction.atomic
def override_status(*, by: User, override: StatusOverride, seen: int | None) -> StatusOverride:
    """Set a status by hand, or with an empty one give the measure back to the rule. The reason is kept."""
    measure = override.measure
    check_seen(measure, seen)
    if not override.reason.strip():
        raise ValidationError({"reason": _("Write why.")})
    if override.dated > timezone.localdate():
        raise ValidationError({"dated": _("The day lies in the future.")})
    override.author = by
    override.is_example = measure.is_example
    override.save()
    count_version(measure)
    return override


@transaction.atomic
def keep_yearly_item(*, by: User, item: YearlyItem, seen: int | None) -> YearlyItem:
    """Keep what was done in one year of a yearly measure."""
    if item.done_on and item.done_on > timezone.localdate():
        raise ValidationError({"done_on": _("The day lies in the future.")})
    if item.done_on and item.done_on.year < item.year:
        text = _("The day lies before %(year)s.") % {"year": item.year}
        raise ValidationError({"done_on": text})
    return save_seen(item, seen=seen)


@transaction.atomic
def keep_indicator(*, by: User, indicator: Indicator, seen: int | None = None) -> Indicator:
    """Keep a new indicator of a measure, or a changed one."""
    indicator.is_example = indicator.measure.is_example
    if indicator.pk:
        return save_seen(indicator, seen=seen)
    indicator.save()
    return indicator


@transaction.atomic
def keep_value(*, by: User, value: IndicatorValue, seen: int | None = None) -> IndicatorValue:
    """Keep target and actual value of a year; a year is stated once."""
    if value.target is None and value.actual is None:
        raise ValidationError({"actual": _("Write the target, the actual value, or both.")})
    twin = IndicatorValue.objects.filter(indicator=value.indicator, year=value.year).exclude(pk=value.pk).first()
    if twin is not None:
        raise ValidationError({"year": _("This year is stated already. Change that row.")})
    value.is_example = value.indicator.is_example
    if value.pk:
        return save_seen(value, seen=seen)
    value.save()
    return value


@transaction.atomic
def remove_indicator(*, by: User, indicator: Indicator, seen: int | None) -> Measure:
    """Remove an indicator with its values; its history stays."""
    check_seen(indicator, seen)
    measure = indicator.measure
    indicator.delete()
    return measure
