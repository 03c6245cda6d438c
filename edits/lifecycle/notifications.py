"""Notifications to an edit's author about how it ended, on any page of the company."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from books import polling, registry
from edits.models.edit import LEFT, OPEN, UNDER_WAY, Edit, State, parse_pk
from edits.models.fetching import fetch_brief, fetch_edit
from records.diff import count_changes, load_changes
from records.fields import Table
from records.merge.answer import Difference, load_differences
from tenants.access import Member, list_members

from . import queue, transitions
from .answer import describe_differences, list_shown_differences

log = logging.getLogger(__name__)

UNSEEN = "X-Unseen"  # the header of requests from a page that nobody sees (static/js/away.js)
NEEDS_AUTHOR = "X-Needs-You"  # that of an answer which tells such a page what its person has to know (notices.js)
LOOK_AGAIN = "X-Look-Again"  # that which says in how many seconds such a page asks again, while a save is under way
NEWS_FOR = timedelta(days=14)
SHOWN = 8
MOST_TOLD = 100  # saved edits that a page adds up in its one line


@dataclass(frozen=True)
class Notifications:
    """A member's own edits that need attention or have an unread outcome, newest first.

    Those of the company, and of their other companies what is under way and what nobody has told them yet.
    """

    member: Member
    edits: Sequence[Edit]

    @cached_property
    def _here(self) -> list[Edit]:
        return [edit for edit in self.edits if edit.tenant_id == self.member.tenant.pk]

    @cached_property
    def waiting(self) -> list[Edit]:
        """Edits to decide or to send again, and edits whose outcome is unknown."""
        return [edit for edit in self._here if edit.needs_author or edit.state == State.UNKNOWN]

    @cached_property
    def drafts(self) -> list[Edit]:
        return [edit for edit in self._here if edit.state == State.DRAFT]

    @cached_property
    def queued(self) -> list[Edit]:
        """Edits that are not sent yet."""
        return [edit for edit in self._here if edit.state == State.QUEUED]

    @cached_property
    def away(self) -> list[Edit]:
        """Queued edits that wait for the company to answer, the oldest last."""
        return [edit for edit in self.queued if edit.waiting_since is not None]

    @cached_property
    def next_look(self) -> str:
        """When a page asks how the edits under way have ended, for htmx; "" if there is none."""
        return find_next_look(self.edits)

    @cached_property
    def news(self) -> list[Edit]:
        """Edits that have ended and whose outcome their author has not seen."""
        return list_news(self.edits)


@dataclass(frozen=True)
class News:
    """Outcomes as a page announces them: what was saved as it was entered in one line, each other one on its own.

    `told` are those saved edits that the page has in its line already.
    """

    edits: Sequence[Edit]
    told: Sequence[Edit] = ()

    def __iter__(self) -> Iterator[Edit]:
        return iter(self.edits)

    def __len__(self) -> int:
        return len(self.edits)

    @cached_property
    def others(self) -> list[Edit]:
        return [edit for edit in self.edits if not edit.is_as_entered]

    @cached_property
    def saved(self) -> list[Edit]:
        """All of the line, the newest first."""
        return [*(edit for edit in self.edits if edit.is_as_entered), *self.told]

    @property
    def first(self) -> list[Edit]:
        """Those that the line names."""
        return self.saved[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.saved) - len(self.first)

    @property
    def is_line_new(self) -> bool:
        return len(self.saved) > len(self.told)

    @property
    def query(self) -> str:
        """What the page asks for further news with."""
        return urlencode({"told": [edit.pk for edit in self.saved[:MOST_TOLD]]}, doseq=True)


def fetch_told(person: User, numbers: Sequence[int]) -> list[Edit]:
    """Return the person's saved edits with these numbers, the newest first."""
    numbers = numbers[:MOST_TOLD]
    found = fetch_brief(_mark(numbers), numbers) if numbers else []
    return _keep_open(person, [edit for edit in found if edit.person_id == person.pk and edit.is_as_entered])


def find_next_look(edits: Sequence[Edit]) -> str:
    """Return when a page asks how those of these edits have ended that are under way, for htmx; "" if none is."""
    pause = compute_pause(edits)
    return polling.write_look(pause) if pause else ""


def compute_pause(edits: Sequence[Edit]) -> float:
    """Return the seconds until it is asked how those of these edits have ended that are under way; 0 if none is."""
    under_way = [edit for edit in edits if edit.state in UNDER_WAY]
    if not under_way:
        return 0.0
    newest = max(under_way, key=lambda edit: edit.sent_at)
    usual = queue.find_look_seconds(newest.tenant)
    is_away = all(edit.waiting_since for edit in under_way)
    return polling.compute_pause(newest.sent_at, usual, is_away=is_away)


def list_news(edits: Sequence[Edit]) -> list[Edit]:
    """Return those of these edits that have ended and whose outcome their author has not seen.

    Of those that are announced each on its own only as many as a page has room for.
    """
    news = [edit for edit in edits if _is_news(edit)]
    single = [edit.pk for edit in news if not edit.is_as_entered][:SHOWN]
    return [edit for edit in news if edit.is_as_entered or edit.pk in single]


def get_notifications(member: Member) -> Notifications:
    """Return the member's edits for the frame of a page, in one query."""
    since = connection.ops.adapt_datetimefield_value(timezone.now() - NEWS_FOR)
    here, person = member.tenant.pk, member.person.pk
    found = fetch_brief(_OWN, [person, here, *_ASKING, person, *UNDER_WAY, *_ENDED, since])
    return Notifications(member, _keep_open(member.person, found))


