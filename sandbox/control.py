"""The sandbox's own controls under `/_sandbox`: reset, faults, late writes, external changes, journal."""

import json
from typing import Any
from urllib.parse import parse_qsl

from .bigcapital import external_edit as behind_bigcapital
from .bigcapital.limits import parse_limits
from .bigcapital.organizations import ORGANIZATIONS, Organization, move_server
from .bigcapital.routes import Bigcapital
from .conductor import bookkeeping
from .conductor import external_edit as behind_conductor
from .conductor.file.records import to_record
from .conductor.http.errors import Refusal
from .conductor.http.routes import Conductor
from .faults import Faults
from .messages import Answer, Journal, Request, json_answer
from .store import Store

CONTROL = "/_sandbox"


class Control:
    """Answers control calls; they need no key, since the server listens on loopback only."""

    def __init__(
        self, store: Store, faults: Faults, journal: Journal, conductor: Conductor, bigcapital: Bigcapital
    ) -> None:
        self.store, self.faults, self.journal = store, faults, journal
        self.conductor, self.bigcapital = conductor, bigcapital
        self._calls = {
            ("POST", "reset"): self._reset,
            ("POST", "faults"): self._set_fault,
            ("GET", "faults"): self._show_faults,
            ("POST", "change"): self._change,
            ("POST", "book"): lambda _, body: bookkeeping.book(self.store, body),
            ("POST", "merge"): lambda _, body: bookkeeping.merge(self.store, body),
            ("POST", "clock"): lambda _, body: bookkeeping.set_clock(self.store, body),
            ("POST", "limits"): self._set_limits,
            ("GET", "limits"): self._show_limits,
            ("POST", "spend"): self._spend,
            ("POST", "server"): self._move_server,
            ("GET", "requests"): self._requests,
            ("POST", "requests/clear"): self._clear_requests,
            ("POST", "delay"): self._set_delay,
            ("POST", "company-file"): self._open_file,
            ("POST", "expire-links"): lambda _, body: {"expired": self.conductor.auth_sessions.expire()},
            ("POST", "land"): self._land,
            ("GET", "history"): self._history,
            ("GET", "companies"): self._companies,
        }

    def answer(self, request: Request) -> Answer:
        """The response to a control call; 400 with a sentence if it is invalid."""
        call = self._calls.get((request.method, request.path.removeprefix(CONTROL).strip("/")))
        if call is None:
            return json_answer(404, {"error": f"There is no control {request.method} {request.path}."})
        try:
            body = json.loads(request.body or b"{}")
            if not isinstance(body, dict):
                raise ValueError("The body must be an object.")
            return json_answer(200, call(request, body))
        except Refusal as refusal:
            return json_answer(400, {"error": refusal.message})
        except (ValueError, KeyError) as problem:
            return json_answer(400, {"error": str(problem)})

    def _reset(self, request: Request, body: dict[str, Any]) -> Any:
        self.faults.clear()
        self.conductor.reset()
        self.bigcapital.reset()
        self.store.reset()
        self.journal.clear()
        return {"reset": True}

    def _set_fault(self, request: Request, body: dict[str, Any]) -> Any:
        """Sets a fault for coming requests, or clears all.

        Besides the vendors' own errors there are faults that no vendor sends on purpose; the request is carried out:
        `says` (any `body`, `status` and `headers`; from status 300 on nothing is done), `drip` (a byte every `seconds`,
        `at` head, body, chunk or interim), `huge` (100 MB), `bomb` (600 MB packed into 600 kB) and `deep` (200,000
        levels of JSON). `garbage` is a gateway's page, with a `status` other than 200 instead of the work.
        A fault lets the first `skip` of its requests pass, and all of them until an `after`, which is an operation: the
        second read is `operation` retrieve with `skip` 1, the read after a write the same with `after` update.

        The `endUserId` "conductor" stands for Conductor itself: its requests about end users and auth sessions, which
        have the resources `end-users` and `auth-sessions`.

        `altered` with `changes` or `raw` answers with another record than the stored one, which a later read shows.
        With `members` (path → value, see `sandbox/altered.py`) a write is stored otherwise than it was asked for, and
        answered so with 200, or with `cut` not answered at all.
        """
        if not body or body.get("clear"):
            self.faults.clear()
        else:
            self.faults.add(body)
        return self._show_faults(request, body)

    def _show_faults(self, request: Request, body: dict[str, Any]) -> Any:
        return {"faults": self.faults.shown()}

    def _change(self, request: Request, body: dict[str, Any]) -> Any:
        room = behind_bigcapital if "organizationId" in body else behind_conductor
        return room.change(self.store, body)

    def _set_limits(self, request: Request, body: dict[str, Any]) -> Any:
        self.bigcapital.limits.change(parse_limits(body))
        return self._show_limits(request, body)

    def _show_limits(self, request: Request, body: dict[str, Any]) -> Any:
        return self.bigcapital.limits.shown()

    def _spend(self, request: Request, body: dict[str, Any]) -> Any:
        """Another program at the caller's address calls Bigcapital: `resource`, `operation` and how many `calls`."""
        calls = body.get("calls", 1)
        if not isinstance(calls, int) or isinstance(calls, bool) or not 1 <= calls <= 10_000:
            raise ValueError('"calls" must be a whole number from 1 to 10000.')
        what = str(body.get("resource", "customers")), str(body.get("operation", "list"))
        return {"refused": self.bigcapital.spend(request.client, *what, calls)}

    def _move_server(self, request: Request, body: dict[str, Any]) -> Any:
        """Lets the server of an organization run in another `timezone`, in which it sends its dates."""
        return move_server(str(body["organizationId"]), str(body["timezone"]))

    def _requests(self, request: Request, body: dict[str, Any]) -> Any:
        """The journal, of one company or all. With `--name-peers` a request's `peer` is its process' command line."""
        query = dict(parse_qsl(request.query))
        return self.journal.since(int(query.get("since", "0")), query.get("endUserId") or query.get("organizationId"))

    def _clear_requests(self, request: Request, body: dict[str, Any]) -> Any:
        self.journal.clear()
        return {"cleared": True}

    def _open_file(self, request: Request, body: dict[str, Any]) -> Any:
        """Opens another company file for `endUserId`, until the next reset: that of the end user `file`, or its own.

        `company` are members in which its `GET /company` differs, for example `{"companyName": "New name"}`.
        """
        if unknown := sorted(set(body) - {"endUserId", "file", "company"}):
            raise ValueError(f"Unknown members: {', '.join(unknown)}.")
        return self.conductor.open_file(body["endUserId"], body.get("file"), body.get("company", {}))

    def _set_delay(self, request: Request, body: dict[str, Any]) -> Any:
        """Sets the seconds that QuickBooks takes for each request, until the next reset; says those from before."""
        seconds = body["seconds"]
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= 600:
            raise ValueError("The seconds must be a number from 0 to 600.")
        before, self.conductor.doors.delay = self.conductor.doors.delay, float(seconds)
        return {"seconds": seconds, "before": before}

    def _land(self, request: Request, body: dict[str, Any]) -> Any:
        return {"landed": self.conductor.doors.land() + self.bigcapital.land()}

    def _history(self, request: Request, body: dict[str, Any]) -> Any:
        """The result of each write of a record, oldest first; empty if it was never written."""
        query = dict(parse_qsl(request.query))
        if "organizationId" in query:
            return behind_bigcapital.list_history(self.store, query["organizationId"], query["id"])
        rows = self.store.history(query["endUserId"], query.get("resource", "customers"), query["id"])
        return [to_record(row) for row in rows]

    def _companies(self, request: Request, body: dict[str, Any]) -> Any:
        rows = self.store.rows("SELECT id, facts ->> '$.companyName', state FROM companies ORDER BY rowid")
        end_users = [
            {"endUserId": row[0], "companyName": row[1], "state": row[2], **self._sizes(row[0])} for row in rows
        ]
        return [*end_users, *(self._organization(organization) for organization in ORGANIZATIONS)]

    def _sizes(self, company: str) -> dict[str, int]:
        sql = (
            "SELECT resource, count(*) FROM records WHERE company = ? AND resource IN ('customers', 'bills') GROUP BY 1"
        )
        return {"customers": 0, "bills": 0, **dict(self.store.rows(sql, company))}

    def _organization(self, organization: Organization) -> dict[str, Any]:
        sql = "SELECT count(*) FROM records WHERE company = ? AND kind = 'customer'"
        return {
            "organizationId": organization.id,
            "companyName": organization.name,
            "state": "ok" if organization.built_at else "not_built",
            "customers": self.store.value(sql, organization.id),
            **({"apiKey": organization.key} if organization.key else {}),
        }
