"""The page on which a file is brought back, and the command that does the same."""

import re
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from openpyxl import load_workbook

from books import registry
from books.mirror import lookup
from books.models import Record
from edits.imports.reading import read_file
from edits.models.batch import Batch, BatchState
from edits.models.edit import Edit
from record_forms.filters import export_to_edit
from record_forms.workbooks.files import SAVE_AS
from tenants.access import find_member
from tenants.models import Tenant
from tests.bills import factories
from tests.support.markup import one_line

from .test_matching import ADA

PAGE = "/t/abc/lists/customers/import/"


@pytest.fixture
def ada(abc: Tenant, bob: User) -> Record:
    return lookup.store_record(abc, registry.get_table(abc, "customers"), ADA)


def fetch(client: Client, kind: str = "customers", query: str = "suffix") -> str:
    """Return the list as CSV to edit."""
    return client.get(f"/t/abc/lists/{kind}/edit.csv?{query}").getvalue().decode("utf-8-sig")


def bring_back(client: Client, content: bytes | str, name: str = "list.csv", page: str = PAGE) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(page, {"file": SimpleUploadedFile(name, data)}, follow=True)


def list_errors(answer: Any) -> list[str]:
    found = re.search(r'id="file-error".*?</ul>', one_line(answer.text))
    return [unescape(one.strip()) for one in re.findall("<li>(.*?)</li>", found[0])] if found else []


def test_a_changed_file_leads_to_its_dry_run_and_changes_nothing(as_bob: Client, bob: User, ada: Record) -> None:
    answer = bring_back(as_bob, fetch(as_bob).replace('"555"', '"777"'), "My list.csv")
    batch = Batch.objects.get()
    item = batch.items.get()
    assert answer.redirect_chain == [(batch.get_absolute_url(), 302)]
    assert (batch.person, batch.state, batch.title) == (bob, BatchState.PLANNED, "Changes from My list.csv")
    assert (item.remote_id, item.place, item.changes) == ("8-1", "row 2", '[["Phone","555","777"]]')
    assert Edit.objects.count() == 0


def test_what_a_file_left_out_stays_on_the_page_for_its_author(as_bob: Client, as_carol: Client, ada: Record) -> None:
    changed = fetch(as_bob).replace('"555"', '"777"')
    row = changed.splitlines()[1]
    bring_back(as_bob, "\n".join([changed.strip(), row.replace('"8-1"', '"8-7"')]), "My list.csv")
    url = Batch.objects.get().get_absolute_url()
    said = f"No customer of {ada.tenant.name} has this id. Its rows are not taken. (row 3: 8-7)"
    pages = [one_line(client.get(url).text) for client in (as_bob, as_bob, as_carol)]
    assert [unescape(page).count(f'<li dir="auto">{said}</li>') for page in pages] == [1, 1, 0]


def test_a_file_that_was_not_changed_makes_no_bulk_change(as_bob: Client, ada: Record) -> None:
    answer = bring_back(as_bob, fetch(as_bob))
    said = "<strong>Nothing to change.</strong> Nothing differs from what was exported (1 customer)."
    assert (answer.status_code, Batch.objects.count(), said in one_line(answer.text)) == (200, 0, True)


def test_a_file_of_which_no_row_is_taken_is_not_said_to_be_unchanged(as_bob: Client, ada: Record) -> None:
    answer = bring_back(as_bob, fetch(as_bob).replace('"8-1"', '"8-7"'))
    said = "<strong>Nothing to change.</strong> The file names no customer that you can change here."
    assert (said in one_line(answer.text), "(row 2: 8-7)" in answer.text) == (True, True)


def test_a_file_that_cannot_be_taken_says_why_on_the_same_page(as_bob: Client, ada: Record) -> None:
    answer = bring_back(as_bob, b"\x89PNG\r\n\x1a\n", "list.xlsx")
    assert (answer.status_code, list_errors(answer)) == (422, [f"This is a picture (PNG), not a table. {SAVE_AS}"])


@pytest.mark.parametrize(
    ("data", "said"),
    [({}, "Choose the file first."), ({"file": SimpleUploadedFile("a.csv", b"")}, "The file is empty.")],
)
def test_a_post_without_content_says_what_is_missing(as_bob: Client, ada: Record, data: Any, said: str) -> None:
    assert list_errors(as_bob.post(PAGE, data)) == [said]


def test_a_list_that_nobody_has_is_not_found(as_bob: Client, ada: Record) -> None:
    assert [as_bob.get(f"/t/abc/lists/{kind}/import/").status_code for kind in ("vendors", "edits")] == [404, 404]


