"""The mirror keeps whole records as the vendor sends them, each revision once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from books import registry
from books.mirror import lookup, query, store
from books.models import Record, Version
from books.providers import errors
from records.json_text import NotReadable

JOB = "80000001-1234567890"
BILL = "123ABC-1234567890"


@pytest.fixture
def customers(abc):
    return registry.get_table(abc, "customers")


@pytest.fixture
def bills(abc):
    return registry.get_table(abc, "bills")


@pytest.fixture
def raw_job(sandbox, abc):
    return sandbox.get(f"/quickbooks-desktop/customers/{JOB}", abc.end_user_id)


@pytest.fixture
def raw_bill(sandbox, abc):
    return sandbox.get(f"/quickbooks-desktop/bills/{BILL}", abc.end_user_id)


def test_a_customer_that_is_its_own_parent_is_kept(abc, customers, raw_job):
    parent = {"id": JOB, "fullName": "ABC Corporation"}
    row = lookup.store_record(abc, customers, {**raw_job, "parent": parent})
    assert (row.full_name, row.parent_id, row.remote_id) == ("ABC Corporation:Website Redesign Project", JOB, JOB)


def test_the_columns_of_a_bill_have_the_values_its_table_names(abc, bills, raw_bill):
    row = lookup.store_record(abc, bills, raw_bill)
    assert (row.name, row.vendor_name, row.amount, row.bill_date, row.is_paid) == (
        "BILL-1234",
        "Acme Supplies Ltd.",
        Decimal("1000.00"),
        date(2021, 10, 1),
        False,
    )


def test_an_older_answer_means_the_same(abc, bills, raw_bill):
    older = dict(raw_bill)
    older["itemLineGroups"] = older.pop("itemGroupLines")
    older |= {"transactionDate": "2021-10-01T00:00:00.000Z", "updatedAt": "2021-10-01T20:45:30.000Z"}
    row = lookup.store_record(abc, bills, older)
    content = lookup.get_content(row)
    assert row.bill_date == content["transaction_date"] == date(2021, 10, 1)
    assert [line["item_group"].name for line in content["item_group_lines"]] == ["Office Supplies Bundle"]


def test_a_blank_text_is_empty_and_not_none(abc, customers, raw_job):
    assert lookup.store_record(abc, customers, {**raw_job, "email": None, "terms": None}).email == ""
    assert Record.objects.get().terms_name == ""


def test_a_new_revision_is_a_new_version_and_the_old_one_is_kept(abc, customers, raw_job):
    lookup.store_record(abc, customers, raw_job)
    row = lookup.store_record(abc, customers, {**raw_job, "revisionNumber": "1800000000", "phone": "1"})
    older = lookup.find_version(row, raw_job["revisionNumber"])
    assert (row.revision, row.phone, lookup.get_content(row)["phone"]) == ("1800000000", "1", "1")
    assert older is not None
    assert lookup.decode_version(customers, older)["phone"] == raw_job["phone"]


def test_the_same_revision_with_another_balance_is_the_same_version(abc, customers, raw_job):
    before = lookup.store_record(abc, customers, raw_job)
    after = lookup.store_record(abc, customers, {**raw_job, "balance": "7.00"})
    assert (after.version_id, after.balance) == (before.version_id, Decimal("7.00"))
    assert lookup.get_content(after)["balance"] == Decimal("7.00")


def test_a_revision_that_comes_back_is_its_old_version(abc, customers, raw_job):
    first = lookup.store_record(abc, customers, raw_job)
    lookup.store_record(abc, customers, {**raw_job, "revisionNumber": "2"})
    assert lookup.store_record(abc, customers, raw_job).version_id == first.version_id
    assert Version.objects.count() == 2


def replaces_unreported(tenant):
    """Return revision → the replaced revision, of the versions whose changes are not recorded yet."""
    waiting = Version.objects.filter(record__tenant=tenant, replaces_unreported__isnull=False)
    return dict(waiting.values_list("revision", "replaces_unreported__revision"))


def test_a_version_waits_to_be_reported_against_the_one_it_replaced(abc, customers, raw_job):
    for revision, balance in (("1", "0.00"), ("2", "0.00"), ("2", "7.00"), ("3", "7.00")):
        lookup.store_record(abc, customers, {**raw_job, "revisionNumber": revision, "balance": balance})
    assert replaces_unreported(abc) == {"2": "1", "3": "2"}


def test_a_version_that_a_record_returns_to_waits_to_be_reported_again(abc, customers, raw_job):
    for revision in ("1", "2", "1"):
        lookup.store_record(abc, customers, {**raw_job, "revisionNumber": revision})
    assert replaces_unreported(abc) == {"2": "1", "1": "2"}


def test_a_read_only_list_has_nothing_to_report(abc):
    terms = registry.get_table(abc, "standard-terms")
    for revision in ("1", "2"):
        lookup.store_record(abc, terms, {"id": "1-1", "name": "Net 30", "revisionNumber": revision})
    assert (Version.objects.count(), replaces_unreported(abc)) == (2, {})


def test_an_unchanged_row_is_only_seen_again(abc, customers, raw_job):
    lookup.store_record(abc, customers, raw_job, timezone.now() - timedelta(days=1))
    now = timezone.now()
    assert store.store_page(abc, customers, [raw_job, raw_job], now) == 1
    assert (Record.objects.get().read_at, Version.objects.count()) == (now, 1)


def test_a_page_costs_the_same_queries_for_one_row_and_for_a_hundred(
    abc, customers, raw_job, django_assert_num_queries
):
    rows = [{**raw_job, "id": f"8000{n:04X}-1"} for n in range(100)]
    for page in (rows[:1], rows):
        with django_assert_num_queries((9 if page is rows else 8) + (connection.vendor != "sqlite")):  # the lock
            store.store_page(abc, customers, page, timezone.now())


def test_a_deleted_record_is_still_found_but_not_listed(abc, customers, raw_job):
    lookup.store_record(abc, customers, raw_job)
    assert lookup.mark_deleted(abc, "customers", [JOB]) == 1
    assert lookup.find_record(abc, "customers", JOB).deleted_at is not None
    assert query.search_records(abc, customers).total == 0


def test_a_record_that_is_read_again_is_no_longer_deleted(abc, customers, raw_job):
    lookup.store_record(abc, customers, raw_job)
    lookup.mark_deleted(abc, "customers", [JOB])
    assert lookup.store_record(abc, customers, raw_job).deleted_at is None


def test_a_record_never_read_raises_not_mirrored(abc):
    with pytest.raises(errors.NotMirrored):
        lookup.find_record(abc, "customers", "80000001-1")


def test_one_company_does_not_find_the_records_of_another(abc, larch, customers, raw_job):
    lookup.store_record(abc, customers, raw_job)
    with pytest.raises(errors.NotMirrored):
        lookup.find_record(larch, "customers", JOB)


def test_an_invalid_amount_is_refused_by_field_name(abc, bills, raw_bill):
    with pytest.raises(NotReadable, match="amount_due"):
        lookup.store_record(abc, bills, {**raw_bill, "amountDue": "much"})
