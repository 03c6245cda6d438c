"""What the frame of every page shows. Makes no remote call, and asks the database only for what a page draws."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from books import registry
from books.models import SyncStatus
from books.sync import refresh
from edits.editor import session_rescue
from edits.lifecycle import notifications
from tenants.access import Member

NEEDS_YOU_SHOWN = 8


def page(request: HttpRequest) -> dict[str, Any]:
    """The member inside a company (None outside), what waits for them, and whether the books answer.

    `books` is the name of what holds the company's books, `kinds` are the kinds of record that it has.

    Drawing a company's page keeps its copy fresh for the next quarter of an hour.

    Its last parts are functions that ask once at most, when a template calls them: a fragment without the frame asks
    nothing.
    """
    member: Member | None = getattr(request, "member", None)
    frame: dict[str, Any] = {"member": member, "DEMO": settings.DEMO, "HAS_MAIL": settings.HAS_MAIL}
    frame["carried"] = lambda: session_rescue.carried(request)
    if member is not None:
        provider = registry.get_description(member.tenant)
        frame |= {"books": provider.name, "kinds": provider.tables}
        refresh.note_visit(member.tenant)
        frame["saved"] = cache(lambda: notifications.get_saved_notice(member, request.GET.get("saved", "")))
        mine = frame["mine"] = cache(lambda: notifications.get_notifications(member))
        frame["needs_you"] = lambda: mine().waiting[:NEEDS_YOU_SHOWN]
        frame["edits_waiting"] = lambda: len(mine().waiting)
        frame["news"] = cache(lambda: notifications.mark_notified(mine(), request.GET.get("saved", "")))
        frame["connection_word"] = cache(lambda: get_connection_word(member))
    return frame


def get_connection_word(member: Member) -> str:
    """Whether the company's books answered when last asked; nothing where nobody has asked yet."""
    watch: SyncStatus | None = getattr(member.tenant, "watch", None)
    if watch is None or not (watch.failing_since or watch.answered_at):
        return ""
    return "not answering" if watch.failing_since else "connected"
