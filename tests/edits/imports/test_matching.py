"""Rows are matched by id and version together; what is of no record, or cannot be taken, is said with its place."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from administration.companies import life
from books import registry
from books.mirror import lookup
from books.models import Record, Version
from edits.batches.plan import plan_batch
from edits.imports.reading import FileReading, read_file
from edits.models.batch import Finding
from record_forms.workbooks.cells import UnreadableFile, name_cell, name_column
from record_forms.workbooks.delimited import OTHER_LETTERS
from record_forms.workbooks.layout import make_layout
from tenants.access import Member, find_member
from tenants.models import Membership, Role, Tenant
from tests.bills import factories
from tests.support.copies import Copied
from tests.support.workbooks import SheetParts, Written, make_excel

from .exported import ExportedFile, export

COMPANY, ID, REVISION = "Ledgerdesk company", "Ledgerdesk id", "Ledgerdesk revision"
ADA = {"id": "8-1", "revisionNumber": "100", "fullName": "Ada", "name": "Ada", "phone": "555", "isActive": True}


def store(tenant: Tenant, kind: str = "customers", **changed: object) -> Record:
    return lookup.store_record(tenant, registry.get_table(tenant, kind), {**ADA, **changed})


def member_of(tenant: Tenant, person: User) -> Member:
    found = find_member(tenant, person)
    assert found is not None
    return found


@pytest.fixture
def m(abc: Tenant, bob: User) -> Member:
    store(abc)
    store(abc, id="8-2", fullName="Bea", name="Bea")
    return member_of(abc, bob)


@pytest.fixture
def file(m: Member) -> ExportedFile:
    return export(m, "customers")


def problems(reading: FileReading) -> list[tuple[str, str]]:
    return [(one.place, one.problem) for one in reading.proposals]


def phones(reading: FileReading) -> list[tuple[str, str]]:
    return [(one.record.remote_id, one.edited["phone"]) for one in reading.proposals if one.edited]


def test_a_change_starts_from_the_version_that_was_exported(m: Member, file: ExportedFile) -> None:
    store(m.tenant, revisionNumber="101", phone="556", email="ada@example.com")
    file.set(0, "Phone", "777")
    (proposal,) = file.bring_back().proposals
    assert (proposal.seen and proposal.seen.revision, proposal.record.revision) == ("100", "101")
    item = plan_batch(m.person, [proposal], kind="customers", title="x", source="y").items.get()
    assert (item.finding, item.problem) == (
        Finding.CLASH, "Changed by somebody else since: Phone. You will be asked to decide.",
    )  # fmt: skip


def test_a_stale_row_whose_change_touches_nothing_else_is_merged(m: Member, file: ExportedFile) -> None:
    store(m.tenant, revisionNumber="101", email="ada@example.com")
    file.set(0, "Phone", "777")
    batch = plan_batch(m.person, file.bring_back().proposals, kind="customers", title="x", source="y")
    assert [(item.finding, item.base and item.base.revision) for item in batch.items.all()] == [("changes", "101")]


def test_a_stale_row_that_was_not_changed_proposes_nothing(m: Member, file: ExportedFile) -> None:
    store(m.tenant, revisionNumber="101", phone="556")
    assert file.bring_back().proposals == []


@pytest.mark.parametrize("revision", ["99", "r99", "", Written("1730000000", formula="A1"), Written("#N/A", "e")])
def test_a_version_that_is_not_known_is_never_replaced_by_another(file: ExportedFile, revision: object) -> None:
    file.set(0, REVISION, revision)
    file.set(0, "Phone", "777")
    reading = file.bring_back()
    assert phones(reading) == []
    assert bool(reading.notes) != bool(problems(reading))


def test_a_version_that_is_kept_no_longer_says_so(m: Member, file: ExportedFile) -> None:
    store(m.tenant, revisionNumber="101")
    Version.objects.filter(revision="100", record__remote_id="8-1").update(revision="98")
    file.set(0, "Phone", "777")
    said = "The version that this row was exported from is not known or no longer kept. Export the list again."
    assert problems(file.bring_back()) == [("row 2", said)]


def test_a_record_that_was_deleted_says_so(m: Member, file: ExportedFile) -> None:
    lookup.mark_deleted(m.tenant, "customers", ["8-1"])
    file.set(0, "Phone", "777")
    assert problems(file.bring_back()) == [("row 2", "It is no longer in QuickBooks.")]


def test_a_row_with_the_id_of_no_record_is_said(file: ExportedFile) -> None:
    file.set(0, ID, "8-9")
    file.set(0, "Phone", "777")
    reading = file.bring_back()
    name = reading.notes[0]
    assert (phones(reading), name.endswith("has this id. Its rows are not taken. (row 2: 8-9)")) == ([], True)


def test_new_rows_are_said_and_not_added(file: ExportedFile) -> None:
    file.rows.append([None] * len(file.heads))
    file.set(2, "Name", "Cleo")
    assert file.bring_back().notes == ["A row without a Ledgerdesk id is new. A file adds no customer. (row 4)"]


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("1.23E+12", "was shortened by the spreadsheet program (1.23E+12)"),
        (Decimal("1234567890123460"), "was shortened by the spreadsheet program (1234567890123460)"),
        ("8-1_x0000_", "has signs that nobody can see"),
        ("8-\u200b1", "has signs that nobody can see"),
    ],
)
def test_an_id_that_a_program_has_changed_is_no_id(file: ExportedFile, key: object, wrong: str) -> None:
    file.set(0, ID, key)
    assert file.bring_back().notes == [f"Ledgerdesk id {wrong}, so the row is of no record. (row 2)"]


@pytest.mark.parametrize(("name", "page"), [("Łódź", "cp1250"), ("Ёлка", "cp1251"), ("Café", "mac_roman")])
def test_a_text_file_in_the_letters_of_another_country_is_refused(m: Member, name: str, page: str) -> None:
    store(m.tenant, companyName=name)
    file = export(m, "customers")
    file.set(1, "Phone", "777")
    with pytest.raises(UnreadableFile) as raised:
        file.bring_back_text(encoding=page)
    assert str(raised.value) == OTHER_LETTERS


def test_a_text_file_in_western_letters_is_taken(m: Member) -> None:
    store(m.tenant, companyName="Café")
    file = export(m, "customers")
    file.set(0, "Contact", "Zoë")
    (proposal,) = file.bring_back_text(encoding="cp1252").proposals
    assert proposal.edited is not None
    assert (proposal.edited["company_name"], proposal.edited["contact"]) == ("Café", "Zoë")


def test_a_row_of_another_company_is_taken_there_if_the_person_may_change_it(
    harbor: Tenant, file: ExportedFile
) -> None:
    store(harbor)
    file.set(0, COMPANY, "harbor")
    file.set(0, "Phone", "777")
    (proposal,) = file.bring_back().proposals
    assert (proposal.member.tenant, proposal.record.tenant) == (harbor, harbor)


def rename(company: Tenant) -> None:
    """Give a company another address, after its files were exported."""
    life.rename_company(company, company.name, f"{company.slug}-street")
    company.refresh_from_db()


def test_a_file_that_was_exported_before_its_company_was_renamed_is_taken(m: Member, file: ExportedFile) -> None:
    file.set(0, "Phone", "777")
    rename(m.tenant)
    assert phones(file.bring_back()) == [("8-1", "777")]


def test_rows_of_one_record_from_before_and_after_a_renaming_are_of_the_same_record(
    m: Member, file: ExportedFile
) -> None:
    file.rows.append(list(file.rows[0]))
    file.set(0, "Phone", "777")
    rename(m.tenant)
    file.set(2, COMPANY, m.tenant.slug)
    said = "Rows 2 and 4 are of the same record and differ. Delete one of them."
    assert problems(file.bring_back()) == [("rows 2, 4", said)]


@pytest.mark.parametrize(("role", "company"), [(Role.VIEWER, "harbor-street"), (None, "harbor")])
def test_a_row_of_a_renamed_company_that_the_person_may_not_change_is_said(
    harbor: Tenant, bob: User, file: ExportedFile, role: Role | None, company: str
) -> None:
    store(harbor)
    own = Membership.objects.filter(tenant=harbor, person=bob)
    own.update(role=role) if role else own.delete()
    rename(harbor)
    file.set(0, COMPANY, "harbor")
    file.set(0, "Phone", "777")
    reading = file.bring_back()
    said = f"“{company}” is not a company in QuickBooks that you can change. Its rows are not taken. (row 2)"
    assert (reading.proposals, reading.notes) == ([], [said])


@pytest.mark.parametrize("company", ["nowhere", "juniper", "harbor"])
def test_a_row_of_a_company_that_the_person_may_not_change_is_said(
    harbor: Tenant, bob: User, file: ExportedFile, company: str
) -> None:
    store(harbor)
    Membership.objects.filter(tenant=harbor, person=bob).update(role=Role.VIEWER)
    file.set(0, COMPANY, company)
    file.set(0, "Phone", "777")
    reading = file.bring_back()
    said = f"“{company}” is not a company in QuickBooks that you can change. Its rows are not taken. (row 2)"
    assert (reading.proposals, reading.notes) == ([], [said])


def test_a_field_that_is_hidden_in_another_company_is_not_changed_there(
    harbor: Tenant, bob: User, m: Member, settings: Settings
) -> None:
    Membership.objects.filter(tenant=m.tenant, person=bob).update(role=Role.ADMIN)
    settings.HIDDEN_FIELDS = {"bookkeeper": ["customers.phone"]}
    store(harbor)
    file = export(member_of(m.tenant, bob), "customers")
    file.set(0, COMPANY, "harbor")
    place = file.set(0, "Phone", "777")
    said = f"{place}: “Phone” cannot be changed, as it is not shown to you. What was entered there was not used."
    assert problems(file.bring_back()) == [("row 2", said)]


def test_two_rows_of_one_record_that_differ_change_nothing(file: ExportedFile) -> None:
    file.rows.append(list(file.rows[0]))
    file.set(0, "Phone", "777")
    said = "Rows 2 and 4 are of the same record and differ. Delete one of them."
    assert problems(file.bring_back()) == [("rows 2, 4", said)]


def test_two_rows_of_one_record_that_are_the_same_count_once(file: ExportedFile) -> None:
    file.set(0, "Phone", "777")
    file.rows.append(list(file.rows[0]))
    assert phones(file.bring_back()) == [("8-1", "777")]


def test_two_rows_of_one_record_with_different_versions_change_nothing(m: Member, file: ExportedFile) -> None:
    file.rows.append(list(file.rows[0]))
    file.set(2, REVISION, "r101")
    said = "The rows of this record are of different versions. Export the list again."
    assert problems(file.bring_back()) == [("rows 2, 4", said)]


def test_hidden_rows_with_changes_are_taken_and_said(file: ExportedFile) -> None:
    file.set(0, "Phone", "777")
    file.more["hidden"] = [2, 3]
    for reading in (file.bring_back(), file.bring_back_libre()):
        assert (reading.notes, problems(reading)) == (
            ["Hidden or filtered rows are read as well. These have changes. (row 2)"], [("row 2, hidden", "")],
        )  # fmt: skip


def test_a_cell_that_is_not_understood_is_named_with_what_is_wrong(file: ExportedFile) -> None:
    phone = file.set(0, "Phone", "5" * 30)
    start = file.set(0, "Job start", "soon")
    ((_, said),) = problems(file.bring_back())
    assert sorted(said.split(". ")) == sorted(
        f"{phone}: Too long: 30 characters, 21 allowed. {start}: “soon” is not a date. "
        "Try 28 Oct 2026, 10/28 or t for today.".split(". ")
    )


def test_a_formula_is_refused_where_it_would_change_something(file: ExportedFile) -> None:
    phone = file.set(0, "Phone", Written("777", "str", formula='"7"&"77"'))
    file.set(1, "Phone", Written("555", "str", formula='"5"&"55"'))
    said = f"{phone} (Phone) is a formula. Copy the cells and paste them as values."
    assert problems(file.bring_back()) == [("row 2", said)]


def test_a_formula_that_nobody_has_calculated_is_refused_in_a_blank_cell_too(file: ExportedFile) -> None:
    place = file.set(0, "Fax", Written("", formula='"7"&"77"'))
    said = f"{place} (Fax) is a formula. Copy the cells and paste them as values."
    assert problems(file.bring_back()) == [("row 2", said)]


@pytest.mark.parametrize("style", ["euro", "dollar", "percent"])
def test_cells_that_cannot_be_changed_may_be_shown_in_another_way(m: Member, style: str) -> None:
    store(m.tenant, balance="12.50")
    layout = make_layout(registry.get_table(m.tenant, "customers"), ["balance"])
    file = export(m, "customers", layout=layout)
    file.set(0, "Balance", Written("12.5", style=style))
    assert (file.bring_back().proposals, file.bring_back().notes) == ([], [])


def test_cells_that_cannot_be_changed_are_not_used_and_said(file: ExportedFile) -> None:
    place = file.set(0, "Full name", "Eve")
    reading = file.bring_back()
    said = f"Cells that cannot be changed differ from Ledgerdesk's data. They are not used. ({place})"
    assert (reading.proposals, reading.notes) == ([], [said])


def test_a_row_with_the_name_of_another_record_changes_nothing(file: ExportedFile) -> None:
    first, second = file.rows
    file.rows = [[*first[:2], *second[2:-1], first[-1]], [*second[:2], *first[2:-1], second[-1]]]
    file.set(0, "Phone", "777")
    place = name_cell(2, file.heads.index("Full name"))
    said = f"{place}: this row has the id of “Ada”, but another name. Were its cells moved?"
    assert problems(file.bring_back())[0] == ("row 2", said)


def test_a_job_whose_parent_was_renamed_since_is_still_itself(m: Member) -> None:
    store(m.tenant, id="8-3", fullName="Ada:Attic", name="Attic", parent={"id": "8-1", "fullName": "Ada"})
    file = export(m, "customers")
    store(m.tenant, revisionNumber="101", fullName="Ada Lovelace", name="Ada Lovelace")
    file.set(file.find("8-3"), "Phone", "777")
    reading = file.bring_back()
    assert (problems(reading), phones(reading)) == ([("row 4", "")], [("8-3", "777")])


def exchange(file: ExportedFile, *heads: str) -> None:
    """Exchange these cells of the first two rows, as sorting only some of the columns does."""
    for place in (file.heads.index(head) for head in heads):
        first, second = file.rows[0], file.rows[1]
        first[place], second[place] = second[place], first[place]


@pytest.fixture
def two_bills(abc: Tenant, bob: User) -> ExportedFile:
    factories.store_lists(abc)
    factories.store_bill(abc)
    factories.store_bill(abc, id="B2", refNumber="7732", memo="Crates")
    return export(member_of(abc, bob), "bills")


MOVED = "this row has the id of “{}”, and names have gone from row to row. Were its cells moved?"


def test_bills_whose_numbers_went_to_each_other_are_not_changed(two_bills: ExportedFile) -> None:
    exchange(two_bills, "Number", "Memo")
    place = two_bills.heads.index("Number")
    assert problems(two_bills.bring_back()) == [
        (f"row {number}", f"{name_cell(number, place)}: {MOVED.format(name)}")
        for number, name in ((2, 7731), (3, 7732))
    ]


def test_customers_of_bigcapital_whose_names_went_to_each_other_are_not_changed(
    juniper: Tenant, bob: User, copied: Copied
) -> None:
    copied(juniper)
    file = export(member_of(juniper, bob), "customers")
    exchange(file, "Display name")
    assert [said.endswith("Were its cells moved?") for _, said in problems(file.bring_back())] == [True, True]


def test_a_number_that_no_other_row_had_is_a_change(two_bills: ExportedFile) -> None:
    two_bills.set(0, "Number", "7732")
    two_bills.set(1, "Memo", "Boxes")
    assert [one.problem for one in two_bills.bring_back().proposals] == ["", ""]


def test_text_that_the_program_has_changed_is_kept_and_said(m: Member) -> None:
    store(m.tenant, phone="00555")
    file = export(m, "customers")
    place = file.set(0, "Phone", Decimal(555))
    said = "Values that the spreadsheet program has changed by itself, such as 00123 to 123 or 1.459 to 1459, stay."
    assert (file.bring_back().proposals, file.bring_back().notes) == ([], [f"{said} ({place})"])


def heads_refusal(file: ExportedFile) -> str:
    with pytest.raises(UnreadableFile) as raised:
        file.bring_back()
    return str(raised.value)


HOW = "Export the list with “Excel, to edit”, change that file and bring it back."


@pytest.mark.parametrize(
    ("head", "now", "said"),
    [
        (
            "Salutation",
            "Title",
            "A customer has no such column: {}, “Title”. Give a renamed column its old name back, and delete "
            "columns of your own.",
        ),
        (
            "Salutation",
            "",
            "A customer has no such column: {}, without a name. Give a renamed column its old name back, and delete "
            "columns of your own.",
        ),
        (REVISION, "Revision", f"The column “Ledgerdesk revision” of the exported file is missing. {HOW}"),
        (ID, "", f"The column “Ledgerdesk id” of the exported file is missing. {HOW}"),
        ("Salutation", "full name", "Columns C and {} are both called “full name”. Delete one of them."),
    ],
)
def test_other_columns_are_refused_by_name(file: ExportedFile, head: str, now: str, said: str) -> None:
    place = file.heads.index(head)
    file.set(0, head, "Dr.")
    file.heads[place] = now
    assert heads_refusal(file) == said.format(name_column(place))


def test_a_list_that_was_not_exported_to_edit_is_refused(file: ExportedFile) -> None:
    file.heads = [head.removeprefix("Ledgerdesk ") for head in file.heads]
    assert heads_refusal(file) == (
        "This file was not exported to be edited: its first row has none of Ledgerdesk company, Ledgerdesk id and "
        f"Ledgerdesk revision. {HOW}"
    )


def test_a_file_of_another_list_names_that_list(m: Member, file: ExportedFile) -> None:
    file.set(0, "Phone", "777")
    file.kind = "bills"
    assert heads_refusal(file) == "This is a file of customers. Bring it back in the list of customers."


def test_a_title_above_the_names_of_the_columns_is_refused_with_what_to_do(m: Member, file: ExportedFile) -> None:
    rows = SheetParts("customers", [["Our customers"], file.heads, *file.rows])
    with pytest.raises(UnreadableFile, match="Delete the rows above their names"):
        read_file(m, "customers", "list.xlsx", make_excel(rows, SheetParts("How to use", [["Note"]])))


def test_columns_may_be_moved_left_out_and_written_in_another_case(file: ExportedFile) -> None:
    file.set(0, "Phone", "777")
    names = ("Phone", ID, REVISION, COMPANY)
    places = [file.heads.index(name) for name in names]
    file.heads, file.rows = [name.upper() for name in names], [[row[place] for place in places] for row in file.rows]
    assert phones(file.bring_back()) == [("8-1", "777")]


def test_a_file_that_was_cut_off_changes_nothing_of_its_last_row(m: Member, file: ExportedFile) -> None:
    file.rows[0] = file.rows[0][:8]
    assert (file.bring_back_text().proposals, file.bring_back_text().notes) == (
        [], ["The row ends early: the file was cut off. Nothing of it is taken. (row 2)"],
    )  # fmt: skip


@pytest.fixture
def bill(abc: Tenant, bob: User) -> ExportedFile:
    factories.store_lists(abc)
    factories.store_bill(abc)
    return export(member_of(abc, bob), "bills", with_lines=True)


def test_lines_without_a_row_stay_and_new_lines_are_not_added(bill: ExportedFile) -> None:
    bill.rows[1][bill.heads.index("Ledgerdesk line id")] = None
    bill.set(0, "Memo", "Boxes")
    reading = bill.bring_back()
    assert [len(one.edited["expense_lines"]) for one in reading.proposals if one.edited] == [2]
    assert reading.notes == [
        "A row without a line id is a new line. A file adds no lines. (row 3)",
        "Lines without a row stay as they are: a file removes no lines. (rows 2 to 7)",
    ]


def add_line(file: ExportedFile, memo: str) -> None:
    """Add a row for a new line as people do: the row's company, id and revision are copied, all else is left blank."""
    copied = {file.heads.index(head) for head in (COMPANY, ID, REVISION)}
    file.rows.append([cell if place in copied else None for place, cell in enumerate(file.rows[0])])
    file.set(len(file.rows) - 1, "Line: memo", memo)


