"""A list of many entries in a customer's form: text until entered; what nobody touched does not travel and stays."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from books import registry
from books.mirror import lookup
from books.models import Record
from record_forms.lists.whole_form import WholeForm, fill_inputs
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

from .test_edit import ABC, EDIT, change, sent
from .test_lists import SHIP, errors, press

MOST = 50


def yard(number: int, **more: object) -> dict[str, object]:
    return {"name": f"Yard {number}", "line1": f"{number} Quay", "city": "Boise", "state": "ID", **more}


def of(client: Client) -> list[str]:
    """The inputs of ship-to addresses in the form as it is opened."""
    return [name for name in inputs(client.get(EDIT)) if name.startswith(f"{SHIP}-")]


def stored(sandbox: Sandbox, job: Record, *yards: dict[str, object]) -> None:
    """Give the job these ship-to addresses and read it again."""
    change(sandbox, alternateShippingAddresses=list(yards))
    raw = sandbox.get(f"/quickbooks-desktop/customers/{job.remote_id}", ABC)
    lookup.store_record(job.tenant, registry.get_table(job.tenant, "customers"), raw)
    sandbox.clear_requests()


@pytest.fixture
def yards(sandbox: Sandbox, job: Record) -> list[dict[str, object]]:
    """As many ship-to addresses as QuickBooks takes, the third of them the default one."""
    found = [yard(number, isDefaultShippingAddress=number == 3) for number in range(1, MOST + 1)]
    stored(sandbox, job, *found)
    return found


def names(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["name"], one["city"]) for one in body["alternateShippingAddresses"]]


def test_a_few_entries_all_stand_as_inputs(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    stored(sandbox, job, *(yard(number) for number in (1, 2, 3)))
    assert [name for name in of(as_bob) if name.endswith("-city")] == [f"{SHIP}-{n}-city" for n in range(3)]


def test_many_entries_are_text_and_none_of_them_travels(
    as_bob: Client, job: Record, yards: list[dict[str, object]]
) -> None:
    page = as_bob.get(EDIT).content.decode()
    assert (of(as_bob), "<strong>Yard 3</strong> · 3 Quay, Boise, ID · Default" in page) == ([], True)


def test_the_edit_button_opens_one_entry_and_keeps_what_was_typed(
    as_bob: Client, job: Record, yards: list[dict[str, object]]
) -> None:
    first = press(as_bob, inputs(as_bob.get(EDIT)) | {"phone": "555-0100"}, "open", f"{SHIP}-6")
    both = press(as_bob, first | {f"{SHIP}-6-city": "Nampa"}, "open", f"{SHIP}-1")
    cities = {name: text for name, text in both.items() if name.startswith(f"{SHIP}-") and name.endswith("-city")}
    assert (both["phone"], cities) == ("555-0100", {f"{SHIP}-1-city": "Boise", f"{SHIP}-6-city": "Nampa"})


def test_a_changed_entry_goes_out_among_all_the_others(
    as_bob: Client, job: Record, sandbox: Sandbox, yards: list[dict[str, object]]
) -> None:
    data = press(as_bob, inputs(as_bob.get(EDIT)), "open", f"{SHIP}-6")
    assert as_bob.post(EDIT, data | {f"{SHIP}-6-city": "Nampa"}).status_code == 303
    (body,) = sent(sandbox)
    assert names(body) == [(one["name"], "Nampa" if n == 6 else "Boise") for n, one in enumerate(yards)]


def test_an_entry_entered_and_left_as_it_was_sends_nothing(
    as_bob: Client, job: Record, sandbox: Sandbox, yards: list[dict[str, object]]
) -> None:
    as_bob.post(EDIT, press(as_bob, inputs(as_bob.get(EDIT)), "open", f"{SHIP}-6"))
    assert sent(sandbox) == []


def test_an_entry_is_removed_without_being_opened(
    as_bob: Client, job: Record, sandbox: Sandbox, yards: list[dict[str, object]]
) -> None:
    data = press(as_bob, inputs(as_bob.get(EDIT)), "remove", f"{SHIP}-6")
    assert {name: text for name, text in data.items() if name.startswith(f"{SHIP}-")} == {
        f"{SHIP}-6-id": "Yard 7",
        f"{SHIP}-6-remove": "on",
    }
    as_bob.post(EDIT, data)
    assert [name for name, _ in names(sent(sandbox)[0])] == [f"Yard {n}" for n in range(1, MOST + 1) if n != 7]


def test_an_entry_put_back_is_text_again(as_bob: Client, job: Record, yards: list[dict[str, object]]) -> None:
    gone = press(as_bob, inputs(as_bob.get(EDIT)), "remove", f"{SHIP}-6")
    back = press(as_bob, gone, "undo", f"{SHIP}-6")
    assert [name for name in back if name.startswith(f"{SHIP}-")] == []


def test_an_entry_that_something_is_wrong_with_opens(
    as_bob: Client, job: Record, sandbox: Sandbox, yards: list[dict[str, object]]
) -> None:
    data = press(as_bob, inputs(as_bob.get(EDIT)), "open", f"{SHIP}-1")
    answer = as_bob.post(EDIT, data | {f"{SHIP}-1-name": "yard 7"})
    said = "Ship-to address 2 is already called “Yard 7”. Choose another name; capitals and blanks make no difference."
    assert (answer.status_code, errors(answer), inputs(answer)[f"{SHIP}-6-name"]) == (
        422,
        {f"{SHIP}-6-name": [said]},
        "Yard 7",
    )


def test_a_full_list_of_text_takes_no_more(as_bob: Client, job: Record, yards: list[dict[str, object]]) -> None:
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"add": SHIP})
    assert errors(answer) == {SHIP: ["At most 50 ship-to addresses."]}


def test_what_moved_in_quickbooks_meanwhile_is_not_laid_over(
    as_bob: Client, job: Record, sandbox: Sandbox, yards: list[dict[str, object]]
) -> None:
    data = press(as_bob, inputs(as_bob.get(EDIT)), "open", f"{SHIP}-6") | {f"{SHIP}-6-city": "Nampa"}
    change(sandbox, alternateShippingAddresses=[yard(1, city="Rome"), *yards[1:]])
    answer = as_bob.post(EDIT, data)
    as_bob.post(answer.context["form_action"], inputs(answer, "conflict"))
    cities = {name: city for name, city in names(sent(sandbox)[-1]) if city != "Boise"}
    assert (answer.status_code, cities) == (409, {"Yard 1": "Rome", "Yard 7": "Nampa"})


def test_a_rebase_leaves_what_nobody_touched_as_text(
    as_bob: Client, job: Record, sandbox: Sandbox, yards: list[dict[str, object]]
) -> None:
    data = press(as_bob, inputs(as_bob.get(EDIT)), "open", f"{SHIP}-6") | {f"{SHIP}-6-city": "Nampa"}
    stored(sandbox, job, yard(1, city="Rome"), *yards[1:])
    back = inputs(as_bob.post(EDIT, data | {"rebase": "1"}))
    assert {name: text for name, text in back.items() if name.endswith("-city") and name.startswith(SHIP)} == {
        f"{SHIP}-6-city": "Nampa"
    }


def test_whatever_is_wanted_of_a_long_list_comes_back_from_its_inputs(job: Record, yards: list[Any]) -> None:
    table = registry.get_table(job.tenant, "customers")
    base = lookup.get_content(lookup.find_record(job.tenant, "customers", job.remote_id))
    towns = st.dictionaries(st.integers(0, MOST - 1), st.sampled_from(["Boise", "Nampa", "gone"]), max_size=6)

    @given(towns, st.booleans())
    def every(typed: dict[int, str], is_added: bool) -> None:
        changed = [
            one.replace(city=typed.get(n, one["city"])) for n, one in enumerate(base[SHIP]) if typed.get(n) != "gone"
        ]
        new = base[SHIP][0].replace(name="Dock", is_default_shipping_address=None)
        fits = is_added and len(changed) < MOST
        wanted = base.replace(**{SHIP: (*changed, *([new] if fits else []))})
        form = WholeForm(job.tenant, table, base, fill_inputs(table, base, wanted))
        assert form.is_valid() and form.edited == wanted

    every()
