"""Conductor's API routes. Checks key, tenant, query and body before QuickBooks is asked."""

import json
import re
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sandbox.altered import alter_members
from sandbox.conductor import company_endpoints, end_users
from sandbox.conductor.auth_sessions import AuthSessions
from sandbox.conductor.file import bills, customers, records, transactions
from sandbox.conductor.file.books import Books, open_books
from sandbox.conductor.file.lists import Iterations, answer_list
from sandbox.faults import Faults
from sandbox.messages import Answer, Request, read_number
from sandbox.store import Store

from .bodies import BILL_CREATE, BILL_UPDATE, CUSTOMER_CREATE, CUSTOMER_UPDATE
from .errors import Refusal, bad_key, internal, invalid, missing, not_active, not_found, not_set_up
from .queries import check_page, check_query, parameters
from .request_queue import Doors, Work, answer_refusal
from .resources import RESOURCES, Resource
from .schemas import Members, check_body, check_lengths, store_texts

KEY = "sk_conductor_sandbox"
PREFIX = "/v1"
_TENANT_PREFIX = "/v1/quickbooks-desktop/"
_LIMIT = 90.0
_HEALTH_LIMIT = 60.0
_CREATE = {"customers": (CUSTOMER_CREATE, customers.create_customer), "bills": (BILL_CREATE, bills.create_bill)}
_UPDATE = {"customers": (CUSTOMER_UPDATE, customers.update_customer), "bills": (BILL_UPDATE, bills.update_bill)}

Call = tuple[str, str, Work]


class Conductor:
    """The whole API over one store."""

    def __init__(self, store: Store, faults: Faults, delay: float, cursor_seconds: float) -> None:
        self.store, self.faults = store, faults
        self.files: dict[str, dict[str, Any]] = {}  # by end user: another file that is open, see `open_file`
        self.auth_sessions = AuthSessions(store)
        self.iterations = Iterations(cursor_seconds)
        self.doors = Doors(delay)

    def reset(self) -> None:
        """Clears open iterators and pending late writes, and restores the delay and every company's own file."""
        self.files.clear()
        self.auth_sessions.clear()
        self.doors.reset()
        self.iterations.clear()

    def open_file(self, end_user: str, file: str | None, company: dict[str, Any]) -> dict[str, Any]:
        """Opens the company file of the end user `file`, or its own, with other members of `company`; returns these."""
        books = open_books(self.store, file or end_user)
        if books is None or open_books(self.store, end_user) is None:
            raise ValueError("There is no such end user.")
        known = books.facts["company"]
        if unknown := sorted(set(company) - set(known)):
            raise ValueError(f"A company has no member {', '.join(unknown)}.")
        self.iterations.clear()
        self.files[end_user] = {"file": file or end_user, "company": company}
        return {**known, **company}

    def _open_books(self, end_user: str) -> Books | None:
        books = open_books(self.store, end_user)
        opened = self.files.get(end_user)
        if books is None or opened is None:
            return books
        books = open_books(self.store, opened["file"])
        if books is not None:
            books.facts["company"].update(opened["company"])
        return books

    def answer(self, request: Request) -> Answer:
        """The response to any request under `/v1`."""
        try:
            _check_key(request.headers.get("authorization"))
            if request.path.startswith(_TENANT_PREFIX):
                return self._answer_tenant(request)
            return self._answer_core(request)
        except Refusal as refusal:
            return answer_refusal(refusal)
        except Exception:  # every failure has an error body (docs/vendors/conductor.md, section 7)
            traceback.print_exc()
            return answer_refusal(internal())

    def _answer_tenant(self, request: Request) -> Answer:
        company = request.headers.get("conductor-end-user-id")
        if not company:
            raise invalid('Missing required header "Conductor-End-User-Id"')
        books = self._open_books(company)
        if books is None:
            raise missing("end user", company)
        resource, operation, work = self._call(request, books)
        limit = _limit(request, resource)
        self._check_state(company)
        fault = self.faults.take(company, operation, resource)
        if fault is not None and fault.kind == "cursor_lost":
            self.iterations.clear()
            fault = None
        if fault is not None and fault.members:
            work, fault = _altering(books, request, resource, work, fault.members), fault.after_altering
        answer = self.doors.perform(company, work, fault, limit, request.started)
        self._mark(company, "last_success")
        return answer

    def _check_state(self, company: str) -> None:
        row = self.store.rows("SELECT state, last_success FROM companies WHERE id = ?", company)[0]
        if row[0] == "not_set_up":
            raise not_set_up()
        self._mark(company, "last_request")
        if row[0] == "not_active":
            raise not_active(row[1])

    def _mark(self, company: str, column: str) -> None:
        now = end_users.stamp(datetime.now(UTC))
        self.store.execute(f"UPDATE companies SET {column} = ? WHERE id = ?", now, company)

    def _call(self, request: Request, books: Books) -> Call:
        parts = request.path.removeprefix(_TENANT_PREFIX).split("/")
        resource = RESOURCES.get(parts[0])
        if len(parts) == 1 and request.method == "GET" and parts[0] in _SPECIAL:
            return parts[0], "retrieve", _SPECIAL[parts[0]](request, books)
        if resource is None or not resource.listed:
            raise _no_route(request)
        if len(parts) == 1 and request.method == "GET":
            choices = transactions.CHOICES if resource.path == "transactions" else None
            query = check_query(request.query, parameters(resource), choices)
            check_page(query, resource.paged)
            if resource.path == "transactions":
                return resource.path, "list", lambda: transactions.answer_list(books, self.iterations, query)
            return resource.path, "list", lambda: answer_list(books, self.iterations, resource, query)
        check_query(request.query, ())
        if len(parts) == 1 and request.method == "POST" and resource.path in _CREATE:
            return resource.path, "create", _writing(books, request, *_CREATE[resource.path])
        if len(parts) == 2 and request.method == "GET" and resource.path == "transactions":
            return resource.path, "retrieve", lambda: transactions.retrieve(books, parts[1])
        if len(parts) == 2 and request.method == "GET":
            return resource.path, "retrieve", lambda: _retrieve(books, resource, parts[1])
        return _change(request, books, resource, parts)

    def _answer_core(self, request: Request) -> Answer:
        for method, pattern, operation, work in _CORE:
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                check_query(request.query, ())
                resource = request.path.split("/")[2]
                fault = self.faults.take(_ITSELF, operation, resource, is_named=True)
                asked = partial(work, self, request, *match.groups())
                return self.doors.answer_itself(asked, fault, _LIMIT)
        raise _no_route(request)


