"""Bigcapital's own behaviour: saves without a revision, incomplete answers, keys and addresses."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from books import registry
from books.providers import errors
from books.providers.bigcapital.customers import CUSTOMERS
from books.providers.bigcapital.update import merge_answer
from books.providers.lock import RequestPriority
from records.decoder import decode
from records.encoder import hash_content
from records.fields import Shape
from records.json_text import parse_json
from tests.support.vendor import JUNIPER, KAWARA_KEY

ONE = "1"


@pytest.fixture
def client(sandbox, juniper):
    return registry.make_client(juniper, RequestPriority.SAVE)


@pytest.fixture
def save(client):
    """Save values over the current customer 1; a value may be of an address: `billing_address__city`."""

    def send(table=CUSTOMERS, one=ONE, **values):
        base = decode(table.shape, client.read_record(table, one))
        edited = base
        for name, value in values.items():
            outer, _, inner = name.partition("__")
            edited = edited.replace(**{outer: edited[outer].replace(**{inner: value}) if inner else value})
        return decode(table.shape, client.update_record(table, one, hash_content(base), base, edited))

    return send


def calls(sandbox):
    return [(seen["method"], seen["body"]) for seen in sandbox.requests(organization_id=JUNIPER)]


def test_a_save_reads_and_writes_and_its_answer_is_the_record_as_saved(sandbox, client, save):
    sandbox.clear_requests()
    saved = save(work_phone="555-0177", email="", billing_address__city="Rome", customer_type="individual")
    sent = {
        "customerType": "individual",
        "displayName": "Alder & Finch Studio",
        "workPhone": "555-0177",
        "email": None,
        "billingAddressCity": "Rome",
    }
    assert calls(sandbox)[1:] == [("GET", None), ("PUT", sent)]
    assert saved == decode(CUSTOMERS.shape, client.read_record(CUSTOMERS, ONE))


def test_a_conflict_is_found_with_one_request_and_includes_the_record(sandbox, client):
    base = decode(CUSTOMERS.shape, client.read_record(CUSTOMERS, ONE))
    sandbox.change(organizationId=JUNIPER, id=ONE, changes={"website": "https://new.example"})
    sandbox.clear_requests()
    with pytest.raises(errors.Stale) as caught:
        client.update_record(CUSTOMERS, ONE, hash_content(base), base, base.replace(note="Mine"))
    assert (calls(sandbox), caught.value.now is not None) == ([("GET", None)], True)
    assert decode(CUSTOMERS.shape, caught.value.now or {})["website"] == "https://new.example"


def test_a_changed_balance_is_not_a_conflict(sandbox, client):
    base = decode(CUSTOMERS.shape, client.read_record(CUSTOMERS, ONE))
    sandbox.change(organizationId=JUNIPER, id=ONE, changes={"balance": 99.5})
    saved = client.update_record(CUSTOMERS, ONE, hash_content(base), base, base.replace(note="Mine"))
    assert (saved["note"], decode(CUSTOMERS.shape, saved)["balance"]) == ("Mine", Decimal("99.50"))


def test_the_answer_to_a_save_has_what_the_server_ignored_as_it_was(save):
    address = CUSTOMERS.shape["billing_address"]
    postcode = replace(address.shape["postal_code"], write="billingAddressPostcode")
    members = Shape(*(postcode if f.name == "postal_code" else f for f in address.shape.fields))
    bold = replace(address, members=members)
    shape = Shape(*(bold if f.name == "billing_address" else f for f in CUSTOMERS.shape.fields))
    saved = save(replace(CUSTOMERS, shape=shape), note="Mine", billing_address__postal_code="10001")
    assert (saved["note"], saved["billing_address"]["postal_code"]) == ("Mine", "98021")


def test_a_server_error_says_nothing_about_what_was_written(sandbox, save):
    sandbox.fault(organizationId=JUNIPER, operation="update", fault="internal")
    with pytest.raises(errors.NoAnswer) as caught:
        save(note="Mine")
    assert [method for method, _ in calls(sandbox)] == ["GET", "GET", "PUT"]
    assert caught.value.error_message == "Its server failed and gave no reason."


def test_members_that_an_answer_lacks_are_kept_from_the_read_before():
    before = {
        "id": 1,
        "note": "Old",
        "website": "w",
        "customer_type": "business",
        "formatted_customer_type": "Business",
    }
    answer = {"id": 1, "note": "Mine", "contactType": "individual"}
    base = decode(CUSTOMERS.shape, before)
    edited = base.replace(note="Mine", customer_type="individual")
    merged = merge_answer(CUSTOMERS, base, edited, before, answer)
    assert (merged, decode(CUSTOMERS.shape, merged)) == ({**answer, "website": "w"}, edited)


def test_an_answer_without_a_member_that_was_written_says_nothing():
    before = {"id": 1, "note": "Old", "website": "w"}
    base = decode(CUSTOMERS.shape, before)
    with pytest.raises(errors.BadAnswer) as caught:
        merge_answer(CUSTOMERS, base, base.replace(note="Mine", website="v"), before, {"id": 1, "website": "v"})
    assert caught.value.error_message == "The answer lacks what was saved: Note."


def test_a_failure_before_the_write_means_nothing_was_sent(sandbox, client):
    base = decode(CUSTOMERS.shape, client.read_record(CUSTOMERS, ONE))
    sandbox.fault(organizationId=JUNIPER, operation="retrieve", fault="internal")
    with pytest.raises(errors.NotSent):
        client.update_record(CUSTOMERS, ONE, hash_content(base), base, base.replace(note="Mine"))
    assert [method for method, _ in calls(sandbox) if method == "PUT"] == []


def test_a_broken_rule_is_shown_at_its_field_in_our_words(save):
    with pytest.raises(errors.Refused) as caught:
        save(billing_address__email="bad")
    assert (caught.value.field, caught.value.error_message) == ("billing_address-email", "Email must be an email.")


def test_a_change_too_large_for_one_request_is_refused_in_words_before_any(sandbox, client):
    base = decode(CUSTOMERS.shape, client.read_record(CUSTOMERS, ONE))
    sandbox.clear_requests()
    address = base["billing_address"].replace(city='"' * 255)
    with pytest.raises(errors.Refused) as caught:
        client.update_record(CUSTOMERS, ONE, "", base, base.replace(billing_address=address, note='"' * 51_000))
    told = (caught.value.error_message, caught.value.field, caught.value.next_step)
    assert told == ("Too much for one save: 101 KB, 100 KB allowed.", "note", "Shorten Note.")
    assert calls(sandbox) == []


@pytest.mark.parametrize(("length", "sent"), [(102_400, 102_400), (102_401, None)])
def test_the_limit_of_a_request_is_that_of_the_server_to_the_byte(sandbox, save, length, sent):
    """Counted as sent: a quotation mark takes two bytes, a letter of another alphabet up to three."""
    empty = len('{"customerType":"business","displayName":"Alder & Finch Studio","note":""}')
    note = "é" * 100 + '"' * 100
    note += "x" * (length - empty - 400)
    sandbox.fault(organizationId=JUNIPER, operation="update", fault="refuse", message="SEEN")
    with pytest.raises(errors.Refused) as caught:
        save(note=note)
    lengths = [int(seen["headers"]["content-length"]) for seen in sandbox.requests() if seen["method"] == "PUT"]
    assert (lengths, caught.value.code) == (([sent], "SEEN") if sent else ([], "too_large"))


def test_a_body_that_the_server_finds_too_large_is_refused_in_words(sandbox, save):
    body = {"statusCode": 413, "message": "request entity too large"}
    sandbox.fault(organizationId=JUNIPER, operation="update", fault="says", status=413, body=body)
    with pytest.raises(errors.Refused) as caught:
        save(note="Mine")
    assert f"{caught.value.error_message} {caught.value.next_step}" == (
        "Too much for one save. Shorten the longest text, then save again."
    )


def test_an_answer_about_another_record_than_asked_for_is_none(client):
    """The server reads an id that begins with digits as that number."""
    with pytest.raises(errors.BadAnswer):
        client.read_record(CUSTOMERS, "1abc")


def test_an_unknown_type_is_sent_unchanged(sandbox, save):
    assert save(one="11", note="Mine")["customer_type"] == "martian"


def test_a_day_is_the_servers_own_whatever_its_time_zone(sandbox, companies):
    client = registry.make_client(companies["kawara"], RequestPriority.PERSON)
    raw = client.read_record(CUSTOMERS, ONE)
    read = decode(CUSTOMERS.shape, raw)["opening_balance_at"]
    assert (raw["opening_balance_at"], read) == ("2026-01-14T15:00:00.000Z", date(2026, 1, 15))


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Honolulu", "Pacific/Chatham"])
@pytest.mark.parametrize("form", ["M/D/YYYY", "EEE, MMMM dd, YYYY"])
def test_a_day_is_right_in_the_list_in_a_read_and_after_a_save_in_every_zone(sandbox, companies, zone, form):
    """The answer to a save does not write its days out."""
    sandbox.control("server", organizationId="org_kawaratea00001", timezone=zone)
    headers = {"Authorization": f"Bearer {KAWARA_KEY}"}
    sandbox.http.put("/api/organization", json={"dateFormat": form}, headers=headers).raise_for_status()
    client = registry.make_client(companies["kawara"], RequestPriority.SAVE)
    listed = next(row for row in next(client.pages(CUSTOMERS)).rows if row["id"] == 1)
    base = decode(CUSTOMERS.shape, read := client.read_record(CUSTOMERS, ONE))
    saved = client.update_record(CUSTOMERS, ONE, hash_content(base), base, base.replace(note=f"{zone} {form}"))
    days = [decode(CUSTOMERS.shape, row)["opening_balance_at"] for row in (listed, read, saved)]
    assert days == [date(2026, 1, 15)] * 3


def test_floating_point_noise_is_rounded_to_cents(client):
    assert decode(CUSTOMERS.shape, client.read_record(CUSTOMERS, "10"))["balance"] == Decimal("0.30")


def test_both_spellings_are_read_alike():
    snake = '{"id":1,"display_name":"A","customer_type":"business","billing_address1":"1 St","active":1,"balance":1.5}'
    camel = '{"id":1,"displayName":"A","contactType":"business","billingAddress1":"1 St","active":true,"balance":1.50}'
    assert decode(CUSTOMERS.shape, parse_json(snake)) == decode(CUSTOMERS.shape, parse_json(camel))


def test_a_key_of_no_organization_is_refused(sandbox, juniper, settings, monkeypatch):
    key = f"bc_{'5a4db0c5' * 11}deadbeef"
    settings.BIGCAPITAL_SANDBOX_KEYS = {key}
    monkeypatch.setenv("BIGCAPITAL_KEY_JUNIPER", key)
    with pytest.raises(errors.KeyRefused):
        registry.make_client(juniper, RequestPriority.PERSON).read_record(CUSTOMERS, ONE)


def test_an_organization_that_lost_its_database_is_not_set_up(sandbox, client):
    sandbox.fault(organizationId=JUNIPER, fault="not_built")
    with pytest.raises(errors.NotSetUp):
        client.read_record(CUSTOMERS, ONE)


def test_a_wrong_address_is_not_a_missing_customer(sandbox, juniper, settings):
    settings.BIGCAPITAL_BASE_URL += "/v2"
    with pytest.raises(errors.NotReached) as caught:
        registry.make_client(juniper, RequestPriority.PERSON).read_record(CUSTOMERS, ONE)
    assert caught.value.error_message == "No Bigcapital answers at this company's address."


def test_a_key_may_be_in_a_file(sandbox, juniper, monkeypatch, tmp_path):
    monkeypatch.delenv("BIGCAPITAL_KEY_JUNIPER")
    (tmp_path / "key").write_text(f"bc_{'5a4db0c5' * 12}\n")
    monkeypatch.setenv("BIGCAPITAL_KEY_JUNIPER_FILE", str(tmp_path / "key"))
    assert registry.make_client(juniper, RequestPriority.PERSON).read_record(CUSTOMERS, ONE)["id"] == 1


def test_without_a_key_the_operator_is_told_which_variable_is_missing(sandbox, juniper, monkeypatch):
    monkeypatch.delenv("BIGCAPITAL_KEY_JUNIPER")
    with pytest.raises(errors.KeyRefused) as caught:
        registry.make_client(juniper, RequestPriority.PERSON)
    assert caught.value.error_message == "Ledgerdesk has no key for this company: BIGCAPITAL_KEY_JUNIPER is not set."


def test_a_demo_uses_no_key_but_the_sandboxs(sandbox, juniper, monkeypatch):
    monkeypatch.setenv("BIGCAPITAL_KEY_JUNIPER", f"bc_{'a' * 96}")
    with pytest.raises(errors.KeyRefused) as caught:
        registry.make_client(juniper, RequestPriority.PERSON)
    assert caught.value.error_message == "A demo lets anybody in and so uses no key but the sandbox's."


def test_a_refusal_names_the_field_by_its_input_and_in_words(save):
    with pytest.raises(errors.Refused) as refused:
        save(billing_address__email="nobody")
    said = "Email must be an email."
    assert (refused.value.field, str(refused.value).partition("\n")[0]) == ("billing_address-email", said)
