"""Auth sessions: a link that expires, and a page behind it with one button that connects a company file."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from conductor import Conductor

from .conftest import EXAMPLE, INVALID, KEY, Caller, refusal

NEVER = "end_usr_neversetup001"
PUBLISHABLE = "pk_conductor_sandbox"


@pytest.fixture
def client(caller: Caller) -> Iterator[Conductor]:
    """The vendor's own client, which validates every answer."""
    url, http = f"{caller.url}/v1", caller.http
    with Conductor(
        api_key=KEY, base_url=url, http_client=http, max_retries=0, _strict_response_validation=True
    ) as client:
        yield client


def send(caller: Caller, method: str, path: str, **content: Any) -> httpx.Response:
    return caller.http.request(method, f"/v1/{path}", headers={"Authorization": f"Bearer {KEY}"}, **content)


def make_link(client: Conductor, end_user: str, **more: Any) -> str:
    return client.auth_sessions.create(end_user_id=end_user, publishable_key=PUBLISHABLE, **more).auth_flow_url


def test_a_new_end_user_connects_a_company_file_of_its_own(client: Conductor, caller: Caller) -> None:
    made = client.end_users.create(company_name="Fern & Fig", source_id="fern", email="ann@fern.example")
    new = caller.as_(made.id)
    before = new.send("GET", "health-check").json()["error"]["code"]
    page = caller.http.get(make_link(client, made.id))
    started = client.end_users.retrieve(made.id).integration_connections
    done = caller.http.post(str(page.url))
    ended = client.end_users.retrieve(made.id)
    assert (made.integration_connections, before) == ([], "INTEGRATION_CONNECTION_NOT_SET_UP")
    assert ("Finish connecting" in page.text, [one.last_request_at for one in started]) == (True, [None])
    assert (done.status_code, ended.integration_connections[0].last_successful_request_at is not None) == (200, True)
    assert (ended.email, new.get("company")["companyName"]) == ("ann@fern.example", "Fern & Fig")
    assert len(new.get("customers")["data"]) == 20


def test_a_reset_takes_a_new_end_user_and_its_records_away(client: Conductor, caller: Caller) -> None:
    made = client.end_users.create(company_name="Fern", source_id="fern", email="ann@fern.example")
    caller.http.post(make_link(client, made.id))
    caller.control("reset")
    assert made.id not in [user.id for user in client.end_users.list().data]
    assert made.id not in {one.get("endUserId") for one in caller.http.get("/_sandbox/companies").json()}


def test_a_link_of_a_connected_end_user_keeps_its_company_file(client: Conductor, caller: Caller) -> None:
    caller.http.post(make_link(client, EXAMPLE))
    assert caller.get("company")["companyName"] == "ABC Corporation"


def test_one_that_was_never_set_up_is_connected_by_the_link(client: Conductor, caller: Caller) -> None:
    caller.http.post(make_link(client, NEVER))
    assert caller.as_(NEVER).send("GET", "health-check").json()["status"] == "ok"


def test_a_link_expires(client: Conductor, caller: Caller) -> None:
    link = make_link(client, NEVER, link_expiry_mins=15)
    assert caller.control("expire-links") == {"expired": 1}
    answers = [caller.http.get(link), caller.http.post(link)]
    assert [(one.status_code, "This link has expired" in one.text) for one in answers] == [(410, True), (410, True)]
    assert caller.as_(NEVER).send("GET", "health-check").status_code == 409


def test_an_unknown_link_is_no_link(caller: Caller) -> None:
    assert caller.http.get("/connect/qbd/auth_sess_client_secret_none").status_code == 404


def test_an_address_that_is_no_header_leads_back_encoded(client: Conductor, caller: Caller) -> None:
    link = make_link(client, NEVER, redirect_url="https://desk.example/zurück\nX: 1")
    assert (
        caller.http.post(link, follow_redirects=False).headers["Location"]
        == "https://desk.example/zur%C3%BCck%0AX:%201"
    )


def test_the_page_leads_back_where_the_link_says(client: Conductor, caller: Caller) -> None:
    link = make_link(client, NEVER, redirect_url="https://desk.example/back")
    answer = caller.http.post(link, follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "https://desk.example/back")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"endUserId": EXAMPLE}, INVALID),
        ({"endUserId": EXAMPLE, "publishableKey": PUBLISHABLE, "colour": "red"}, INVALID),
        ({"endUserId": EXAMPLE, "publishableKey": PUBLISHABLE, "redirectUrl": "back"}, INVALID),
        ({"endUserId": EXAMPLE, "publishableKey": PUBLISHABLE, "linkExpiryMins": "30"}, INVALID),
        (
            {"endUserId": EXAMPLE, "publishableKey": "pk_other"},
            (401, "AUTHENTICATION_ERROR", "API_KEY_INVALID", None),
        ),
        (
            {"endUserId": "end_usr_nobody", "publishableKey": PUBLISHABLE},
            (404, "INVALID_REQUEST_ERROR", "RESOURCE_MISSING", None),
        ),
    ],
)
def test_a_session_is_as_strict_as_the_vendors(caller: Caller, body: dict[str, Any], expected: object) -> None:
    assert refusal(send(caller, "POST", "auth-sessions", json=body)) == expected


def test_an_end_user_is_deleted_with_its_link(client: Conductor, caller: Caller) -> None:
    link = make_link(client, NEVER)
    gone = client.end_users.delete(NEVER)
    assert (gone.id, gone.deleted, caller.http.get(link).status_code) == (NEVER, True, 404)
    assert send(caller, "GET", f"end-users/{NEVER}").status_code == 404


@pytest.mark.parametrize(("fault", "made"), [("cut_before", 0), ("cut_after", 1)])
def test_an_answer_about_an_end_user_can_get_lost(caller: Caller, fault: str, made: int) -> None:
    caller.control("faults", endUserId="conductor", fault=fault, operation="create", resource="end-users")
    body = {"companyName": "Fern", "sourceId": "fern", "email": "ann@fern.example"}
    with pytest.raises(httpx.RemoteProtocolError):
        send(caller, "POST", "end-users", json=body)
    found = send(caller, "GET", "end-users").json()["data"]
    assert [one["sourceId"] for one in found].count("fern") == made


def test_a_fault_of_every_company_is_none_of_conductor_itself(caller: Caller) -> None:
    caller.control("faults", fault="internal", count=None)
    assert send(caller, "GET", "end-users").status_code == 200
