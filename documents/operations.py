"""Writes about sources."""

from __future__ import annotations

from django.db import connection, transaction

from documents.models import Source
from parties.models import User

_NUMBERING = 7_301_401  # advisory lock: two people registering at once get two numbers


@transaction.atomic
def register_source(*, by: User, source: Source) -> Source:
    """Give a new source the next free code (`S5`, `S6`, …) and keep it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBERING])
    taken = Source.objects.filter(code__regex=r"^S[0-9]{1,6}$").values_list("code", flat=True)
    source.code = f"S{max((int((code or 'S0')[1:]) for code in taken), default=-1) + 1}"
    source.save()
    return source
