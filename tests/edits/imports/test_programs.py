"""Files that LibreOffice 7.4 saved of our own exports, opened and not changed: nothing is proposed by them.

They are of the records below, exported to edit with all fields as .xlsx (`workbook`) or .csv (`text`), and converted
with `soffice --headless --convert-to`: to `xlsx:Calc MS Excel 2007 XML`, or to `csv:Text - txt - csv (StarCalc)` with
the options `44,34,76,1,,0,false,true`, German ones with a profile of the locale de-DE and `59,34,1,1,,0,false,true`. A
text was opened with the same options, so that all that looks like a number or a date was made one. Convert anew if the
records or the layout change.
"""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from books import registry
from books.mirror import lookup
from edits.imports.cells_changed import KEPT
from edits.imports.reading import FileReading, read_file
from record_forms.workbooks.cells import UnreadableFile
from record_forms.workbooks.files import SAVE_AS
from tenants.access import Member, find_member
from tenants.models import Tenant
from tests.bills import factories

FOLDER = Path(__file__).parent / "files"
TEXTS = [
    ("00555", "+49 30 1234", "Café Łódź 😀", 'two\nlines; and "quotes", and, commas'),
    ("1-2", "=1+2", "1,000", "  blanks around  "),
    ("1234567890123456", "@home", "TRUE", "-5"),
    ("12.50", "5%", "Mar 5", "'quoted'"),
    ("1E5", "$5", "(555)", "_x0041_ and #N/A"),
    ("", "10:30", "#N/A", "tab\tinside"),
]


def store_customers(tenant: Tenant) -> None:
    for number, (phone, fax, company, note) in enumerate(TEXTS, 1):
        remote = {
            "id": f"80000{number}-1700000000",
            "revisionNumber": f"17000000{number:02}",
            "name": f"Name {number}",
            "fullName": f"Name {number}",
            "isActive": number != 2,
            "phone": phone,
            "fax": fax,
            "companyName": company,
            "note": note,
            "creditLimit": f"{number * 1250.5:.2f}",
            "balance": f"{number}.05",
            "jobStartDate": f"2026-{number:02}-{number + 7:02}",
        }
        lookup.store_record(tenant, registry.get_table(tenant, "customers"), remote)


def store_bills(tenant: Tenant) -> None:
    factories.store_lists(tenant)
    factories.store_bill(tenant)
    lines = [factories.item(f"I{n}", "Tape", quantity, "0.12345", "1250.00") for n, quantity in enumerate((2500, 2.5))]
    many: dict[str, Any] = {"itemLines": lines, "expenseLines": [], "itemGroupLines": [], "amountDue": "2500.00"}
    factories.store_bill(tenant, id="B2", refNumber="0042", memo="a;b", **many)


@pytest.fixture
def m(abc: Tenant, bob: User) -> Member:
    store_customers(abc)
    store_bills(abc)
    found = find_member(abc, bob)
    assert found is not None
    return found


def bring_back(m: Member, name: str) -> FileReading:
    kind = name.replace(".", "-").partition("-")[0]
    return read_file(m, kind, name, (FOLDER / name).read_bytes())


PROPOSE_NOTHING = [
    ("customers-workbook-saved.xlsx", 7, ""),
    ("bills-workbook-saved.xlsx", 2, ""),
    ("customers-workbook-as-text.csv", 7, ""),
    ("bills-workbook-as-text.csv", 2, ""),
    ("bills-workbook-as-german-text.csv", 2, ""),
    ("customers-workbook-as-german-text.csv", 7, "E2"),
    ("customers-text-saved.csv", 7, "N2, E3, E5, N5, P5, E6 and 3 more"),
    ("customers-text-as-workbook.xlsx", 7, "N2, E3, N4, E5, N5, P5 and 4 more"),
    ("customers-text-as-german-workbook.xlsx", 7, "N2, E3, N4, P5, E6, N6 and 1 more"),
    ("bills-text-as-workbook.xlsx", 2, "C8, C9"),
]


def test_what_another_program_saved_proposes_nothing(m: Member) -> None:
    readings = {name: bring_back(m, name) for name, _, _ in PROPOSE_NOTHING}
    found = {
        name: ([said.problem or said.edited for said in one.proposals], one.unchanged, one.notes, one.left_out)
        for name, one in readings.items()
    }
    assert found == {
        name: ([], records, [f"{KEPT} ({kept})"] if kept else [], 0) for name, records, kept in PROPOSE_NOTHING
    }


@pytest.mark.parametrize(
    ("name", "what"),
    [("customers.ods", "an OpenDocument file (.ods)"), ("customers.xls", "an old Excel file (.xls)")],
)
def test_other_files_of_the_program_are_named(m: Member, name: str, what: str) -> None:
    with pytest.raises(UnreadableFile) as raised:
        bring_back(m, name)
    assert str(raised.value) == f"This is {what}. {SAVE_AS}"
