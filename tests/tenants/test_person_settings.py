"""What a person chooses for themselves: theme, how dates are written, time zone, first page."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from books.models import Record
from config.middleware import activate_settings, forget_settings
from records.formatting import format_date, show_date
from tenants.models import Membership, PersonSettings, Tenant
from tenants.person_settings import find_first_page, list_first_pages
from tests.support.copies import Copied

PATH = "/settings/"
NONE_CHOSEN = {"theme": "", "density": "", "date_style": "", "time_zone": "", "first_page": ""}
SHOWN = Template("{% load ui %}{{ at|day_and_time }} / {{ at|exact }} / {{ day|day }} / {{ at|moment }}")
PLAIN = "28 Oct 2025 18:05 / 28 Oct 2025 18:05:00 / 28 Oct 2025 / 28 Oct 2025 18:05"
BILL = "123ABC-1234567890"
AT = datetime(2025, 10, 28, 18, 5, tzinfo=UTC)


def stored(person: User) -> dict[str, Any]:
    return dict(PersonSettings.objects.filter(person=person).values(*NONE_CHOSEN).get())


def choose(client: Client, **chosen: str) -> Any:
    return client.post(PATH, NONE_CHOSEN | chosen)


def test_what_is_chosen_is_stored_and_shown_again(as_bob: Client, bob: User) -> None:
    chosen = {
        "theme": "dark",
        "density": "compact",
        "date_style": "iso",
        "time_zone": "europe/berlin",
        "first_page": "bill_list larch",
    }
    answer = choose(as_bob, **chosen)
    assert (answer.status_code, stored(bob)) == (302, chosen | {"time_zone": "Europe/Berlin"})
    initial = as_bob.get(PATH).context["form"].initial
    assert {name: initial[name] for name in chosen} == chosen | {"time_zone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("theme", "purple"),
        ("date_style", "10/28/2026"),
        ("time_zone", "Middle/Earth"),
        ("time_zone", "../../etc/passwd"),
        ("first_page", "bill_list stranger"),
        ("first_page", "//evil.example"),
    ],
)
def test_what_does_not_exist_is_refused_and_nothing_is_stored(as_bob: Client, bob: User, name: str, text: str) -> None:
    answer = choose(as_bob, **{name: text})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [name])
    assert not PersonSettings.objects.exists()


@pytest.mark.parametrize(("theme", "scheme"), [("", "light dark"), ("light", "light"), ("dark", "dark")])
def test_the_theme_is_that_of_every_page(as_bob: Client, theme: str, scheme: str) -> None:
    choose(as_bob, theme=theme)
    page = as_bob.get("/t/larch/customers/").content.decode()
    assert f'<meta name="color-scheme" content="{scheme}">' in page


def test_one_persons_settings_are_nobody_elses(as_bob: Client, as_alice: Client) -> None:
    choose(as_bob, theme="dark", date_style="iso", time_zone="Asia/Tokyo")
    assert 'content="light dark"' in as_alice.get("/t/larch/").content.decode()
    assert (str(timezone.get_current_timezone()), show_date(AT.date())) == ("UTC", "28 Oct 2025")


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, PLAIN),
        (
            {"date_style": "month-first", "time_zone": "America/New_York"},
            "Oct 28, 2025 14:05 EDT / Oct 28, 2025 14:05:00 EDT / Oct 28, 2025 / Oct 28, 2025 14:05 EDT",
        ),
        (
            {"date_style": "iso", "time_zone": "Asia/Tokyo"},
            "2025-10-29 03:05 JST / 2025-10-29 03:05:00 JST / 2025-10-28 / 2025-10-29 03:05 JST",
        ),
        ({"time_zone": "UTC"}, PLAIN),
        ({"time_zone": "Was/Renamed"}, PLAIN),
    ],
)
def test_moments_and_dates_are_drawn_as_chosen(bob: User, chosen: dict[str, str], expected: str) -> None:
    PersonSettings.objects.create(person=bob, **chosen)
    activate_settings(bob)
    drawn = SHOWN.render(Context({"at": AT, "day": AT.date()}))
    forget_settings()
    assert (drawn, SHOWN.render(Context({"at": AT, "day": AT.date()}))) == (expected, PLAIN)


def test_the_day_of_a_page_is_written_as_chosen(as_bob: Client, larch: Tenant) -> None:
    choose(as_bob, date_style="iso")
    page = as_bob.get("/t/larch/").content.decode()
    assert page.count(f"{timezone.localdate():%Y-%m-%d} ") == 2  # at the top, and on paper


def test_a_list_writes_its_dates_as_chosen_and_a_form_so_that_nobody_can_misread_them(
    as_bob: Client, companies: dict[str, Any], copied: Copied
) -> None:
    copied(companies["abc"])
    choose(as_bob, date_style="iso")
    due = Record.objects.filter(tenant=companies["abc"], remote_id=BILL).values_list("due_date", flat=True).get()
    texts = [as_bob.get(path).content.decode() for path in ("/t/abc/bills/", f"/t/abc/bills/{BILL}/edit")]
    assert [(f"{due:%Y-%m-%d}" in text, format_date(due) in text) for text in texts] == [(True, False), (False, True)]


def test_the_day_begins_at_midnight_of_the_person(as_bob: Client) -> None:
    choose(as_bob, time_zone="Pacific/Kiritimati")
    assert "in Pacific/Kiritimati." in as_bob.get(PATH).content.decode()


@pytest.mark.parametrize(
    ("first_page", "leads_to"),
    [("", "/"), ("bill_list larch", "/t/larch/bills/"), ("home abc", "/t/abc/"), ("bill_list gone", "/")],
)
def test_a_sign_in_leads_to_the_first_page(bob: User, first_page: str, leads_to: str) -> None:
    PersonSettings.objects.create(person=bob, first_page=first_page)
    answer = Client().post("/accounts/login/", {"login": "bob", "password": "demo"})
    assert (answer.status_code, answer.headers["Location"]) == (302, leads_to)


def test_but_to_the_page_that_asked_for_it_if_one_did(bob: User) -> None:
    PersonSettings.objects.create(person=bob, first_page="bill_list larch")
    answer = Client().post("/accounts/login/", {"login": "bob", "password": "demo", "next": "/t/abc/customers/"})
    assert answer.headers["Location"] == "/t/abc/customers/"


def test_a_list_that_the_books_do_not_have_is_no_first_page(bob: User, juniper: Tenant) -> None:
    PersonSettings.objects.create(person=bob, first_page="bill_list juniper")
    offered = [page for page, _ in list_first_pages(bob) if page.endswith(" juniper")]
    assert (offered, find_first_page(bob)) == (["home juniper", "customer_list juniper"], "/")


def test_who_has_left_the_company_of_their_first_page_begins_with_their_companies(bob: User) -> None:
    PersonSettings.objects.create(person=bob, first_page="bill_list larch")
    Membership.objects.filter(person=bob, tenant__slug="larch").delete()
    answer = Client().post("/accounts/login/", {"login": "bob", "password": "demo"})
    assert answer.headers["Location"] == "/"


def test_rows_are_as_high_as_a_person_chooses_but_in_a_list_with_a_height_of_its_own(
    as_bob: Client, companies: dict[str, Any], copied: Copied
) -> None:
    copied(companies["abc"])
    choose(as_bob, density="compact")
    as_bob.post("/t/abc/lists/customers/settings/", {"density": "normal"})
    pages = [as_bob.get(f"/t/abc/{kind}/").content.decode() for kind in ("bills", "customers")]
    assert [('class="is-dense' in page, 'class="list is-normal"' in page) for page in pages] == [
        (True, False),
        (True, True),
    ]
    choose(as_bob)
    assert 'class="is-dense' not in as_bob.get("/t/abc/bills/").content.decode()


def test_settings_cost_a_page_no_query(as_bob: Client) -> None:
    with CaptureQueriesContext(connection) as before:
        as_bob.get("/t/larch/customers/")
    choose(as_bob, theme="dark", date_style="iso", time_zone="Asia/Tokyo")
    with CaptureQueriesContext(connection) as after:
        as_bob.get("/t/larch/customers/")
    assert len(after) == len(before)
