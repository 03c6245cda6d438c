"""The search over all companies: what is found, in which order, and that nobody finds what is not theirs."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html
from pytest_django import Settings

from books.mirror.store import store_page
from books.models import SavedView
from books.registry import get_description
from overview.inbox.items import make_reader
from overview.search import records
from overview.search.hits import Needle
from overview.search.records import find_records
from tenants.models import Tenant
from tests.bills.factories import BILL, named
from tests.edits.factories import an_edit
from tests.support.inputs import controls
from tests.support.people import signed_in

LISTS = {"customers": "fullName", "bills": "refNumber", "vendors": "fullName"}


def store(tenant: Tenant, kind: str, *rows: dict[str, Any] | str) -> None:
    """Store records, of which a text is the name, which is also the id."""
    usual = BILL if kind == "bills" else {"revisionNumber": "1", "isActive": True}
    named = [{LISTS[kind]: row, "name": row, "id": row} if isinstance(row, str) else row for row in rows]
    store_page(tenant, get_description(tenant).tables[kind], [{**usual, **row} for row in named], timezone.now())


def find(client: Client, q: str, **more: str) -> list[tuple[str, list[str]]]:
    """Return the titles of each group of hits."""
    groups = client.get("/search/", {"q": q, **more}).context["groups"]
    return [(group.name, [hit.title for hit in group.hits]) for group in groups]


def test_an_amount_is_found_as_it_is_written_and_shown_with_an_unusual_currency(as_bob: Client, larch: Tenant) -> None:
    euro = {"currency": named("E", "Euro"), "amountDue": "2195.35", "openAmount": "2195.35"}
    usual = {"currency": named("D", "Dollar"), "amountDue": "2195.35", "openAmount": "2195.35"}
    store(larch, "bills", {"id": "1", "refNumber": "1", **usual}, {"id": "2", "refNumber": "2", **usual})
    store(larch, "bills", {"id": "3", "refNumber": "3", **euro})
    for q in ("2,195.35", "$2,195.35", "2195.35"):
        (group,) = as_bob.get("/search/", {"q": q}).context["groups"]
        shown = sorted(hit.aside.rpartition(" · ")[2] for hit in group.hits)
        assert (q, shown) == (q, ["2,195.35", "2,195.35", "Euro 2,195.35"])


def test_a_bill_that_is_paid_in_part_is_found_by_what_is_due_and_says_so(as_bob: Client, larch: Tenant) -> None:
    store(larch, "bills", {"id": "1", "refNumber": "1", "amountDue": "500.00", "openAmount": "120.50"})
    (group,) = as_bob.get("/search/", {"q": "120.50"}).context["groups"]
    assert [hit.aside.partition(" · ")[2] for hit in group.hits] == ["500.00 · amount due 120.50"]


def test_names_that_start_with_the_search_come_first_then_words_then_texts(as_bob: Client, larch: Tenant) -> None:
    store(
        larch, "customers", "New Oakland", "Bloakes", "Oak Street Deli", {"id": "b", "fullName": "Birch", "note": "oak"}
    )
    assert dict(find(as_bob, "oak"))["customers"] == ["Oak Street Deli", "New Oakland", "Bloakes"]


def test_records_of_all_companies_are_found_with_their_company(as_bob: Client, larch: Tenant, harbor: Tenant) -> None:
    store(larch, "customers", "Quillon One")
    store(harbor, "customers", "Quillon Two")
    (group,) = as_bob.get("/search/?q=quillon").context["groups"]
    assert [(hit.title, hit.company, hit.url) for hit in group.hits] == [
        ("Quillon One", larch.name, "/t/larch/customers/Quillon%20One/"),
        ("Quillon Two", harbor.name, "/t/harbor/customers/Quillon%20Two/"),
    ]


def test_the_company_where_one_is_comes_first(as_bob: Client, larch: Tenant, harbor: Tenant) -> None:
    store(larch, "customers", "Quillon One")
    store(harbor, "customers", "Quillon Two")
    assert find(as_bob, "quillon", now="harbor") == [("customers", ["Quillon Two", "Quillon One"])]


@pytest.mark.parametrize("q", ["7731-xl", "7731XL", "cobalt 7731", "COBALT", "cobált"])
def test_a_bill_is_found_by_number_and_vendor_however_they_are_written(as_bob: Client, larch: Tenant, q: str) -> None:
    store(larch, "bills", {"id": "B9", "refNumber": "7731-XL", "vendor": named("V1", "Cobalt Ridge")})
    assert find(as_bob, q) == [("bills", ["Cobalt Ridge 7731-XL"])]


def test_an_inactive_record_is_below_the_active_ones_and_says_so(as_bob: Client, larch: Tenant) -> None:
    gone = {"id": "g", "fullName": "Elm A", "isActive": False}
    store(larch, "customers", gone, "Elm B")
    (group,) = as_bob.get("/search/?q=elm").context["groups"]
    assert [(hit.title, hit.badge) for hit in group.hits] == [("Elm B", ""), ("Elm A", "inactive")]


def test_a_company_leads_to_the_section_where_one_is(as_bob: Client, larch: Tenant, harbor: Tenant) -> None:
    groups = as_bob.get("/search/", {"q": harbor.name, "now": "larch", "at": "customer_list"}).context["groups"]
    assert [hit.url for hit in groups[0].hits] == ["/t/harbor/customers/"]


def test_without_script_a_company_leads_to_that_section_too(as_bob: Client, larch: Tenant, harbor: Tenant) -> None:
    page = as_bob.get("/search/", {"now": "larch", "at": "customer_list"})
    (form,) = html.fromstring(page.content.decode()).xpath("//main//form[@role='search']")
    asked = {**dict(controls(form)), "q": harbor.name}
    palette = as_bob.get("/search/", {**asked, "palette": "on"}).content.decode()
    (every,) = html.fromstring(palette).xpath("//*[@class='palette-all']/a/@href")
    found = [page.context["groups"][0].hits for page in (as_bob.get("/search/", asked), as_bob.get(every))]
    assert [[hit.url for hit in hits] for hits in found] == [["/t/harbor/customers/"]] * 2


def test_pages_are_found_by_other_words_and_with_a_company(as_bob: Client, larch: Tenant, harbor: Tenant) -> None:
    assert find(as_bob, "security") == [("pages", ["Change password"])]
    hits = as_bob.get("/search/", {"q": f"overdue {harbor.name}", "now": "larch"}).context["groups"][0].hits
    assert [hit.url for hit in hits] == ["/t/harbor/bills/?state=overdue"]


def test_outside_a_company_the_pages_of_all_are_found_by_their_names(
    as_bob: Client, larch: Tenant, harbor: Tenant
) -> None:
    found: dict[str, list[str]] = {}
    for now in ("", "nope", "larch"):
        (group,) = as_bob.get("/search/", {"q": "overdue", "now": now}).context["groups"]
        found[now] = [hit.url for hit in group.hits if "larch" in hit.url or "harbor" in hit.url]
    both = ["/t/harbor/bills/?state=overdue", "/t/larch/bills/?state=overdue"]
    assert found == {"": both, "nope": both, "larch": both[1:]}


OPEN_TO = [
    ("alice", "import", ["Import customers", "Import bills"]),
    ("bob", "import", ["Import customers", "Import bills"]),
    ("carol", "import", []),
    ("alice", "members", ["Members"]),
    ("bob", "members", []),
    ("alice", "administration", []),
]


def test_a_page_is_found_by_who_may_open_it(everybody: dict[str, User], larch: Tenant) -> None:
    clients = {name: signed_in(everybody[name]) for name, _, _ in OPEN_TO}
    for name, q, pages in OPEN_TO:
        groups = clients[name].get("/search/", {"q": q, "now": "larch"}).context["groups"]
        hits = [hit for group in groups for hit in group.hits]
        assert (name, q, [hit.title for hit in hits]) == (name, q, pages)
        assert {clients[name].get(hit.url).status_code for hit in hits} <= {200}


def test_the_administration_is_found_by_who_administers(as_bob: Client, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    assert find(as_bob, "administration") == [("pages", ["Administration"])]


def test_views_are_found_ones_own_and_the_shared(as_bob: Client, bob: User, alice: User, larch: Tenant) -> None:
    for person, name in ((bob, "Zinnia mine"), (None, "Zinnia ours"), (alice, "Zinnia hers")):
        SavedView.objects.create(tenant=larch, kind="bills", person=person, name=name, query="state=overdue")
    assert find(as_bob, "zinnia") == [("views", ["Zinnia mine", "Zinnia ours"])]


def test_the_history_is_found_on_the_page_and_not_in_the_palette(as_bob: Client, bob: User, larch: Tenant) -> None:
    edit = an_edit(larch, bob, timezone.now())
    q = edit.record_name
    assert find(as_bob, q)[-1] == ("history", [q])
    palette = as_bob.get("/search/", {"q": q, "palette": "on"}, HTTP_HX_REQUEST="true").content.decode()
    assert ("All results" in palette, f"/edits/{edit.pk}/" in palette) == (True, False)


def test_without_words_there_is_what_was_seen_lately(as_bob: Client, larch: Tenant, harbor: Tenant) -> None:
    store(larch, "customers", "First", "Second")
    as_bob.get("/t/larch/customers/Second/")
    (recent, actions, pages, companies) = as_bob.get("/search/", {"now": "harbor"}).context["groups"]
    assert [hit.title for hit in recent.hits] == ["Second"]
    assert [(hit.title, hit.company) for hit in actions.hits] == [("Refresh this company", harbor.name)]
    assert (pages.title, pages.hits[0].url) == (harbor.name, "/t/harbor/")
    assert harbor.name not in [hit.title for hit in companies.hits]


def test_of_equals_the_one_seen_lately_comes_first(as_bob: Client, larch: Tenant) -> None:
    store(larch, "customers", "Elm A", "Elm B")
    as_bob.get("/t/larch/customers/Elm%20B/")
    assert find(as_bob, "elm") == [("customers", ["Elm B", "Elm A"])]


def test_of_equals_the_companies_vendors_and_views_opened_lately_come_first(
    as_bob: Client, bob: User, larch: Tenant, harbor: Tenant
) -> None:
    for name in ("Zinnia", "Zinnia too"):
        view = SavedView.objects.create(tenant=larch, kind="bills", person=bob, name=name, query="state=overdue")
    store(larch, "vendors", "Zinnia A", "Zinnia B")
    store(larch, "bills", {"id": "B9", "vendor": named("Zinnia B", "Zinnia B")})
    others = [hit.title for hit in as_bob.get("/search/").context["groups"][-1].hits]
    for url in (
        "/t/larch/bills/?view=0",
        f"/t/larch/bills/?{view.address}",
        "/t/larch/vendors/Zinnia%20B/",
        "/t/harbor/",
    ):
        assert as_bob.get(url).status_code == 200
    found = dict(find(as_bob, "zinnia"))
    assert (found["views"], found["vendors"]) == (["Zinnia too", "Zinnia"], ["Zinnia B", "Zinnia A"])
    now = [hit.title for hit in as_bob.get("/search/").context["groups"][-1].hits]
    assert now == [harbor.name, larch.name, *(name for name in others if name not in (harbor.name, larch.name))]


def test_what_was_seen_lately_is_found_among_very_many(as_bob: Client, larch: Tenant) -> None:
    store(larch, "customers", *[f"Elm {number:03}" for number in range(60)])
    as_bob.get("/t/larch/customers/Elm%20055/")
    ((_, titles),) = find(as_bob, "elm")
    assert titles[:2] == ["Elm 055", "Elm 000"]
    assert find(as_bob, "oak") == []


def list_found(person: User, q: str, most: int) -> list[str | None]:
    found = find_records(make_reader(person).members, Needle(q), "", most=most)
    return [one.record.full_name for one in found["customers"]]


def test_where_enough_names_start_with_the_search_no_others_are_looked_for(bob: User, larch: Tenant) -> None:
    names = [f"Elm {number}" for number in range(7)]
    store(larch, "customers", *names, "New Elm")
    assert [list_found(bob, "elm", most) for most in (6, 7)] == [names, [*names, "New Elm"]]


def test_few_hits_are_the_same_as_those_of_each_company_asked_for(
    bob: User, larch: Tenant, harbor: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = ("elm", "el", "new", "street", "helm elm", "elm-street", "nowhere")
    other = Tenant.objects.create(slug="other", name="Other", end_user_id="end_usr_other")  # bob is no member of it
    for tenant in (larch, harbor, other):
        store(tenant, "customers", "Elm Street", "New Elm", "Helm", "Birch")
    monkeypatch.setattr(records, "MANY", 0)
    each = {q: list_found(bob, q, 6) for q in typed}
    monkeypatch.undo()
    assert {q: list_found(bob, q, 6) for q in typed} == each


def test_quotes_around_a_search_do_not_change_the_order(as_bob: Client, larch: Tenant) -> None:
    store(larch, "customers", "New Oak", "Oak Street", {"id": "b", "fullName": "Birch", "note": "oak"})
    assert find(as_bob, '"oak"') == find(as_bob, "oak")


def test_nobody_is_told_that_a_record_is_inactive_who_may_not_see_it(
    as_carol: Client, larch: Tenant, settings: Settings
) -> None:
    store(larch, "customers", {"id": "g", "fullName": "Elm", "isActive": False})
    settings.HIDDEN_FIELDS = {"viewer": ["customers.is_active"]}
    (group,) = as_carol.get("/search/?q=elm").context["groups"]
    assert [(hit.title, hit.badge) for hit in group.hits] == [("Elm", "")]


ODD = ["", " ", "\0", "'", '"', "%", "_", "()", "a" * 101, "a" * 1000, "ab%", "a_", "e", "*", "NEAR(", "-", "..", "\\"]


def test_whatever_is_typed_is_answered(as_bob: Client, larch: Tenant) -> None:
    store(larch, "customers", "Elm A")
    found = {q: as_bob.get("/search/", {"q": q, "palette": "on"}).status_code for q in ODD}
    assert found == dict.fromkeys(ODD, 200)


def test_nobody_finds_what_is_not_theirs(everybody: Any, as_dave: Client, larch: Tenant, bob: User) -> None:
    store(larch, "customers", "Quillon One")
    store(larch, "bills", {"id": "B9", "refNumber": "Quillon"})
    store(larch, "vendors", "Quillon Supply")
    SavedView.objects.create(tenant=larch, kind="bills", person=None, name="Quillon", query="")
    an_edit(larch, bob, timezone.now(), record_name="Quillon", search="quillon")
    assert find(as_dave, "quillon") == []
    assert as_dave.get("/search/", {"q": "", "now": "larch"}).context["groups"] == []
    assert find(as_dave, larch.name) == []


def test_what_is_hidden_neither_finds_nor_is_shown(as_carol: Client, larch: Tenant, settings: Settings) -> None:
    store(larch, "customers", {"id": "q", "fullName": "Elm", "companyName": "Quillon Inc", "phone": "555 0100"})
    settings.HIDDEN_FIELDS = {"viewer": ["customers.company_name"]}
    assert find(as_carol, "quillon") == []
    (group,) = as_carol.get("/search/?q=elm").context["groups"]
    assert [hit.aside for hit in group.hits] == ["555 0100"]


def test_a_bill_is_not_called_by_a_day_that_is_hidden(as_carol: Client, larch: Tenant, settings: Settings) -> None:
    vendor = {"id": "V", "fullName": "Quillon"}
    store(larch, "bills", {"id": "B9", "refNumber": "", "transactionDate": "2026-08-05", "vendor": vendor})
    shown = dict(find(as_carol, "quillon"))["bills"]
    settings.HIDDEN_FIELDS = {"viewer": ["bills.transaction_date"]}
    hidden = dict(find(as_carol, "quillon"))["bills"]
    page = as_carol.get(reverse("record_history", args=["larch", "bills", "B9"]))
    assert (shown, hidden, page.context["name"]) == (["Quillon of 5 Aug 2026"], ["Quillon"], "Quillon")


def test_the_queries_do_not_grow_with_companies_and_hits(as_bob: Client, larch: Tenant, harbor: Tenant) -> None:
    counts = []
    for tenants in ((larch,), (larch, harbor)):
        for tenant in tenants:
            store(tenant, "customers", *[f"Elm {number}" for number in range(50)])
        with CaptureQueriesContext(
            connection,
        ) as queries:
            find(as_bob, "elm")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_palette_is_a_dialog_with_its_results(as_bob: Client, larch: Tenant) -> None:
    answer = as_bob.get("/search/", {"palette": "on", "now": "larch"}, HTTP_HX_REQUEST="true")
    assert ('<dialog id="palette"' in answer.content.decode(), "<html" in answer.content.decode()) == (True, False)
