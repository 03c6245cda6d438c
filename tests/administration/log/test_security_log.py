"""Who reads which entries of the security log, on its pages and in its files, and how they are narrowed."""

import csv
from datetime import timedelta
from importlib import import_module
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from administration.log.entries import HEADS, LogQuery, describe_event, find_events
from administration.log.filters import LogFilter
from administration.people import figures
from tenants.models import Membership, Role, SecurityEvent, Tenant
from tenants.security_log import Kind, log_event
from tests.support.people import signed_in

LOG, ALL = "/t/larch/log/", "/administration/log/"


@pytest.fixture
def lone(larch: Tenant) -> User:
    """Somebody who is in larch alone."""
    person = User.objects.create_user("lone")
    Membership.objects.create(tenant=larch, person=person, role=Role.VIEWER)
    return person


@pytest.fixture
def admin(dave: User) -> User:
    """A Ledgerdesk administrator who is in no company."""
    User.objects.filter(pk=dave.pk).update(is_staff=True)
    dave.refresh_from_db()
    return dave


def names(tenant: Tenant | None, **asked: Any) -> list[str]:
    """Return whom the entries concern that are found, newest first."""
    return [event.person_name for event in find_events(LogQuery(**asked), tenant)]


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_companys_log_has_its_own_entries(larch: Tenant, harbor: Tenant, bob: User, dave: User) -> None:
    log_event(Kind.MEMBER_ADDED, tenant=larch, person=bob)
    log_event(Kind.MEMBER_ADDED, tenant=harbor, person=dave)
    assert (names(larch), names(harbor), names(None)) == (["bob"], ["dave"], ["dave", "bob"])


def test_it_has_the_sign_ins_of_those_who_are_in_no_other_company(larch: Tenant, bob: User, lone: User) -> None:
    for person in (bob, lone):
        log_event(Kind.SIGNED_IN, person=person)
    assert names(larch) == ["lone"]


def test_but_not_of_a_ledgerdesk_administrator(larch: Tenant, lone: User) -> None:
    User.objects.filter(pk=lone.pk).update(is_staff=True)
    log_event(Kind.SIGNED_IN, person=User.objects.get(pk=lone.pk))
    assert names(larch) == []


def test_who_joins_another_company_is_seen_by_neither_from_then_on(larch: Tenant, harbor: Tenant, lone: User) -> None:
    log_event(Kind.SIGNED_IN, person=lone)
    Membership.objects.create(tenant=harbor, person=lone, role=Role.VIEWER)
    log_event(Kind.SIGNED_OUT, person=lone)
    assert ([event.kind for event in find_events(LogQuery(), larch)], names(harbor)) == ([Kind.SIGNED_IN], [])


def test_what_somebody_did_before_they_joined_is_not_seen(larch: Tenant) -> None:
    person = User.objects.create_user("new")
    log_event(Kind.SIGNED_IN, person=person)
    Membership.objects.create(tenant=larch, person=person, role=Role.VIEWER)
    log_event(Kind.SIGNED_OUT, person=person)
    assert [event.kind for event in find_events(LogQuery(), larch)] == [Kind.SIGNED_OUT]


def test_what_somebody_did_while_they_were_a_member_stays_when_they_leave(larch: Tenant, lone: User) -> None:
    log_event(Kind.SIGNED_IN, person=lone)
    Membership.objects.filter(person=lone).delete()
    log_event(Kind.SIGN_IN_FAILED, person=lone)
    assert [event.kind for event in find_events(LogQuery(), larch)] == [Kind.SIGNED_IN]


