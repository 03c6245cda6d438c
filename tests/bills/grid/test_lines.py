"""The form of a bill's lines: what travels, what comes of it, and what is refused."""

from decimal import Decimal

import pytest
from django.http import QueryDict

from bills.forms import fill_inputs
from bills.grid.lines import BillLines
from books import registry
from books.mirror import lookup
from books.providers.update_body import compose_body
from record_forms.lists.members import list_inputs
from records.content import Content, Reference
from tenants.models import Tenant
from tests.bills.factories import bill, data_of


@pytest.fixture
def larch(db: None) -> Tenant:
    """A company whose mirror holds no lists: names are not looked up here, ids are."""
    return Tenant.objects.create(slug="larch", name="Larch", end_user_id="end_usr_larch")


@pytest.fixture
def pickers(larch: Tenant) -> None:
    """Entries to pick: an account, an item, a group."""
    for kind, key, name in (
        ("accounts", "A9", "Rent"),
        ("service-items", "I9", "Labour"),
        ("item-groups", "G9", "Kit"),
    ):
        lookup.store_record(
            larch,
            registry.get_table(larch, kind),
            {
                "id": key,
                "revisionNumber": "1",
                "name": name,
                "fullName": name,
                "isActive": True,
                "accountType": "expense",
            },
        )


def form(tenant: Tenant, base: Content | None = None, /, **typed: str) -> BillLines:
    """The lines over `base` with inputs as they travel; `__` stands for `-`."""
    base = base if base is not None else bill(tenant)
    return BillLines(tenant, registry.get_table(tenant, "bills"), base, data_of(typed))


def test_untouched_lines_come_from_the_base(larch):
    lines = form(larch)
    assert lines.is_valid()
    assert lines.edited == {name: lines.base[name] for name in ("expense_lines", "item_lines", "item_group_lines")}


def test_a_touched_line_changes_alone(larch):
    lines = form(larch, expense_lines__1__id="E2", expense_lines__1__memo="Toner")
    assert lines.is_valid()
    first, second = lines.base["expense_lines"]
    assert lines.edited["expense_lines"] == (first, second.replace(memo="Toner"))


def test_inputs_as_they_were_shown_change_nothing(larch):
    lines = form(
        larch, **{"item_lines__0__id": "I1", **prefixed("item_lines__0", list_inputs(bill(larch)["item_lines"][0]))}
    )
    assert lines.is_valid() and lines.changed_names == []


def prefixed(prefix: str, inputs: dict[str, str]) -> dict[str, str]:
    return {f"{prefix}__{name}": text for name, text in inputs.items()}


def test_a_line_under_another_id_is_refused_and_nothing_guessed(larch):
    lines = form(larch, expense_lines__0__id="E2", expense_lines__0__memo="Toner")
    assert not lines.is_valid()
    assert list(lines.errors) == ["expense_lines-0"]


def test_a_line_under_another_id_is_not_removed_either(larch):
    lines = form(larch, expense_lines__0__id="E2", expense_lines__0__remove="on")
    assert (lines.is_valid(), list(lines.errors)) == (False, ["expense_lines-0"])


def test_a_removed_group_needs_none_of_its_lines(larch):
    gone = {
        f"item_group_lines__0__item_lines__{n}__{name}": text
        for n in (0, 1)
        for name, text in (("id", f"M{n + 1}"), ("remove", "on"))
    }
    lines = form(larch, item_group_lines__0__id="G1", item_group_lines__0__remove="on", **gone)
    lines.is_valid()
    assert list(lines.errors) == ["item_group_lines"]  # the connection cannot say that the last group is gone


@pytest.mark.parametrize(
    "strange",
    ["expense_lines__x__memo", "expense_lines__0__item_lines__0__memo", "item_lines__1__", "item_lines__0__oops__1__x"],
)
def test_an_input_that_belongs_to_no_line_is_refused(larch, strange):
    assert not form(larch, **{strange: "x"}).is_valid()


def test_a_member_that_lines_do_not_have_is_refused(larch):
    lines = form(larch, expense_lines__0__id="E1", expense_lines__0__tip="5")
    assert not lines.is_valid()
    assert list(lines.errors) == ["expense_lines-0"]


def test_a_new_line_stands_behind_the_stored_ones(larch, pickers):
    lines = form(larch, expense_lines__5__id="-1", expense_lines__5__account="rent", expense_lines__5__amount="1,200.5")
    assert lines.is_valid()
    new = lines.edited["expense_lines"][2]
    assert (new["id"], new["account"], new["amount"]) == ("-1", Reference("A9", "Rent"), Decimal("1200.50"))


def test_a_new_line_left_blank_is_dropped(larch):
    lines = form(larch, item_lines__2__id="-1", item_lines__2__item="", item_lines__2__quantity=" ")
    assert lines.is_valid() and lines.changed_names == []


def test_a_new_line_needs_what_quickbooks_needs(larch):
    lines = form(larch, expense_lines__2__id="-1", expense_lines__2__memo="Toner")
    assert not lines.is_valid()
    assert lines.errors == {
        "expense_lines-2-account": ["Account is required."],
        "expense_lines-2-amount": ["Amount is required."],
    }


def test_a_wrong_amount_is_named_at_its_input_and_stays(larch):
    lines = form(larch, expense_lines__0__id="E1", expense_lines__0__amount="12 apples")
    assert not lines.is_valid()
    assert lines.errors == {"expense_lines-0-amount": ["“12 apples” is not a number."]}
    assert (lines.lists[0].entries[0].typed or {})["amount"] == "12 apples"


