"""An answer that is not the vendor's means a wrong address: it neither deletes a record nor refuses a change."""

import pytest

from books.mirror import lookup
from books.models import ReadState, SyncRun
from books.providers import errors
from books.sync import reader, refresh

from .test_error_words import OF_SAVING, words
from .test_providers import read_all

HTML = "<html><h1>Not Found</h1></html>"
ELSEWHERE = [301, 302, 303, 307, 308, 403, 404, 405, 407, 410, 413, 451]


@pytest.mark.parametrize("status", ELSEWHERE)
def test_for_a_read_an_answer_not_from_the_vendor_is_a_wrong_address(books, status):
    books.fault(
        operation="retrieve", fault="says", status=status, body=HTML, headers={"Location": "http://127.0.0.1:9/"}
    )
    with pytest.raises(errors.WrongAddress) as caught:
        books.client.read_record(books.table, books.one)
    assert (caught.value.code, OF_SAVING.findall(words(caught.value))) == (str(status), [])


@pytest.mark.parametrize("status", [302, 403, 404, 405, 429])
def test_for_a_save_an_answer_not_from_the_vendor_proves_nothing(books, status):
    """A proxy may put its own page in place of the answer to a write that was carried out."""
    base, revision = books.read()
    books.fault(operation="update", fault="says", status=status, body=HTML)
    with pytest.raises(errors.ForeignAnswer) as caught:
        books.save(base, revision, **{books.phone: "555-0177"})
    assert caught.value.code == str(status)


def test_a_gateways_404_deletes_no_record(books):
    read_all(books.tenant)
    books.fault(fault="garbage", status=404)
    with pytest.raises(errors.WrongAddress):
        refresh.read_record(books.tenant, books.table, books.one)
    assert lookup.find_record(books.tenant, "customers", books.one).deleted_at is None


def test_a_404_that_names_no_record_deletes_none(books):
    """For example, a URL of another release of the same server."""
    read_all(books.tenant)
    body = {
        "error": {
            "type": "INVALID_REQUEST_ERROR",
            "code": "RESOURCE_MISSING",
            "message": f"Unrecognized URL /{books.one}",
        },
        "message": f"Cannot GET /customers/{books.one}",
        "statusCode": 404,
    }
    books.fault(operation="retrieve", fault="says", status=404, body=body)
    with pytest.raises(errors.WrongAddress):
        refresh.read_record(books.tenant, books.table, books.one)
    assert lookup.find_record(books.tenant, "customers", books.one).deleted_at is None


@pytest.mark.parametrize("books", ["conductor"], indirect=True)
def test_conductors_own_404_that_names_the_record_means_deleted(books):
    message = f"No such customer: '{books.one}'"
    body = {"error": {"type": "INVALID_REQUEST_ERROR", "code": "RESOURCE_MISSING", "message": message}}
    books.fault(operation="retrieve", fault="says", status=404, body=body)
    with pytest.raises(errors.NotFound):
        books.client.read_record(books.table, books.one)


@pytest.mark.parametrize("status", [200, 502])
def test_a_web_page_is_distinguished_from_a_broken_answer(books, status):
    books.fault(operation="retrieve", fault="says", status=status, body=HTML)
    with pytest.raises(errors.NoAnswer) as caught:
        books.client.read_record(books.table, books.one)
    assert ("web page" in caught.value.error_message) == (status == 200)


def test_an_answer_about_another_record_is_refused(books):
    books.fault(operation="retrieve", fault="says", body={"id": "80000002-1"})
    with pytest.raises(errors.BadAnswer):
        books.client.read_record(books.table, books.one)


@pytest.mark.parametrize("books", ["conductor"], indirect=True)
def test_a_write_answered_with_another_record_has_an_unknown_outcome(books):
    base, revision = books.read()
    books.fault(operation="update", fault="says", body={"id": "80000002-1"})
    with pytest.raises(errors.BadAnswer):
        books.save(base, revision, **{books.phone: "555-0177"})


def test_nothing_is_read_after_a_write(books):
    base, revision = books.read()
    books.fault(operation="retrieve", after="update", fault="internal", count=9)
    books.save(base, revision, **{books.phone: "555-0177"})
    methods = [request["method"] for request in books.sandbox.requests()]
    assert methods[-1] in ("PUT", "POST")


READS = ["internal", "timeout", "cut_before", "half", "garbage", "deep", "refuse", "rate_limited"]


@pytest.mark.parametrize("fault", READS)
def test_a_failed_list_never_mentions_a_save(books, fault):
    read_all(books.tenant)
    SyncRun.objects.update(state=ReadState.QUEUED, full_at=None, high_water_mark=None)
    books.fault(operation="list", fault=fault, count=9)
    with pytest.raises(errors.BooksError) as caught:
        reader.read_next(books.tenant)
    assert OF_SAVING.findall(f"{caught.value.title} {caught.value.kept} {caught.value.next_step}") == []
