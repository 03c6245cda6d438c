"""What the frame of every page shows. Makes no remote call, and asks the database only for what a page draws."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from books import connections, sync
from books.models import Watch
from edits import telling
from edits.models import Edit
from tenants.access import Member


def desk(request: HttpRequest) -> dict[str, Any]:
    """The member inside a company (None outside), what waits for them, and whether the books answer.

    `books` is the name of what holds the company's books, `kinds` are the kinds of record that it has.

    Drawing a company's page keeps its copy fresh for the next quarter of an hour.

    Its last parts are functions that a template calls once at most: a fragment without the frame asks nothing.
    """
    member: Member | None = getattr(request, "member", None)
    frame: dict[str, Any] = {"member": member, "DEMO": settings.DEMO, "HAS_MAIL": settings.HAS_MAIL}
    if member is not None:
        provider = connections.description(member.tenant)
        frame |= {"books": provider.name, "kinds": provider.tables}
        sync.look(member.tenant)
        frame["saved"] = cache(lambda: telling.told(member, request.GET.get("saved", "")))
        frame["needs_you"] = cache(
            lambda: list(
                Edit.objects.waiting_for(member.person).filter(tenant=member.tenant).select_related("tenant")[:8]
            )
        )
        frame["edits_waiting"] = cache(lambda: edits_waiting(member))
        frame["connection_word"] = cache(lambda: connection_word(member))
    return frame


def edits_waiting(member: Member) -> int:
    """How many of the member's own changes are undecided, unsent or unknown."""
    return Edit.objects.waiting_for(member.person).filter(tenant=member.tenant).count()


def connection_word(member: Member) -> str:
    """Whether the company's books answered when last asked; nothing where nobody has asked yet."""
    watch: Watch | None = getattr(member.tenant, "watch", None)
    if watch is None or not (watch.failing_since or watch.answered_at):
        return ""
    return "not answering" if watch.failing_since else "answering"
