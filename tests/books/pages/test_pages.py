"""A company's home, its connection page, the age of its lists and the pickers' options, as a person gets them."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from books import registry
from books.mirror import lookup, store
from books.models import ReadState, SyncRun, SyncStatus
from books.sync import refresh
from tests.support.markup import one_line
from tests.support.tasks import run_queued_tasks


def text(answer):
    return " ".join(answer.content.decode().split())


def test_the_home_of_a_new_company_queues_its_first_read_without_a_request(sandbox, as_carol, abc):
    answer = as_carol.get("/t/abc/")
    assert answer.status_code == 200
    assert "The bills are loading for the first time." in text(answer)
    assert SyncStatus.objects.get(tenant=abc).state == ReadState.QUEUED
    assert sandbox.requests() == []


def test_the_home_shows_what_is_open_and_overdue(as_carol, abc):
    today = timezone.localdate()
    rows = [
        {
            "id": f"{n}-1",
            "refNumber": f"B-{n}",
            "isPaid": n == 4,
            "amountDue": "10.00",
            "openAmount": "10.00",
            "dueDate": (today + timedelta(days=days)).isoformat(),
        }
        for n, days in enumerate((-100, -1, 0, 7, 3))
    ]
    store.store_page(abc, registry.get_table(abc, "bills"), rows, timezone.now())
    figures = as_carol.get("/t/abc/").context["home"]
    assert [(figure.count, str(figure.sum)) for figure in (figures.open, figures.overdue, figures.soon)] == [
        (4, "40.00"),
        (2, "20.00"),
        (2, "20.00"),
    ]
    assert [age.figure.count for age in figures.ages] == [2, 1, 0, 0, 1]
    assert [row.name for row in figures.due_next.rows] == ["B-2", "B-3"]


def test_home_and_bills_show_every_currency_by_its_code(as_carol, abc):
    as_carol.get("/t/abc/bills/")  # requested before they were read
    cache.delete(f"currencies-{abc.pk}")  # another test's company may have had this id
    refresh.request_refresh(abc)
    SyncRun.objects.update(as_of=timezone.now())
    tables = registry.get_description(abc).tables
    currency = {"id": "C-1", "name": "US Dollar", "currencyCode": "USD", "isActive": True}
    lookup.store_record(abc, tables["currencies"], currency)
    bill = {"id": "1-1", "isPaid": False, "openAmount": "10.00", "dueDate": timezone.localdate().isoformat()}
    lookup.store_record(abc, tables["bills"], {**bill, "currency": {"id": "C-1", "fullName": "US Dollar"}})
    assert re.search(r"1 bill</a>,\s+USD", text(as_carol.get("/t/abc/")))
    bills = as_carol.get("/t/abc/bills/")
    assert [total["currency"] for total in bills.context["totals"]] == ["USD"]
    assert bills.context["aging"].currency == "USD"


def test_a_company_that_does_not_answer_shows_since_when_and_what_to_do(as_carol, garnet):
    since = timezone.now()
    SyncStatus.objects.create(
        tenant=garnet,
        failing_since=since,
        why="The PC is off.",
        next_step="Is it on? Press Update Selected.",
        request_id="req_1",
    )
    page = one_line(as_carol.get("/t/garnet/connection/").content.decode())
    assert f"QuickBooks has not answered since {timezone.localtime(since):%H:%M}." in page
    assert "<li>Is it on?</li><li>Press Update Selected.</li>" in page


def test_a_company_of_which_nothing_was_read_shows_no_figures(as_carol, quillmark):
    page = text(as_carol.get("/t/quillmark/"))
    assert (page.count("not loaded yet"), "0.00" in page) == (4, False)


def test_a_page_tells_a_company_that_was_never_connected_from_one_that_is_silent(as_carol, quillmark):
    said = []
    for error in ("NotSetUp", "NotActive"):
        SyncStatus.objects.update_or_create(
            tenant=quillmark, defaults={"failing_since": timezone.now(), "error": error, "next_try_at": timezone.now()}
        )
        page = as_carol.get("/t/quillmark/bills/").content.decode()
        said.append(set(re.findall(r"Connection\s*<span[^>]*>([^<]*)</span>", page)))
        said.append(set(re.findall(r"because QuickBooks is ([^<]*)\.", page)))
        said.append(set(re.findall("has not answered since|This company is not connected yet", page)))
    assert said == [
        *[{"not connected yet"}, {"not connected yet"}, {"This company is not connected yet"}],
        *[{"not answering"}, {"not answering"}, {"has not answered since"}],
    ]


def test_unread_bills_have_no_total_not_even_zero(as_carol, quillmark):
    page = text(as_carol.get("/t/quillmark/bills/"))
    assert ("are loading for the first time" in page, "0.00" in page) == (True, False)


@pytest.mark.parametrize(
    ("answered_at", "words"),
    [
        (timezone.now(), "You can read and edit everything; edits are kept."),
        (None, "Nothing is loaded yet."),
    ],
)
def test_a_company_that_does_not_answer_shows_only_data_already_read(as_bob, garnet, answered_at, words):
    SyncStatus.objects.create(tenant=garnet, failing_since=timezone.now(), answered_at=answered_at)
    assert words in text(as_bob.get("/t/garnet/connection/"))


def test_who_may_only_read_is_not_told_to_edit_meanwhile(as_carol, garnet):
    SyncStatus.objects.create(tenant=garnet, failing_since=timezone.now(), answered_at=timezone.now())
    page = text(as_carol.get("/t/garnet/connection/"))
    assert ("You can read everything." in page, "edit everything" in page) == (True, False)


def test_a_list_that_is_read_shows_its_progress(as_carol, abc):
    started = timezone.now() - timedelta(seconds=10)
    SyncRun.objects.create(
        tenant=abc,
        kind="bills",
        state=ReadState.RUNNING,
        slice_rows=450,
        rows_told=2310,
        started_at=started,
        heartbeat_at=timezone.now(),
    )
    assert "450 of 2,310" in text(as_carol.get("/t/abc/connection/"))
    assert "450 of 2,310" in text(as_carol.get("/t/abc/progress/bills/"))


def test_the_age_line_stops_asking_when_the_reading_has_ended(as_carol, abc):
    SyncRun.objects.create(tenant=abc, kind="bills", state=ReadState.DONE, as_of=timezone.now())
    line = text(as_carol.get("/t/abc/progress/bills/"))
    assert "just now" in line
    assert "hx-get" not in line


def test_trying_now_is_answered_at_once_and_shows_how_it_ends(sandbox, as_bob, abc):
    answer = as_bob.post("/t/abc/connection/check/")
    assert (answer.status_code, answer["Location"]) == (303, "/t/abc/connection/")
    waiting = text(as_bob.get("/t/abc/connection/"))
    assert ("contacting QuickBooks" in waiting, 'http-equiv="refresh"' in waiting) == (True, True)
    assert sandbox.requests() == []
    assert run_queued_tasks() == ["read_wanted"]
    assert SyncStatus.objects.get(tenant=abc).answered_at is not None
    assert [request["path"].rsplit("/", 1)[1] for request in sandbox.requests()] == ["health-check"]
    done = text(as_bob.get("/t/abc/connection/", headers={"HX-Request": "true"}))
    assert ("QuickBooks answered in 0.0 s" in done, "contacting" in done) == (True, False)


def test_trying_a_company_that_is_off_reports_the_failure(sandbox, as_bob, garnet):
    as_bob.post("/t/garnet/connection/check/")
    run_queued_tasks()
    assert SyncStatus.objects.get(tenant=garnet).failing_since is not None
    assert "QuickBooks has not answered since" in text(as_bob.get("/t/garnet/connection/"))


def test_trying_twice_makes_one_round_trip(sandbox, as_bob, as_alice, abc):
    for client in (as_bob, as_alice, as_bob):
        client.post("/t/abc/connection/check/")
    assert (run_queued_tasks(), len(sandbox.requests())) == (["read_wanted"], 1)


def test_a_viewer_may_ask_for_a_refresh_but_not_try(sandbox, as_carol, abc):
    assert as_carol.post("/t/abc/refresh/").status_code == 303
    assert as_carol.post("/t/abc/connection/check/").status_code == 403


def test_an_admin_sees_what_the_connection_service_knows(sandbox, as_alice, abc):
    waiting = text(as_alice.get("/t/abc/connection/vendor/"))
    assert ("Loading details from" in waiting, sandbox.requests()) == (True, [])
    run_queued_tasks()
    page = text(as_alice.get("/t/abc/connection/vendor/"))
    assert sandbox.get("/end-users/" + abc.end_user_id, abc.end_user_id)["companyName"].replace("&", "&amp;") in page
    assert ("hx-trigger" in page.partition('class="panel"')[2], "Last reply" in page) == (False, True)
    assert run_queued_tasks() == []


def test_an_admin_sees_why_the_connection_service_says_nothing(sandbox, as_alice, abc, settings):
    settings.CONDUCTOR_BASE_URL = "http://127.0.0.1:9/v1"
    as_alice.get("/t/abc/connection/vendor/")
    run_queued_tasks()
    page = text(as_alice.get("/t/abc/connection/vendor/", headers={"HX-Request": "true"}))
    assert ("cannot be reached" in page, "hx-get" in page) == (True, False)


def test_a_picker_shows_what_matches(as_carol, abc, copied):
    copied(abc, "standard-terms", "date-driven-terms")
    page = text(as_carol.get("/t/abc/references/terms/?q=net"))
    assert 'data-value="Net 30"' in page


@pytest.mark.parametrize("url", ["references/nothing/", "progress/nothing/"])
def test_a_list_that_does_not_exist_is_not_found(as_carol, abc, url):
    assert as_carol.get(f"/t/abc/{url}").status_code == 404


@pytest.mark.parametrize(("url", "count"), [("/t/abc/", 28), ("/t/abc/connection/", 16)])
def test_a_page_takes_the_same_queries_for_a_full_company(
    as_carol, abc, copied, django_assert_max_num_queries, url, count
):
    copied(abc)
    refresh.request_refresh(abc)
    as_carol.get(url)  # a visit of the company is noted once a minute
    with django_assert_max_num_queries(count):
        as_carol.get(url)
