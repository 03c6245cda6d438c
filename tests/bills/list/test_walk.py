"""From the list to a bill and back: the list goes with it, its order is remembered, and the way back finds the row."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from books.mirror import lookup
from books.models import WALKS_OF_A_PERSON, ListWalk, store_walk
from books.models.list_walk import WALKS_KEPT
from books.pages.list_position import ListPosition
from books.sync import scheduler
from tenants.models import Tenant
from tests.support.people import signed_in

from .conftest import Store

LIST = "/t/larch/bills/"


def open_from(client: Client, query: str, number: str) -> ListPosition:
    """The position of a bill that is opened from the list that this query asks for."""
    position = client.get(f"{LIST}B{number}/", {"list": query}).context["position"]
    assert isinstance(position, ListPosition)
    return position


def beside(position: ListPosition) -> tuple[str, int, str]:
    """The numbers of the bills before and after it, and its own place."""
    before, after = (re.sub(r".*/B(\d+)/.*", r"\1", url) for url in (position.previous_url, position.next_url))
    return before, position.number, after


def follow_back(client: Client, position: ListPosition) -> str:
    """The address to which the way back leads."""
    return str(client.get(position.list_url)["Location"])


@pytest.fixture
def three(store: Store) -> None:
    for number in "123":
        store(number, due=int(number))


def test_a_row_carries_the_list(as_bob: Client, store: Store) -> None:
    store("1", refNumber="BILL-1")
    store("2")
    text = as_bob.get(f"{LIST}?state=all&sort=-name&q=bill-1").content.decode()
    asked = quote("q=bill-1&state=all&sort=-name", safe="")
    links = set(re.findall(r'href="(/t/larch/bills/B[^"]*)"', text))
    assert links == {f"{LIST}B1/?list={asked}", f"{LIST}B1/edit?list={asked}"}


def test_a_bill_has_the_one_before_and_the_one_after_in_its_list(as_carol: Client, three: None) -> None:
    found = [beside(open_from(as_carol, query, "2")) for query in ("", "sort=-name", "q=2")]
    assert found == [("1", 2, "3"), ("3", 2, "1"), ("", 1, "")]


def test_the_order_stays_though_the_bills_leave_the_list(as_carol: Client, three: None, store: Store) -> None:
    position = open_from(as_carol, "state=unpaid", "2")
    store("2", isPaid=True)
    store("0", due=-9)
    again = as_carol.get(position.page_url).context["position"]
    assert (beside(again), again.walk.pk) == (("1", 2, "3"), position.walk and position.walk.pk)


def test_a_page_that_is_loaded_again_keeps_the_place_of_a_bill_that_has_left_its_list(
    as_carol: Client, three: None, store: Store
) -> None:
    open_from(as_carol, "state=unpaid", "2")
    store("2", isPaid=True)
    assert beside(open_from(as_carol, "state=unpaid", "2")) == ("1", 2, "3")


def test_a_bill_that_was_deleted_is_passed_over(as_carol: Client, larch: Tenant, three: None) -> None:
    position = open_from(as_carol, "", "1")
    lookup.mark_deleted(larch, "bills", ["B2"])
    assert beside(as_carol.get(position.page_url).context["position"]) == ("", 1, "3")


def test_the_way_back_leads_to_the_same_list_and_row(as_carol: Client, three: None) -> None:
    assert follow_back(as_carol, open_from(as_carol, "q=2&state=all", "2")) == f"{LIST}?q=2&state=all#row-B2"


def test_the_way_back_finds_a_bill_that_has_moved_to_another_page(as_carol: Client, store: Store) -> None:
    for number in range(1, 53):
        store(str(number), due=number)
    position = open_from(as_carol, "size=50&page=2", "52")
    store("52", due=10)
    assert follow_back(as_carol, position) == f"{LIST}?size=50#row-B52"
    assert follow_back(as_carol, open_from(as_carol, "size=50", "51")) == f"{LIST}?size=50&page=2#row-B51"


def test_the_row_behind_takes_the_place_of_one_that_has_left_and_then_the_one_before(
    as_carol: Client, three: None, store: Store
) -> None:
    position = open_from(as_carol, "state=unpaid", "2")
    found = []
    for number in "231":
        store(number, isPaid=True)
        found.append(follow_back(as_carol, position))
    assert found == [f"{LIST}?state=unpaid#row-B3", f"{LIST}?state=unpaid#row-B1", f"{LIST}?state=unpaid"]


def test_an_id_of_any_letters_has_its_row(as_carol: Client, store: Store) -> None:
    store("8000 Å-1")
    anchor = f"row-{quote('B8000 Å-1', safe='')}"
    back = follow_back(as_carol, open_from(as_carol, "", "8000 Å-1"))
    assert (back, f'id="{anchor}"' in as_carol.get(LIST).content.decode()) == (f"{LIST}#{anchor}", True)


FOREIGN = (
    "https://evil.example/", "//evil.example", "sort=oops", "state=paid&next=1", "q=%00", "page=x", "0", "٣", "9" * 30,
    "9" * 5_000, "q=" + "x" * 2_000, "&" * 1_900, "state=", "list=1",
)  # fmt: skip


def test_a_list_that_is_none_of_this_company_is_ignored(as_carol: Client, three: None) -> None:
    positions = {listed: as_carol.get(f"{LIST}B2/", {"list": listed}).context["position"] for listed in FOREIGN}
    found = {listed: (place.query, place.list_url, place.number) for listed, place in positions.items()}
    assert found == dict.fromkeys(FOREIGN, ("", LIST, 0))
    back = {listed: as_carol.get(LIST, {"list": listed, "row": "B2"}) for listed in FOREIGN}
    led = {listed: (answer.status_code, answer["Location"]) for listed, answer in back.items()}
    assert led == dict.fromkeys(FOREIGN, (302, f"{LIST}#row-B2"))


def test_the_walk_of_another_person_company_or_kind_is_ignored(
    as_bob: Client, carol: User, larch: Tenant, harbor: Tenant, three: None
) -> None:
    position = open_from(as_bob, "state=unpaid", "2")
    assert position.walk is not None
    foreign = signed_in(carol).get(position.page_url).context["position"]
    assert (foreign.query, foreign.number) == ("", 0)
    for change in ({"kind": "customers"}, {"kind": "bills", "tenant": harbor}):
        ListWalk.objects.update(**change)
        assert as_bob.get(position.page_url).context["position"].query == ""


def test_the_same_list_is_stored_once_and_each_list_has_its_own_walk(as_carol: Client, three: None) -> None:
    walks = [open_from(as_carol, query, number).walk for query, number in (("", "1"), ("", "3"), ("sort=name", "1"))]
    assert (walks[0] == walks[1], walks[1] == walks[2], ListWalk.objects.count()) == (True, False, 2)


def test_a_person_keeps_so_many_walks_and_each_for_some_days(carol: User, bob: User, larch: Tenant) -> None:
    now = timezone.now()
    plain = {"tenant": larch, "kind": "bills", "query": "", "first": 0, "is_whole": True, "ids": "B1"}
    store_walk(ListWalk(person=bob, opened_at=now - WALKS_KEPT, **plain))
    for first in range(WALKS_OF_A_PERSON + 3):
        store_walk(ListWalk(person=carol, opened_at=now, **plain | {"first": first}))
    assert ListWalk.objects.filter(person=carol).count() == WALKS_OF_A_PERSON
    scheduler.clear_old_rows(now + timedelta(seconds=1))
    assert set(ListWalk.objects.values_list("person", flat=True)) == {carol.pk}


def test_a_request_for_the_head_stores_nothing(as_carol: Client, three: None) -> None:
    assert as_carol.head(f"{LIST}B2/?list=").status_code == 200
    assert ListWalk.objects.count() == 0


def test_every_link_of_a_bill_carries_its_list(as_bob: Client, three: None) -> None:
    page = unescape(as_bob.get(f"{LIST}B2/?list=").content.decode())
    number = ListWalk.objects.get().pk
    form = unescape(as_bob.get(f"{LIST}B2/edit?list={number}").content.decode())
    links = [
        f'href="{LIST}?list={number}&row=B2" data-key="b"',
        f'href="{LIST}B1/?list={number}" rel="prev" data-key="["',
        f'href="{LIST}B3/?list={number}" rel="next" data-key="]"',
        f'href="{LIST}B2/edit?list={number}"',
    ]
    assert [link in page for link in links] == [True] * len(links)
    of_form = [
        f'action="{LIST}B2/edit?list={number}"',
        f'href="{LIST}B2/?list={number}"',
        f'href="{LIST}B1/edit?list={number}" rel="prev"',
        f'href="{LIST}B3/edit?list={number}" rel="next"',
    ]
    assert [link in form for link in of_form] == [True] * len(of_form)


def test_a_bill_opened_from_no_list_has_the_plain_list_and_no_neighbors(as_bob: Client, three: None) -> None:
    pages = [as_bob.get(f"{LIST}B2/{more}").content.decode() for more in ("", "edit")]
    assert [(f'href="{LIST}" data-key="b"' in page, "rel=" in page, "Save and next" in page) for page in pages] == [
        (True, 'rel="icon"' in pages[0], False),
        (True, 'rel="icon"' in pages[1], False),
    ]


def test_empty_parameters_are_left_out_of_the_address_of_a_list(as_carol: Client, three: None) -> None:
    answer = as_carol.get(f"{LIST}?q=1&since=&until=&vendor=&state=all")
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}?q=1&state=all")


def test_a_search_as_it_is_typed_replaces_the_address_with_that_of_the_whole_list(
    as_carol: Client, three: None
) -> None:
    asked = "?q=1&since=1/1/26&until=&vendor=&state=all&sort=name&size=50"
    answer = as_carol.get(f"{LIST}{asked}", headers={"HX-Request": "true"})
    assert answer["HX-Replace-Url"] == f"{LIST}?q=1&state=all&since=1%2F1%2F26&sort=name&size=50"
    assert "HX-Push-Url" not in answer


def test_a_chip_the_size_an_order_and_a_page_keep_everything_else(as_carol: Client, three: None) -> None:
    asked = "q=1&state=all&since=1%2F1%2F26&vendor=Cobalt"
    text = unescape(as_carol.get(f"{LIST}?{asked}&page=1").content.decode())
    rest = asked.replace("&state=all", "")
    changed = (f"{rest}&state=paid", f"{asked}&size=50", f"{asked}&sort=-amount", "q=1&state=all&since=1%2F1%2F26")
    assert [f'href="?{query}"' in text for query in changed] == [True] * 4
