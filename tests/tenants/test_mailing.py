"""Who asks for a mail is told whether it left, and does not wait for a mail server that says nothing."""

import threading

from tenants.mailing import OUTGOING, send_and_wait


def fail(error: Exception) -> None:
    raise error


def test_nothing_is_said_of_a_mail_that_left() -> None:
    assert send_and_wait(lambda: 1) == ""


def test_why_no_mail_left_is_said() -> None:
    assert send_and_wait(lambda: fail(OSError("Connection refused"))) == "The mail server said: Connection refused"
    assert send_and_wait(lambda: fail(ValueError())) == "It failed: ValueError."


def test_a_mail_server_that_says_nothing_is_not_waited_for() -> None:
    answered = threading.Event()
    try:
        assert send_and_wait(lambda: answered.wait(30), 0.01) == "The mail server has not answered yet."
    finally:
        answered.set()
    assert OUTGOING.submit(int).result(timeout=30) == 0