def test_quantity_and_cost_make_the_amount_and_the_total(larch):
    lines = form(larch, item_lines__0__id="I1", item_lines__0__quantity="250", item_lines__0__amount="230.00")
    assert lines.is_valid()
    assert lines.edited["item_lines"][0]["amount"] == Decimal("287.50")
    assert lines.total - lines.total_was == Decimal("57.50")


def test_a_removed_line_is_left_out_and_the_sum_with_it(larch):
    lines = form(larch, expense_lines__0__id="E1", expense_lines__0__remove="on")
    assert lines.is_valid()
    assert [line["id"] for line in lines.edited["expense_lines"]] == ["E2"]
    assert lines.total == lines.total_was - Decimal("218.00")


def test_emptying_a_section_sends_its_clear_flag(larch):
    gone = {
        f"expense_lines__{n}__{name}": text for n in (0, 1) for name, text in (("id", f"E{n + 1}"), ("remove", "on"))
    }
    lines = form(larch, **gone)
    assert lines.is_valid()
    assert compose_body(lines.base, lines.base.replace(**lines.edited)) == {"clearExpenseLines": True}


def test_the_last_group_cannot_be_removed_and_the_form_says_why(larch):
    lines = form(larch, item_group_lines__0__id="G1", item_group_lines__0__remove="on")
    assert not lines.is_valid()
    assert lines.errors == {"item_group_lines": ["The last of the item groups can only be removed in QuickBooks."]}


def test_the_last_item_of_a_bill_with_groups_cannot_be_removed_and_the_form_says_what_to_do(larch):
    lines = form(larch, item_lines__0__id="I1", item_lines__0__remove="on")
    assert not lines.is_valid()
    assert lines.errors == {
        "item_lines": [
            "The last of the items can only be removed in QuickBooks while the bill has item group lines, "
            "as removing it here could remove those too. Keep one of them and change it to what you need."
        ]
    }


def test_the_last_item_of_a_bill_without_groups_goes_with_its_flag(larch):
    base = bill(larch, itemGroupLines=[])
    lines = form(larch, base, item_lines__0__id="I1", item_lines__0__remove="on")
    assert lines.is_valid()
    assert compose_body(base, base.replace(**lines.edited)) == {"clearItemLines": True}


def test_a_bill_keeps_at_least_one_line(larch):
    base = bill(larch).replace(item_lines=(), item_group_lines=())
    gone = {
        f"expense_lines__{n}__{name}": text for n in (0, 1) for name, text in (("id", f"E{n + 1}"), ("remove", "on"))
    }
    lines = form(larch, base, **gone)
    assert not lines.is_valid()
    assert lines.errors == {"": ["A bill needs at least one line. Add one before you remove the last."]}


def test_a_line_inside_a_group_travels_with_its_group(larch):
    within = {"item_group_lines__0__item_lines__1__id": "M2", "item_group_lines__0__item_lines__1__quantity": "12"}
    assert not form(larch, **within).is_valid()
    lines = form(larch, **within, item_group_lines__0__id="G1")
    assert lines.is_valid()
    assert lines.edited["item_group_lines"][0]["item_lines"][1]["amount"] == Decimal("234.00")
    assert lines.total - lines.total_was == Decimal("39.00")


def test_a_refusal_that_counts_sent_lines_lands_on_the_right_row(larch):
    lines = form(larch, expense_lines__0__id="E1", expense_lines__0__remove="on")
    assert lines.is_valid()
    assert lines.refuse("expense_lines-0-amount", "Too much.") and not lines.refuse("memo", "Too long.")
    assert lines.errors == {"expense_lines-1-amount": ["Too much."]}


def test_a_refusal_inside_a_group_lands_there(larch):
    lines = form(larch)
    assert lines.refuse("item_group_lines-0-item_lines-1-cost", "No.") and lines.refuse("item_lines", "Nor this.")
    assert lines.errors == {"item_group_lines-0-item_lines-1-cost": ["No."], "item_lines": ["Nor this."]}


def test_what_was_wanted_comes_back_as_the_inputs_that_say_it(larch, pickers):
    lines = form(
        larch, expense_lines__0__id="E1", expense_lines__0__remove="on",
        item_lines__0__id="I1", item_lines__0__quantity="7",
        expense_lines__2__id="-1", expense_lines__2__account="Rent", expense_lines__2__amount="5",
    )  # fmt: skip
    assert lines.is_valid()
    wanted = lines.base.replace(**lines.edited)
    table = registry.get_table(larch, "bills")
    again = BillLines(larch, table, lines.base, fill_inputs(table, lines.base, wanted))
    assert again.is_valid() and again.edited == lines.edited


def test_more_lines_than_travel_safely_are_refused(larch, settings):
    settings.MAX_BILL_LINES = 7
    lines = form(
        larch,
        expense_lines__2__id="-1",
        expense_lines__2__memo="x",
        expense_lines__3__id="-1",
        expense_lines__3__memo="x",
    )
    assert not lines.is_valid()
    assert lines.errors[""] == [
        "A bill can have up to 7 lines here; this one would have 8. Enter the other lines in QuickBooks."
    ]


def test_data_of_a_form_without_lines_is_no_change(larch):
    assert BillLines(larch, registry.get_table(larch, "bills"), bill(larch), QueryDict("memo=x")).changed_names == []
