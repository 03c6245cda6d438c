"""A cache that may be unavailable or hang: it then counts as empty, and one call at a time tests whether it is back.

Knows no key and no value. Wraps whichever of Django's caches `CACHE_URL` names.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)

IN_THIS_PROCESS = ("LocMemCache", "DummyCache")
CONNECT_SECONDS = 0.3
ANSWER_SECONDS = 0.5
TRIED_AGAIN_SECONDS = 10.0


class Breaker:
    """Circuit breaker: after a failure nobody calls the server for a while, then a single caller tries it."""

    def __init__(self, seconds: float = TRIED_AGAIN_SECONDS) -> None:
        self.seconds = seconds
        self.try_at: float | None = None
        self.lock = threading.Lock()

    def lets_pass(self) -> bool:
        """Whether this caller may call the server."""
        if self.try_at is None:
            return True
        with self.lock:
            now = time.monotonic()
            if self.try_at is not None and now < self.try_at:
                return False
            self.try_at = now + self.seconds
            return True

    def note_failure(self, error: Exception) -> None:
        """Block all calls for a while."""
        with self.lock:
            first, self.try_at = self.try_at is None, time.monotonic() + self.seconds
        if first:
            log.warning("The cache is unavailable and counts as empty: %s: %s", type(error).__name__, error)

    def note_answer(self) -> None:
        """Allow all calls again."""
        if self.try_at is not None:
            with self.lock:
                back, self.try_at = self.try_at is not None, None
            if back:
                log.warning("The cache is available again.")


_breakers: dict[str, Breaker] = {}  # a cache object belongs to one thread; its failures concern all threads


class OptionalCache(BaseCache):
    """Forwards every call to the cache described in OPTIONS["cache"], and counts as empty while that is unavailable."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        described = dict(params["OPTIONS"]["cache"])
        kind = import_string(described.pop("BACKEND"))
        self._inner = kind(described.pop("LOCATION", ""), {**described, "OPTIONS": _get_options(described, kind)})
        self._breaker = _breakers.setdefault(location, Breaker())

    def _ask(self, method: str, absent: Any, *arguments: Any, **named: Any) -> Any:
        if not self._breaker.lets_pass():
            return absent
        try:
            answer = getattr(self._inner, method)(*arguments, **named)
        except ValueError:  # part of the cache API: the key to increment does not exist
            raise
        except Exception as error:  # clients raise all sorts when it is unavailable, and no page needs a cache
            self._breaker.note_failure(error)
            return absent
        self._breaker.note_answer()
        return answer

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("add", True, key, value, timeout, version))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", default, key, default, version)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask("set", None, key, value, timeout, version)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("touch", False, key, timeout, version))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._ask("delete", False, key, version))

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("get_many", {}, list(keys), version)
        return found

    def set_many(self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[Any]:
        return list(self._ask("set_many", [], data, timeout, version) or [])

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        self._ask("delete_many", None, list(keys), version)

    def has_key(self, key: str, version: int | None = None) -> bool:
        return bool(self._ask("has_key", False, key, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        value = self._ask("incr", None, key, delta, version)
        if value is None:
            raise ValueError(f"Key {key!r} not found")
        return int(value)

    def clear(self) -> None:
        self._ask("clear", None)

    def close(self, **kwargs: Any) -> None:
        self._ask("close", None, **kwargs)


def optional(described: dict[str, Any]) -> dict[str, Any]:
    """Return the setting for a cache that may be unavailable; a cache in this process's memory is returned as it is."""
    if described["BACKEND"].endswith(IN_THIS_PROCESS):
        return described
    return {
        "BACKEND": "config.cache.OptionalCache",
        "LOCATION": str(described.get("LOCATION", "")),
        "OPTIONS": {"cache": described},
    }


def _get_options(described: dict[str, Any], kind: Callable[..., BaseCache]) -> dict[str, Any]:
    """Return the options of a cache, with short timeouts unless the operator has set some."""
    options = dict(described.get("OPTIONS", {}))
    if kind.__name__ == "RedisCache":
        from redis.backoff import NoBackoff  # installed wherever this cache is configured
        from redis.retry import Retry

        limits = {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": ANSWER_SECONDS}
        return {**limits, "retry": Retry(NoBackoff(), 0), **options}
    if kind.__name__ == "PyMemcacheCache":
        return {"connect_timeout": CONNECT_SECONDS, "timeout": ANSWER_SECONDS, **options}
    return options
