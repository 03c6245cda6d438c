"""Notes the requests made to vendors, for the health of a connection and for what it costs. A save pays microseconds.

They wait in memory and are written together, by the thread beside the requests: what waits is lost if the process is
killed. Nothing here can fail a request.
"""

import logging
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from .models import VendorRequest, VendorUsage
from .providers import errors, upkeep
from .providers.exchanges import Exchange

log = logging.getLogger(__name__)

MOST = 10_000  # requests that wait while the database is away; more are dropped
KEPT = timedelta(hours=25)  # a day, and the hour that a plot of it begins in
SUMS_KEPT = timedelta(days=400)
PATH_LETTERS, CODE_LETTERS = 200, 80

Sum = tuple[int, int, float, int, int]  # requests, failures, seconds, bytes sent, bytes received

_waiting: deque[tuple[int, Exchange]] = deque(maxlen=MOST)
_is_due = False


def note(tenant_id: int, made: Sequence[Exchange]) -> None:
    """Have the requests written that were made for a company. Their errors may still be added to them."""
    global _is_due
    if not settings.REQUEST_LOG_SECONDS:
        return
    _waiting.extend((tenant_id, exchange) for exchange in made)
    if _is_due or not made:
        return
    _is_due = True
    try:
        upkeep.run(_write_due, after=settings.REQUEST_LOG_SECONDS)
    except RuntimeError as error:  # no thread can be started now
        _is_due = False
        log.warning("Requests are noted later: %s", error)


def _write_due() -> None:
    global _is_due
    _is_due = False
    write()


def write() -> int:
    """Write all requests that wait; return how many. Raises the error of a database that is away and keeps them."""
    noted = [_waiting.popleft() for _ in range(len(_waiting))]
    if not noted:
        return 0
    try:
        _insert(noted)
    except (OperationalError, InterfaceError):
        _waiting.extendleft(reversed(noted))
        raise
    except Error as error:  # such as a company that was deleted meanwhile
        log.warning("%d requests are not noted: %s", len(noted), error)
        return 0
    return len(noted)


def forget() -> None:
    """Drop what waits."""
    _waiting.clear()


def clear_old(now: datetime) -> None:
    """Delete requests older than a day, and sums older than a year."""
    VendorRequest.objects.filter(ended_at__lt=now - KEPT).delete()
    VendorUsage.objects.filter(day__lt=timezone.localdate(now) - SUMS_KEPT).delete()


def has_failed(exchange: Exchange) -> bool:
    """Whether a company did not answer, or said that it cannot. A refusal is an answer, and so is "wait a moment"."""
    if not exchange.error:
        return not exchange.status
    kind = getattr(errors, exchange.error, errors.OwnFault)
    return issubclass(kind, _NO_ANSWER) and not issubclass(kind, _ANSWER)


_NO_ANSWER = (errors.NotSent, errors.NoAnswer)
_ANSWER = (errors.TooMany, errors.Busy, errors.InPart)


def _insert(noted: Sequence[tuple[int, Exchange]]) -> None:
    """Write a row each, and add them up by company and day; those always in the same order, as workers lock them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(_INSERT, [_make_row(*one) for one in noted])
        cursor.executemany(_ADD, [(*key, *own) for key, own in sorted(_add_up(noted).items())])


def _make_row(tenant_id: int, one: Exchange) -> tuple[Any, ...]:
    ended_at = connection.ops.adapt_datetimefield_value(datetime.fromtimestamp(one.ended, UTC))
    return (
        *(tenant_id, ended_at, one.seconds, one.method, one.path[:PATH_LETTERS], one.status, one.error),
        *(_shorten(one.code), _shorten(one.request_id), has_failed(one), one.sent, one.received),
    )


def _shorten(text: str) -> str:
    return text.replace("\0", "")[:CODE_LETTERS]


def _add_up(noted: Iterable[tuple[int, Exchange]]) -> dict[tuple[int, Any], Sum]:
    sums: dict[tuple[int, Any], Sum] = {}
    days: dict[int, Any] = {}
    for tenant_id, one in noted:
        hour = int(one.ended // 3600)
        if hour not in days:
            days[hour] = connection.ops.adapt_datefield_value(_find_day(one.ended))
        key = (tenant_id, days[hour])
        count, failures, seconds, sent, received = sums.get(key, (0, 0, 0.0, 0, 0))
        sums[key] = (
            *(count + 1, failures + has_failed(one), seconds + one.seconds),
            *(sent + one.sent, received + one.received),
        )
    return sums


def _find_day(ended: float) -> date:
    return timezone.localdate(datetime.fromtimestamp(ended, UTC), timezone.get_default_timezone())


_INSERT = f"""INSERT INTO {VendorRequest._meta.db_table}
(tenant_id, ended_at, seconds, method, path, status, error, code, request_id, has_failed, sent, received)
VALUES ({", ".join(["%s"] * 12)})"""  # noqa: S608 - a table's name is no input
_SUMS = ("requests", "failures", "seconds", "sent", "received")
_TABLE = VendorUsage._meta.db_table
_ADD = f"""INSERT INTO {_TABLE} (tenant_id, day, {", ".join(_SUMS)}) VALUES ({", ".join(["%s"] * 7)})
ON CONFLICT (tenant_id, day) DO UPDATE SET
{", ".join(f"{name} = {_TABLE}.{name} + excluded.{name}" for name in _SUMS)}"""  # noqa: S608 - names of columns and a table are no input
