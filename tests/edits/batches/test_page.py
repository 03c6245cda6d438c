"""The page of a bulk change: its dry run, its one confirmation, its progress, its result, and who may see it."""

import csv
import html
import io
import re
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from books import registry
from books.models import Record
from edits.batches import export, views
from edits.batches.items import cut_change
from edits.batches.proposals import Proposal
from edits.models.batch import Batch, BatchItem, BatchState, Step
from edits.models.edit import Edit
from record_forms.checks import RULES, CheckRules
from records.diff import Change
from tenants.access import Member
from tenants.models import Membership, Role, Tenant
from tests.customers.test_edit import sent
from tests.support.copies import Copied
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

from .planning import NEW_PHONE, list_steps, plan_batch, plan_phones, propose, run, start
from .test_run import SAVED, WARNING, member, records

__all__ = ["member", "records"]


def post(client: Client, batch: Batch, do: str, **more: Any) -> Any:
    return client.post(batch.get_absolute_url(), {"do": do, **more})


def read_moved(text: str) -> tuple[dict[str, str], list[str]]:
    """Return what a running page puts into its places: the first words of each by its id, and the records' results."""
    parts = re.findall(r'id="([\w-]+)"[^>]*hx-swap-oob="true"[^>]*>(.*?)(?=<\w+\s[^>]*hx-swap-oob|\Z)', text, re.DOTALL)
    words = {
        name: " ".join(re.sub(r"<svg.*?</svg>|<[^>]*>", "", inside, flags=re.DOTALL).partition("You can")[0].split())
        for name, inside in parts
    }
    results = [said for name, said in words.items() if name.startswith("result-")]
    return {name: said for name, said in words.items() if not name.startswith("result-")}, results


def list_shown(page: Any) -> list[str]:
    return [row.item.record_name for row in page.context["listed"].rows]


def test_the_dry_run_shows_what_each_value_becomes(as_bob: Client, member: Member, records: list[Record]) -> None:
    page = as_bob.get(plan_phones(member, records).get_absolute_url())
    shown = [[change.now for change in row.changes] for row in page.context["listed"].rows]
    assert (page.status_code, shown, page.context["taken"]) == (200, [[NEW_PHONE]] * 3, 3)
    assert "Nothing has been sent yet." in page.content.decode()


def test_the_dry_run_shows_every_change_of_a_record(as_bob: Client, member: Member, records: list[Record]) -> None:
    names = ("phone", "alternate_phone", "fax", "salutation", "first_name", "account_number")
    batch = plan_batch(propose(member, records[0], **dict.fromkeys(names, "555-0177")))
    page = as_bob.get(batch.get_absolute_url()).content.decode()
    shape = registry.get_table(member.tenant, "customers").shape
    assert sorted(re.findall(r"<dt>(.*?)</dt>", page)) == sorted(shape[name].label for name in names)


@pytest.mark.parametrize(
    ("was", "now", "shown"),
    [
        ("a" * 80, "b" * 80, ("a" * 80, "b" * 80)),
        ("", "b" * 81, ("", "b" * 80 + "…")),
        ("x" * 200 + "a", "x" * 200 + "b", ("…" + "x" * 79 + "a", "…" + "x" * 79 + "b")),
        ("x" * 200 + "a" * 90, "x" * 200, ("…" + "x" * 20 + "a" * 60 + "…", "…" + "x" * 20)),
        ("a" * 200, "", ("a" * 80 + "…", "")),
    ],
)
def test_a_long_text_is_cut_where_it_differs(was: str, now: str, shown: tuple[str, str]) -> None:
    found = cut_change(Change("Memo", was, now))
    assert (found.was, found.now) == shown


