"""Writes about the reader's own matters."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from parties.models import SavedView, User

MOST_VIEWS = 200
MOST_TOKENS = 20


class ViewRefused(Exception):
    """The view cannot be saved; the text says why."""


class TokenRefused(Exception):
    """No further token can be made; the text says why."""


@transaction.atomic
def make_token(*, by: User) -> str:
    """Make a token for the API and return it; only its digest is kept.

    Raises `TokenRefused` where the user has very many already.
    """
    User.objects.select_for_update().get(pk=by.pk)
    if AuthToken.objects.filter(user=by).count() >= MOST_TOKENS:
        raise TokenRefused(_("You have %(most)d tokens. Revoke one first.") % {"most": MOST_TOKENS})
    token: str = AuthToken.objects.create(by)[1]
    return token


@transaction.atomic
def save_view(*, by: User, name: str, address: str) -> SavedView:
    """Keep an address under a name of the user's. Saved once more, it stays as it is.

    Raises `ViewRefused` where another address has this name, or where the user has very many views already.
    """
    User.objects.select_for_update().get(pk=by.pk)
    known = by.saved_views.filter(name=name).first()
    if known is None:
        if by.saved_views.count() >= MOST_VIEWS:
            raise ViewRefused(_("You have %(most)d saved views. Remove one first.") % {"most": MOST_VIEWS})
        return SavedView.objects.create(user=by, name=name, address=address)
    if known.address != address:
        raise ViewRefused(_("Another view has this name. Choose a different one."))
    return known
