"""Reads of the mirror that are made once for many records: what is asked again within a block has its first answer.

For work that only reads, such as checks of a thousand bills. Knows no table.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Found = TypeVar("Found")

_kept: ContextVar[dict[Any, Any] | None] = ContextVar("kept", default=None)


@contextmanager
def share_reads() -> Iterator[None]:
    """Within the block, answer each read with what it found first. Nothing may be written there."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def is_sharing() -> bool:
    """Whether reads are shared now, so that reading more at once pays."""
    return _kept.get() is not None


def shared(read: Callable[Asked, Found]) -> Callable[Asked, Found]:
    """Let a read be shared; what it is asked with must be hashable, and what it finds is not to be changed."""

    @wraps(read)
    def ask(*args: Asked.args, **kwargs: Asked.kwargs) -> Found:
        kept = _kept.get()
        if kept is None:
            return read(*args, **kwargs)
        key = (read, args, tuple(kwargs.items()))
        if key not in kept:
            kept[key] = read(*args, **kwargs)
        found: Found = kept[key]
        return found

    return ask
