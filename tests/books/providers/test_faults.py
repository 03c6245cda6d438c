"""Each vendor failure, row by row: Ledgerdesk's error, its messages, and the vendor's request id."""

import pytest

from books import registry
from books.providers import errors
from books.providers.lock import RequestPriority
from records.decoder import decode

JOB = "80000001-1234567890"


@pytest.fixture
def client(sandbox, abc):
    return registry.make_client(abc, RequestPriority.PERSON)


@pytest.fixture
def table(abc):
    return registry.get_table(abc, "customers")


@pytest.fixture
def update(client, table):
    """Update the job's phone under its own revision."""

    def send(**values):
        raw = client.read_record(table, JOB)
        base = decode(table.shape, raw)
        return client.update_record(table, JOB, raw["revisionNumber"], base, base.replace(**{"phone": "555", **values}))

    return send


ROWS = [
    ({"fault": "not_set_up"}, errors.NotSetUp, "has not been set up"),
    ({"fault": "not_active"}, errors.NotActive, "is not active"),
    ({"fault": "closed"}, errors.Closed, ""),
    ({"fault": "busy"}, errors.Busy, "in use"),
    ({"fault": "rate_limited", "seconds": 7}, errors.TooMany, ""),
    ({"fault": "forbidden"}, errors.KeyRefused, "Ledgerdesk's key was not accepted."),
    ({"fault": "internal"}, errors.NoAnswer, "No answer came."),
    ({"fault": "timeout"}, errors.NoAnswer, "QuickBooks did not answer in time."),
    ({"fault": "refuse", "integrationCode": "3171"}, errors.Refused, "The books are closed for this date."),
    ({"fault": "refuse", "integrationCode": "3260"}, errors.Refused, "does not have permission"),
    ({"fault": "refuse", "integrationCode": "3200"}, errors.Stale, ""),
]


@pytest.mark.parametrize(("fault", "kind", "words"), ROWS, ids=lambda value: str(value)[:40])
def test_a_failed_update_has_its_error_class_and_message(sandbox, abc, update, fault, kind, words):
    sandbox.fault(endUserId=abc.end_user_id, operation="update", **fault)
    with pytest.raises(kind) as caught:
        update()
    assert type(caught.value) is kind
    assert words in caught.value.error_message
    assert caught.value.request_id.startswith("req_")
    assert caught.value.next_step


def test_a_vendor_that_asks_us_to_wait_says_how_long(sandbox, abc, update):
    sandbox.fault(endUserId=abc.end_user_id, operation="update", fault="rate_limited", seconds=7)
    with pytest.raises(errors.TooMany) as caught:
        update()
    assert caught.value.wait == 7.0


@pytest.mark.parametrize("fault", ["cut_before", "cut_after", "half"])
def test_a_dropped_connection_leaves_the_outcome_unknown_and_the_write_is_not_repeated(sandbox, abc, update, fault):
    sandbox.fault(endUserId=abc.end_user_id, operation="update", fault=fault)
    sandbox.clear_requests()
    with pytest.raises(errors.NoAnswer) as caught:
        update()
    assert caught.value.code == "dropped"
    assert [request["method"] for request in sandbox.requests(abc.end_user_id)].count("POST") == 1


def test_an_answer_that_is_not_json_cannot_be_read(sandbox, abc, update):
    sandbox.fault(endUserId=abc.end_user_id, operation="update", fault="garbage")
    with pytest.raises(errors.BadAnswer):
        update()


def test_a_gateways_page_is_no_answer(sandbox, abc, update):
    sandbox.fault(endUserId=abc.end_user_id, operation="update", fault="garbage", status=502)
    with pytest.raises(errors.NoAnswer):
        update()


def test_a_stale_revision_is_a_conflict(sandbox, abc, client, table):
    base = decode(table.shape, client.read_record(table, JOB))
    with pytest.raises(errors.Stale) as caught:
        client.update_record(table, JOB, "1", base, base.replace(phone="9"))
    assert (caught.value.status, caught.value.code) == (409, "3200")


def test_a_refusal_is_shown_at_the_field_it_names(update):
    with pytest.raises(errors.Refused) as caught:
        update(name="x" * 42)
    assert caught.value.field == "name"


def test_an_unknown_record_is_not_found(client, table):
    with pytest.raises(errors.NotFound):
        client.read_record(table, "80000099-1234567890")


def test_a_wrong_key_refers_to_the_administrator(sandbox, abc, settings, table):
    settings.CONDUCTOR_SECRET_KEY = "sk_conductor_wrong"
    with pytest.raises(errors.KeyRefused, match=r"API key|key") as caught:
        registry.make_client(abc, RequestPriority.PERSON).read_record(table, JOB)
    assert "Only your Ledgerdesk administrator" in caught.value.next_step


def test_a_read_is_retried_once_after_a_dropped_connection_but_a_cursors_page_is_not(sandbox, larch):
    reader, table = registry.make_client(larch, RequestPriority.SYNC), registry.get_table(larch, "customers")
    sandbox.fault(endUserId=larch.end_user_id, operation="list", fault="cut_before")
    pages = reader.pages(table)
    next(pages)
    sandbox.fault(endUserId=larch.end_user_id, operation="list", fault="cut_before")
    with pytest.raises(errors.NoAnswer):
        next(pages)
    assert len(sandbox.requests(larch.end_user_id)) == 3
