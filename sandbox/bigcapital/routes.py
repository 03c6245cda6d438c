"""Bigcapital's API routes. Checks body, limits, key and organization in the server's order."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sandbox.faults import COMMON, OF_BIGCAPITAL, Fault, Faults
from sandbox.faults_io import Mishaps
from sandbox.messages import Answer, Request
from sandbox.store import Store

from . import answers, bodies, customers, lists, organizations
from .answers import reply, said
from .checks import check_members
from .limits import Limits
from .organizations import Organization, opened_by
from .spelling import snake_name

PREFIX = "/api"


@dataclass(frozen=True)
class Asked:
    """A request for its handler: the caller, the record and the body."""

    store: Store
    organization: Organization
    request: Request
    key: str
    body: Any


Work = Callable[[Asked], Answer]


@dataclass(frozen=True)
class Route:
    """One handler of the server, or none for its own health check. Some answer before a database is built."""

    method: str
    pattern: str
    resource: str
    operation: str
    work: Work | None
    needs_database: bool = True

    @property
    def handler(self) -> str:
        """The name by which the limiters count."""
        return f"{self.method} {self.pattern}"


class Bigcapital:
    """The whole API over one store. Unlike QuickBooks it answers requests of one company concurrently."""

    def __init__(self, store: Store, faults: Faults, limits: Limits) -> None:
        self.store, self.faults, self.limits = store, faults, limits
        self._mishaps = Mishaps()

    def reset(self) -> None:
        """Clears call counts, changed limits and pending late writes."""
        self._mishaps.forget_late()
        self.limits.reset()
        organizations.reset()

    def land(self) -> int:
        """Carries out pending late writes now; returns how many there were."""
        return self._mishaps.land()

    def spend(self, client: str, resource: str, operation: str, calls: int) -> int:
        """Uses up calls of a handler like another program at the caller's address; returns how many were refused."""
        route = next((one for one in _ROUTES if (one.resource, one.operation) == (resource, operation)), None)
        if route is None:
            raise ValueError(f"There is no {operation} of {resource}.")
        return self.limits.spend(route.handler, client, calls)

    def answer(self, request: Request) -> Answer:
        """The response to any request under `/api`."""
        return answers.tagged(said(lambda: self._answer(request)), request)

    def _answer(self, request: Request) -> Answer:
        body = bodies.body(request)
        route, key = _route(request)
        told = self.limits.hit(route.handler, request.client)
        answer = said(lambda: self._handle(route, request, key, body))
        return replace(answer, headers={**told, **answer.headers})

    def _handle(self, route: Route, request: Request, key: str, body: Any) -> Answer:
        if route.work is None:
            return reply(200, {"status": "ok"})
        organization = opened_by(request.headers.get("authorization"))
        if organization is None:
            raise answers.unauthorized()
        work, asked = route.work, Asked(self.store, organization, request, key, body)
        kinds = OF_BIGCAPITAL if route.needs_database else COMMON
        fault = self.faults.take(organization.id, route.operation, route.resource, kinds)
        if fault is not None and fault.members:
            work, fault = _altering(work, fault.members), fault.after_altering
        return self._perform(lambda: work(asked), fault)

    def _perform(self, work: Callable[[], Answer], fault: Fault | None) -> Answer:
        def whole() -> Answer:
            with self.store.transaction():
                return work()

        if fault is None:
            return whole()
        answers.refuse_at_once(fault)
        time.sleep(fault.pause)  # a slow server delays its caller; each request has its own thread
        if fault.kind == "slow":
            return whole()
        return self._mishaps.befall(fault, lambda: said(whole), answers.gateway_timeout, lambda: said(whole))


def _route(request: Request) -> tuple[Route, str]:
    path = request.path.lower().rstrip("/")
    method = "GET" if request.method == "HEAD" else request.method
    for route in _ROUTES:
        match = re.fullmatch(route.pattern, path)
        if match and route.method == method:
            return route, "".join(match.groups())
    target = f"{request.path}?{request.query}" if request.query else request.path
    raise answers.no_route(request.method, target)


def _list(asked: Asked) -> Answer:
    query = check_members(bodies.CUSTOMER_LIST, bodies.query(asked.request))
    return reply(200, lists.list_customers(asked.store, asked.organization, query))


