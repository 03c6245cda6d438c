"""Another company file behind the same end user: it is noticed, and neither read nor written until somebody agrees."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from books import registry
from books.models import Record, SyncRun, SyncStatus
from books.providers import errors
from books.providers.company_file import CompanyFile, describe_differences, hash_tax_id
from books.providers.lock import RequestPriority
from books.sync import company_file, refresh, tasks
from tenants.models import SecurityEvent

JOB = "80000001-1234567890"
KNOWN = CompanyFile("ABC Corporation", "ABC Corporation", False, "a1")


@pytest.fixture
def read(sandbox, abc):
    """The company after the first reading of its customers; returns a function that reads what is due again."""
    SyncStatus.objects.create(tenant=abc)
    SyncRun.objects.create(tenant=abc, kind="customers")

    def again(**run):
        SyncRun.objects.filter(tenant=abc).update(state="queued", slices_done=0, **run)
        SyncStatus.objects.filter(tenant=abc).update(next_try_at=None)
        tasks.read_at_once(abc)
        return SyncStatus.objects.get(tenant=abc)

    again()
    return again


def asked(sandbox, tenant):
    return [request["path"].rpartition("/")[2] for request in sandbox.requests(tenant.end_user_id)]


def open_file(sandbox, tenant, **what):
    sandbox.control("company-file", endUserId=tenant.end_user_id, **what)
    company_file.ask_soon(tenant)


def test_the_first_file_that_answers_is_the_companys_own(sandbox, abc, read):
    status = SyncStatus.objects.get(tenant=abc)
    ein = sandbox.get("/quickbooks-desktop/company", abc.end_user_id)["ein"]
    assert (
        status.company_file
        == CompanyFile("ABC Corporation", "ABC Corporation", False, hash_tax_id(ein, abc.end_user_id)).dump()
    )
    assert (status.other_file, status.other_file_since) == ({}, None)
    assert ein.replace("-", "") not in str(status.company_file)


def test_it_is_asked_once_an_hour(sandbox, abc, read):
    assert asked(sandbox, abc) == ["company", "customers"]
    read()
    assert asked(sandbox, abc) == ["company", "customers", "customers"]
    SyncStatus.objects.update(file_asked_at=timezone.now() - timedelta(minutes=61))
    read()
    assert asked(sandbox, abc)[3:] == ["company", "customers"]


def test_it_is_asked_first_after_an_outage(sandbox, abc, read):
    sandbox.fault(endUserId=abc.end_user_id, fault="not_active")
    with pytest.raises(errors.NotActive):
        read()
    sandbox.clear_requests()
    read()
    assert asked(sandbox, abc) == ["company", "customers"]


def test_it_is_asked_after_the_connection_was_tested(sandbox, abc, read):
    refresh.check_connection(abc)
    sandbox.clear_requests()
    read()
    assert asked(sandbox, abc) == ["company", "customers"]


@pytest.mark.parametrize(
    ("company", "difference"),
    [
        ({"companyName": "ABC Group"}, 'its name is "ABC Group" instead of "ABC Corporation"'),
        ({"legalCompanyName": "ABC Inc."}, 'its legal name is "ABC Inc." instead of "ABC Corporation"'),
        ({"legalCompanyName": None}, 'its legal name is empty instead of "ABC Corporation"'),
        ({"isSampleCompanyFile": True}, "it is a sample file"),
        ({"ein": "12-3456789"}, "its tax number (EIN) is a different one"),
    ],
)
def test_each_difference_stops_reading_and_is_named(sandbox, abc, read, company, difference):
    open_file(sandbox, abc, company=company)
    sandbox.clear_requests()
    status = read()
    assert asked(sandbox, abc) == ["company"]
    assert registry.describe_other_file(status) == (
        f"The company file that is open there is a different one: {difference}."
    )
    assert (status.failing_since, status.next_try_at > timezone.now()) == (None, True)


@pytest.mark.parametrize(
    "company",
    [{"companyName": " abc  CORPORATION"}, {"ein": None}, {"phone": "1", "email": "new@example.com", "taxForm": None}],
)
def test_what_does_not_make_another_company_stops_nothing(sandbox, abc, read, company):
    open_file(sandbox, abc, company=company)
    assert read().other_file_since is None


@pytest.mark.on_both
def test_no_record_of_another_companys_file_reaches_the_mirror(sandbox, abc, harbor, read):
    before = set(Record.objects.values_list("remote_id", "name"))
    open_file(sandbox, abc, file=harbor.end_user_id)
    assert read(full_at=None).other_file["name"] == "Harbor & Pine Builders"
    assert set(Record.objects.values_list("remote_id", "name")) == before
    with pytest.raises(errors.OtherCompany):
        refresh.read_record(abc, registry.get_table(abc, "customers"), JOB)


def test_the_right_file_opened_again_ends_it(sandbox, abc, harbor, read):
    open_file(sandbox, abc, file=harbor.end_user_id)
    read()
    sandbox.control("company-file", endUserId=abc.end_user_id)
    status = read()
    assert (status.other_file, status.other_file_since, status.next_try_at) == ({}, None, None)


def test_the_command_confirms_a_renamed_company(sandbox, abc, read):
    open_file(sandbox, abc, company={"companyName": "ABC Group"})
    read()
    said = StringIO()
    call_command("same_company", "abc", stdout=said)
    assert said.getvalue() == "abc now belongs to the company file 'ABC Group'.\n"
    assert read().other_file_since is None
    logged = SecurityEvent.objects.filter(tenant=abc).values_list("kind", "actor_name", "details__becomes")
    assert list(logged) == [("key_changed", "", "ABC Group")]
    registry.make_client(abc, RequestPriority.SYNC)
    with pytest.raises(CommandError, match="No different company file was found for abc"):
        call_command("same_company", "abc")
    with pytest.raises(CommandError, match="There is no company 'nope'"):
        call_command("same_company", "nope")


@pytest.mark.on_both
def test_a_confirmation_given_while_the_vendor_is_asked_counts(sandbox, abc, read):
    open_file(sandbox, abc, company={"companyName": "ABC Group"})
    read()
    asking = SyncStatus.objects.select_related("tenant").get(tenant=abc)
    assert company_file.confirm(abc, "alice") == "ABC Group"
    assert company_file.check_company_file(asking) is True
    assert SyncStatus.objects.get(tenant=abc).company_file["confirmed_by"] == "alice"


def test_a_third_file_is_not_confirmed_with_the_second(sandbox, abc, read):
    open_file(sandbox, abc, company={"companyName": "ABC Group"})
    seen = company_file.make_mark(read())
    open_file(sandbox, abc, company={"companyName": "Another LLC"})
    read()
    assert company_file.confirm(abc, "alice", seen) == ""
    assert read().other_file["name"] == "Another LLC"


@pytest.mark.parametrize("raw", [{"companyName": None}, {"companyName": 7}, {"isSampleCompanyFile": "no"}])
def test_an_answer_without_a_name_changes_nothing_of_what_is_known(sandbox, abc, harbor, read, raw):
    open_file(sandbox, abc, company=raw)
    sandbox.clear_requests()
    assert (read().other_file_since, asked(sandbox, abc)) == (None, ["company", "customers"])
    open_file(sandbox, abc, file=harbor.end_user_id)
    since = read().other_file_since
    open_file(sandbox, abc, company=raw)
    assert (read().other_file_since, since is None) == (since, False)


def test_a_tax_number_that_one_file_does_not_say_is_no_difference():
    assert describe_differences(KNOWN, CompanyFile("ABC Corporation", "abc corporation", False)) == ""
    assert describe_differences(CompanyFile("ABC Corporation", "ABC Corporation", False), KNOWN) == ""


def test_a_tax_number_is_hashed_by_its_digits():
    assert hash_tax_id("12-3456789", "a") == hash_tax_id("123456789", "a") != hash_tax_id("123456789", "b")
    assert hash_tax_id("", "a") == hash_tax_id("none", "a") == ""


def test_of_bigcapital_the_organization_is_noted(sandbox, companies):
    juniper = companies["juniper"]
    SyncStatus.objects.create(tenant=juniper)
    SyncRun.objects.create(tenant=juniper, kind="customers")
    tasks.read_at_once(juniper)
    status = SyncStatus.objects.get(tenant=juniper)
    found = (status.company_file["account"], status.other_file_since, status.failing_since)
    assert found == ("org_junipergrove01", None, None)


@pytest.mark.on_both
def test_what_was_read_of_another_file_before_it_was_found_out_is_put_right_after_it(sandbox, abc, harbor, read):
    before = set(Record.objects.filter(tenant=abc, deleted_at=None).values_list("remote_id", "full_name"))
    sandbox.control("company-file", endUserId=abc.end_user_id, file=harbor.end_user_id)
    read(full_at=None)
    among = set(Record.objects.filter(tenant=abc, deleted_at=None).values_list("remote_id", "full_name"))
    company_file.ask_soon(abc)
    assert read().other_file_since is not None
    sandbox.control("company-file", endUserId=abc.end_user_id)
    read()
    after = set(Record.objects.filter(tenant=abc, deleted_at=None).values_list("remote_id", "full_name"))
    assert (among - before != set(), after) == (True, before)


def test_a_record_that_another_file_does_not_hold_is_not_deleted(sandbox, abc, harbor, read):
    record = Record.objects.get(tenant=abc, remote_id=JOB)
    sandbox.control("company-file", endUserId=abc.end_user_id, file=harbor.end_user_id)
    with pytest.raises(errors.NotFound):
        refresh.read_record(abc, registry.get_table(abc, "customers"), record.remote_id)
    record.refresh_from_db()
    assert (record.deleted_at, SyncStatus.objects.get().other_file_since is not None) == (None, True)
