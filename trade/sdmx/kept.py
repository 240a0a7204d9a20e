"""What is computed from all releases together, kept until there is another release."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max

from trade.models import Release


def kept(name: str, build: Callable[[], Any]) -> Any:
    """Return what `build` gave since the last release (1 query); it must be what JSON can hold."""
    state = Release.objects.aggregate(newest=Max("pk"), number=Count("pk"))
    text = f"{settings.RELEASE} {name} {state['newest']} {state['number']}"
    key = f"sdmx:{hashlib.sha256(text.encode()).hexdigest()[:32]}"
    found = cache.get(key)
    if found is None:
        found = build()
        cache.set(key, found)
    return found