def _change(request: Request, books: Books, resource: Resource, parts: list[str]) -> Call:
    path, key = resource.path, parts[1] if len(parts) > 1 else ""
    if len(parts) == 2 and request.method == "POST" and path in _UPDATE:
        schema, update = _UPDATE[path]
        return path, "update", _writing(books, request, schema, lambda of, body: update(of, key, body))
    if path == "bills" and len(parts) == 2 and request.method == "DELETE":
        return path, "delete", _whole(books, lambda: bills.delete_bill(books, key))
    if path == "bills" and parts[2:] == ["void"] and request.method == "POST":
        return path, "update", _whole(books, lambda: bills.void_bill(books, key))
    raise _no_route(request)


def _writing(books: Books, request: Request, schema: Members, write: Callable[[Books, Any], Any]) -> Work:
    body = check_body(schema, _json(request))
    bills.check_flags(body)

    def work() -> Any:
        check_lengths(schema, body)
        return write(books, store_texts(schema, body))

    return _whole(books, work)


def _whole(books: Books, work: Callable[[], Any]) -> Work:
    def done() -> str:
        with books.store.transaction():
            return records.encode(work())

    return done


def _altering(books: Books, request: Request, resource: str, work: Work, members: dict[str, Any]) -> Work:
    """The same write, stored and answered with other values in these members; what follows from them is recalculated.

    A path that the record does not have is a mistake of the caller of the control, and nothing is written.
    """
    key = request.path.removeprefix(_TENANT_PREFIX).split("/")[1]

    def altered() -> Any:
        before = books.get(resource, key)
        work()
        record = books.get(resource, key)
        if before is None or record is None:
            raise not_found(key)
        try:
            alter_members(record, before, members)
        except ValueError as problem:
            raise invalid(str(problem)) from problem
        (bills.settle_all if resource == "bills" else customers.name_whole)(record)
        books.put(resource, record)
        return record

    return _whole(books, altered)


