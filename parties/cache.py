"""The cache: JSON only, and never a reason for a page to fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.utils.safestring import SafeString
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


class JSONSerializer:
    """Writes cached values as JSON, so that a foreign hand in the cache cannot run code here."""

    def dumps(self, value: Any) -> bytes | int:
        if type(value) is int:  # plain numbers stay countable by the server
            return value
        if isinstance(value, SafeString):
            return json.dumps({"html": str(value)}).encode()
        return json.dumps({"value": value}).encode()

    def loads(self, stored: bytes) -> Any:
        try:
            return int(stored)
        except ValueError:
            kept = json.loads(stored)
        return SafeString(kept["html"]) if "html" in kept else kept["value"]


def _forgiving(name: str, lost: Any) -> Callable[..., Any]:
    original = getattr(RedisCache, name)

    def call(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            log.warning("cache_unavailable", operation=name, error=str(error))
            return lost(args, kwargs) if callable(lost) else lost

    call.__name__ = name
    return call


class OneClient(RedisCacheClient):
    """Keeps one client for each pool of connections: making one costs more than a look into the cache."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients: dict[int, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        index: int = self._get_connection_pool_index(write)  # type: ignore[attr-defined]
        if index not in self._clients:
            self._clients[index] = super().get_client(key, write=write)
        return self._clients[index]


class ForgivingRedisCache(RedisCache):
    """Redis cache that counts an unreachable server as an empty cache: slower pages, no errors."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = OneClient

    get = _forgiving("get", lambda args, kwargs: kwargs.get("default", args[1] if len(args) > 1 else None))
    set = _forgiving("set", None)
    add = _forgiving("add", True)
    delete = _forgiving("delete", False)
    get_many = _forgiving("get_many", lambda args, kwargs: {})
    set_many = _forgiving("set_many", lambda args, kwargs: [])
    has_key = _forgiving("has_key", False)
    touch = _forgiving("touch", False)
