"""Callers with an organization's key who can send the sandbox any request."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.vendor import Sandbox

INTERIORS, INTERIORS_KEY = "org_junipergrove01", "bc_" + "5a4db0c5" * 12
TEA, TEA_KEY = "org_kawaratea00001", "bc_" + "70c10ea5" * 12
FORMER_KEY = "bc_" + "0ff1ce00" * 12  # of no organization

STUDIO = "/customers/1"
VENDOR = "/customers/4"
NEW = {"customerType": "business", "currencyCode": "USD", "displayName": "Fresh & Co"}
BARE_500 = (500, {"statusCode": 500, "message": "Internal server error"})
NOT_FOUND = (404, {"statusCode": 404, "message": "NotFoundError"})
UNAUTHORIZED = (401, {"message": "Unauthorized", "statusCode": 401})
FORMATTED = {
    "formatted_balance",
    "formatted_opening_balance",
    "formatted_opening_balance_at",
    "customer_type",
    "formatted_customer_type",
}


class Office:
    """Calls below `/api` with one key, on a connection of its own."""

    def __init__(self, sandbox: Sandbox, key: str, organization: str) -> None:
        self.sandbox, self.organization = sandbox, organization
        headers = {"Authorization": f"Bearer {key}"}
        self.http = httpx.Client(
            base_url=f"{sandbox.url}/api", headers=headers, timeout=20, trust_env=False, verify=False
        )

    def send(self, method: str, path: str, **content: Any) -> httpx.Response:
        """One call, with any result."""
        return self.http.request(method, path, **content)

    def get(self, path: str, **query: Any) -> Any:
        """A read that must succeed."""
        answer = self.send("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def put(self, path: str, **changes: Any) -> httpx.Response:
        """An update with the two members that every update needs, with any result."""
        return self.send("PUT", path, json={"customerType": "business", "displayName": "Studio", **changes})

    def post(self, **members: Any) -> httpx.Response:
        """A new customer, with any result."""
        return self.send("POST", "/customers", json={**NEW, **members})

    def names(self, **query: Any) -> list[str]:
        """The display names of a page of the list."""
        return [customer["display_name"] for customer in self.get("/customers", **query)["customers"]]

    def fault(self, fault: str, **details: Any) -> None:
        """Sets a fault for this organization."""
        self.sandbox.fault(organizationId=self.organization, fault=fault, **details)

    def change(self, number: int, **changes: Any) -> Any:
        """Changes a customer as another person would."""
        return self.sandbox.change(organizationId=self.organization, id=number, changes=changes)


def told(answer: httpx.Response) -> tuple[int, Any]:
    """Status and body of an answer."""
    return answer.status_code, answer.json()


def against_rule(kind: str) -> tuple[int, Any]:
    """The message of a refusal by a business rule."""
    return 400, {"errors": [{"statusCode": 400, "type": kind, "message": None}]}


def constraints(answer: httpx.Response) -> dict[str, dict[str, str]]:
    """The messages of a failed validation, by field."""
    body = answer.json()
    assert (answer.status_code, body["error"], body["statusCode"]) == (400, "Bad Request", 400)
    return {fault["property"]: fault["constraints"] for fault in body["message"]}


@pytest.fixture
def interiors(sandbox: Sandbox) -> Iterator[Office]:
    """The demo's organization in its initial state."""
    office = Office(sandbox, INTERIORS_KEY, INTERIORS)
    yield office
    office.http.close()


@pytest.fixture
def tea(sandbox: Sandbox) -> Iterator[Office]:
    """The organization whose server runs in Tokyo."""
    office = Office(sandbox, TEA_KEY, TEA)
    yield office
    office.http.close()