def test_earlier_entries_are_given_to_the_company_that_could_read_them(larch: Tenant, lone: User, bob: User) -> None:
    """Of who has left too, up to then; of who is in several companies nothing is known."""
    migration, gone = import_module("tenants.migrations.0019_log_kept_whole"), User.objects.create_user("gone")
    with connection.cursor() as cursor:
        for statement in migration.NO_LONGER[connection.vendor]:
            cursor.execute(statement)
    for person in (lone, bob, gone):
        SecurityEvent(kind=Kind.SIGNED_IN, person=person, person_name=person.username).save()
    log_event(Kind.MEMBER_REMOVED, tenant=larch, person=gone)
    log_event(Kind.SIGN_IN_FAILED, person=gone)
    then = MigrationLoader(connection, replace_migrations=False).project_state([("tenants", "0018_account_links")])
    migration.give_to_companies(then.apps, None)
    found = find_events(LogQuery(), larch).values_list("kind", "person_name")
    assert sorted(found) == [("member_removed", "gone"), ("signed_in", "gone"), ("signed_in", "lone")]


def test_the_members_page_shows_the_sign_ins_that_the_log_has_and_no_others(
    as_alice: Client, larch: Tenant, harbor: Tenant, lone: User, bob: User
) -> None:
    for person in (lone, bob):
        log_event(Kind.SIGNED_IN, actor=person, person=person)
        User.objects.filter(pk=person.pk).update(last_login=timezone.now())
    shown = {one.person: one.signed_in_at for one in figures.list_members(larch)}
    assert (shown[bob], shown[lone]) == (None, SecurityEvent.objects.get(person=lone).at)
    page = as_alice.get(f"/t/larch/members/{bob.pk}/")
    assert page.context["rights"][0].last_at is None


def test_what_is_of_no_company_and_no_account_is_for_ledgerdesks_administrators(larch: Tenant, lone: User) -> None:
    log_event(Kind.PERSON_TURNED_OFF, person=lone)
    assert (names(larch), names(None)) == ([], ["lone"])


def test_the_page_shows_entries_in_words_newest_first(as_alice: Client, larch: Tenant, alice: User, bob: User) -> None:
    log_event(Kind.ROLE_CHANGED, tenant=larch, actor=alice, person=bob, role="viewer", was_role="bookkeeper")
    page = as_alice.get(LOG).content.decode()
    said = ["Role changed", "alice", ">bob<", "Larch Street Supply", "role: viewer, was role: bookkeeper"]
    assert [word in page for word in said] == [True] * 5


@pytest.mark.parametrize(("asked", "offers"), [("", False), ("?person=nobody", True)])
def test_only_a_log_with_filters_offers_to_clear_them(
    as_alice: Client, larch: Tenant, asked: str, offers: bool
) -> None:
    page = as_alice.get(LOG + asked).content.decode()
    assert ("No entries yet." in page, "Clear filters" in page) == (not offers, offers)


def test_what_somebody_calls_themselves_cannot_run_in_a_page(as_alice: Client, larch: Tenant) -> None:
    log_event(Kind.INVITED, tenant=larch, person_name="<script>alert(1)</script>", email="<b>")
    page = as_alice.get(LOG).content.decode()
    assert ("<script>alert" in page, "email: <b>" in page) == (False, False)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["bob", "alice", "carol"]),
        ("kind=signed_in", ["bob", "carol"]),
        ("person=ALI", ["alice"]),
        ("kind=signed_in&person=alice", []),
        ("since=-3", ["bob", "alice", "carol"]),
        ("since=t", ["bob"]),
        ("until=2000-01-01", []),
        ("kind=nonsense", ["bob", "alice", "carol"]),
        ("since=nonsense&page=x", ["bob", "alice", "carol"]),
    ],
)
def test_it_is_narrowed_by_kind_person_and_day(everybody: dict[str, User], query: str, found: list[str]) -> None:
    log_earlier(Kind.SIGNED_IN, "carol", days=1)
    log_earlier(Kind.SIGNED_OUT, "alice", days=1)
    log_event(Kind.SIGNED_IN, actor=everybody["bob"], person=everybody["bob"])
    form = LogFilter(dict(part.split("=") for part in query.split("&") if part))
    assert [event.person_name for event in find_events(form.asked)] == found


