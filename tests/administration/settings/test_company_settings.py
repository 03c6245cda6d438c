"""The settings of a company: who changed which, what is stored, and two administrators at once."""

from datetime import date, time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from administration.settings.company_settings import load_values
from books.mirror import lookup
from books.models import Record, SyncStatus
from edits.models.edit import Edit, State
from tenants.access import Member
from tenants.models import Role, SecurityEvent, Tenant
from tests.support import saving
from tests.support.inputs import inputs
from tests.support.people import signed_in

PAGE = "/t/larch/settings/"
FORM = "settings-form"


def typed(page: Any, **values: str) -> dict[str, str]:
    return inputs(page, FORM) | values


def store(client: Client, **values: str) -> Any:
    return client.post(PAGE, typed(client.get(PAGE), **values))


@pytest.fixture
def as_ada(alice: User, larch: Tenant) -> Client:
    """A second administrator of the company."""
    ada = User.objects.create(username="ada")
    larch.memberships.create(person=ada, role=Role.ADMIN)
    return signed_in(ada)


@pytest.mark.parametrize(
    ("values", "columns"),
    [
        ({"date_order": "day-first"}, {"day_first": True}),
        ({"currency_display": "always"}, {"names_every_currency": True}),
        ({"closing_date": "10/31/2026"}, {"closing_date": date(2026, 10, 31)}),
        ({"quiet_from": "22:00", "quiet_until": "6:30"}, {"quiet_from": time(22), "quiet_until": time(6, 30)}),
        ({"time_zone": "america/new york"}, {"time_zone": "America/New_York"}),
        ({"requests_an_hour": "60"}, {"pause_seconds": 60.0}),
        ({"requests_per_hour": "90", "requests_per_day": "1,500"}, {"requests_per_hour": 90, "requests_per_day": 1500}),
    ],
)
def test_what_is_typed_is_stored_and_nothing_else(
    as_alice: Client, larch: Tenant, values: dict[str, str], columns: dict[str, Any]
) -> None:
    before = load_values(larch)
    answer = store(as_alice, **values)
    assert (answer.status_code, answer["Location"], load_values(larch)) == (303, PAGE, before | columns)


UNREADABLE: list[tuple[dict[str, str], str]] = [
    ({"closing_date": "soon"}, "closing_date"),
    ({"quiet_from": "22:00"}, "quiet_until"),
    ({"quiet_from": "22:00", "quiet_until": "22:00"}, "quiet_until"),
    ({"quiet_from": "25:00", "quiet_until": "6:00"}, "quiet_from"),
    ({"time_zone": "Nowhere/Else"}, "time_zone"),
    ({"requests_an_hour": "0"}, "requests_an_hour"),
    ({"requests_per_day": "many"}, "requests_per_day"),
    ({"date_order": "backwards"}, "date_order"),
    ({"currency_display": "never"}, "currency_display"),
]


def test_what_cannot_be_read_is_refused_and_nothing_is_stored(as_alice: Client, larch: Tenant) -> None:
    before = load_values(larch)
    answers = [store(as_alice, **{"requests_per_hour": "7", **values}) for values, _ in UNREADABLE]
    found = [(answer.status_code, list(answer.context["form"].errors)) for answer in answers]
    assert (found, load_values(larch)) == ([(422, [field]) for _, field in UNREADABLE], before)


def test_a_change_is_logged_with_what_was_before(as_alice: Client, alice: User, larch: Tenant) -> None:
    store(as_alice, closing_date="31 Oct 2026")
    (entry,) = SecurityEvent.objects.filter(tenant=larch)
    said = {"setting": "Closing date", "was": "none", "becomes": "31 Oct 2026"}
    assert (entry.kind, entry.actor, entry.details) == ("setting_changed", alice, said)


def test_the_page_says_who_has_changed_a_setting_last(as_alice: Client, as_ada: Client) -> None:
    store(as_alice, closing_date="31 Oct 2026")
    store(as_ada, closing_date="30 Nov 2026")
    hint = as_alice.get(PAGE).context["form"].fields["closing_date"].help_text
    assert ("Now: 30 Nov 2026. Changed by ada on " in hint, "before: 31 Oct 2026." in hint) == (True, True)


def test_what_is_set_at_the_command_line_is_said_too(as_alice: Client) -> None:
    call_command("set_pace", "larch", "--ceiling", "500/day")
    hint = as_alice.get(PAGE).context["form"].fields["requests_per_day"].help_text
    assert "Now: 500. Changed by the command line on " in hint


def test_two_administrators_who_change_different_settings_are_both_right(
    as_alice: Client, as_ada: Client, larch: Tenant
) -> None:
    page = as_alice.get(PAGE)
    store(as_ada, closing_date="30 Nov 2026")
    answer = as_alice.post(PAGE, typed(page, requests_per_day="500"))
    values = load_values(larch)
    assert (answer.status_code, values["closing_date"], values["requests_per_day"]) == (303, date(2026, 11, 30), 500)


def test_of_two_who_change_the_same_setting_the_second_is_told_first(
    as_alice: Client, as_ada: Client, larch: Tenant
) -> None:
    page = as_alice.get(PAGE)
    store(as_ada, closing_date="30 Nov 2026", requests_per_day="500")
    answer = as_alice.post(PAGE, typed(page, closing_date="31 Oct 2026"))
    form = inputs(answer, FORM)
    assert (answer.status_code, list(answer.context["form"].errors)) == (409, ["closing_date"])
    assert (form["closing_date"], form["requests_per_day"]) == ("31 Oct 2026", "500")
    assert load_values(larch)["closing_date"] == date(2026, 11, 30)
    assert as_alice.post(PAGE, form).status_code == 303
    values = load_values(larch)
    assert (values["closing_date"], values["requests_per_day"]) == (date(2026, 10, 31), 500)


def test_a_form_that_does_not_say_what_was_on_the_screen_stores_nothing(as_alice: Client, larch: Tenant) -> None:
    before = load_values(larch)
    form = {name: text for name, text in typed(as_alice.get(PAGE)).items() if not name.startswith("initial-")}
    answer = as_alice.post(PAGE, form | {"requests_per_day": "5"})
    assert (answer.status_code, load_values(larch)) == (409, before)


def test_a_pause_that_is_no_whole_number_of_requests_stays_as_it_is(as_alice: Client, larch: Tenant) -> None:
    call_command("set_pace", "larch", "--pause", "7")
    store(as_alice, requests_per_day="5")
    assert load_values(larch)["pause_seconds"] == 7.0


def test_pausing_ends_what_was_queued_and_waking_goes_on(as_alice: Client, bob: User, job: Record) -> None:
    edit = saving.accept(Member(job.tenant, bob, Role.BOOKKEEPER), job, lookup.get_content(job).replace(phone="1"))
    page = "/t/abc/settings/"
    as_alice.post(page, inputs(as_alice.get(page), FORM) | {"rest": "paused"})
    assert Edit.objects.get(pk=edit.pk).state == State.NOT_SENT
    as_alice.post(page, inputs(as_alice.get(page), FORM) | {"rest": "on"})
    assert SyncStatus.objects.get(tenant=job.tenant).resting_since is None


def test_a_company_without_bills_has_no_closing_date(as_alice: Client, juniper: Tenant) -> None:
    assert "closing_date" not in as_alice.get("/t/juniper/settings/").context["form"].fields


def test_the_connection_page_leads_administrators_to_it(as_alice: Client, as_bob: Client, larch: Tenant) -> None:
    pages = [client.get("/t/larch/connection/").content.decode() for client in (as_alice, as_bob)]
    assert [f'href="{PAGE}"' in page for page in pages] == [True, False]
