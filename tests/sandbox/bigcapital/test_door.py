"""Key, organization, route and body are checked in the server's order."""

import pytest

from .conftest import FORMER_KEY, INTERIORS_KEY, NOT_FOUND, STUDIO, UNAUTHORIZED, Office, constraints, told


@pytest.mark.parametrize(
    "header",
    [
        "",
        f"bearer {INTERIORS_KEY}",
        INTERIORS_KEY,
        "Bearer bc_" + "0" * 96,
        f"Bearer {FORMER_KEY}",
        f"Bearer {INTERIORS_KEY[:-1]}",
        "Basic x",
    ],
)
def test_it_refuses_an_unknown_key(interiors: Office, header: str) -> None:
    assert told(interiors.send("GET", STUDIO, headers={"Authorization": header})) == UNAUTHORIZED


def test_its_keys_have_the_real_length(interiors: Office) -> None:
    rows = interiors.sandbox.http.get("/_sandbox/companies").json()
    assert [len(row["apiKey"]) for row in rows if "apiKey" in row] == [99, 99]


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


def test_an_organization_that_lost_its_database_gives_a_401_that_says_400(interiors: Office) -> None:
    """One that is not built has no key."""
    interiors.fault("not_built")
    answer = interiors.send("GET", "/customers")
    assert told(answer) == (
        401,
        {
            "statusCode": 400,
            "error": "Bad Request",
            "message": "Tenant database is not migrated with application schema yet.",
            "errors": [{"type": "TENANT.DATABASE.NOT.INITALIZED"}],
        },
    )


def test_an_organization_answers_for_itself_without_a_database(interiors: Office) -> None:
    interiors.fault("not_built")
    assert interiors.get("/organization/current")["organization_id"] == "org_junipergrove01"


def test_only_bigcapital_loses_a_database(interiors: Office) -> None:
    answer = interiors.sandbox.http.post("/_sandbox/faults", json={"fault": "not_built"})
    assert told(answer) == (400, {"error": 'Conductor knows no "not_built".'})


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("MM.dd.yy", "01.Th.2026"),
        ("yyyy.MM.dd", "2026.01.Th"),
        ("M/D/YYYY", "1/15/2026"),
        ("dd MMM YYYY", "Th Jan 2026"),
        ("EEE, MMMM dd, YYYY", "444, January Th, 2026"),
    ],
)
def test_its_days_are_written_in_its_date_format_as_moment_js_reads_it(interiors: Office, form: str, text: str) -> None:
    assert interiors.send("PUT", "/organization", json={"dateFormat": form}).status_code == 200
    metadata = interiors.get("/organization/current")["metadata"]
    assert (metadata["date_format"], interiors.get(STUDIO)["formatted_opening_balance_at"]) == (form, text)


@pytest.mark.parametrize("form", ["YYYY-MM-DD", "DD MMM yyyy", "DD/MM/YYYY", "", 5])
def test_a_date_format_is_one_of_a_closed_list(interiors: Office, form: object) -> None:
    told = constraints(interiors.send("PUT", "/organization", json={"dateFormat": form}))["dateFormat"]["isIn"]
    assert told.startswith("dateFormat must be one of the following values: MM.dd.yy, dd.MM.yy, yy.MM.dd, ")


def test_its_own_time_zone_is_not_that_of_its_server(interiors: Office) -> None:
    before = interiors.get(STUDIO)["opening_balance_at"]
    interiors.sandbox.control("server", organizationId=interiors.organization, timezone="America/New_York")
    interiors.send("PUT", "/organization", json={"timezone": "Asia/Tokyo"})
    assert interiors.get(STUDIO)["opening_balance_at"] == before


def test_a_head_is_a_get_without_its_body(interiors: Office) -> None:
    read, head = interiors.send("GET", STUDIO), interiors.send("HEAD", STUDIO)
    names = ("content-type", "content-length", "etag")
    assert (head.status_code, head.content) == (200, b"")
    assert [head.headers[name] for name in names] == [read.headers[name] for name in names]


def test_a_head_uses_the_quota_of_the_get(interiors: Office) -> None:
    interiors.sandbox.limits(auth={"calls": 2, "seconds": 60})
    assert [interiors.send(method, STUDIO).status_code for method in ("HEAD", "GET", "HEAD")] == [200, 200, 429]


def test_options_are_no_route_as_no_browser_may_call(interiors: Office) -> None:
    body = {"message": "Cannot OPTIONS /api/customers/1", "error": "Not Found", "statusCode": 404}
    assert told(interiors.send("OPTIONS", STUDIO)) == (404, body)


@pytest.mark.parametrize(
    "path", ["/customers/1abc", "/customers/%201", "/customers/1.0", "/customers/+1", "/customers/01"]
)
def test_an_id_that_begins_with_digits_is_that_number(interiors: Office, path: str) -> None:
    assert interiors.get(path) == interiors.get(STUDIO)


@pytest.mark.parametrize(
    "path", ["/customers/abc", "/customers/1.5", "/customers/x1", "/customers/-1", "/customers/4abc"]
)
def test_an_id_that_begins_otherwise_is_none(interiors: Office, path: str) -> None:
    assert told(interiors.send("GET", path)) == NOT_FOUND


@pytest.mark.parametrize(("size", "status"), [(102_400, 200), (102_401, 413)])
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_a_body_above_100_kb_is_too_large(interiors: Office, kind: str, size: int, status: int) -> None:
    start = (
        b'{"customerType":"a","displayName":"b","x":"' if kind.endswith("json") else b"customerType=a&displayName=b&x="
    )
    end = b'"}' if kind.endswith("json") else b""
    content = start + b"y" * (size - len(start) - len(end)) + end
    answer = interiors.send("PUT", STUDIO, content=content, headers={"Content-Type": kind})
    assert answer.status_code == status


def test_a_body_that_is_too_large_is_refused_before_the_key_is_checked(interiors: Office) -> None:
    headers = {"Authorization": "", "Content-Type": "application/json"}
    answer = interiors.send("PUT", STUDIO, content=b" " * 102_401, headers=headers)
    assert told(answer) == (413, {"statusCode": 413, "message": "request entity too large"})


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
        ("{", "Expected property name or '}' in JSON at position 1"),
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


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", STUDIO, 400),
        ("GET", "/customers/999", 404),
        ("GET", "/nope", 404),
        ("PUT", "/organization", 200),
        ("DELETE", STUDIO, 500),
    ],
)
def test_every_answer_in_json_has_a_tag_but_only_a_read_is_answered_304(
    interiors: Office, method: str, path: str, status: int
) -> None:
    first = interiors.send(method, path, json={})
    again = interiors.send(method, path, json={}, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (status, status, first.content)


def test_the_tags_of_refusals_are_those_of_the_server(interiors: Office) -> None:
    """The two were recorded from the server."""
    interiors.sandbox.limits(auth={"calls": 1, "seconds": 60})
    answers = [interiors.send("GET", STUDIO, headers={"Authorization": ""}) for _ in range(2)]
    assert [(answer.status_code, answer.headers["ETag"]) for answer in answers] == [
        (401, 'W/"2b-dGnJzt6gv1nJjX6DJ9RztDWptng"'),
        (429, 'W/"44-McWaoNlzt3iglN2odEGCDEADErE"'),
    ]


def test_an_answer_without_content_has_no_tag(interiors: Office) -> None:
    assert "ETag" not in interiors.send("DELETE", "/customers/5").headers
