"""What is computed from all releases together, kept for a while or until there is another release."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max

from trade.models import Release

PLACES = 64
"""Answers of one kind kept at most. There is no end of questions: a further one takes the place of another."""
KEPT = 3600
"""Seconds that an answer is kept."""


def kept(kind: str, build: Callable[[], Any], question: str = "") -> Any:
    """Return what `build` gave since the last release (1 query); it must be what JSON can hold."""
    state = Release.objects.aggregate(newest=Max("pk"), number=Count("pk"))
    text = f"{settings.RELEASE} {kind} {question} {state['newest']} {state['number']}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    key = f"sdmx:{kind}:{int(digest, 16) % PLACES}"
    found = cache.get(key)
    if found is None or found[0] != digest:
        found = [digest, build()]
        cache.set(key, found, KEPT)
    return found[1]