def _retrieve(asked: Asked) -> Answer:
    return reply(200, customers.retrieve(asked.store, asked.organization, asked.key))


def _create(asked: Asked) -> Answer:
    sent = check_members(bodies.CUSTOMER_CREATE, asked.body)
    return reply(201, customers.create(asked.store, asked.organization, sent))


def _update(asked: Asked) -> Answer:
    sent = check_members(bodies.CUSTOMER_UPDATE, asked.body)
    return reply(200, customers.update(asked.store, asked.organization, asked.key, sent))


def _update_opening_balance(asked: Asked) -> Answer:
    sent = check_members(bodies.OPENING_BALANCE, asked.body)
    return reply(200, customers.update_opening_balance(asked.store, asked.organization, asked.key, sent))


def _delete(asked: Asked) -> Answer:
    customers.delete(asked.store, asked.organization, asked.key)
    return answers.nothing()


def _tell_deletable(asked: Asked) -> Answer:
    return reply(201, customers.sort_deletable(asked.store, asked.organization, _numbers(asked.body)[0]))


def _delete_several(asked: Asked) -> Answer:
    """Deletes those that can be; unless the others were to be skipped, they fail, and what was deleted stays so."""
    numbers, skips = _numbers(asked.body)
    sorted_ones = customers.sort_deletable(asked.store, asked.organization, numbers)
    for number in sorted_ones["deletable_ids"]:
        customers.delete(asked.store, asked.organization, str(number))
    if sorted_ones["non_deletable_ids"] and not skips:
        return answers.refused(answers.unhandled())
    return answers.nothing(201)


def _numbers(body: Any) -> tuple[list[int], bool]:
    sent = check_members(bodies.BULK_DELETE, body)
    return [int(number) for number in sent["ids"]], sent.get("skipUndeletable") is True


def _altering(work: Work, members: dict[str, Any]) -> Work:
    """The same write, stored and answered with other values in these members."""

    def altered(asked: Asked) -> Answer:
        work(asked)
        return reply(200, customers.alter(asked.store, asked.organization, asked.key, members))

    return altered


def _setting_active(active: bool) -> Work:
    word = "activated" if active else "inactivated"

    def work(asked: Asked) -> Answer:
        if not re.fullmatch(r"-?[0-9]{1,300}", asked.key):
            raise answers.bad_request("Validation failed (numeric string is expected)")
        number = int(asked.key)  # "007" is 7
        customers.set_active(asked.store, asked.organization, str(number), active)
        return reply(200, {"id": number, word: True})

    return work


def _update_organization(asked: Asked) -> Answer:
    sent = check_members(bodies.ORGANIZATION_UPDATE, asked.body)
    values = {snake_name(name): value for name, value in sent.items() if value is not None}
    organizations.change(asked.organization, **values)
    return reply(200, {"code": 200, "message": "Organization information has been updated successfully."})


def _current(asked: Asked) -> Answer:
    return reply(200, organizations.current(asked.organization))


_ONE = r"/api/customers/([^/]+)"
_ROUTES = (
    Route("GET", "/api/customers", "customers", "list", _list),
    Route("POST", "/api/customers", "customers", "create", _create),
    Route("GET", _ONE, "customers", "retrieve", _retrieve),
    Route("PUT", _ONE, "customers", "update", _update),
    Route("DELETE", _ONE, "customers", "delete", _delete),
    Route("PUT", f"{_ONE}/opening-balance", "customers", "update", _update_opening_balance),
    Route("POST", "/api/customers/validate-bulk-delete", "customers", "retrieve", _tell_deletable),
    Route("POST", "/api/customers/bulk-delete", "customers", "delete", _delete_several),
    # A contact is activated, but a fault is set for the customer.
    Route("PATCH", r"/api/contacts/([^/]+)/activate", "customers", "update", _setting_active(True)),
    Route("PATCH", r"/api/contacts/([^/]+)/inactivate", "customers", "update", _setting_active(False)),
    Route("PUT", "/api/organization", "organization", "update", _update_organization, needs_database=False),
    Route("GET", "/api/organization/current", "organization", "retrieve", _current, needs_database=False),
    Route("GET", "/api/system_db", "system", "retrieve", None),
)