NEW_LINE = "A row without a line id is a new line. A file adds no lines. (row {})"


def test_a_row_of_a_new_line_clears_nothing_of_its_bill(bill: ExportedFile) -> None:
    add_line(bill, "Stamps")
    assert (bill.bring_back().proposals, bill.bring_back().notes) == ([], [NEW_LINE.format(8)])


def test_what_is_typed_in_the_row_of_a_new_line_counts_for_its_bill(bill: ExportedFile) -> None:
    add_line(bill, "Stamps")
    bill.set(6, "Memo", "Boxes")
    (proposal,) = bill.bring_back().proposals
    assert proposal.edited is not None and proposal.edited["memo"] == "Boxes"


def test_nor_does_one_of_a_bill_without_lines(abc: Tenant, bob: User) -> None:
    factories.store_lists(abc)
    factories.store_bill(abc, expenseLines=[], itemLines=[], itemGroupLines=[])
    bare = export(member_of(abc, bob), "bills", with_lines=True)
    add_line(bare, "Stamps")
    assert (bare.bring_back().proposals, bare.bring_back().notes) == ([], [NEW_LINE.format(3)])


def test_a_value_that_is_cleared_in_the_row_of_a_line_is_cleared(bill: ExportedFile) -> None:
    bill.set(2, "Memo", None)
    (proposal,) = bill.bring_back().proposals
    assert proposal.edited is not None and proposal.edited["memo"] == ""


