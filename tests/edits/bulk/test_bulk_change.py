"""The page of a bulk change: what a list selects, what can be changed of it, and the dry run that it leads to."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from lxml import html

from books import registry
from books.mirror import lookup
from books.models import Record
from edits.models.batch import Batch, Finding
from edits.models.edit import Edit
from records.diff import load_changes
from tenants.models import Membership, Role, Tenant
from tests.bills.factories import BILL, named
from tests.support.inputs import inputs
from tests.support.people import signed_in

CHANGE = "/t/larch/lists/bills/change/"
NET15, NET30 = named("N15", "Net 15"), named("N30", "Net 30")
ONE = {"change-0-target": "terms", "change-0-action": "set", "change-0-value": "Net 30"}
WHOLE_DATE = "Enter a whole date, such as 28 Oct 2026. To move each date, choose “Move by days”."
NO_DAYS = "Enter how many days later, or earlier."
Store = Callable[..., Record]


@pytest.fixture
def store(larch: Tenant) -> Store:
    """`store("B2", memo="x")` puts a bill into the mirror of a company with two terms and two accounts."""
    for key, name, days in (("N15", "Net 15", 15), ("N30", "Net 30", 30)):
        keep(larch, "standard-terms", id=key, name=name, dueDays=days, isActive=True)

    def put(key: str = "B1", tenant: Tenant = larch, **changed: Any) -> Record:
        return keep(tenant, "bills", **{**BILL, "terms": NET15, "id": key, "refNumber": f"N-{key}", **changed})

    return put


def keep(tenant: Tenant, kind: str, **row: Any) -> Record:
    return lookup.store_record(tenant, registry.get_table(tenant, kind), row)


def select(*records: Record) -> str:
    return CHANGE + "?" + "&".join(f"row={record.version_id}" for record in records)


def plan(client: Client, address: str, typed: dict[str, str]) -> Batch:
    answer = client.post(address, typed)
    assert answer.status_code == 303, re.findall('errorlist".*?</ul>', answer.content.decode(), re.DOTALL)
    batch = Batch.objects.latest("pk")
    assert answer["Location"] == batch.get_absolute_url()
    return batch


def list_changes(batch: Batch) -> list[tuple[str, list[tuple[str, ...]]]]:
    return [(item.remote_id, [tuple(one) for one in load_changes(item.changes or "[]")]) for item in batch.items.all()]


def list_said(page: Any) -> list[str]:
    """What is wrong, as the page says it."""
    found = html.fromstring(page.content.decode()).xpath("//ul[contains(@class, 'errorlist')]/li")
    return [" ".join(one.text_content().split()) for one in found]


def test_the_chosen_rows_are_planned_and_nothing_is_sent(as_bob: Client, store: Store) -> None:
    one, _, three = store("B1"), store("B2"), store("B3")
    batch = plan(as_bob, select(one, three), ONE)
    assert list_changes(batch) == [("B1", [("Terms", "Net 15", "Net 30")]), ("B3", [("Terms", "Net 15", "Net 30")])]
    assert (batch.title, batch.source, Edit.objects.count()) == ("Terms: set to Net 30", "Selected: 2 bills", 0)


def test_all_that_match_can_be_but_for_some_rows(as_bob: Client, store: Store) -> None:
    _, left_out, _ = store("B1"), store("B2"), store("B3")
    record = store("B2", memo="changed since", revisionNumber="99")  # it is left out all the same
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    packed = "".join(digits[(left_out.version_id or 0) // 36**place % 36] for place in (5, 4, 3, 2, 1, 0))
    address = f"{CHANGE}?all=1&list=state%3Dall&but={packed}"
    batch = plan(as_bob, address, ONE)
    assert record.version_id != left_out.version_id
    assert ([key for key, _ in list_changes(batch)], batch.source) == (["B1", "B3"], "All bills: status All, except 1")


def test_a_row_left_out_that_is_no_longer_kept_is_never_changed(as_bob: Client, store: Store) -> None:
    store("B1")
    answer = as_bob.get(f"{CHANGE}?all=1&list=state%3Dall&but=zzzz", follow=True)
    said = "1 row that you left out changed too often since. Select again."
    assert ([f"{one}" for one in answer.context["messages"]], Batch.objects.count()) == ([said], 0)


def test_the_numbers_that_the_script_packs_mean_the_same_rows(as_bob: Client, store: Store) -> None:
    first, second = sorted(record.version_id or 0 for record in (store("B1"), store("B2")))
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    packed = "".join(digits[first // 36**place % 36] for place in (5, 4, 3, 2, 1, 0))
    answer = as_bob.get(f"{CHANGE}?rows={packed}.{digits[second - first]}")
    assert answer.context["selection"].versions == [first, second]


def test_the_page_says_what_is_selected_and_what_it_adds_up_to(as_bob: Client, store: Store) -> None:
    page = as_bob.get(select(store("B1"), store("B2", openAmount="100.00"))).content.decode()
    (said,) = re.findall(r"<dl class=.bulk-totals.*?</dl>", page, re.DOTALL)
    assert " ".join(re.sub("<[^>]+>", " ", said).split()) == "2 bills Amount due 1,037.60"


@pytest.mark.parametrize(("asked", "said"), [("", []), ("&list=q%3DB1", ["1 bill not in the list."])])
def test_it_says_how_many_of_the_selected_are_not_in_the_list(
    as_bob: Client, store: Store, asked: str, said: list[str]
) -> None:
    page = as_bob.get(select(store("B1"), store("B2")) + asked)
    found = html.fromstring(page.content.decode()).xpath("//main//strong[contains(., 'not in the list')]")
    assert [one.text_content() for one in found] == said


def test_all_that_match_are_those_of_the_list_at_the_time_of_the_dry_run(as_bob: Client, store: Store) -> None:
    store("B1"), store("B2", memo="Paper"), store("B3", memo="Paper")
    batch = plan(as_bob, f"{CHANGE}?all=1&list=q%3Dpaper", ONE)
    assert [key for key, _ in list_changes(batch)] == ["B2", "B3"]
    assert batch.source == "All bills: status Unpaid, search “paper”"


def test_a_row_that_was_changed_since_says_so_in_the_dry_run(as_bob: Client, store: Store) -> None:
    address = select(store("B1"), store("B2"))
    store("B1", revisionNumber="101", terms=named("N60", "Net 60"))
    batch = plan(as_bob, address, ONE)
    assert list(batch.items.values_list("remote_id", "finding")) == [("B1", Finding.CLASH), ("B2", Finding.CHANGES)]


def test_a_row_that_is_gone_says_so_in_the_dry_run(as_bob: Client, larch: Tenant, store: Store) -> None:
    address = select(store("B1"), store("B2"))
    lookup.mark_deleted(larch, "bills", ["B1"])
    (gone, _) = plan(as_bob, address, ONE).items.all()
    assert (gone.finding, gone.problem) == (Finding.CANNOT, "It is no longer in QuickBooks.")


def test_several_changes_are_made_in_their_order(as_bob: Client, store: Store) -> None:
    due = {"change-1-target": "due_date", "change-1-action": "derive-terms"}
    batch = plan(as_bob, select(store("B1")), ONE | due)
    moved = [("Terms", "Net 15", "Net 30"), ("Due date", "12 Nov 2026", "27 Nov 2026")]
    assert list_changes(batch) == [("B1", moved)]
    assert batch.title == "Terms: set to Net 30; Due date: from the bill date and the terms"


@pytest.mark.parametrize(
    ("more", "said"),
    [({}, "The due date stays as it is in 2 records."), ({"change-1-target": "due_date"}, "")],
)
def test_a_plan_says_where_a_due_date_stays_though_terms_change(
    as_bob: Client, store: Store, more: dict[str, str], said: str
) -> None:
    derived = {"change-1-action": "derive-terms"} if more else {}
    batch = plan(as_bob, select(store("B1"), store("B2")), ONE | more | derived)
    page = as_bob.get(batch.get_absolute_url()).content.decode()
    assert "".join(re.findall(r"The due date stays[^<]*", page)) == said


@pytest.mark.parametrize(("target", "is_said"), [("terms", True), ("transaction_date", True), ("memo", False)])
def test_the_form_says_that_a_due_date_does_not_follow(
    as_bob: Client, store: Store, target: str, is_said: bool
) -> None:
    page = as_bob.post(select(store("B1")), {"change-0-target": target, "choose": "1"}).content.decode()
    words = (
        "Each record keeps its due date. To change that too, add a change of “Due date”: "
        "“From the bill date and the terms”."
    )
    assert (words in page) == is_said


def test_a_due_date_follows_from_terms_that_are_set_after_it(as_bob: Client, store: Store) -> None:
    due = {"change-0-target": "due_date", "change-0-action": "derive-terms"}
    terms = {key.replace("change-0", "change-1"): value for key, value in ONE.items()}
    (item,) = plan(as_bob, select(store("B1")), due | terms).items.all()
    assert item.changes == '[["Terms","Net 15","Net 30"],["Due date","12 Nov 2026","27 Nov 2026"]]'


def test_a_bill_whose_terms_say_nothing_keeps_its_due_date_and_the_reason_is_said(as_bob: Client, store: Store) -> None:
    address = select(store("B1", terms=named("GONE", "Gone")))
    due = {"change-0-target": "due_date", "change-0-action": "derive-terms"}
    (item,) = plan(as_bob, address, due).items.all()
    why = "No due date follows from the terms and the bill date of this bill."
    assert (item.finding, item.problem) == (Finding.CANNOT, why)


def test_lines_are_changed_where_they_have_a_value(as_bob: Client, larch: Tenant, store: Store) -> None:
    for key, name in (("AE1", "Freight In"), ("AE2", "Office Supplies"), ("AE3", "Rent")):
        keep(larch, "accounts", id=key, name=name, fullName=name, accountType="expense", isActive=True)
    typed = {
        "change-0-target": "expense_lines.account", "change-0-action": "set", "change-0-value": "Rent",
        "change-0-scope": "equal", "change-0-now": "Office Supplies",
    }  # fmt: skip
    batch = plan(as_bob, select(store("B1")), typed)
    assert list_changes(batch) == [("B1", [("Expenses, line 2, account", "Office Supplies", "Rent")])]
    assert batch.title == "Expenses, account: set to Rent, where it is Office Supplies"


def test_every_line_of_a_bill_gets_the_value_whatever_its_list(as_bob: Client, larch: Tenant, store: Store) -> None:
    keep(larch, "classes", id="C1", name="North", fullName="North", isActive=True)
    typed = {"change-0-target": "lines:class", "change-0-action": "set", "change-0-value": "North"}
    (item,) = plan(as_bob, select(store("B1")), typed).items.all()
    labels = [change.label for change in load_changes(item.changes)]
    lines = ["Expenses, line 1", "Expenses, line 2", "Items, line 1"]
    assert labels[:3] == [f"{line}, class" for line in lines]
    assert len(labels) == 5


NOT_MEANT: list[tuple[dict[str, str], str]] = [
    ({"change-0-target": ""}, "Choose a field."),
    ({"change-0-value": " "}, "Enter a value."),
    ({"change-0-value": "Net 31"}, "“Net 31” is not in the list. Pick an entry, or check the spelling."),
    ({"change-0-action": "append"}, "Select a valid choice. append is not one of the available choices."),
    ({"change-0-target": "amount_due"}, "Select a valid choice. amount_due is not one of the available choices."),
    ({"change-0-target": "ref_number", "change-0-value": "9" * 21}, "Too long: 21 characters, 20 allowed."),
    ({"change-0-target": "due_date", "change-0-action": "move", "change-0-days": "x"}, "Enter a whole number."),
    ({"change-0-target": "due_date", "change-0-action": "move", "change-0-days": "0"}, NO_DAYS),
    *(({"change-0-target": "due_date", "change-0-value": text}, WHOLE_DATE) for text in ("-", "+7", "m", "− 1")),
    ({"change-0-target": "memo", "change-0-action": "replace", "change-0-find": ""}, "This field is required."),
]


def test_what_cannot_be_meant_is_said_at_its_input_and_nothing_is_planned(as_bob: Client, store: Store) -> None:
    form = select(store("B1"))
    answers = [as_bob.post(form, ONE | typed) for typed, _ in NOT_MEANT]
    found = [(answer.status_code, list_said(answer)) for answer in answers]
    assert (found, Batch.objects.count()) == ([(422, [said]) for _, said in NOT_MEANT], 0)


def test_without_a_script_a_button_brings_the_inputs_of_the_chosen_field(as_bob: Client, store: Store) -> None:
    address = select(store("B1"))
    first = inputs(as_bob.get(address), "bulk")
    assert [name for name in first if name.startswith("change-")] == ["change-0-target"]
    drawn = as_bob.post(address, first | {"change-0-target": "due_date", "choose": "1"})
    assert (drawn.status_code, list_said(drawn)) == (200, [])
    names = [name for name in inputs(drawn, "bulk") if name.startswith("change-")]
    assert names == ["change-0-target", "change-0-action", "change-0-value"]


def test_the_value_has_the_input_that_the_form_of_a_record_has(as_bob: Client, store: Store) -> None:
    page = as_bob.post(select(store("B1")), {"change-0-target": "terms", "choose": "1"}).content.decode()
    assert re.findall('data-options-url="([^"]*)"', page) == ["/t/larch/references/terms/"]


def test_changes_are_added_and_removed(as_bob: Client, store: Store) -> None:
    address = select(store("B1"))
    two = as_bob.post(address, ONE | {"add": "1"})
    names = [name for name in inputs(two, "bulk") if name.endswith("-target")]
    one = as_bob.post(address, inputs(two, "bulk") | {"remove": "0"})
    assert names == ["change-0-target", "change-1-target"]
    assert [name for name in inputs(one, "bulk") if name.endswith("-target")] == ["change-1-target"]


@pytest.fixture
def also_in_harbor(bob: User, harbor: Tenant, store: Store) -> Tenant:
    """A second company of the same provider with the terms of this name under another id."""
    Membership.objects.filter(person=bob, tenant=harbor).update(role=Role.BOOKKEEPER)
    keep(harbor, "standard-terms", id="H30", name="Net 30", dueDays=30, isActive=True)
    store("B1"), store("B9", harbor)
    return harbor


def test_all_that_match_can_be_changed_in_other_companies_by_the_names_there(
    as_bob: Client, also_in_harbor: Tenant
) -> None:
    batch = plan(as_bob, f"{CHANGE}?all=1", ONE | {"company": "harbor"})
    wanted = {item.tenant.slug: item.wanted for item in batch.items.all()}
    assert {slug: re.findall('"id":"(.*?)"', text.replace(" ", "")) for slug, text in wanted.items()} == {
        "larch": ["N30"], "harbor": ["H30"],
    }  # fmt: skip


def test_a_name_that_another_company_does_not_have_is_said_of_its_records(
    as_bob: Client, also_in_harbor: Tenant
) -> None:
    typed = ONE | {"change-0-value": "Net 15", "company": "harbor"}
    found = plan(as_bob, f"{CHANGE}?all=1", typed).items.filter(tenant=also_in_harbor)
    said = "Terms: “Net 15” is not in the list. Pick an entry, or check the spelling."
    assert list(found.values_list("finding", "problem")) == [(Finding.CANNOT, said)]


def list_offered(client: Client, query: str = "") -> list[str]:
    """The other companies whose records can be changed too."""
    return [one.tenant.slug for one, _ in client.get(f"{CHANGE}?all=1{query}").context["others"]]


def test_a_company_whose_status_is_hidden_from_the_person_is_not_offered_with_its_paid_bills(
    bob: User, also_in_harbor: Tenant, larch: Tenant, store: Store, settings: Any
) -> None:
    store("B8", also_in_harbor, isPaid=True, openAmount="0.00")
    offered = [list_offered(signed_in(bob))]
    Membership.objects.filter(person=bob, tenant=larch).update(role=Role.ADMIN)
    settings.HIDDEN_FIELDS = {"bookkeeper": ["bills.is_paid"]}
    offered.append(list_offered(signed_in(bob)))
    assert offered == [["harbor"], []]


def test_a_company_in_which_a_typed_day_is_another_one_is_not_offered(bob: User, also_in_harbor: Tenant) -> None:
    Tenant.objects.filter(pk=also_in_harbor.pk).update(day_first=True)
    queries = ("&list=since%3D10%2F1%2F2026", "&list=since%3D2026-10-01")
    assert [list_offered(signed_in(bob), query) for query in queries] == [[], ["harbor"]]


def test_a_typed_day_is_the_same_one_in_all_companies(bob: User, also_in_harbor: Tenant) -> None:
    Tenant.objects.filter(pk=also_in_harbor.pk).update(day_first=True)
    due = {"change-0-target": "due_date", "change-0-action": "set", "change-0-value": "12/1/2026"}
    batch = plan(signed_in(bob), f"{CHANGE}?all=1", due | {"company": "harbor"})
    moved = [("Due date", "12 Nov 2026", "1 Dec 2026")]
    assert list_changes(batch) == [("B1", moved), ("B9", moved)]


def test_a_text_is_found_whose_signs_are_not_composed(as_bob: Client, store: Store) -> None:
    typed = {"change-0-target": "memo", "change-0-action": "replace", "change-0-by": "Bar"}
    batch = plan(as_bob, select(store("B1", memo="Caf\u00e9 East")), typed | {"change-0-find": "Cafe\u0301"})
    assert list_changes(batch) == [("B1", [("Memo", "Caf\u00e9 East", "Bar East")])]


def test_dates_are_moved_by_days_with_the_minus_sign_of_the_desk(as_bob: Client, store: Store) -> None:
    typed = {"change-0-target": "due_date", "change-0-action": "move", "change-0-days": "\u22127"}
    assert list_changes(plan(as_bob, select(store("B1")), typed)) == [
        ("B1", [("Due date", "12 Nov 2026", "5 Nov 2026")])
    ]


def test_a_company_that_the_person_may_only_look_at_is_neither_offered_nor_taken(
    bob: User, also_in_harbor: Tenant
) -> None:
    Membership.objects.filter(person=bob, tenant=also_in_harbor).update(role=Role.VIEWER)
    client = signed_in(bob)
    answer = client.post(f"{CHANGE}?all=1", ONE | {"company": "harbor"})
    assert ("harbor" in str(answer.context["others"]), answer.status_code, Batch.objects.count()) == (False, 422, 0)


SELECT_NOTHING = [
    ("", "Nothing is selected."),
    ("row=abc", "These are no rows of the list."),
    ("row=999999", "Nothing is selected."),
    ("rows=.-5", "These are no rows of the list."),
    ("rows=" + "1." * 1_001, "Select at most 1,000 rows one by one, or filter the list and take all."),
    ("all=1&list=due_since%3Dnonsense", "Part of this link is not valid, so nothing is selected."),
    ("all=1&list=q%3Dnothing", "Nothing is selected."),
]


def test_an_address_that_selects_nothing_leads_back_to_the_list(as_bob: Client, store: Store) -> None:
    store("B1")
    for query, said in SELECT_NOTHING:
        answer = as_bob.get(f"{CHANGE}?{query}", follow=True)
        assert answer.redirect_chain[0][0].startswith("/t/larch/bills/"), query
        assert said in answer.content.decode(), query


def test_a_row_of_another_company_is_not_selected(as_bob: Client, harbor: Tenant, store: Store) -> None:
    own, other = store("B1"), store("B9", harbor)
    batch = plan(as_bob, select(own, other), ONE)
    assert [key for key, _ in list_changes(batch)] == ["B1"]


def test_a_viewer_has_no_boxes_and_can_change_nothing(as_carol: Client, as_bob: Client, store: Store) -> None:
    address = select(store("B1"))
    boxes = [client.get("/t/larch/bills/").content.decode().count("data-tick ") for client in (as_carol, as_bob)]
    assert (boxes, as_carol.post(address, ONE).status_code, Batch.objects.count()) == ([0, 1], 403, 0)


def test_a_hidden_field_is_not_offered(as_bob: Client, store: Store, settings: Any) -> None:
    settings.HIDDEN_FIELDS = {"bookkeeper": ["bills.terms", "bills.open_amount"]}
    page = as_bob.get(select(store("B1")))
    text = page.content.decode()
    assert ('value="terms"' in text, "Amount due" in text, 'value="memo"' in text) == (False, False, True)


def test_a_customer_of_bigcapital_is_changed_in_bulk_too(as_bob: Client, juniper: Tenant) -> None:
    record = keep(juniper, "customers", id="7", displayName="Ada", customerType="business", active=True)
    typed = {"change-0-target": "active", "change-0-action": "set", "change-0-value": "no"}
    batch = plan(as_bob, f"/t/juniper/lists/customers/change/?row={record.version_id}", typed)
    assert list_changes(batch) == [("7", [("Active", "yes", "no")])]


def test_a_box_of_the_list_has_the_version_that_is_shown(as_bob: Client, store: Store) -> None:
    record = store("B1")
    page = as_bob.get("/t/larch/bills/").content.decode()
    box = re.findall(
        r'<input type="checkbox" form="selection" name="row" value="(\d+)" data-tick[^>]*aria-label="([^"]*)"', page
    )
    assert box == [(str(record.version_id), "Select bill N-B1")]
