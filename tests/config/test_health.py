"""Health checks for machines: does the process live, does Ledgerdesk work."""

import os
import time

import pytest
from django.db import OperationalError, connection
from django.test import Client

from books.sync import tasks
from config import health


@pytest.fixture(autouse=True)
def heartbeats(settings, tmp_path):
    """A folder with fresh heartbeat files of the worker and the timetable."""
    settings.HEARTBEAT_FOLDER = str(tmp_path)
    for name in ("worker", "timetable"):
        (tmp_path / f"{name}.beat").touch()
    health._last.clear()
    return tmp_path


def away(*arguments):
    raise OperationalError("server closed the connection unexpectedly")


def seen(answer):
    """Return the answer of /readyz without the ages, which vary."""
    state = answer.json()
    workers = {name: worker["ok"] for name, worker in state["workers"].items()}
    waiting = {name: queue["waiting"] for name, queue in state["queues"].items()}
    return answer.status_code, state["ready"], state["database"], workers, waiting


@pytest.mark.parametrize("method", ["get", "head"])
def test_healthz_answers_for_any_host_and_with_any_cookie(method):
    client = Client(headers={"Host": "10.0.0.7", "Cookie": "desk_session=abcdefghijklmnopqrstuvwxyz012345"})
    answer = getattr(client, method)("/healthz")  # a database query would fail this test
    assert (answer.status_code, answer.content) == (200, b"ok\n" if method == "get" else b"")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/plain; charset=utf-8", "no-store")
    assert not answer.cookies


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_checks_accept_no_post(address):
    assert Client().post(address).status_code == 405


NO_TASKS = {"saves": 0, "reads": 0, "batches": 0, "sync": 0}
ALL_WELL = {"worker": True, "timetable": True}


def test_a_working_desk_is_ready_and_reports_its_queues(db, larch):
    tasks.read_books.enqueue(larch.pk)
    answer = Client(headers={"Host": "10.0.0.7"}).get("/readyz")
    assert seen(answer) == (200, True, True, ALL_WELL, NO_TASKS | {"sync": 1})
    assert "larch" not in answer.content.decode().lower()
    assert answer["Cache-Control"] == "no-store"


def test_a_desk_without_its_database_is_not_ready(db):
    with connection.execute_wrapper(away):
        assert seen(Client().get("/readyz")) == (503, False, False, ALL_WELL, {})


def test_a_desk_with_a_worker_without_a_heartbeat_is_not_ready(db, heartbeats):
    os.utime(heartbeats / "worker.beat", (time.time() - 60,) * 2)
    assert seen(Client().get("/readyz")) == (
        503,
        False,
        True,
        ALL_WELL | {"worker": False},
        NO_TASKS,
    )


def test_many_requests_share_one_check_of_the_database(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [Client().get("/readyz").status_code for _ in range(5)] == [200] * 5