def fetch_unread(person: User) -> list[Edit]:
    """Return a person's edits in all of their companies that are under way or whose outcome they have not seen."""
    since = connection.ops.adapt_datetimefield_value(timezone.now() - NEWS_FOR)
    return _keep_open(person, fetch_brief(_UNREAD, [person.pk, *UNDER_WAY, *_ENDED, since]))


def _keep_open(person: User, edits: Sequence[Edit]) -> list[Edit]:
    """Return the edits in companies that the person may open now: none is archived or asks for a second factor."""
    if not edits:  # as on nearly every page
        return []
    open_to_them = {own.tenant.pk: own for own in list_members(person)}
    kept = [edit for edit in edits if edit.tenant_id in open_to_them]
    for edit in kept:
        table = registry.get_visible_table(open_to_them[edit.tenant_id], edit.kind)
        transitions.hide_name(edit, table.hidden_columns)
    return kept


def _mark(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


_ASKING, _ENDED = (*OPEN, *LEFT), (*LEFT, State.SAVED)
_UNREAD = f"""SELECT edit.id FROM tenants_membership own
    JOIN edits_edit edit ON edit.person_id = own.person_id AND edit.tenant_id = own.tenant_id
    WHERE own.person_id = %s AND edit.notified_at IS NULL AND (edit.state IN ({_mark(UNDER_WAY)})
        OR (edit.state IN ({_mark(_ENDED)}) AND edit.settled_at > %s AND edit.resolved_by_id IS NULL))
"""  # noqa: S608 - only %s marks are put in, never a value
_OWN = f"""SELECT id FROM edits_edit
    WHERE person_id = %s AND tenant_id = %s AND state IN ({_mark(_ASKING)}) AND resolved_by_id IS NULL
UNION {_UNREAD}"""  # noqa: S608 - only %s marks are put in, never a value


def mark_notified(desk: Notifications, shown: str = "", told: Sequence[Edit] = ()) -> News:
    """Return unread outcomes and mark them read, except `shown`, which the page announces itself."""
    return News(mark_read([edit for edit in desk.news if str(edit.pk) != shown]), told)


def mark_read(news: Sequence[Edit]) -> Sequence[Edit]:
    """Mark these outcomes read, and return them for a page to announce; what is under way is announced when it ends.

    If the database cannot be written to, they are announced again, which is better than an error.
    """
    told = [edit for edit in news if edit.state not in UNDER_WAY]
    try:
        transitions.note_told(told, timezone.now())
    except Error as error:
        log.warning("That %d edits were told is not noted: %s", len(told), error)
    return news


def note_shown(request: HttpRequest, edit: Edit) -> None:
    """Mark an edit read whose outcome the answer to a request shows, unless nobody sees that page."""
    if is_seen(request):
        mark_read([edit])


def is_seen(request: HttpRequest) -> bool:
    """Return whether somebody sees the page that has sent a request, as far as the page knows."""
    return UNSEEN not in request.headers


def name_needing(answer: HttpResponse, edits: Sequence[Edit]) -> HttpResponse:
    """Name those of these edits in an answer that need their author, for a notice of the browser, and return it."""
    if found := [str(edit.pk) for edit in edits if edit.needs_author or edit.differs_open]:
        answer[NEEDS_AUTHOR] = " ".join(found)
    return answer


@dataclass(frozen=True)
class SavedNotice:
    """The message for an edit that was just saved: the edit, and how much it changed."""

    edit: Edit
    table: Table

    @property
    def noun(self) -> str:
        return self.table.noun

    @cached_property
    def differences(self) -> list[Difference]:
        """The values that were saved otherwise than asked, for the page to tell beside them."""
        return list_shown_differences(self.table.shape, load_differences(self.edit.differs))

    @property
    def text(self) -> str:
        """The message, such as "Saved. 2 fields changed.", or what was saved otherwise than asked."""
        if found := self.differences:
            return f"Saved. {describe_differences(found, registry.get_description(self.edit.tenant).name)}."
        count = count_changes(self.table.shape, load_changes(self.edit.changes or "[]"))
        return f"Saved. {count} changed." if count else "Saved."


def add_saved_query(url: str, edit: Edit) -> str:
    """Return the address of a page that is to announce the edit. It names the edit, because tabs share cookies."""
    return f"{url}{'&' if '?' in url else '?'}saved={edit.pk}"


def get_saved_notice(member: Member, pk: str) -> SavedNotice | None:
    """Return the message for the edit in a page's address; None if it is not saved or is another person's."""
    if not (number := parse_pk(pk)):
        return None
    found = fetch_edit(number)
    own = (member.tenant.pk, member.person.pk, State.SAVED)
    if found is None or (found.tenant_id, found.person_id, found.state) != own:
        return None
    if found.notified_at is None:
        mark_read([found])
    table = registry.get_visible_table(member, found.kind)
    transitions.hide_name(found, table.hidden_columns)
    return SavedNotice(found, table)


def _is_news(edit: Edit) -> bool:
    """Return whether an edit has ended and its author was not told since."""
    return edit.notified_at is None and edit.state in (*LEFT, State.SAVED)


def describe_cancelled(edit: Edit) -> str:
    """Return what became of the wish to cancel an edit."""
    if edit.outcome.name == "replaced":
        return f"Your change to {edit.record_name} was already replaced by a later save, which was not cancelled."
    if edit.state == State.DISCARDED:
        return f"Your change to {edit.record_name} was cancelled. Nothing was sent."
    books = registry.get_description(edit.tenant).name
    if edit.state in UNDER_WAY:
        return f"Your change to {edit.record_name} is already on its way to {books}. You will see how it ends."
    return f"Your change to {edit.record_name} has already ended: {edit.outcome.text.lower()}."