def _retrieve(books: Books, resource: Resource, key: str) -> str:
    row = books.store.get(books.company, resource.path, key)
    if row is None:
        raise not_found(key)
    return records.text(row.resource, row.body, row.lines, row.links)


def _deleted(path: str) -> Callable[[Request, Books], Work]:
    kind = "transactionTypes" if path == "deleted-transactions" else "objectTypes"

    def prepare(request: Request, books: Books) -> Work:
        query = check_query(
            request.query, (kind, *company_endpoints.DELETED), {kind: company_endpoints.DELETED_KINDS[kind]}
        )
        if kind not in query:
            raise invalid(f'Invalid input: expected array, received undefined at "{kind}"')
        return lambda: company_endpoints.deleted(books, path, query)

    return prepare


def _bills_to_pay(request: Request, books: Books) -> Work:
    query = check_query(request.query, company_endpoints.BILLS_TO_PAY)
    if "vendorId" not in query:
        raise invalid('Invalid input: expected string, received undefined at "vendorId"')
    return lambda: company_endpoints.bills_to_pay(books, query)


def _plain(work: Callable[[Request, Books], str]) -> Callable[[Request, Books], Work]:
    def prepare(request: Request, books: Books) -> Work:
        check_query(request.query, ())
        return lambda: work(request, books)

    return prepare


_SPECIAL: dict[str, Callable[[Request, Books], Work]] = {
    "health-check": _plain(lambda request, books: company_endpoints.health(request.started)),
    "company": _plain(lambda request, books: company_endpoints.settings(books, "company")),
    "preferences": _plain(lambda request, books: company_endpoints.settings(books, "preferences")),
    "deleted-list-objects": _deleted("deleted-list-objects"),
    "deleted-transactions": _deleted("deleted-transactions"),
    "bills-to-pay": _bills_to_pay,
}
_ITSELF = "conductor"  # as faults name it
_USERS, _USER = "/v1/end-users", "/v1/end-users/([^/]+)"
_CORE: list[tuple[str, str, str, Callable[..., str]]] = [
    ("GET", _USERS, "list", lambda api, request: end_users.list_end_users(api.store)),
    ("POST", _USERS, "create", lambda api, request: end_users.create_end_user(api.store, _json(request))),
    ("GET", _USER, "retrieve", lambda api, request, key: end_users.retrieve_end_user(api.store, key)),
    ("DELETE", _USER, "delete", lambda api, request, key: end_users.delete_end_user(api.store, key)),
    ("POST", "/v1/auth-sessions", "create", lambda api, request: _open_session(api, request)),
]


def _open_session(api: Conductor, request: Request) -> str:
    return api.auth_sessions.create(request.headers.get("host", "127.0.0.1"), _json(request))


def _check_key(header: str | None) -> None:
    if not header or not header.startswith("Bearer "):
        raise bad_key("none")
    key = header.removeprefix("Bearer ").strip()
    if key != KEY:
        raise bad_key(f"{key[:8]}…{key[-4:]}" if len(key) > 16 else "…")


def _limit(request: Request, resource: str) -> float:
    sent = request.headers.get("conductor-timeout-seconds")
    if sent is None:
        return _HEALTH_LIMIT if resource == "health-check" else _LIMIT
    if not re.fullmatch(r"\d{1,4}(\.\d{1,3})?", sent) or float(sent) <= 0:
        raise invalid('Invalid input: expected number at header "Conductor-Timeout-Seconds"')
    return float(sent)


def _json(request: Request) -> Any:
    def no_constants(word: str) -> None:
        raise ValueError(word)

    try:
        return json.loads(request.body or b"{}", parse_constant=no_constants, parse_int=read_number)
    except (ValueError, RecursionError):
        raise invalid("The request body is not valid JSON") from None


def _no_route(request: Request) -> Refusal:
    return Refusal(
        404, "INVALID_REQUEST_ERROR", "RESOURCE_MISSING", f"Unrecognized request URL ({request.method}: {request.path})"
    )