def test_a_line_stays_in_its_list_whatever_its_row_says(bill: ExportedFile) -> None:
    place = bill.set(0, "Line: Kind", "Items")
    said = f"Cells that cannot be changed differ from Ledgerdesk's data. They are not used. ({place})"
    assert (bill.bring_back().proposals, bill.bring_back().notes) == ([], [said])


def test_a_value_that_a_line_cannot_have_is_refused(bill: ExportedFile) -> None:
    place = bill.set(0, "Line: quantity", Decimal(2))
    ((_, said),) = problems(bill.bring_back())
    assert said == f"{place}: Expenses have no “quantity”."


EUROS = "{}: “€ 90”: amounts here are in USD. Leave out “€” if the number is right."


@pytest.mark.parametrize(("style", "said"), [("dollar", ""), ("money", ""), ("euro", EUROS)])
def test_an_amount_in_another_currency_is_refused(abc: Tenant, bob: User, style: str, said: str) -> None:
    lookup.store_record(
        abc, registry.get_table(abc, "currencies"), {**factories.DOLLAR, "name": "US Dollar", "currencyCode": "USD"}
    )
    bill = factories.store_bill(abc, currency=factories.DOLLAR)
    file = export(member_of(abc, bob), "bills", [bill], with_lines=True)
    place = file.set(1, "Line: amount", Written("90", style=style))
    assert [one for _, one in problems(file.bring_back())] == [said.format(place)]


def test_dates_of_a_bill_are_read_in_the_order_of_the_file(bill: ExportedFile) -> None:
    bill.rows = bill.rows[:1]
    bill.set(0, "Bill date", "28/10/2026")
    bill.set(0, "Due date", "03/04/2026")
    (proposal,) = bill.bring_back_text().proposals
    assert proposal.edited is not None and proposal.edited["due_date"] == date(2026, 4, 3)


def test_what_the_person_may_not_see_is_neither_exported_nor_taken(
    m: Member, file: ExportedFile, settings: Settings
) -> None:
    file.set(0, "Phone", "777")
    settings.HIDDEN_FIELDS = {"bookkeeper": ["customers.phone"]}
    assert "Phone" not in export(m, "customers").heads
    assert heads_refusal(file).startswith("A customer has no such column: ")
