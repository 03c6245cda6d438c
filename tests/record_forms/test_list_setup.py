"""Setting up a list: columns and their order, density and widths, and saved views, own and shared."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from lxml import html

from books.mirror import lookup
from books.models import Record, SavedView, SyncRun, SyncStatus
from books.registry import get_table
from edits.models.edit import Edit, State
from tenants.models import Membership, Tenant
from tests.bills.factories import BILL
from tests.bills.list.conftest import store as store
from tests.support.markup import one_line

LIST, SETUP = "/t/larch/bills/", "/t/larch/lists/bills/"
Store = Callable[..., object]


def heads(client: Client, query: str) -> list[str]:
    page = client.get(f"{LIST}{query}").content.decode()
    return re.findall(r'<th scope="col"[^>]*data-column="(\w+)"', page)


def save(client: Client, name: str, query: str, **more: str) -> int:
    return client.post(f"{SETUP}views/", {"name": name, "query": query, **more}).status_code


def test_any_field_of_the_record_can_be_a_column(as_carol: Client, store: Store) -> None:
    store("7", vendorAddress={"city": "Elko <b>"}, exchangeRate=1.25, memo="m")
    asked = "?columns=vendor_address__city,name,exchange_rate,payables_account,updated_at,nonsense"
    text = as_carol.get(f"{LIST}{asked}").content.decode()
    assert heads(as_carol, asked) == ["vendor_address__city", "name", "exchange_rate", "payables_account", "updated_at"]
    assert [value in text for value in ("Elko &lt;b&gt;", ">1.25<", "Accounts Payable", "<b>")] == [
        True,
        True,
        True,
        False,
    ]


def test_the_column_that_leads_to_the_record_stays(as_carol: Client, store: Store) -> None:
    assert (heads(as_carol, "?columns=memo,amount"), heads(as_carol, "?columns=nonsense")[:2]) == (
        ["name", "memo", "amount"],
        ["name", "vendor_name"],
    )


@pytest.mark.parametrize("count", [1, 100])
def test_chosen_columns_cost_one_query_however_many_rows(
    as_carol: Client, larch: Tenant, django_assert_num_queries, count: int
) -> None:
    for number in range(101, 101 + count):
        named = {"id": f"B{number}", "refNumber": f"{number}".replace("0", "z")}  # none the same but for zeros
        lookup.store_record(larch, get_table(larch, "bills"), {**BILL, **named})
    SyncRun.objects.create(tenant=larch, kind="bills", as_of=timezone.now())
    SyncStatus.objects.get_or_create(tenant=larch)
    asked = f"{LIST}?columns=name,vendor_address__city,exchange_rate&account=freight in&sort=-amount"
    as_carol.get(asked)
    with django_assert_num_queries(7):  # one more than those of the usual columns
        as_carol.get(asked)


def test_columns_are_moved_without_a_script(as_carol: Client, larch: Tenant) -> None:
    page = as_carol.get(f"{SETUP}?columns=name&columns=memo&columns=amount&up=amount&state=all")
    assert [column.name for column in page.context["setup"].chosen] == ["name", "amount", "memo"]
    names = re.findall(r'name="columns"\s+value="(\w+)"', page.content.decode())
    assert (names[:3], len(names) == len(set(names)), len(names) > 20) == (["name", "amount", "memo"], True, True)
    assert re.findall(r'type="hidden" name="state" value="(\w+)"', page.content.decode()) == ["all"]


@pytest.mark.parametrize(
    ("moved", "focused"),
    [("up=amount", "up"), ("up=name", "down"), ("down=name", "down"), ("down=memo", "up")],
    ids=["up", "to the start", "down", "to the end"],
)
def test_a_column_that_was_moved_is_moved_on_by_the_same_key_up_to_the_end(
    as_carol: Client, larch: Tenant, moved: str, focused: str
) -> None:
    page = as_carol.get(f"{SETUP}?columns=due_date,name,memo,amount&{moved}").content.decode()
    (found,) = re.findall(r'name="(\w+)"\s+value="(\w+)"[^>]*autofocus', page)
    assert found == (focused, moved.partition("=")[2])


@pytest.mark.parametrize(
    "sort", ["", "-name", "name,-amount,memo,-due_date"], ids=["usual", "one key", "as many as a list takes"]
)
def test_setting_up_a_list_leaves_the_order_as_it_was_chosen(as_carol: Client, larch: Tenant, sort: str) -> None:
    page = one_line(as_carol.get(SETUP, {"sort": sort}).content.decode())
    selects = re.findall(r'<select name="sort">(.*?)</select>', page)
    chosen = [value for one in selects for value in re.findall(r'value="([^"]*)" selected', one)]
    assert ",".join(chosen) == sort


def test_density_and_widths_are_kept_for_the_person(as_carol: Client, as_bob: Client, store: Store) -> None:
    store("7")
    assert as_carol.post(f"{SETUP}settings/", {"density": "compact"}).status_code == 302
    for widths in ('{"memo": 12, "amount": 9}', '{"amount": 0}', '{"memo": 7000}', "[", '{"memo": "x\\""}'):
        as_carol.post(f"{SETUP}settings/", {"widths": widths}, headers={"HX-Request": "true"})
    own, others = (one_line(client.get(LIST).content.decode()) for client in (as_carol, as_bob))
    as_carol.post(f"{SETUP}settings/", {"density": "own"})
    assert "is-compact" not in as_carol.get(LIST).content.decode()
    assert ("is-compact" in own, own.count("size-12"), own.count("size-9")) == (True, 2, 0)
    assert ("is-compact" in others, "size-12" in others) == (False, False)


def test_a_view_is_saved_opened_renamed_and_deleted(as_carol: Client, larch: Tenant) -> None:
    assert save(as_carol, "  Rent  due ", "state=all&terms=Net+30&sort=-amount&page=3&junk=1&view=9") == 302
    view = SavedView.objects.get()
    assert (view.name, view.query, view.is_shared) == ("Rent due", "state=all&terms=Net+30&sort=-amount", False)
    assert "Rent due" in as_carol.get(f"{LIST}?{view.address}").content.decode()
    as_carol.post(f"{SETUP}views/{view.pk}/", {"action": "rename", "name": "Rent"})
    as_carol.post(f"{SETUP}views/{view.pk}/", {"action": "replace", "query": "state=paid"})
    assert list(SavedView.objects.values_list("name", "query")) == [("Rent", "state=paid")]
    as_carol.post(f"{SETUP}views/{view.pk}/", {"action": "delete"})
    assert SavedView.objects.count() == 0


def test_a_view_gets_no_name_that_looks_like_that_of_another(as_carol: Client, larch: Tenant) -> None:
    for name in ("Rent", "Rent due"):
        save(as_carol, name, "")
    first = SavedView.objects.get(name="Rent")
    answer = as_carol.post(f"{SETUP}views/{first.pk}/", {"action": "rename", "name": " Rent  due "})
    assert (answer.status_code, list(SavedView.objects.values_list("name", flat=True))) == (422, ["Rent", "Rent due"])


def test_enter_presses_the_button_that_its_form_is_for(as_carol: Client, larch: Tenant) -> None:
    save(as_carol, "Rent", "state=paid")
    page = html.fromstring(as_carol.get(SETUP).content.decode())
    named = page.xpath("//form[.//input[@name='name' and @value='Rent']]/descendant::button[1]/@value")
    columns = page.xpath("//form[.//input[@name='columns']]/descendant::button[1]")
    assert (named, [one.text for one in columns]) == (["rename"], ["Show list"])


def test_two_views_of_a_person_have_two_names(as_carol: Client, as_bob: Client, larch: Tenant) -> None:
    assert [save(client, "Rent", "") for client in (as_carol, as_carol, as_bob)] == [302, 422, 302]


def test_a_view_that_could_not_be_saved_keeps_its_list(as_carol: Client, larch: Tenant) -> None:
    save(as_carol, "Rent", "")
    again = as_carol.post(f"{SETUP}views/", {"name": "Rent", "query": "terms=Net+30&columns=name,memo"})
    assert (again.status_code, again.context["setup"].query) == (422, "terms=Net+30&columns=name%2Cmemo")
    assert "A view with this name exists." in again.content.decode()


@pytest.mark.parametrize("ticked", [[], ["shared"], ["default"]])
def test_a_view_that_could_not_be_saved_keeps_what_was_ticked(as_bob: Client, larch: Tenant, ticked: list[str]) -> None:
    asked = {"name": "Rent", "query": "", **dict.fromkeys(ticked, "on")}
    first, again = (as_bob.post(f"{SETUP}views/", asked) for _ in range(2))
    boxes = html.fromstring(again.content.decode()).xpath("//*[@id='views']//input[@type='checkbox']")
    shown = [one.get("name") for one in boxes if one.get("checked") is not None]
    assert (first.status_code, again.status_code, shown) == (302, 422, ticked)


def test_the_default_view_opens_the_plain_list_and_no_link(as_carol: Client, larch: Tenant) -> None:
    save(as_carol, "Rent", "terms=Net+30", default="on")
    view = SavedView.objects.get()
    assert as_carol.get(LIST)["Location"] == f"{LIST}?terms=Net+30&view={view.pk}"
    assert [as_carol.get(f"{LIST}{query}").status_code for query in ("?state=unpaid", "?view=0", "?due=overdue")] == [
        200
    ] * 3
    as_carol.post(f"{SETUP}views/{view.pk}/", {"action": "standard"})
    assert as_carol.get(LIST).status_code == 200


def test_the_list_without_its_last_filter_is_not_the_view_that_opens_it(
    as_carol: Client, larch: Tenant, store: Store
) -> None:
    store("7"), SyncRun.objects.create(tenant=larch, kind="bills", as_of=timezone.now())
    save(as_carol, "Rent", "terms=Net+30", default="on")
    bar = as_carol.get(f"{LIST}?vendor_id=VCobalt").context["bar"]
    nothing = one_line(as_carol.get(f"{LIST}?q=zzz").content.decode())
    links = [bar.chips[0].url, bar.clear_url, *re.findall('href="([^"]*)">Clear search', nothing)]
    back = as_carol.get(f"{LIST}B7/", {"list": ""}).context["position"].list_url
    answers = [
        as_carol.get(f"{LIST}?q=", headers={"HX-Request": "true"})["HX-Replace-Url"],
        *(as_carol.get(one)["Location"].partition("#")[0] for one in (f"{LIST}?q=&terms=", back)),
    ]
    assert (links, answers) == (["?view=0"] * 3, [f"{LIST}?view=0"] * 3)


@pytest.fixture
def ours(as_bob: Client, larch: Tenant) -> str:
    """The page of a shared view."""
    save(as_bob, "Ours", "terms=Net+30", shared="on")
    return f"{SETUP}views/{SavedView.objects.get().pk}/"


def opened(*clients: Client) -> list[str]:
    return [client.get(LIST).headers.get("Location", "").partition("&")[0] for client in clients]


def test_an_administrator_opens_the_list_with_a_shared_view_for_who_chose_none(
    as_alice: Client, as_bob: Client, as_carol: Client, ours: str
) -> None:
    save(as_carol, "Mine", "terms=Net+60", default="on")
    answer = as_alice.post(ours, {"action": "open"})
    assert (answer.status_code, opened(as_alice, as_bob, as_carol)) == (
        302,
        [f"{LIST}?terms=Net+30"] * 2 + [f"{LIST}?terms=Net+60"],
    )
    as_bob.post(ours, {"action": "standard"})
    as_carol.post(ours, {"action": "default"})
    assert opened(as_bob, as_carol) == ["", f"{LIST}?terms=Net+30"]
    assert as_bob.get(f"{LIST}?view=0").status_code == 200
    as_bob.post(ours, {"action": "default"})
    as_alice.post(ours, {"action": "shut"})
    assert opened(as_alice, as_bob, as_carol) == [""] * 3


@pytest.mark.parametrize("action", ["open", "shut", "rename", "replace", "delete"])
def test_only_an_administrator_changes_what_opens_for_everybody(
    as_alice: Client, as_bob: Client, ours: str, action: str
) -> None:
    as_alice.post(ours, {"action": "open"})
    answer = as_bob.post(ours, {"action": action, "name": "x"})
    kept = (SavedView.objects.get().name, opened(as_alice))
    assert (answer.status_code, kept) == (403, ("Ours", [f"{LIST}?terms=Net+30"]))


def test_nobody_opens_the_list_of_others_with_a_view_of_their_own(as_alice: Client, larch: Tenant) -> None:
    save(as_alice, "Mine", "")
    assert as_alice.post(f"{SETUP}views/{SavedView.objects.get().pk}/", {"action": "open"}).status_code == 403


def test_a_view_that_is_gone_leaves_it_to_that_of_the_company(as_alice: Client, as_bob: Client, ours: str) -> None:
    as_alice.post(ours, {"action": "open"})
    save(as_bob, "Mine", "terms=Net+60", default="on")
    SavedView.objects.get(name="Mine").delete()
    assert opened(as_bob) == [f"{LIST}?terms=Net+30"]
    as_alice.post(ours, {"action": "delete"})
    assert opened(as_alice, as_bob) == ["", ""]


def test_chosen_columns_are_left_out_nowhere(as_carol: Client, store: Store) -> None:
    store("7", memo="m")
    usual, chosen = (as_carol.get(f"{LIST}{query}").content.decode() for query in ("", "?columns=name,terms_name,memo"))
    cells = re.findall(r'<td class="([^"]*)"(?: data-label="(\w+)")?', chosen.partition("<tbody")[2])[:3]
    assert cells == [("at-sub", ""), ("at-more muted", "Terms"), ("at-more text keeps-room w-20 muted", "Memo")]
    assert ("low-priority" in usual, "data-label" in usual) == (True, False)


@pytest.mark.parametrize(
    ("query", "is_changed"),
    [
        ("state=all&amount_from=5", False),
        ("amount_from=5&state=all&q=freight&page=2", False),
        ("state=all", True),
        ("state=all&amount_from=6", True),
        ("state=all&amount_from=5&sort=-amount", True),
    ],
)
def test_a_list_that_is_no_longer_its_view_says_so(
    as_carol: Client, larch: Tenant, query: str, is_changed: bool
) -> None:
    save(as_carol, "Mine", "state=all&amount_from=5")
    view = SavedView.objects.get()
    shown = one_line(as_carol.get(f"{LIST}?{query}&view={view.pk}").content.decode())
    assert ('<strong dir="auto">Mine</strong>' in shown, ">changed<" in shown) == (True, is_changed)


def test_a_default_view_that_is_gone_opens_the_standard_list(as_carol: Client, larch: Tenant) -> None:
    save(as_carol, "Rent", "terms=Net+30", default="on")
    SavedView.objects.all().delete()
    assert as_carol.get(LIST).status_code == 200


def test_a_viewer_cannot_share_a_view_or_change_a_shared_one(as_carol: Client, as_bob: Client, larch: Tenant) -> None:
    assert (save(as_carol, "Mine", "", shared="on"), save(as_bob, "Ours", "", shared="on")) == (422, 302)
    view = SavedView.objects.get()
    assert (view.name, view.is_shared, view.made_by) == ("Ours", True, "bob")
    answers = [as_carol.post(f"{SETUP}views/{view.pk}/", {"action": one, "name": "x"}) for one in ("rename", "delete")]
    assert ([answer.status_code for answer in answers], SavedView.objects.get().name) == ([403, 403], "Ours")
    assert "Ours" in as_carol.get(f"{SETUP}menu/").content.decode()


def test_nobody_reaches_the_view_of_another_person_or_company(
    as_carol: Client, as_bob: Client, as_dave: Client, larch: Tenant, harbor: Tenant
) -> None:
    save(as_bob, "Mine", "q=secret")
    pk = SavedView.objects.get().pk
    pages = [as_carol.get(f"{SETUP}menu/").content.decode(), as_carol.get(f"{LIST}?view={pk}").content.decode()]
    assert ["Mine" in page for page in pages] == [False, False]
    assert as_carol.post(f"{SETUP}views/{pk}/", {"action": "delete"}).status_code == 404
    assert as_bob.post(f"/t/harbor/lists/bills/views/{pk}/", {"action": "delete"}).status_code == 404
    assert (as_dave.get(SETUP).status_code, as_dave.post(f"{SETUP}views/", {"name": "x"}).status_code) == (404, 404)


@pytest.mark.parametrize(
    "path", ["/t/juniper/lists/bills/", "/t/larch/lists/vendors/", "/t/larch/lists/bills/views/1/"]
)
def test_a_list_that_does_not_exist_cannot_be_set_up(
    as_carol: Client, larch: Tenant, juniper: Tenant, path: str
) -> None:
    assert as_carol.get(path).status_code in (404, 405)


def test_a_person_finds_what_has_changed_since_they_saw_it(
    as_bob: Client, as_carol: Client, bob: User, larch: Tenant, store: Store
) -> None:
    for number in ("1", "2", "3"):
        store(number)
        as_bob.get(f"{LIST}B{number}/")
    store("1", revisionNumber="101"), store("2", revisionNumber="101")
    mine = Record.objects.get(remote_id="B2").version
    Edit.objects.create(
        tenant=larch, person=bob, kind="bills", remote_id="B2", state=State.SAVED, result=mine, sent_at=timezone.now()
    )
    found = [
        [row.name for row in client.get(f"{LIST}?changed_since_seen=1").context["found"].rows]
        for client in (as_bob, as_carol)
    ]
    assert found == [["1"], []]
    as_bob.get(f"{LIST}B1/")
    assert as_bob.get(f"{LIST}?changed_since_seen=1").context["found"].total == 0


def test_settings_of_a_list_are_of_one_company(as_bob: Client, larch: Tenant, harbor: Tenant) -> None:
    as_bob.post(f"{SETUP}settings/", {"density": "compact"})
    held = dict(Membership.objects.filter(person__username="bob").values_list("tenant__slug", "list_settings"))
    assert (held["larch"], held["harbor"]) == ({"bills": {"density": "compact"}}, {})
