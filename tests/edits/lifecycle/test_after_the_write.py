"""Each read of a save fails in each way, with each provider: after the write only its own answer decides."""

import socket
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from books import registry
from books.mirror import lookup, store
from books.models import Quota, Record
from books.providers import departure, errors, http
from books.providers.base import Client, Row
from books.sync import refresh
from edits.history import external_changes
from edits.lifecycle import reread, settle
from edits.lifecycle.save import carry_out
from edits.models.edit import Edit, State
from edits.models.external_change import ExternalChange
from tenants.access import Member
from tenants.models import Role
from tests.support import saving
from tests.support.people import signed_in
from tests.support.providers import Books

pytestmark = pytest.mark.starts_first
NEW = "555-0177"
HTML = "<html><h1>Not here</h1></html>"


def told(status: int, kind: str, **more: str) -> dict[str, Any]:
    """An error as both vendors say it, each in its own format."""
    body = {"error": {"type": kind, "code": "X", **more}, "message": "NotFoundError", "statusCode": status}
    return {"fault": "says", "status": status, "body": body}


FAILURES: dict[str, dict[str, Any]] = {
    "cut": {"fault": "cut_before"},
    "half an answer": {"fault": "half"},
    "timeout": {"fault": "timeout"},
    "401": told(401, "AUTHENTICATION_ERROR"),
    "403": told(403, "PERMISSION_ERROR"),
    "404": told(404, "INVALID_REQUEST_ERROR", message="No such customer: '80000001-1234567890'"),
    "a proxy's 404": {"fault": "says", "status": 404, "body": HTML},
    "429": {"fault": "rate_limited", "seconds": 100, "count": 1},
    "429 twice": {"fault": "rate_limited", "seconds": 100, "count": 2},
    "500": {"fault": "internal"},
    "502": {"fault": "garbage", "status": 502},
    "a web page": {"fault": "garbage"},
    "too deep": {"fault": "deep"},
    "another record": {"fault": "says", "body": {"id": "80000002-1"}},
    "an empty object": {"fault": "says", "body": {}},
}
LASTING = ("401", "403")  # somebody has to do something before it can be sent
FEW = ["cut", "404", "429", "502", "a web page"]
# The write is carried out, and its answer does not come or cannot be read; then the read for the outcome fails.
UNANSWERED = [("cut_after", name) for name in FAILURES] + [(write, "500") for write in ("half", "garbage", "deep")]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "RETRY_AFTER_SECONDS", 0.0)


@pytest.fixture
def edit(books: Books, bob: User) -> Edit:
    """An accepted change of the phone number, over the record in the mirror."""
    record = refresh.read_record(books.tenant, books.table, books.one)
    edited = lookup.get_content(record).replace(**{books.phone: NEW})
    return saving.accept(Member(books.tenant, bob, Role.BOOKKEEPER), record, edited)


def find(books: Books) -> Record:
    return lookup.find_record(books.tenant, "customers", books.one)


def fail_reads(books: Books, name: str, **when: Any) -> None:
    books.fault(**{"operation": "retrieve", "resource": "customers", "count": 9, **FAILURES[name], **when})


def get_history(edit: Edit) -> str:
    """What the edit's own page says."""
    assert edit.person is not None
    answer = signed_in(edit.person).get(f"/t/{edit.tenant.slug}/edits/{edit.pk}/")
    return str(answer.content.decode())


def settle_later(books: Books, edit: Edit) -> str:
    """The state of the edit once all is well and the vendor's own limit has run out."""
    books.sandbox.fault(clear=True)
    Quota.objects.all().delete()  # as after the minute that a 429 asks for
    Edit.objects.filter(state=State.UNKNOWN).update(uncertain_until=timezone.now(), look_at=None)
    settle.settle_due()
    edit.refresh_from_db()
    external_changes.record_next()
    return edit.state


def count_writes(books: Books) -> int:
    return len(books.asked("PUT")) + len(books.asked("POST"))


@pytest.mark.parametrize("name", FAILURES)
def test_after_an_answered_write_no_read_can_say_anything(books: Books, edit: Edit, name: str) -> None:
    fail_reads(books, name, after="update")
    done = carry_out(edit)
    assert (done.state, find(books).version, count_writes(books)) == (State.SAVED, done.result, 1)
    assert lookup.get_content(find(books))[books.phone] == NEW


@pytest.mark.parametrize(("write", "name"), UNANSWERED)
def test_after_an_unanswered_write_a_failed_read_leaves_it_unknown(
    books: Books, edit: Edit, write: str, name: str
) -> None:
    fail_reads(books, name, after="update")
    books.fault(operation="update", fault=write)
    done = carry_out(edit)
    history = get_history(done)
    assert (done.state, "Nothing was" in history, "Not sent" in history) == (State.UNKNOWN, False, False)
    assert (settle_later(books, edit), count_writes(books), ExternalChange.objects.count()) == (State.SAVED, 1, 0)


