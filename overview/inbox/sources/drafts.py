"""Drafts that will soon be deleted because nobody went on with them."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from books.registry import get_visible_table
from edits.conflict.case import get_edit_url
from edits.lifecycle.transitions import hide_name
from edits.models.edit import DRAFTS_KEPT, State
from edits.models.fetching import fetch_brief
from overview.inbox.items import InboxItem, NextStep, Reader, Source, mark
from records.formatting import show_date
from tenants.joined import Part

from .edits import SHOWN, count_by_company, make_item, make_steps

SOON = timedelta(days=7)


def _expiring(reader: Reader) -> Part:
    until = connection.ops.adapt_datetimefield_value(timezone.now() - DRAFTS_KEPT + SOON)
    # Not `sent_at` alone, or SQLite goes along all older history of the companies for the count of every page: of
    # 60,000 edits, 50 ms.
    old = "COALESCE(sent_at, sent_at) < %s"
    where = f"person_id = %s AND tenant_id IN ({mark(reader.editing)}) AND state = %s AND {old}"
    return where, [reader.person.pk, *reader.editing, State.DRAFT, until]


def find_expiring(reader: Reader) -> Iterable[InboxItem]:
    """Yield the person's drafts that are kept for a week at most, the first to go at the top."""
    where, values = _expiring(reader)
    some = f"SELECT id FROM edits_edit WHERE {where} ORDER BY sent_at LIMIT {SHOWN}"  # noqa: S608 - only conditions of this module and %s marks are put in
    for draft in reversed(fetch_brief(some, values)):
        member = reader.members[draft.tenant_id]
        hide_name(draft, get_visible_table(member, draft.kind).hidden_columns)
        form = f"{get_edit_url(member, draft)}?draft={draft.pk}"
        steps = (
            NextStep("edit", "Continue editing", "e", form),
            NextStep("discard", "Delete draft", "d", asks="Delete this draft? What you typed is lost."),
        )
        day = show_date(timezone.localdate(draft.expires_at))
        yield make_item(EXPIRING.name, draft, f"You typed this and did not save it. It is kept until {day}.", steps)


EXPIRING = Source("drafts", find_expiring, lambda reader: count_by_company(_expiring(reader)), make_steps("discard"))
