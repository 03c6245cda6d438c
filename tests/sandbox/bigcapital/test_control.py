"""The controls for Bigcapital's organizations: external changes, the journal, reset, and the data file."""

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import end, start
from tests.support.vendor import Sandbox

from .conftest import INTERIORS, INTERIORS_KEY, NOT_FOUND, STUDIO, TEA, TEA_KEY, Office, told


def test_it_lists_organizations_with_their_keys(sandbox: Sandbox) -> None:
    rows = sandbox.http.get("/_sandbox/companies").json()
    names = ("organizationId", "companyName", "state", "customers", "apiKey")
    assert [row for row in rows if "organizationId" in row] == [
        dict(zip(names, values, strict=False))
        for values in (
            (INTERIORS, "Juniper Grove Interiors", "ok", 291, INTERIORS_KEY),
            (TEA, "Kawara Tea Trading", "ok", 20, TEA_KEY),
            ("org_thistlerow0001", "Thistle Row Ceramics", "not_built", 0),
        )
    ]


def test_conductor_has_no_organizations(sandbox: Sandbox) -> None:
    answer = sandbox.http.get("/v1/end-users", headers={"Authorization": "Bearer sk_conductor_sandbox"})
    assert [user for user in answer.json()["data"] if user["id"].startswith("org_")] == []


def test_another_person_changes_any_stored_member(interiors: Office) -> None:
    changes: dict[str, Any] = {"note": "theirs", "balance": 7.5, "billing_address_postcode": "10001", "active": None}
    changed = interiors.change(1, **changes, opening_balance_at="2026-02-28")
    assert changed == interiors.get(STUDIO)
    assert {name: changed[name] for name in changes} == changes
    assert changed["formatted_opening_balance_at"] == "02/28/2026"


def test_another_person_deletes_a_customer(interiors: Office) -> None:
    answer = interiors.sandbox.change(organizationId=INTERIORS, resource="customers", id="1", delete=True)
    assert (answer, told(interiors.send("GET", STUDIO))) == ({"id": 1, "deleted": True}, NOT_FOUND)


def test_the_history_has_the_original_and_the_result_of_each_write(interiors: Office) -> None:
    states = [interiors.get(STUDIO), interiors.change(1, note="theirs"), interiors.change(1, note="theirs again")]
    query = {"organizationId": INTERIORS, "resource": "customers", "id": "1"}
    assert interiors.sandbox.http.get("/_sandbox/history", params=query).json() == states


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"changes": {"colour": "red"}}, 'A customer stores no member "colour" that can be changed.'),
        ({"changes": {"id": 5}}, 'A customer stores no member "id" that can be changed.'),
        ({"changes": {"customer_type": "x"}}, 'A customer stores no member "customer_type" that can be changed.'),
        ({"id": 4}, "There is no 4 in customers."),
        ({"organizationId": "org_nobody"}, "There is no such organization or resource."),
        ({"resource": "bills"}, "There is no such organization or resource."),
        ({"quiet": True}, "Unknown members: quiet."),
    ],
)
def test_a_change_of_an_unknown_record_is_refused(sandbox: Sandbox, wanted: dict[str, Any], error: str) -> None:
    answer = sandbox.http.post("/_sandbox/change", json={"organizationId": INTERIORS, "id": 1, **wanted})
    assert told(answer) == (400, {"error": error})


def test_a_reset_restores_everything(interiors: Office) -> None:
    before = [interiors.get("/customers", inactiveMode=mode, pageSize=300) for mode in ("false", "true")]
    interiors.put(STUDIO, note="moved")
    interiors.send("DELETE", "/customers/5")
    interiors.post()
    interiors.change(2, active=0)
    interiors.sandbox.reset()
    assert [interiors.get("/customers", inactiveMode=mode, pageSize=300) for mode in ("false", "true")] == before


def test_the_journal_has_the_organization_and_no_key(interiors: Office, tea: Office) -> None:
    tea.get(STUDIO)
    interiors.send("GET", "/customers/4")
    (entry,) = interiors.sandbox.requests(organization_id=INTERIORS)
    told = {name: entry[name] for name in ("method", "path", "organizationId", "endUserId", "status")}
    assert told == {
        "method": "GET",
        "path": "/api/customers/4",
        "organizationId": INTERIORS,
        "endUserId": None,
        "status": 404,
    }
    assert INTERIORS_KEY not in str(entry)


def test_a_change_survives_a_restart(tmp_path: Any) -> None:
    seen = []
    for turn in range(2):
        process, url = start("--data", str(tmp_path / "data.sqlite3"), "--customers", "20", "--bills", "2")
        with httpx.Client(base_url=url, trust_env=False, headers={"Authorization": f"Bearer {TEA_KEY}"}) as http:
            if turn == 0:
                http.put("/api/customers/1", json={"customerType": "business", "displayName": "Moved"})
            seen.append(http.get("/api/customers/1").json()["display_name"])
        end(process)
    assert seen == ["Moved", "Moved"]


def test_the_server_of_an_organization_runs_in_another_time_zone_until_a_reset(tea: Office) -> None:
    at = []
    for zone in ("Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Honolulu", "Asia/Kathmandu"):
        tea.sandbox.control("server", organizationId=TEA, timezone=zone)
        at.append(tea.get(STUDIO)["opening_balance_at"][:16])
    assert at == ["2026-01-14T11:00", "2026-01-14T10:00", "2026-01-15T10:00", "2026-01-14T18:15"]
    tea.sandbox.reset()
    assert tea.get(STUDIO)["opening_balance_at"] == "2026-01-14T15:00:00.000Z"


def test_an_unknown_time_zone_of_a_server_is_refused(sandbox: Sandbox) -> None:
    answer = sandbox.http.post("/_sandbox/server", json={"organizationId": TEA, "timezone": "Mars/Base"})
    assert told(answer) == (400, {"error": "There is no such organization or time zone."})
