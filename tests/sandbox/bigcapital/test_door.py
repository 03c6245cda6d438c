"""Key, organization, route and body are checked in the server's order."""

import pytest

from .conftest import INTERIORS_KEY, STUDIO, UNAUTHORIZED, UNBUILT_KEY, Office, told


@pytest.mark.parametrize(
    "header",
    ["", f"bearer {INTERIORS_KEY}", INTERIORS_KEY, "Bearer bc_" + "0" * 96, f"Bearer {INTERIORS_KEY[:-1]}", "Basic x"],
)
def test_it_refuses_an_unknown_key(interiors: Office, header: str) -> None:
    assert told(interiors.send("GET", STUDIO, headers={"Authorization": header})) == UNAUTHORIZED


def test_its_keys_have_the_real_length(interiors: Office) -> None:
    rows = interiors.sandbox.http.get("/_sandbox/companies").json()
    assert [len(row["apiKey"]) for row in rows if "apiKey" in row] == [99, 99, 99]


@pytest.mark.parametrize("header", ["org_kawaratea00001", "nonsense"])
def test_only_the_key_decides_the_organization(interiors: Office, header: str) -> None:
    answer = interiors.send("GET", "/organization/current", headers={"organization-id": header})
    assert answer.json()["metadata"]["name"] == "Juniper Grove Interiors"


def test_an_organization_has_its_currency_date_format_and_time_zone(interiors: Office) -> None:
    current = interiors.get("/organization/current")
    assert (current["is_ready"], current["metadata"]) == (
        True,
        {
            "id": 1,
            "name": "Juniper Grove Interiors",
            "industry": None,
            "location": "US",
            "language": "en",
            "timezone": "America/New_York",
            "address": None,
            "tenant_id": 1,
            "base_currency": "USD",
            "date_format": "MM/DD/YYYY",
            "fiscal_year": "january",
            "tax_number": None,
            "primary_color": None,
            "logo_key": None,
        },
    )


def test_an_organization_without_a_database_gives_a_401_that_says_400(interiors: Office) -> None:
    answer = interiors.send("GET", "/customers", headers={"Authorization": f"Bearer {UNBUILT_KEY}"})
    assert told(answer) == (
        401,
        {
            "statusCode": 400,
            "error": "Bad Request",
            "message": "Tenant database is not migrated with application schema yet.",
            "errors": [{"type": "TENANT.DATABASE.NOT.INITALIZED"}],
        },
    )


def test_an_organization_without_a_database_is_not_ready(interiors: Office) -> None:
    answer = interiors.send("GET", "/organization/current", headers={"Authorization": f"Bearer {UNBUILT_KEY}"})
    assert (answer.status_code, answer.json()["is_ready"], answer.json()["metadata"]) == (200, False, None)


def test_health_needs_no_key(interiors: Office) -> None:
    answer = interiors.send("GET", "/system_db", headers={"Authorization": ""})
    assert told(answer) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nope"),
        ("GET", "/nope?page=1"),
        ("PATCH", STUDIO),
        ("PATCH", f"{STUDIO}/activate"),
        ("DELETE", "/customers"),
        ("POST", STUDIO),
    ],
)
def test_a_missing_route_is_missing_for_everybody(interiors: Office, method: str, path: str) -> None:
    answer = interiors.send(method, path, headers={"Authorization": ""})
    message = f"Cannot {method} /api{path}"
    assert told(answer) == (404, {"message": message, "error": "Not Found", "statusCode": 404})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "Unexpected end of JSON input"),
        ('{"note": "a', "Unterminated string in JSON at position 11"),
        ("nope", "Unexpected token 'n', \"nope\" is not valid JSON"),
        ('{"a": NaN}', 'Unexpected token \'N\', "{"a": NaN}" is not valid JSON'),
        ('"text"', 'Unexpected token \'"\', ""text"" is not valid JSON'),
    ],
)
def test_malformed_json_is_refused_before_the_key_is_checked(interiors: Office, content: str, message: str) -> None:
    headers = {"Authorization": "", "Content-Type": "application/json"}
    answer = interiors.send("PUT", STUDIO, content=content, headers=headers)
    assert told(answer) == (400, {"message": message, "error": "Bad Request", "statusCode": 400})


def test_a_body_that_is_not_an_object_has_no_fields(interiors: Office) -> None:
    answer = interiors.send("PUT", STUDIO, json=[])
    constraints = {"unknownValue": "an unknown value was passed to the validate function"}
    fault = {"target": [], "children": [], "constraints": constraints}
    assert told(answer) == (400, {"message": [fault], "error": "Bad Request", "statusCode": 400})


def test_a_form_is_a_body_too(interiors: Office) -> None:
    data = {"customer_type": "business", "display_name": "Studio", "note": "from a form"}
    assert interiors.send("PUT", STUDIO, data=data).json()["note"] == "from a form"


def test_a_body_of_any_other_type_is_an_empty_one(interiors: Office) -> None:
    answer = interiors.send("PUT", STUDIO, content='{"displayName":"x"}', headers={"Content-Type": "text/plain"})
    assert [fault["property"] for fault in answer.json()["message"]] == ["customerType", "displayName"]


def test_a_read_answers_304_for_a_known_etag(interiors: Office) -> None:
    tag = interiors.send("GET", STUDIO).headers["ETag"]
    again = interiors.send("GET", STUDIO, headers={"If-None-Match": tag})
    assert (tag[:3], again.status_code, again.content) == ('W/"', 304, b"")


def test_a_change_makes_another_tag(interiors: Office) -> None:
    tag = interiors.send("GET", STUDIO).headers["ETag"]
    interiors.put(STUDIO, note="moved")
    assert interiors.send("GET", STUDIO, headers={"If-None-Match": tag}).status_code == 200
