"""Pages while the database is unavailable: they say so, recover by themselves, and lose no typed values."""

import logging
import re

import pytest
from django.contrib.sessions.models import Session
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from config.unavailable import TITLE, OneLineAnOutage
from tests.support.people import signed_in

EDIT = "/t/larch/customers/80000001-1234567890/edit"


@pytest.fixture
def client(bob):
    """A person's browser; like a real one it gets the page and not the exception behind it."""
    client = signed_in(bob)
    client.raise_request_exception = False
    return client


@pytest.fixture
def without_database(client):
    def away(*arguments):
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(away):
        yield


@pytest.mark.parametrize("address", ["/", "/t/larch/", "/t/larch/bills/", EDIT, "/accounts/password/change/"])
def test_a_page_says_so_and_retries_by_itself(client, without_database, address):
    answer = client.get(address)
    assert (answer.status_code, answer["Retry-After"], answer["Refresh"]) == (503, "5", "5")
    assert answer["Cache-Control"] == "no-store"
    assert "this page tries again every few seconds" in answer.content.decode()


def test_a_fragment_is_an_alert_that_leaves_the_form_unchanged(client, without_database):
    answer = client.post(EDIT, {"phone": "555-0100"}, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"], answer.has_header("Refresh")) == (503, "5", False)
    assert text.count(TITLE) == 1
    assert "<html" not in text
    assert "Everything you typed is still here." in text


def test_a_form_posted_without_script_can_be_sent_again_as_it_was(client, without_database):
    typed = {"note": "two\r\nlines <b>", "phone": "", "lines": ["1", "2"], "save": "1"}
    answer = client.post(f"{EDIT}?from=list", typed)
    assert (answer.status_code, answer.has_header("Refresh")) == (503, False)
    assert f'action="{EDIT}?from=list"' in answer.content.decode()
    fields = re.findall(r'<textarea name="(\w+)" hidden>\n([^<]*)</textarea>', answer.content.decode())
    assert fields == [
        ("note", "two\r\nlines &lt;b&gt;"),
        ("phone", ""),
        ("lines", "1"),
        ("lines", "2"),
        ("save", "1"),
    ]


def test_the_page_does_not_contain_a_password(client, without_database):
    answer = client.post("/accounts/login/", {"login": "bob", "password": "secret-word"})
    assert answer.status_code == 503
    assert "secret-word" not in answer.content.decode()


def test_the_sign_in_page_needs_no_database(without_database):
    assert Client().get("/accounts/login/").status_code == 200


def test_a_lost_connection_counts_as_well(client):
    def away(*arguments):
        raise InterfaceError("the connection is closed")

    with connection.execute_wrapper(away):
        assert client.get("/").status_code == 503


def test_a_session_that_cannot_be_stored_is_not_a_bad_request(client):
    def full(execute, sql, *arguments):
        if sql.startswith("UPDATE") and Session._meta.db_table in sql:
            raise OperationalError("database or disk is full")
        return execute(sql, *arguments)

    typed = {"oldpassword": "demo", "password1": "a-new-long-word", "password2": "a-new-long-word"}
    with connection.execute_wrapper(full):
        assert client.post("/accounts/password/change/", typed).status_code == 503


def test_a_defect_of_ours_is_still_a_500(client):
    def wrong(*arguments):
        raise ZeroDivisionError

    with connection.execute_wrapper(wrong):
        client.raise_request_exception = True
        with pytest.raises(ZeroDivisionError):
            client.get("/")


def test_the_page_is_back_with_the_database(client):
    assert client.get("/").status_code == 200


def test_an_outage_is_one_line_in_the_log():
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "%s: %s", ("Error", "/"), None)
    error = OperationalError("connection refused\nIs the server running?")
    record.exc_info = (OperationalError, error, None)
    assert OneLineAnOutage().filter(record)
    assert record.getMessage() == "Error: / (connection refused)"
    assert not record.exc_info