@pytest.mark.parametrize("books", ["bigcapital"], indirect=True)
@pytest.mark.parametrize("name", FAILURES)
def test_before_the_write_a_failed_read_proves_that_nothing_was_sent(books: Books, edit: Edit, name: str) -> None:
    fail_reads(books, name)
    state = State.REFUSED if name == "404" else State.NOT_SENT if name in LASTING else State.QUEUED
    done = carry_out(edit)
    assert (done.state, count_writes(books)) == (state, 0), done.error


@pytest.mark.parametrize("books", ["conductor"], indirect=True)  # Bigcapital's read before the write finds it
@pytest.mark.parametrize("name", FEW)
def test_a_conflict_whose_record_cannot_be_read_has_no_current_record(books: Books, edit: Edit, name: str) -> None:
    books.change("555-0133")
    fail_reads(books, name)
    done = carry_out(edit)
    assert (done.state, reread.is_read_since(done, find(books)), count_writes(books)) == (State.CONFLICT, False, 1)


ANSWERS: dict[str, tuple[dict[str, Any], State]] = {
    "its 400": (told(400, "INVALID_REQUEST_ERROR", message="Bad"), State.REFUSED),
    "its 401": (told(401, "AUTHENTICATION_ERROR"), State.NOT_SENT),
    "its 403": (told(403, "PERMISSION_ERROR"), State.NOT_SENT),
    "its 404": (FAILURES["404"], State.REFUSED),
    "its 429": ({"fault": "rate_limited", "seconds": 100}, State.QUEUED),
    "its 500": ({"fault": "internal"}, State.UNKNOWN),
    **{
        f"a proxy's {status}": ({"fault": "says", "status": status, "body": HTML}, State.UNKNOWN)
        for status in (302, 400, 401, 403, 404, 408, 429, 502, 504)
    },
}


@pytest.mark.parametrize("name", ANSWERS)
def test_of_the_answers_to_a_write_only_the_vendors_own_refusal_proves_that_nothing_was_written(
    books: Books, edit: Edit, name: str
) -> None:
    fault, state = ANSWERS[name]
    books.fault(operation="update", **fault)
    done = carry_out(edit)
    assert (done.state, count_writes(books)) == (state, 1)
    deletions = int(name == "its 404")  # it says that the record is gone
    assert (settle_later(books, edit), ExternalChange.objects.count()) == (
        State.NOT_APPLIED if state == State.UNKNOWN else state,
        deletions,
    )


def test_an_unreachable_server_says_nothing_about_a_write_that_left(books: Books, edit: Edit, settings: Any) -> None:
    books.fault(operation="update", fault="cut_after")
    fail_reads(books, "cut", after="update")
    done = carry_out(edit)
    with socket.create_server(("127.0.0.1", 0)) as unused:
        settings.CONDUCTOR_BASE_URL = settings.BIGCAPITAL_BASE_URL = f"http://127.0.0.1:{unused.getsockname()[1]}"
    assert (done.state, settle.settle_edit(done).state) == (State.UNKNOWN, State.UNKNOWN)


@dataclass
class Careless:
    """A provider that does more than its write, and fails at that."""

    client: Client
    error: errors.BooksError

    def update_record(self, *sent: Any) -> Row:
        self.client.update_record(*sent)
        raise self.error

    def read_record(self, *asked: Any) -> Row:
        return self.client.read_record(*asked)


@pytest.mark.parametrize("kind", [errors.TooMany, errors.Busy, errors.KeyRefused, errors.NotFound, errors.Stale])
def test_an_error_after_a_write_that_is_not_its_answer_neither_decides_nor_sends_again(
    books: Books, edit: Edit, monkeypatch: pytest.MonkeyPatch, kind: type[errors.BooksError]
) -> None:
    make = registry.make_client
    monkeypatch.setattr(registry, "make_client", lambda *asked: Careless(make(*asked), kind()))
    done = carry_out(edit)
    assert [state for state, _ in done.state_log] == [State.QUEUED, State.SENDING, State.UNKNOWN, State.SAVED]
    assert count_writes(books) == 1


def test_a_request_after_a_write_is_refused_before_it_leaves(books: Books) -> None:
    """Whatever a provider may come to do after its write."""
    with departure.watch_departure(departure.Departure(lambda: None)):
        base, revision = books.read()
        books.save(base, revision, **{books.phone: NEW})
        with pytest.raises(RuntimeError):
            books.read()
        with pytest.raises(RuntimeError):
            http.send_write(books.sandbox.url, headers={}, body={}, seconds=1)
    reads = ["GET"] if books.one != "1" else ["GET", "GET"]  # Bigcapital compares before it writes
    assert [request["method"] for request in books.sandbox.requests()][:-1] == reads


def test_an_earlier_answer_does_not_make_a_record_look_read_earlier(books: Books, edit: Edit) -> None:
    """An answer may be stored after that of a later request; both have the same revision."""
    record = find(books)
    raw = books.client.read_record(books.table, books.one)
    for row in (raw, {**raw, "balance": 12}):
        store.store_page(books.tenant, books.table, [row], record.read_at - timedelta(minutes=1))
    assert find(books).read_at == record.read_at
