"""A permit goes to the thread that does what a person waits for, before those of the background."""

import threading
from functools import partial

import pytest

from books.engine.permits import Permits
from tests.support.running import wait_until


@pytest.mark.django_db(transaction=True)
def test_a_free_permit_goes_to_an_urgent_task_first():
    permits, order = Permits(1), list[str]()

    def work(name: str, is_urgent: bool) -> None:
        permits.take(lambda: is_urgent)
        order.append(name)
        permits.give_back()

    def waits(count: int) -> bool:
        return len(permits._waiting) == count

    def hold() -> None:
        permits.take(lambda: False)
        for count, (name, is_urgent) in enumerate({"background": False, "save": True}.items(), 1):
            threading.Thread(target=work, args=(name, is_urgent)).start()
            wait_until(partial(waits, count))
        permits.give_back()

    threading.Thread(target=hold).start()
    wait_until(lambda: len(order) == 2)
    assert order == ["save", "background"]
