"""The faults of the matrix, each listed once: what the vendor, the line and Ledgerdesk's own machine can do to it."""

import gzip
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import pytest
from django.db import connection
from pytest_django import Settings

from books.models import Record
from books.providers.conductor import client as conductor
from config.cache import optional
from tests.customers.test_edit import ABC, JOB
from tests.support import between as line
from tests.support.between import Between, Spoil
from tests.support.database import Trouble
from tests.support.people import PatientClient
from tests.support.vendor import Sandbox


@dataclass
class Scene:
    """A person at a form of a company, and everybody on the way of what they save."""

    client: PatientClient
    job: Record
    sandbox: Sandbox
    between: Between
    trouble: Trouble
    settings: Settings
    patch: pytest.MonkeyPatch

    def fault(self, fault: str, **more: Any) -> None:
        """Let the vendor fail at whatever it is asked; nobody stands between then, who would unpack and wait."""
        self.settings.CONDUCTOR_BASE_URL = f"{self.sandbox.url}/v1"
        self.sandbox.fault(**{"endUserId": ABC, "fault": fault, "count": None, **more})

    def spoil(self, how: Spoil) -> None:
        """Let every answer be spoiled on the line."""
        for method in ("GET", "POST"):
            self.between.spoil(how, method, times=None)

    def at_once(self, act: Callable[[], object]) -> None:
        """Let something happen as soon as the vendor has answered a write."""
        self.between.spoil(line.after(act))

    def over(self) -> None:
        """Put everything right."""
        self.sandbox.fault(clear=True)
        self.between.orders.clear()
        self.patch.undo()
        self.settings.CONDUCTOR_BASE_URL = f"{self.between.url}/v1"
        self.settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
        connection.close()  # it may lead to where the database was said to be
        self.trouble.over()


def hang(taken: socket.socket, _: httpx.Response) -> None:
    """Say nothing until the other side has had enough."""
    taken.settimeout(10)
    taken.recv(1)  # which ends when the other side closes


def impatient(scene: Scene) -> None:
    """Listen for a third of a second, where it is not the time itself that is in question."""
    scene.settings.CONDUCTOR_READ_TIMEOUT = scene.settings.CONDUCTOR_WRITE_TIMEOUT = 1
    scene.patch.setattr(conductor, "PATIENCE_SECONDS", -0.7)


def hanging(scene: Scene) -> None:
    impatient(scene)
    scene.spoil(hang)


def dripping(scene: Scene) -> None:
    impatient(scene)
    scene.fault("drip", seconds=0.1)


def nobody(scene: Scene) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        scene.settings.CONDUCTOR_BASE_URL = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"


def rows(change: Callable[[Any], Any]) -> Spoil:
    """Alter the record of an answer, or the first row of a list."""

    def alter(body: Any) -> Any:
        if isinstance(body.get("data"), list):
            return {**body, "data": [change(row) if n == 0 else row for n, row in enumerate(body["data"])]}
        return change(body)

    return line.altered(alter)


WRONG_TYPES = {"balance": {"much": 1}, "billingAddress": [1], "isActive": [[]]}
NO_PAGE = line.answered(b"<html><h1>404 Not Found</h1></html>", 404, "text/html")


def moved(scene: Scene) -> None:
    scene.sandbox.change(endUserId=ABC, resource="customers", id=JOB, changes={"phone": "555-0133"})


def lost_cursor(scene: Scene) -> None:
    scene.patch.setattr(conductor, "PAGE_ROWS", 1)
    scene.fault("cursor_lost")


@cache
def bomb() -> bytes:
    """100 MB in 100 kB."""
    return gzip.compress(b" " * 100 * 2**20, 1)


def huge(taken: socket.socket, _: httpx.Response) -> None:
    """As much as the other side takes, of 200 MB."""
    taken.sendall(line.HEAD.format(status=200, kind="application/json", length=200 * 2**20).encode())
    for _mb in range(200):
        taken.sendall(b" " * 2**20)


def gone(scene: Scene) -> None:
    with suppress(AssertionError):  # it is gone already
        scene.sandbox.change(endUserId=ABC, resource="customers", id=JOB, delete=True)


OF_VENDOR: dict[str, Callable[[Scene], object]] = {
    "the vendor's own timeout": lambda scene: scene.fault("timeout"),
    "it hangs": hanging,
    "a byte at a time": dripping,
    "the line drops before": lambda scene: scene.fault("cut_before"),
    "the line drops after": lambda scene: scene.fault("cut_after"),
    "half an answer": lambda scene: scene.fault("half"),
    "connection refused": nobody,
    "200 MB": lambda scene: scene.spoil(huge),
    "gzip bomb": lambda scene: scene.spoil(line.answered(bomb(), head="Content-Encoding: gzip\r\n")),
    "200,000 levels of JSON": lambda scene: scene.fault("deep"),
    "JSON without id": lambda scene: scene.spoil(rows(lambda row: {k: v for k, v in row.items() if k != "id"})),
    "wrong types": lambda scene: scene.spoil(rows(lambda row: {**row, **WRONG_TYPES})),
    "somebody's 404 in HTML": lambda scene: scene.spoil(NO_PAGE),
    "the vendor's 404: deleted": gone,
    "429 for 100 s": lambda scene: scene.fault("rate_limited", seconds=100),
    "500": lambda scene: scene.fault("internal"),
    "502 in HTML": lambda scene: scene.fault("garbage", status=502),
    "stale": moved,
    "cursor refused": lost_cursor,
    "key refused": lambda scene: scene.fault("forbidden"),
    "PC off": lambda scene: scene.fault("not_active"),
}


def away(scene: Scene) -> None:
    connection.close()
    scene.patch.setitem(connection.settings_dict, "NAME", "/nowhere/desk.sqlite3")


def no_cache(scene: Scene) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        where = f"redis://127.0.0.1:{unused.getsockname()[1]}"
    scene.settings.CACHES = {
        "default": optional({"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": where})
    }


OWN: dict[str, Callable[[Scene], object]] = {
    "database locked": lambda scene: scene.trouble.lock(),
    "database locked after the write": lambda scene: scene.at_once(scene.trouble.lock),
    "disk full after the write": lambda scene: scene.at_once(scene.trouble.forbid),
    "disk full": lambda scene: scene.trouble.forbid(),
    "database away": away,
    "cache away": no_cache,
}
FAULTS = {**OF_VENDOR, **OWN}
