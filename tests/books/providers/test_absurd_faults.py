"""Drips, floods, bombs and nesting in a vendor's answers, through both clients: when a call ends, with which error."""

import time

import pytest

from books.providers import errors, http
from books.providers.conductor import client as conductor_client

DRIPS = ["head", "body", "chunk", "interim"]
SECONDS = 0.3


@pytest.fixture
def short(settings, monkeypatch):
    """Time limits of half a second."""
    settings.CONDUCTOR_READ_TIMEOUT = settings.CONDUCTOR_WRITE_TIMEOUT = settings.BIGCAPITAL_TIMEOUT = SECONDS
    monkeypatch.setattr(conductor_client, "PATIENCE_SECONDS", 0.0)


@pytest.fixture
def small(monkeypatch):
    """A smaller limit of bytes."""
    monkeypatch.setattr(http, "ANSWER_BYTES", 2**22)


@pytest.mark.parametrize("at", DRIPS)
def test_a_read_that_drips_ends_in_time(books, short, at):
    books.fault(operation="retrieve", fault="drip", at=at, seconds=0.03)
    started = time.monotonic()
    with pytest.raises(errors.NoAnswer) as caught:
        books.client.read_record(books.table, books.one)
    assert (caught.value.code, time.monotonic() - started < SECONDS + 5) == ("timeout", True)


@pytest.mark.parametrize("at", DRIPS)
def test_a_save_whose_answer_drips_ends_in_time_with_an_unknown_outcome(books, short, at):
    base, revision = books.read()
    books.fault(operation="update", fault="drip", at=at, seconds=0.03)
    with pytest.raises(errors.NoAnswer) as caught:
        books.save(base, revision, **{books.phone: "555-0177"})
    assert (caught.value.code, caught.value.of_save) == ("timeout", True)


@pytest.mark.parametrize("fault", ["huge", "bomb", "deep"])
def test_an_oversized_answer_cannot_be_read(books, small, fault):
    books.fault(operation="retrieve", fault=fault)
    with pytest.raises(errors.BadAnswer):
        books.client.read_record(books.table, books.one)


@pytest.mark.parametrize("fault", ["huge", "bomb", "deep"])
def test_a_save_with_an_oversized_answer_is_not_sent_twice(books, small, fault):
    base, revision = books.read()
    books.fault(operation="update", fault=fault)
    try:
        saved = books.save(base, revision, **{books.phone: "555-0177"})
    except errors.NoAnswer:
        saved = books.read()[0]
    assert saved[books.phone] == "555-0177"
    assert len(books.asked("POST" if books.tenant.end_user_id else "PUT")) == 1
