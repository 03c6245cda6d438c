"""Random edits of two people to one record, amid changes in QuickBooks: none is lost, and none overwrites another."""

from collections.abc import Callable, Sequence
from itertools import count

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from books import registry
from books.mirror import lookup
from books.models import Record, Version
from books.sync import refresh
from edits.lifecycle import queue, requested
from edits.models.edit import UNDER_WAY, Edit, State
from records.changes import list_changed_fields
from records.content import Content
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.customers.test_edit import change
from tests.support.vendor import Sandbox

from .queueing import find_again, save, send

FIELDS = ("phone", "fax", "alternate_phone")
NAMES = {"phone": "phone", "fax": "fax", "alternate_phone": "alternatePhone"}
FIELD, PERSON = st.sampled_from(FIELDS), st.sampled_from([0, 1])
STEPS = st.one_of(
    st.tuples(st.just("save"), PERSON, FIELD),
    st.tuples(st.just("save an older form"), PERSON, FIELD),
    st.tuples(st.just("books"), FIELD),
    *(st.tuples(st.just(name)) for name in ("read", "send", "cancel")),
)


class Queue:
    """One record with its two authors; `shown` is what the form of each edit showed, by number."""

    numbers = count(1)

    def __init__(self, people: Sequence[Member], job: Record, sandbox: Sandbox) -> None:
        self.people, self.sandbox, self.job = people, sandbox, job
        self.opened = [self.open_form(0), self.open_form(1)]
        self.shown: dict[int, Content] = {}

    def open_form(self, who: int) -> tuple[Record, list[Edit], Content]:
        record = find_again(self.job)
        own = Edit.objects.filter(person=self.people[who].person, state__in=UNDER_WAY, base=record.version)
        over = list(own.select_related("tenant", "base").order_by("sent_at", "pk"))
        return record, over, requested.add_changes(lookup.get_content(record), over)

    def save(self, who: int, field: str) -> None:
        self.opened[who] = self.open_form(who)
        self.save_an_older_form(who, field)

    def save_an_older_form(self, who: int, field: str) -> None:
        record, over, shown = self.opened[who]
        number = next(self.numbers)
        edit = save(self.people[who], record, shown.replace(**{field: f"1-{number}"}), f"form-{number}", over=over)
        self.shown[edit.pk] = shown

    def books(self, field: str) -> None:
        change(self.sandbox, **{NAMES[field]: f"2-{next(self.numbers)}"})

    def read(self) -> None:
        refresh.read_record(self.job.tenant, registry.get_table(self.job.tenant, "customers"), self.job.remote_id)

    def send(self) -> None:
        send()

    def cancel(self) -> None:
        if edit := Edit.objects.filter(state=State.QUEUED).first():
            queue.cancel_edit(edit)

    def check(self, edit: Edit) -> None:
        """A saved edit has changed what its form showed, and that alone."""
        table = registry.get_table(self.job.tenant, "customers")
        assert edit.base is not None
        assert edit.result is not None
        before, after = (lookup.decode_version(table, version) for version in (edit.base, edit.result))
        changed = [f.name for f in list_changed_fields(before, after)]
        assert changed == edit.fields.split(), "nothing else was written"
        assert [before[name] for name in changed] == [self.shown[edit.pk][name] for name in changed]


@pytest.fixture
def people(alice: User, bob: User, abc: Tenant) -> list[Member]:
    return [Member(abc, alice, Role.ADMIN), Member(abc, bob, Role.BOOKKEEPER)]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=2, max_size=9))
def test_every_accepted_change_is_in_the_books_or_with_its_author_and_nothing_is_overwritten_unseen(
    people: list[Member], job: Record, sandbox: Sandbox, steps: list[tuple[str, *tuple[object, ...]]]
) -> None:
    desk = Queue(people, job, sandbox)
    for name, *arguments in steps:
        step: Callable[..., None] = getattr(desk, name.replace(" ", "_"))
        step(*arguments)
    send()
    ended = list(Edit.objects.filter(pk__in=desk.shown).select_related("base", "result"))
    saved = [edit for edit in ended if edit.state == State.SAVED]
    assert {edit.state for edit in ended} <= {State.SAVED, State.CONFLICT, State.DISCARDED}
    for edit in saved:
        desk.check(edit)
    made = Version.objects.filter(pk__in=[edit.result_id for edit in saved])
    assert made.count() == len(saved), "each is a version of its own"
