"""Requests of an open page: whether its record has moved, and how a typed date is read. None waits for a vendor."""

import logging
from urllib.parse import urlencode

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from books import polling, registry
from books.mirror import lookup
from books.models import Record, VendorRead
from books.providers import errors
from books.sync import vendor_reads
from edits.lifecycle import notifications
from edits.lifecycle.form_token import check_author
from record_forms.typed.date_preview import DatePreviewForm
from records.formatting import format_date
from tenants.access import member
from tenants.models import Role

from . import pending, presence
from .live_query import LiveQuery

log = logging.getLogger(__name__)

STOP_POLLING = 286  # as htmx understands it: what is asked at intervals is asked no more
EVERY = "every 15s, visibilitychange from:document"  # when an open form looks again at what it has been told


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
    """For an open page: report whether its record has moved, as far as our copy tells, and have an old copy read again.

    While that reading is awaited, the page looks again after the company's usual time. An open form asks on every few
    seconds after that: 204 while nothing has changed.
    """
    m = member(request, slug)
    check_author(request.GET, m.person.pk)
    table = registry.get_visible_table(m, kind)
    record = lookup.find_shown_record(m.tenant, table, remote_id)
    asked = LiveQuery(request.GET, record=record, person=m.person.pk)
    asked.is_valid()
    read, trouble = _ask_vendor(record, asked)
    if asked.in_form:
        presence.note_open(m, record)
    others = presence.list_others(m, record) if m.may_edit else []
    shown = " ".join([record.revision, record.read_at.isoformat(), *others, *([trouble.title] if trouble else [])])
    if asked.shown_last == shown:
        return HttpResponse(status=204)
    waits = read is not None and read.is_waiting and not asked.shown_last
    carried = {"base": request.GET.get("base", ""), **asked.carried, **({} if waits else {"shown": shown})}
    context = {
        "record": record,
        "since": presence.get_changes_since(m, record, asked.seen),
        "trouble": trouble,
        "balances_from": asked.balances_from,
        "table": table,
        "next_look": EVERY if asked.in_form else "",
        "query": urlencode(carried),
    }
    if read is not None and waits:
        context["next_look"] = polling.next_look(read.asked_at, vendor_reads.get_usual_seconds(m.tenant))
    context |= {"in_form": asked.in_form, "others": others, "shown": shown, "waits": waits}
    return render(request, "edits/live.html", {**context, "member": m})


@never_cache
@require_safe
def pending_look(request: HttpRequest, slug: str, kind: str, remote_id: str) -> HttpResponse:
    """Return what has become of the changes over which an open form was opened, and when it asks again.

    A page that nobody sees is told nothing, and asks again once it is seen.
    """
    m = member(request, slug, Role.BOOKKEEPER)
    table = registry.get_visible_table(m, kind)
    record = lookup.find_shown_record(m.tenant, table, remote_id)
    if not notifications.is_seen(request):
        return HttpResponse(status=STOP_POLLING, headers={"HX-Reswap": "none"})
    found = pending.find_again(m, record, request.GET)
    notifications.mark_read([one.edit for one in found.own if one.edit.notified_at is None])
    return render(request, "components/pending.html", {"member": m, "record": record, "table": table, "pending": found})


def _ask_vendor(record: Record, asked: LiveQuery) -> tuple[VendorRead | None, errors.BooksError | None]:
    """Return the reading that the page waits for or has had, and why it failed, if it was the last."""
    try:
        read = vendor_reads.ask_record(record, asked.read_again_after)
    except errors.Resting as error:
        return None, error
    except Error as error:
        log.warning("Reading %s again could not be queued: %s", record, error)
        return None, errors.NotStored()
    has_failed = read is not None and read.has_failed and read.ended_since(record.read_at)
    return read, vendor_reads.read_error(read) if read and has_failed else None
