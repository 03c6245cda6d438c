"""One request at a time per company, and never blocked by one that failed."""

import threading

import pytest

from books.providers.lock import RequestPriority, hold_line
from tests.support.database import list_held_lines

pytestmark = pytest.mark.django_db


def test_two_threads_never_hold_a_line_together(larch):
    order: list[str] = []

    def wait():
        with hold_line(larch, RequestPriority.SAVE):
            order.append("second")

    with hold_line(larch, RequestPriority.PERSON):
        other = threading.Thread(target=wait)
        other.start()
        other.join(0.05)
        order.append("first")
    other.join(20)
    assert order == ["first", "second"]


def test_companies_do_not_wait_for_each_other(larch, abc):
    with hold_line(larch, RequestPriority.SAVE), hold_line(abc, RequestPriority.SYNC):
        assert sorted(list_held_lines()) == sorted([larch.pk, abc.pk])


def test_an_error_inside_frees_the_line(larch):
    with pytest.raises(ZeroDivisionError), hold_line(larch, RequestPriority.SAVE):
        raise ZeroDivisionError
    assert list_held_lines() == []