def test_a_file_without_a_session_leads_to_the_sign_in_page(client: Client, ada: Record) -> None:
    answer = client.post(PAGE, {"file": SimpleUploadedFile("a.csv", b"x" * 1000)})
    assert (answer.status_code, answer["Location"]) == (303, f"/accounts/login/?next={PAGE}")


def test_a_viewer_is_neither_offered_a_file_nor_given_one(as_bob: Client, as_carol: Client, ada: Record) -> None:
    offered = ["Excel, to edit" in client.get("/t/abc/customers/").text for client in (as_bob, as_carol)]
    assert (offered, as_carol.get("/t/abc/lists/customers/edit.xlsx").status_code) == ([True, False], 403)


def test_a_filtered_list_is_exported_with_the_columns_that_it_shows(as_bob: Client, ada: Record) -> None:
    head, row = fetch(as_bob, query="q=ada&columns=full_name,phone,billing_address__city").splitlines()
    assert (head, row) == (
        '"Ledgerdesk company","Ledgerdesk id","Full name","Phone","Bill to: City","Ledgerdesk revision"',
        '"abc","8-1","Ada","555","","r100"',
    )


def test_a_workbook_says_how_many_records_it_had_and_what_may_be_changed(
    as_bob: Client, abc: Tenant, bob: User, ada: Record
) -> None:
    lookup.store_record(abc, registry.get_table(abc, "customers"), {**ADA, "id": "8-2"})
    book = load_workbook(BytesIO(as_bob.get("/t/abc/lists/customers/edit.xlsx?fields=all").getvalue()))
    sheet, notes = book["Customers"], book["How to use"]
    fills = {sheet.cell(1, n).value: sheet.cell(2, n).fill.bgColor.rgb for n in range(1, sheet.max_column + 1)}
    assert fills["Phone"] != fills["Ledgerdesk id"] == fills["Full name"]
    assert notes["A1"].value.startswith("Change the white cells, save the file and bring it back: ABC Corporation")
    sheet.delete_rows(2)
    file = BytesIO()
    book.save(file)
    member = find_member(abc, bob)
    assert member is not None
    said = "1 of the 2 exported records have no row any more. They stay as they are."
    assert read_file(member, "customers", "a.xlsx", file.getvalue()).notes == [said]


def test_lines_are_exported_with_their_ids(as_bob: Client, abc: Tenant, ada: Record) -> None:
    factories.store_bill(abc)
    rows = fetch(as_bob, "bills", "fields=lines&columns=name,memo&state=all").splitlines()
    assert [row.split(",")[1:5] for row in rows] == [
        ['"Ledgerdesk id"', '"Number"', '"Memo"', '"Ledgerdesk line id"'],
        *(['"B1"', '"7731"', '"Cartons"', f'"{key}"'] for key in ("E1", "E2", "I1", "G1", "M1", "M2")),
    ]


def test_a_file_with_more_lines_than_could_be_brought_back_is_not_made(
    as_bob: Client, abc: Tenant, ada: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_to_edit, "MOST_ROWS", 5)
    factories.store_bill(abc)
    answers = [as_bob.get(f"/t/abc/lists/bills/edit.xlsx?state=all{more}") for more in ("", "&fields=lines")]
    said = "A file to edit has up to 5 rows, and this list has more with its lines."
    said += " Filter the list and export it in parts."
    assert (answers[0].getvalue()[:2], answers[1].status_code, answers[1].text) == (b"PK", 422, said)


def run(file: Path, *more: str, kind: str = "customers", person: str = "bob") -> str:
    out = StringIO()
    call_command("change_from_file", "abc", kind, str(file), "--person", person, *more, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def changed(as_bob: Client, ada: Record, tmp_path: Path) -> Path:
    file = tmp_path / "list.csv"
    file.write_text(fetch(as_bob).replace('"555"', '"777"'))
    return file


def test_the_command_plans_and_starts_the_same(changed: Path) -> None:
    said = run(changed, "--reason", "New numbers")
    batch = Batch.objects.get()
    counts = "1 to change, 0 changed by somebody else since, 0 unchanged, 0 cannot be changed"
    assert said == f"{counts}: {batch.get_absolute_url()}\nStarted.\n"
    assert (batch.state, batch.reason, batch.person_name) == (BatchState.RUNNING, "New numbers", "bob")


def test_the_command_starts_it_in_hours_and_with_a_note_as_the_page_does(changed: Path) -> None:
    run(changed, "--reason", "New\nnumbers", "--runs-from", "20:00", "--runs-until", "06:00")
    batch = Batch.objects.get()
    assert (batch.reason, f"{batch.runs_from:%H:%M}", f"{batch.runs_until:%H:%M}") == ("New numbers", "20:00", "06:00")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--runs-from", "20:00"], "Enter both times, or none."),
        (["--reason", "x" * 251], "Too long: 251 characters, 250 allowed."),
    ],
)
def test_the_command_plans_nothing_with_what_the_page_would_not_take(
    changed: Path, options: list[str], said: str
) -> None:
    with pytest.raises(CommandError) as refused:
        run(changed, *options)
    assert (str(refused.value), Batch.objects.count()) == (said, 0)


