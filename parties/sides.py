"""On which side an organisation takes part in what both sides do together."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from parties.models import Organisation


def settled_side(organisation: Organisation, stated: str) -> str:
    """Return the organisation's own side; where it belongs to neither, the one that is stated for it.

    Raise `ValidationError` where none is stated, or another one than its own.
    """
    own = organisation.side
    if not (stated or own):
        raise ValidationError({"side": _("Choose a side: the organisation itself belongs to none.")})
    if own and stated and stated != own:
        raise ValidationError({"side": _("The organisation belongs to the other side.")})
    return stated or own