def log_earlier(kind: Kind, name: str, days: int) -> None:
    """Add an entry of some days ago, which only a test can do."""
    at = connection.ops.adapt_datetimefield_value(timezone.now() - timedelta(days))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tenants_securityevent (at, kind, tenant_name, actor_name, person_name, address, details)"
            " VALUES (%s, %s, '', %s, %s, '', '{}')",
            [at, kind, name, name],
        )


def test_a_filter_that_makes_no_sense_says_so_and_is_ignored(as_alice: Client, larch: Tenant) -> None:
    answer = as_alice.get(f"{LOG}?since=nonsense")
    assert (answer.status_code, "This filter is ignored." in answer.content.decode()) == (200, True)


def test_a_page_has_fifty_entries_and_costs_the_same_queries(
    as_alice: Client, larch: Tenant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    log_event(Kind.INVITED, tenant=larch)
    as_alice.get(LOG)  # a first visit asks for more
    with CaptureQueriesContext(connection) as few:
        as_alice.get(LOG)
    for _ in range(60):
        log_event(Kind.INVITED, tenant=larch)
    with django_assert_num_queries(len(few)):
        page = as_alice.get(LOG).content.decode()
    second = as_alice.get(f"{LOG}?page=2").content.decode()
    assert [text.count('<td class="at-title">Invited</td>') for text in (page, second)] == [50, 11]


def test_a_file_has_what_the_page_has(as_alice: Client, larch: Tenant, alice: User, bob: User) -> None:
    log_event(Kind.ROLE_CHANGED, tenant=larch, actor=alice, person=bob, role="viewer")
    log_event(Kind.INVITED, tenant=larch, actor=alice)
    text = body(as_alice.get(f"{LOG}export.csv?kind=role_changed")).decode("utf-8-sig")
    heads, row, *more = csv.reader(StringIO(text))
    assert (tuple(heads), row[1:], more) == (
        HEADS,
        ["Role changed", "alice", "bob", "Larch Street Supply", "", "role: viewer"],
        [],
    )


def test_both_files_hold_the_same(as_alice: Client, larch: Tenant, bob: User) -> None:
    log_event(Kind.MEMBER_ADDED, tenant=larch, actor=bob, person=bob)
    kind = "?kind=member_added"
    sheet = load_workbook(BytesIO(body(as_alice.get(f"{LOG}export.xlsx{kind}")))).active
    assert sheet is not None
    rows = list(csv.reader(StringIO(body(as_alice.get(f"{LOG}export.csv{kind}")).decode("utf-8-sig"))))
    cells = [[str(cell or "") for cell in row[1:]] for row in sheet.iter_rows(values_only=True)]
    assert cells == [row[1:] for row in rows]


def test_a_formula_in_it_is_not_carried_out(as_alice: Client, larch: Tenant) -> None:
    log_event(Kind.INVITED, tenant=larch, person_name="=HYPERLINK(1)")
    assert '"=HYPERLINK' not in body(as_alice.get(f"{LOG}export.csv")).decode()


def test_who_takes_the_log_away_is_in_it(as_alice: Client, larch: Tenant) -> None:
    as_alice.get(f"{LOG}export.csv")
    event = SecurityEvent.objects.get()
    assert (event.kind, event.actor_name, event.tenant, event.details) == (
        "exported",
        "alice",
        larch,
        {"what": "security log", "rows": 0},
    )


def test_ledgerdesks_administrators_take_all_of_it(admin: User, larch: Tenant, harbor: Tenant) -> None:
    for tenant in (larch, harbor):
        log_event(Kind.INVITED, tenant=tenant)
    text = body(signed_in(admin).get(f"{ALL}export.csv")).decode("utf-8-sig")
    assert [row[4] for row in csv.reader(StringIO(text))][1:] == ["Harbor & Pine Builders", "Larch Street Supply"]


def test_an_entry_of_an_edition_that_is_not_known_is_shown_as_it_is(db: None) -> None:
    event = SecurityEvent(kind="came_later", at=timezone.now() - timedelta(1))
    assert describe_event(event)[1:] == ("came_later", "the operator", "", "", "", "")
