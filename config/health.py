"""Health checks for machines: whether the web process answers (`/healthz`) and whether Ledgerdesk works (`/readyz`).

Answered before any other middleware, so for any host and without a session. Exposes nothing about any company.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import Error
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

from books.sync import heartbeat

KNOWN_SECONDS = 1.0  # one check of the database serves all requests for this long


class Probes:
    """Answer the health URLs before any other middleware runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = ADDRESSES.get(request.path_info)
        if view is None:
            return self.get_response(request)
        response: HttpResponse = view(request)
        response["Cache-Control"] = "no-store"
        return response


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 if database and workers are healthy, else 503; the age of the queues is reported only."""
    known = _get_known()
    return JsonResponse(known, status=200 if known["ready"] else 503)


urlpatterns = [path("healthz", healthz, name="healthz"), path("readyz", readyz, name="readyz")]
ADDRESSES = {f"/{entry.pattern}": entry.callback for entry in urlpatterns}


def _get_known() -> dict[str, Any]:
    """Return the last known state; only one thread at a time renews it."""
    with _looking:
        if not _last or time.monotonic() - _last["at"] > KNOWN_SECONDS:
            _last.update(state=_look(), at=time.monotonic())
        state: dict[str, Any] = _last["state"]
        return state


_looking = threading.Lock()
_last: dict[str, Any] = {}


def _look() -> dict[str, Any]:
    queues = _measure_queues()
    workers = {
        name: {"seconds_since_sign_of_life": round(age, 1), "ok": age < settings.HUNG_SECONDS}
        for name, age in heartbeat.read_ages().items()
    }
    ready = queues is not None and all(worker["ok"] for worker in workers.values())
    return {"ready": ready, "database": queues is not None, "workers": workers, "queues": queues or {}}


def _measure_queues() -> dict[str, Any] | None:
    """Return the number of waiting tasks and the age of the oldest by queue; None without the database."""
    waiting = DBTaskResult.objects.ready().order_by().values("queue_name")
    try:
        rows = list(waiting.annotate(count=Count("pk"), oldest=Min("enqueued_at")))
    except Error:
        return None
    now = timezone.now()
    ages = {row["queue_name"]: (row["count"], round((now - row["oldest"]).total_seconds(), 1)) for row in rows}
    queues = settings.TASKS["default"]["QUEUES"]
    return {name: dict(zip(("waiting", "oldest_seconds"), ages.get(name, (0, 0.0)), strict=True)) for name in queues}
