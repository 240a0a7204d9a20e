"""Who is asking: sign-in with cached users for pages, tokens for the API."""

from __future__ import annotations

import base64
import binascii
from hmac import compare_digest
from ipaddress import ip_address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from knox.settings import CONSTANTS
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from parties.models import User
from parties.queries import data_version

# In the order of the model's fields, as `from_db` expects them. Times are left out: JSON keeps none.
_CACHED_FIELDS = [
    field.attname for field in User._meta.concrete_fields if field.attname not in {"last_login", "date_joined"}
]


class CachedUserBackend(ModelBackend):
    """Checks passwords, and loads the user of a session from the cache.

    The cache key holds the data version, which every change of a user's access counts up: a
    disabled user or a withdrawn role takes effect with the next request.
    """

    def get_user(self, user_id: int) -> User | None:
        key = f"user:{settings.RELEASE}:{data_version()}:{user_id}"
        known = cache.get(key)
        if known is None:
            user = User.objects.filter(pk=user_id).first()
            if user is None:
                return None
            known = {"fields": [getattr(user, name) for name in _CACHED_FIELDS], "roles": sorted(user.roles)}
            cache.set(key, known)
        user = User.from_db("default", _CACHED_FIELDS, known["fields"])
        user.roles = frozenset(known["roles"])
        return user if self.user_can_authenticate(user) else None


class ClosedSignup(DefaultAccountAdapter):
    """Accounts are made by administrators only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or super().get_client_ip(request)


def client_address(request: HttpRequest) -> str | None:
    """Return the address that the limits of sign-in count by: as the outermost trusted proxy saw it, if any."""
    named = request.headers.get("X-Forwarded-For", "").split(",")
    if 0 < settings.TRUSTED_PROXIES <= len(named):
        address = named[-settings.TRUSTED_PROXIES].strip()
        if _is_address(address):
            return address
    return request.META.get("REMOTE_ADDR") or None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class KnoxToken(TokenAuthentication):
    """`Authorization: Token …`; only a digest of the token is stored."""

    def authenticate_credentials(self, token: bytes) -> tuple[Any, Any]:
        """Return the user from the cache and the token (1 query); knox itself judges what is not plainly valid."""
        if not token.isalnum():
            raise AuthenticationFailed(_("Invalid token."))
        text = token.decode()
        for known in AuthToken.objects.filter(token_key=text[: CONSTANTS.TOKEN_KEY_LENGTH]):
            is_over = known.expiry is not None and known.expiry < timezone.now()
            if not is_over and compare_digest(hash_token(text), known.digest):
                user = CachedUserBackend().get_user(known.user_id)
                if user is not None:
                    known.user = user
                    return user, known
        return super().authenticate_credentials(token)


class TokenAsPassword(BaseAuthentication):
    """`Authorization: Basic …` with a token as the password, for tools that know nothing else."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        scheme, __, encoded = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            __, __, token = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            token = ""
        return KnoxToken().authenticate_credentials(token.encode())

    def authenticate_header(self, request: Request) -> str:
        return 'Basic realm="API token as password"'