def test_the_command_starts_nothing_if_the_records_have_the_values_already(changed: Path, abc: Tenant) -> None:
    lookup.store_record(abc, registry.get_table(abc, "customers"), {**ADA, "revisionNumber": "101", "phone": "777"})
    assert run(changed).endswith("Nothing to change, so nothing is started.\n")
    assert Batch.objects.get().state == BatchState.PLANNED


def test_the_command_only_plans_if_told_so(changed: Path) -> None:
    run(changed, "--plan-only")
    assert Batch.objects.get().state == BatchState.PLANNED


def test_the_command_ends_with_another_code_if_records_are_left_out(changed: Path, ada: Record) -> None:
    changed.write_text(changed.read_text().replace('"777"', f'"{"7" * 40}"'))
    with pytest.raises(SystemExit) as ended:
        run(changed)
    assert ended.value.code == 3


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('"8-1"', '"8-7"', "Nothing to change: 0 records unchanged."),
        ('"777"', '"555"', "Nothing to change: 1 record unchanged."),
    ],
)
def test_the_command_tells_rows_that_are_of_no_record_from_unchanged_ones(
    changed: Path, was: str, now: str, said: str
) -> None:
    changed.write_text(changed.read_text().replace(was, now))
    out, code = StringIO(), 0
    try:
        call_command("change_from_file", "abc", "customers", str(changed), "--person", "bob", stdout=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    assert (code, out.getvalue().splitlines()[-1]) == (3 if was == '"8-1"' else 0, said)


@pytest.fixture
def early(as_bob: Client, abc: Tenant, tmp_path: Path) -> Path:
    """A file that changes the due dates of two bills, of which one comes before its bill date, which is warned of."""
    factories.store_lists(abc)
    factories.store_bill(abc)
    factories.store_bill(abc, id="B2", refNumber="7732", dueDate="2026-11-20")
    text = fetch(as_bob, "bills", "fields=all&state=all")
    file = tmp_path / "bills.csv"
    file.write_text(text.replace("2026-11-12", "2026-10-01").replace("2026-11-20", "2026-11-01"))
    return file


def refuse(file: Path, *more: str) -> list[str]:
    """Run the command, which asks for agreement; return what is agreed to by which words."""
    said = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("change_from_file", "abc", "bills", str(file), "--person", "bob", *more, stdout=said, stderr=said)
    assert (refused.value.returncode, Batch.objects.latest("pk").state) == (2, BatchState.PLANNED)
    return [words.strip("'") for words in re.findall(r"--agree (.+) to", said.getvalue())]


def test_the_command_starts_nothing_before_its_checks_are_agreed_to(early: Path, bob: User) -> None:
    boxes = refuse(early)
    run(early, *(part for box in boxes for part in ("--agree", box)), kind="bills")
    assert Batch.objects.latest("pk").state == BatchState.RUNNING


def test_the_command_agrees_to_no_warning_that_came_up_since(early: Path, bob: User) -> None:
    agreed = [part for box in refuse(early) for part in ("--agree", box)]
    early.write_text(early.read_text().replace("2026-11-01", "2026-10-02"))
    assert refuse(early, *agreed) != []


def test_the_command_takes_the_username_before_an_email_and_no_email_of_two(changed: Path, bob: User) -> None:
    first, second = (User.objects.create_user(name, "x@example.com") for name in ("first", "second"))
    User.objects.filter(pk=first.pk).update(email="bob")
    run(changed, "--plan-only")
    assert Batch.objects.get().person == bob
    User.objects.filter(pk=first.pk).update(email=second.email)
    with pytest.raises(CommandError) as refused:
        run(changed, person="X@example.com")
    assert str(refused.value) == "2 people have the email X@example.com. Give the username."


@pytest.mark.parametrize(
    ("person", "text", "said"),
    [
        ("carol", "x", "carol cannot change ABC Corporation."),
        ("nobody", "x", "nobody cannot change ABC Corporation."),
        ("bob", "", "The file is empty."),
    ],
)
def test_the_command_says_why_it_cannot(changed: Path, everybody: Any, person: str, text: str, said: str) -> None:
    changed.write_text(text)
    with pytest.raises(CommandError) as refused:
        run(changed, person=person)
    assert (str(refused.value), refused.value.returncode) == (said, 1)
