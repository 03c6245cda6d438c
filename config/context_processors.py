"""Context of the page frame. Makes no remote call, and queries the database only for what the page uses."""

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest

from books import registry
from books.health.states import ConnectionState, name_failure
from books.models import find_status
from books.pages.connection_status import OTHER_FILE, PAUSED
from books.sync import refresh
from edits.editor import session_rescue
from edits.lifecycle import notifications
from overview.inbox import counts
from tenants.access import Member, get_settings
from tenants.models import PersonSettings

SILENT, NOT_CONNECTED = "not answering", "not connected yet"
WARNING = (SILENT, NOT_CONNECTED, OTHER_FILE, PAUSED)


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the member (None outside a company), how many things need the person, and the connection state.

    `books` is the provider's name, `kinds` are the kinds of record that it has.

    Rendering a company's page keeps its mirror fresh for the next quarter of an hour.

    The last entries are functions that query once at most, when a template calls them: a fragment without the frame
    makes no query.
    """
    member: Member | None = getattr(request, "member", None)
    frame: dict[str, Any] = {"member": member, "DEMO": settings.DEMO, "HAS_MAIL": settings.HAS_MAIL}
    person = getattr(request, "user", None)  # none yet on some error pages
    own = get_settings(person) if isinstance(person, User) else PersonSettings()
    frame |= {"color_scheme": own.color_scheme, "is_dense": own.density == PersonSettings.Density.COMPACT}
    if isinstance(person, User):
        frame["shows_notices"] = get_settings(person).shows_notices
        frame["inbox_count"] = cache(lambda: counts.count_items(person))
    frame["carried"] = lambda: session_rescue.carried(request)
    if member is not None:
        provider = registry.get_description(member.tenant)
        frame |= {"books": provider.name, "kinds": provider.tables}
        refresh.note_visit(member.tenant)
        frame["saved"] = cache(lambda: notifications.get_saved_notice(member, request.GET.get("saved", "")))
        mine = frame["mine"] = cache(lambda: notifications.get_notifications(member))
        if notifications.is_seen(request):
            frame["news"] = cache(lambda: notifications.mark_notified(mine(), request.GET.get("saved", "")))
        else:
            frame["asks_when_seen"] = lambda: bool(mine().news)
        frame["connection_word"] = cache(lambda: get_connection_word(member))
        frame["connection_warns"] = lambda: frame["connection_word"]() in WARNING
        frame["is_paused"] = lambda: frame["connection_word"]() == PAUSED
        frame["other_title"] = lambda: registry.make_other_error(member.tenant).title
        frame["is_other_file"] = lambda: frame["connection_word"]() == OTHER_FILE
    return frame


def get_connection_word(member: Member) -> str:
    """Return whether the company's vendor answered the last request, or with another file; "" before the first."""
    watch = find_status(member.tenant)
    if watch is not None and watch.resting_since:
        return PAUSED
    if watch is not None and watch.other_file_since:
        return OTHER_FILE
    if watch is None or not (watch.failing_since or watch.answered_at):
        return ""
    if not watch.failing_since:
        return "connected"
    return NOT_CONNECTED if name_failure(watch.error, watch.code) is ConnectionState.NEVER else SILENT
