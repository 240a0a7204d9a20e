"""Typed reading of environment variables that fails loudly.

Each function returns the value in its type, or the default when the variable is not set
or empty. A value of the wrong form raises `InvalidSetting`, whose text names the variable,
the value and what is allowed.
"""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit


class InvalidSetting(Exception):
    """An environment variable is missing or has a value that cannot be used."""


def text(name: str, default: str | None = None) -> str:
    """Return the variable as text; without a default it is required."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise InvalidSetting(f"{name} is not set. Set it in the environment; .env.example shows how.")
    return value


def boolean(name: str, *, default: bool) -> bool:
    """Return the variable as a truth value written 1, 0, true, false, yes, no, on or off."""
    value = text(name, "").lower()
    if value == "":
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise InvalidSetting(f"{name}={value!r} is not a truth value. Write 1 or 0.")


def number(name: str, default: float, *, minimum: float = 0) -> float:
    """Return the variable as a number not smaller than `minimum`."""
    value = text(name, str(default))
    try:
        parsed = float(value)
    except ValueError:
        raise InvalidSetting(f"{name}={value!r} is not a number.") from None
    if not parsed >= minimum or parsed == float("inf"):
        raise InvalidSetting(f"{name}={value!r} is out of range. Write a number not below {minimum:g}.")
    return parsed


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated variable as a list without empty entries."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """Return the variable when it is one of `allowed`."""
    value = text(name, default)
    if value not in allowed:
        raise InvalidSetting(f"{name}={value!r} is not known. Allowed: {', '.join(allowed)}.")
    return value


def postgres(name: str) -> dict[str, object]:
    """Return Django's database settings from `postgresql://user:password@host:port/name`.

    A host written as a percent-encoded path (`%2Frun%2Fpostgres`) is a socket folder.
    """
    value = text(name)
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    database = parts.path.lstrip("/")
    if parts.scheme not in {"postgres", "postgresql"} or not database:
        raise InvalidSetting(
            f"{name} is not an address of a PostgreSQL database. Write postgresql://user:password@host:5432/name."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(database),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.netloc.rsplit("@", 1)[-1].rsplit(":", 1)[0] if port else parts.netloc.rsplit("@", 1)[-1]),
        "PORT": str(port or ""),
    }


def redis(name: str) -> str:
    """Return an address of a Redis or Valkey server: `redis://host:port` or `unix:///path`.

    The address names the server only, without a database number: the program uses
    database 0 for the broker and 1 for the cache.
    """
    value = text(name)
    parts = urlsplit(value)
    if parts.scheme not in {"redis", "rediss", "unix"} or not (parts.netloc or parts.path.strip("/")):
        raise InvalidSetting(
            f"{name} is not an address of a Redis or Valkey server."
            " Write redis://:password@host:6379 or unix:///path/to/socket."
        )
    return value.rstrip("/")