def test_it_is_started_once_with_a_reason(
    as_bob: Client, member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = plan_phones(member, records)
    form = inputs(as_bob.get(batch.get_absolute_url()), "batch-form") | {"reason": "New line"}
    answers = [post(as_bob, batch, "start", **form) for _ in range(2)]
    run()
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (list_steps(batch), len(sent(sandbox))) == ([SAVED] * 3, 3)
    assert set(Edit.objects.values_list("reason", flat=True)) == {"New line"}


def test_without_the_words_agreed_to_nothing_is_sent(
    as_bob: Client, member: Member, records: list[Record], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RULES, "customers", CheckRules(against=lambda record, base, edited: [WARNING]))
    batch = plan_phones(member, records)
    answer = post(as_bob, batch, "start")
    run()
    assert (answer.status_code, sent(sandbox)) == (422, [])
    assert "Please confirm." in answer.content.decode()
    (asked,) = answer.context["asked"]
    assert post(as_bob, batch, "start", **{asked.box: "on"}).status_code == 302


def test_the_box_of_another_plan_agrees_to_nothing(
    as_bob: Client, member: Member, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RULES, "customers", CheckRules(against=lambda record, base, edited: [WARNING]))
    batch = plan_phones(member, records)
    assert post(as_bob, batch, "start", **{"confirm-0123456789abcdef": "on"}).status_code == 422
    assert Batch.objects.get().state == BatchState.PLANNED


def test_records_are_left_out_and_taken_in_again(as_bob: Client, member: Member, records: list[Record]) -> None:
    batch = plan_phones(member, records)
    post(as_bob, batch, "choose", shown=["1", "2", "3"], take=["2"])
    left_out = [step for step, _ in list_steps(batch)]
    post(as_bob, batch, "choose", shown=["1"], take=["1"])
    now = [step for step, _ in list_steps(batch)]
    assert left_out == [Step.LEFT_OUT, Step.PLANNED, Step.LEFT_OUT]
    assert now == [Step.PLANNED, Step.PLANNED, Step.LEFT_OUT]


def test_all_of_a_page_are_left_out_and_taken_in_again_at_once(
    as_bob: Client, member: Member, records: list[Record]
) -> None:
    batch = plan_phones(member, records)
    post(as_bob, batch, "leave", shown=["1", "2"], take=["2"])
    left_out = [step for step, _ in list_steps(batch)]
    post(as_bob, batch, "take", shown=["2"])
    now = [step for step, _ in list_steps(batch)]
    assert left_out == [Step.LEFT_OUT, Step.LEFT_OUT, Step.PLANNED]
    assert now == [Step.LEFT_OUT, Step.PLANNED, Step.PLANNED]


def test_enter_in_the_note_of_a_plan_without_records_does_not_delete_it(
    as_bob: Client, member: Member, records: list[Record]
) -> None:
    batch = plan_phones(member, records)
    post(as_bob, batch, "leave", shown=["1", "2", "3"])
    first = re.findall(r'name="do" value="(\w+)"', as_bob.get(batch.get_absolute_url()).text)[0]
    assert first == "choose"


def test_only_its_author_does_anything_with_it(as_alice: Client, member: Member, records: list[Record]) -> None:
    batch = plan_phones(member, records)
    steps = ["start", "choose", "leave", "take", "discard", "suspend", "resume", "cancel"]
    found = {do: (post(as_alice, batch, do).status_code, Batch.objects.get().state) for do in steps}
    assert found == dict.fromkeys(steps, (403, BatchState.PLANNED))


def test_an_outsider_finds_no_bulk_change(as_dave: Client, member: Member, records: list[Record]) -> None:
    url = plan_phones(member, records).get_absolute_url()
    answers = [as_dave.get(f"{url}{more}").status_code for more in ("", "progress/", "result.csv", "result.xlsx")]
    assert answers == [404] * 4


def test_a_member_of_one_of_its_companies_sees_the_records_of_that_one(
    as_carol: Client, carol: User, member: Member, records: list[Record], larch: Tenant, copied: Copied
) -> None:
    copied(larch)
    other = Record.objects.filter(tenant=larch, kind="customers", deleted_at=None).select_related("version")[0]
    elsewhere = propose(Member(larch, member.person, Role.BOOKKEEPER), other, phone=NEW_PHONE)
    batch = plan_batch(elsewhere, propose(member, records[0], phone=NEW_PHONE))
    Membership.objects.filter(person=carol, tenant=larch).delete()
    page = as_carol.get(batch.get_absolute_url())
    assert list_shown(page) == [batch.items.get(number=2).record_name]


def test_filters_narrow_its_records(as_bob: Client, member: Member, records: list[Record]) -> None:
    too_long = propose(member, records[1], phone="5" * 40)
    batch = plan_batch(propose(member, records[0], phone=NEW_PHONE), too_long, propose(member, records[2]))
    url = batch.get_absolute_url()
    names = [one.record_name for one in batch.items.all()]
    found = {show: list_shown(as_bob.get(url, {"show": show})) for show in ("changes", "cannot", "unchanged", "nope")}
    assert found == {"changes": [names[0]], "cannot": [names[1]], "unchanged": [names[2]], "nope": names}
    counts = {one.name: count for one, count in as_bob.get(url).context["counts"]}
    assert counts == {"changes": 1, "unchanged": 1, "cannot": 1}


def test_its_result_stays(as_bob: Client, member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = start(plan_phones(member, records))
    run()
    page = as_bob.get(batch.get_absolute_url())
    progress = page.context["progress"]
    assert (progress.done, progress.total, progress.next_look) == (3, 3, "")
    assert {one.name: count for one, count in page.context["counts"]} == {"saved": 3}


def test_while_it_runs_its_page_looks_again_and_says_when_it_is_done(
    as_bob: Client, member: Member, records: list[Record]
) -> None:
    batch = start(plan_phones(member, records))
    answer = as_bob.get(f"{batch.get_absolute_url()}progress/").content.decode()
    assert ("0 of 3 records" in answer, "About 1 minute left, until" in answer) == (True, True)
    assert 'hx-trigger="load delay:4.0s"' in answer


def test_the_records_below_its_progress_follow_it_and_then_the_undo_is_there(
    as_bob: Client, member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = start(plan_phones(member, records))
    page = as_bob.get(batch.get_absolute_url(), {"show": "waiting"}).content.decode()
    url = html.unescape(re.findall(r'hx-get="([^"]+/progress/[^"]+)"', page)[0])
    seen = [read_moved(as_bob.get(url).content.decode())]
    run()
    seen.append(read_moved(as_bob.get(url).content.decode()))
    assert seen == [
        ({"batch-state": "Running", "batch-undo": "", "batch-filters": "Waiting 3"}, ["Waiting"] * 3),
        (
            {"batch-state": "Done", "batch-undo": "Undo this bulk change", "batch-filters": "Saved 3"},
            ["Saved"] * 3,
        ),
    ]


def test_it_is_stopped_continued_and_cancelled(
    as_bob: Client, member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = start(plan_phones(member, records))
    states = []
    for do in ("suspend", "resume", "cancel"):
        post(as_bob, batch, do)
        states.append(Batch.objects.get().state)
    run()
    assert (states, sent(sandbox)) == ([BatchState.SUSPENDED, BatchState.RUNNING, BatchState.ENDED], [])


def read_csv(client: Client, batch: Batch) -> list[list[str]]:
    answer: Any = client.get(f"{batch.get_absolute_url()}result.csv")
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_its_result_is_a_file(as_bob: Client, member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = start(plan_phones(member, records))
    run()
    rows = read_csv(as_bob, batch)
    assert [row[4:8] for row in rows[1:]] == [["Phone", rows[n][5], NEW_PHONE, "Saved"] for n in (1, 2, 3)]
    book = openpyxl.load_workbook(io.BytesIO(as_bob.get(f"{batch.get_absolute_url()}result.xlsx").content))
    assert [cell.value for cell in book.active[1]] == rows[0]
    assert book.active.max_row == 4


def test_a_hidden_value_is_in_no_word_of_a_bulk_change(
    as_carol: Client, member: Member, records: list[Record], sandbox: Sandbox, settings: Settings
) -> None:
    settings.HIDDEN_FIELDS = {"viewer": ["customers.credit_limit"]}
    limits = [propose(member, one, credit_limit=Decimal("7777.00")) for one in records[:2]]
    bad = Proposal(member, records[2], records[2].version, None, "C4: “7777x” is not a number.")
    batch = start(plan_batch(*limits, bad, title="Credit limit: 7777.00", source="Customers over 7777"))
    BatchItem.objects.filter(batch=batch, number=2).update(step=Step.NOT_SENT, problem="7777 is too much.")
    run()
    edit_page = f"/t/abc/edits/{Edit.objects.get().pk}/"
    pages = [as_carol.get(page) for page in (batch.get_absolute_url(), edit_page, "/t/abc/edits/")]
    assert [page.status_code for page in pages] == [200, 200, 200]
    said = [page.content.decode() for page in pages]
    assert ["7777" in one for one in (*said, str(read_csv(as_carol, batch)))] == [False] * 4
    assert "Bulk change of customers" in said[0]


def test_changes_that_a_sheet_has_no_room_for_are_refused(
    as_bob: Client, member: Member, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = plan_batch(propose(member, records[0], phone=NEW_PHONE, email="a@example.com"))
    monkeypatch.setattr(export, "MOST_ROWS", 1)
    assert as_bob.get(f"{batch.get_absolute_url()}result.xlsx").status_code == 422


def test_the_history_of_a_record_leads_to_its_bulk_change(
    as_bob: Client, member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    batch = start(plan_phones(member, records))
    run()
    page = as_bob.get(f"/t/abc/customers/{records[0].remote_id}/").content.decode()
    assert f'href="{batch.get_absolute_url()}"' in page
    edit = Edit.objects.latest("pk")
    assert f'href="{batch.get_absolute_url()}"' in as_bob.get(f"/t/abc/edits/{edit.pk}/").content.decode()


def test_only_ones_own_are_listed(as_bob: Client, as_alice: Client, member: Member, records: list[Record]) -> None:
    batch = plan_phones(member, records)
    listed = [client.get("/batches/").context["listed"].rows for client in (as_bob, as_alice)]
    assert listed == [[batch], []]


def test_one_of_an_archived_company_is_not_listed(as_bob: Client, member: Member, records: list[Record]) -> None:
    plan_phones(member, records)
    Tenant.objects.filter(pk=member.tenant.pk).update(archived_at=timezone.now())
    assert as_bob.get("/batches/").context["listed"].rows == []


def test_older_ones_are_on_further_pages(
    as_bob: Client, member: Member, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = plan_phones(member, records), plan_phones(member, records)
    monkeypatch.setattr(views, "LISTED", 1)
    answers = [as_bob.get("/batches/", {"page": page}) for page in ("", "2", "9")]
    assert [answer.context["listed"].rows for answer in answers] == [[second], [first], [first]]
    assert "Next 1" in answers[0].text


def test_hours_need_both_times(as_bob: Client, member: Member, records: list[Record]) -> None:
    batch = plan_phones(member, records)
    answer = post(as_bob, batch, "start", runs_from="20:00")
    assert (answer.status_code, "Enter both times, or none." in answer.content.decode()) == (422, True)
    assert post(as_bob, batch, "start", runs_from="20:00:00", runs_until="20:00:01").status_code == 422
    post(as_bob, batch, "start", runs_from="20:00", runs_until="06:00")
    started = Batch.objects.get()
    assert (f"{started.runs_from:%H:%M}", f"{started.runs_until:%H:%M}") == ("20:00", "06:00")


def test_a_viewer_undoes_nothing(as_carol: Client, member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = start(plan_phones(member, records))
    run()
    assert (post(as_carol, batch, "undo").status_code, Batch.objects.count()) == (403, 1)


def test_who_may_change_only_another_company_undoes_nothing(
    as_carol: Client, carol: User, larch: Tenant, member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    Membership.objects.filter(tenant=larch, person=carol).update(role=Role.BOOKKEEPER)
    batch = start(plan_phones(member, records))
    run()
    assert not as_carol.get(batch.get_absolute_url()).context["may_undo"]
    assert (post(as_carol, batch, "undo").status_code, Batch.objects.count()) == (403, 1)
