"""Requests of an open page: whether its record has moved, and how a typed date is read."""

import logging

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from books import registry
from books.mirror import lookup
from books.models import Record
from books.providers import errors
from books.sync import refresh
from edits.lifecycle.form_token import check_author
from record_forms.typed.date_preview import DatePreviewForm
from records.formatting import format_date
from tenants.access import member

from . import presence
from .live_query import LiveQuery

log = logging.getLogger(__name__)

FRESH_SECONDS = 60  # a record read this recently is not read again for an open page


@never_cache
@require_safe
def typed_day(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the typed date in full, as its input shows it: 10/1 as 1 Oct 2026; 422 with the reason if invalid."""
    m = member(request, slug)
    form = DatePreviewForm(request.GET, day_first=m.tenant.day_first)
    if form.is_valid():
        return HttpResponse(format_date(form.cleaned_data["text"]), content_type="text/plain; charset=utf-8")
    said = " ".join(str(one) for one in form.errors["text"])
    return HttpResponse(said, content_type="text/plain; charset=utf-8", status=422)


@never_cache
@require_safe
def live_look(request: HttpRequest, slug: str, kind: str, remote_id: str) -> HttpResponse:
    """For an open page: read the record once, unless it was read just now, and report whether it has moved.

    An open form asks again every few seconds, which reads the mirror only: 204 while nothing has changed.
    """
    m = member(request, slug)
    check_author(request.GET, m.person.pk)
    table = registry.get_visible_table(m, kind)
    record = lookup.find_shown_record(m.tenant, table, remote_id)
    asked = LiveQuery(request.GET, record=record, person=m.person.pk)
    asked.is_valid()
    trouble: errors.BooksError | None = None
    before = record
    if not asked.shown_last and (timezone.now() - record.read_at).total_seconds() > FRESH_SECONDS:
        try:
            refresh.read_record(m.tenant, registry.get_table(m.tenant, kind), remote_id)
            record = lookup.find_shown_record(m.tenant, table, remote_id)
        except errors.BooksError as error:
            trouble = error
        except Error as error:
            log.warning("The record %s %s was read but could not be stored: %s", kind, remote_id, error)
            trouble = errors.NotStored()
    if asked.in_form:
        presence.note_open(m, record)
    others = presence.list_others(m, record) if m.may_edit else []
    shown = " ".join([record.revision, record.read_at.isoformat(), *others])
    if asked.shown_last == shown:
        return HttpResponse(status=204)
    context = {
        "record": record,
        "since": presence.get_changes_since(record, asked.seen),
        "trouble": trouble,
        "balances_from": before.read_at if _list_balances(before) != _list_balances(record) else None,
        "table": table,
    }
    context |= {"in_form": asked.in_form, "others": others, "shown": shown, "sealed": request.GET.get("base", "")}
    return render(request, "edits/live.html", {**context, "member": m})


def _list_balances(record: Record) -> list[object]:
    """What changes without a new revision, by other transactions: the page goes on showing what it was opened with."""
    return [record.balance, record.total_balance, record.open_amount]
