"""The list of customers: pages, order, search, filters, and the queries that end in an error."""

import json
from typing import Any

import pytest

from .conftest import BARE_500, FORMATTED, Office, against_rule, told

SORT_COLUMNS = [
    *("first_name", "last_name", "display_name", "email", "work_phone", "personal_phone", "company_name", "website"),
    *("created_at", "balance", "opening_balance", "opening_balance_at", "currency_code"),
]


def roles(*conditions: dict[str, Any]) -> dict[str, str]:
    return {"stringifiedFilterRoles": json.dumps(conditions)}


def role(field: str, comparator: str, value: Any, condition: str = "and") -> dict[str, Any]:
    return {"condition": condition, "fieldKey": field, "comparator": comparator, "value": value}


def test_a_row_equals_the_answer_to_a_read(interiors: Office) -> None:
    first = interiors.get("/customers")["customers"][0]
    assert (list(first.items()), set(first) >= FORMATTED) == (list(interiors.get("/customers/1").items()), True)


def test_it_begins_with_twelve_by_their_ids(interiors: Office) -> None:
    page = interiors.get("/customers")
    assert [customer["id"] for customer in page["customers"]] == [1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15]
    assert page["pagination"] == {"total": 260, "page": 1, "page_size": 12}
    assert list(page["filter_meta"].items()) == [("order", "desc"), ("field_key", "created_at")]


@pytest.mark.parametrize("name", ["pageSize", "page_size"])
def test_a_page_may_be_of_any_size(interiors: Office, name: str) -> None:
    page = interiors.get("/customers", **{name: 20_000})
    assert (len(page["customers"]), page["pagination"]) == (260, {"total": 260, "page": 1, "page_size": 20_000})


def test_pages_that_end_between_different_names_have_every_customer_once(interiors: Office) -> None:
    numbers = [
        customer["id"]
        for page in range(1, 4)
        for customer in interiors.get("/customers", page=page, pageSize=90, columnSortBy="display_name")["customers"]
    ]
    assert (len(numbers), len(set(numbers))) == (260, 260)


def test_pages_in_the_order_of_equal_values_may_miss_a_customer(interiors: Office) -> None:
    pages = [interiors.get("/customers", page=page, pageSize=130)["customers"] for page in (1, 2)]
    assert [customer["id"] for customer in pages[1]] == [customer["id"] for customer in reversed(pages[0])]


def test_a_page_past_the_end_is_empty(interiors: Office) -> None:
    page = interiors.get("/customers", page=9, pageSize=100, inactiveMode="true")
    assert (page["customers"], page["pagination"]) == ([], {"total": 30, "page": 9, "page_size": 100})


@pytest.mark.parametrize("page", ["0", "-1", ""])
def test_a_page_before_the_first_is_a_bare_500(interiors: Office, page: str) -> None:
    assert told(interiors.send("GET", "/customers", params={"page": page})) == BARE_500


@pytest.mark.parametrize(("sent", "value"), [("abc", "abc"), ("1.5", 1.5)])
@pytest.mark.parametrize("name", ["page", "pageSize"])
def test_a_page_is_a_whole_number(interiors: Office, name: str, sent: str, value: Any) -> None:
    constraint = {"isInt": f"{name} must be an integer number"}
    fault = {"target": {name: value}, "value": value, "property": name, "children": [], "constraints": constraint}
    body = {"message": [fault], "error": "Bad Request", "statusCode": 400}
    assert told(interiors.send("GET", "/customers", params={name: sent})) == (400, body)


@pytest.mark.parametrize("column", SORT_COLUMNS)
def test_it_sorts_by_these_columns(interiors: Office, column: str) -> None:
    page = interiors.get("/customers", columnSortBy=column, sortOrder="asc", pageSize=300)
    values = [customer[column] for customer in page["customers"]]
    known = [value for value in values if value is not None]
    assert values[: len(values) - len(known)] == [None] * (260 - len(known))
    if column in ("balance", "opening_balance", "opening_balance_at"):
        assert known == sorted(known)


@pytest.mark.parametrize(("order", "first"), [("asc", -1234.5), ("sideways", -1234.5), ("DESC", 2)])
def test_any_order_but_desc_ascends(interiors: Office, order: str, first: float) -> None:
    page = interiors.get("/customers", column_sort_by="balance", sort_order=order, pageSize=300)
    balances = [customer["balance"] for customer in page["customers"]]
    assert balances[0] == (max(balances) if first == 2 else first)
    assert page["filter_meta"] == {"order": order, "field_key": "balance"}


def test_names_are_sorted_without_regard_to_case_and_accents(tea: Office) -> None:
    tea.change(3, display_name="éclair")
    tea.change(4, display_name="Earl")
    tea.change(5, display_name="eden")
    names = tea.names(columnSortBy="display_name", sortOrder="asc", pageSize=30)
    assert [name for name in names if name in ("éclair", "Earl", "eden")] == ["Earl", "éclair", "eden"]


@pytest.mark.parametrize("column", ["id", "displayName", "active", "nonsense"])
def test_it_does_not_sort_by_others(interiors: Office, column: str) -> None:
    answer = interiors.send("GET", "/customers", params={"columnSortBy": column})
    assert told(answer) == against_rule("sort_column_not_found")


def test_a_sort_by_status_is_a_bare_500(interiors: Office) -> None:
    assert told(interiors.send("GET", "/customers", params={"columnSortBy": "status"})) == BARE_500


@pytest.mark.parametrize(
    ("keyword", "numbers"),
    [
        ("jonas", [2, 3]),
        ("FALK", [2, 3]),
        ("hollowgate cafe", [11]),
        ("alder%studio", [1]),
        ("ada@alderfinch.example", [1]),
        ("ada@alderfinch", []),
        ("(212) 555-0143", [1]),
        ("555-0143", []),
        ("nobody's", []),
    ],
)
def test_a_keyword_is_part_of_a_name_or_all_of_another_text(
    interiors: Office, keyword: str, numbers: list[int]
) -> None:
    found = interiors.get("/customers", searchKeyword=keyword, pageSize=300)["customers"]
    # Invented customers further down the list may have the same names.
    assert [customer["id"] for customer in found if customer["id"] <= 13] == numbers


def test_a_keyword_matches_a_last_name_only_as_a_whole(interiors: Office) -> None:
    whole, part = (interiors.get("/customers", searchKeyword=word)["customers"] for word in ("lindqvist", "lindqvis"))
    assert (1 in [one["id"] for one in whole], 1 in [one["id"] for one in part]) == (True, False)


def test_the_answer_repeats_the_keyword(interiors: Office) -> None:
    meta = interiors.get("/customers", searchKeyword="jonas")["filter_meta"]
    expected = [("order", "desc"), ("search_keyword", "jonas"), ("field_key", "created_at")]
    assert list(meta.items()) == expected


@pytest.mark.parametrize(
    ("mode", "total"), [("true", 30), ("1", 30), ("false", 260), ("all", 260), ("", 260), (None, 260)]
)
def test_a_list_is_of_the_active_or_of_the_inactive(interiors: Office, mode: str | None, total: int) -> None:
    query = {} if mode is None else {"inactiveMode": mode}
    assert interiors.get("/customers", **query)["pagination"]["total"] == total


def test_a_search_looks_only_at_its_half(interiors: Office) -> None:
    assert interiors.names(searchKeyword="jonas falk", inactive_mode="true") == []


def test_unpaid_is_whoever_owes_by_the_sum_of_both_balances(interiors: Office) -> None:
    everybody = interiors.get("/customers", pageSize=300)["customers"]
    unpaid = interiors.get("/customers", viewSlug="unpaid", pageSize=300)["customers"]
    assert unpaid == [one for one in everybody if one["balance"] + one["opening_balance"] != 0]


@pytest.mark.parametrize(("slug", "expected"), [("overdue", BARE_500), ("paid", against_rule("view_not_found"))])
def test_other_views_end_in_an_error(interiors: Office, slug: str, expected: object) -> None:
    assert told(interiors.send("GET", "/customers", params={"view_slug": slug})) == expected


FILTERS: list[tuple[dict[str, Any], list[int]]] = [
    (role("display_name", "equals", "jonas falk"), [2, 3]),
    (role("display_name", "is", "Jonas Falk "), [2, 3]),
    (role("display_name", "contains", "FINCH"), [1]),
    (role("display_name", "starts_with", "copperford"), [10]),
    (role("display_name", "ends_with", "& finch studio"), [1]),
    (role("display_name", "not_contains", "Copperford Tiles"), [10]),
    (role("balance", "smaller_than", 0), [9]),
    (role("balance", "smaller_or_equals", -1234.5), [9]),
    (role("balance", "equals", "-1234.5"), [9]),
    (role("currency_code", "not_equals", "USD"), [13]),
    (role("currency_code", "is_not", "usd"), [13]),
    (role("opening_balance_at", "before", "2020-01-01"), []),
    (role("opening_balance_at", "in", "2026-01-15"), []),
    (role("created_at", "after", "2020-01-01"), []),
]


@pytest.mark.parametrize(("condition", "numbers"), FILTERS)
def test_a_filter_compares_one_field(interiors: Office, condition: dict[str, Any], numbers: list[int]) -> None:
    found = interiors.get("/customers", pageSize=300, **roles(condition))["customers"]
    assert [customer["id"] for customer in found] == numbers


@pytest.mark.parametrize(("comparator", "total"), [("bigger_than", 0), ("bigger_or_equals", 1)])
def test_a_filter_knows_more_from_at_least(interiors: Office, comparator: str, total: int) -> None:
    highest = max(customer["balance"] for customer in interiors.get("/customers", pageSize=300)["customers"])
    found = interiors.get("/customers", **roles(role("balance", comparator, highest)))
    assert found["pagination"]["total"] == total


def test_after_matches_earlier_days(interiors: Office) -> None:
    page = interiors.get("/customers", pageSize=300, **roles(role("opening_balance_at", "after", "2026-07-01")))
    days = {customer["formatted_opening_balance_at"] for customer in page["customers"]}
    assert "01/15/2026" in days


def test_and_binds_more_tightly_than_or(interiors: Office) -> None:
    conditions = (
        role("display_name", "equals", "Mossbank Flooring"),
        role("display_name", "equals", "Jonas Falk", "or"),
        role("balance", "bigger_than", 0),
    )
    found = interiors.get("/customers", **roles(*conditions))["customers"]
    assert [customer["id"] for customer in found] == [2, 5]


def test_one_condition_need_not_be_in_a_list(interiors: Office) -> None:
    text = json.dumps(role("display_name", "equals", "Jonas Falk"))
    assert interiors.names(stringified_filter_roles=text) == ["Jonas Falk", "Jonas Falk"]


def test_a_filter_by_unpaid_is_the_view(interiors: Office) -> None:
    filtered = interiors.get("/customers", **roles(role("status", "equals", "unpaid")))["pagination"]
    assert filtered == interiors.get("/customers", viewSlug="unpaid")["pagination"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nope", BARE_500),
        ("[{", BARE_500),
        ('[{"field_key":"balance","value":1}]', against_rule("stringified_filter_roles_invalid")),
        ('[{"fieldKey":"balance"}]', against_rule("stringified_filter_roles_invalid")),
        ("[5]", against_rule("stringified_filter_roles_invalid")),
        ('[{"fieldKey":"active","value":1}]', against_rule("filter_roles_fields_not_found")),
        ('[{"fieldKey":"displayName","value":1}]', against_rule("filter_roles_fields_not_found")),
        ('[{"fieldKey":"status","value":"overdue"}]', BARE_500),
    ],
)
def test_an_invalid_filter_ends_in_an_error(interiors: Office, text: str, expected: object) -> None:
    assert told(interiors.send("GET", "/customers", params={"stringifiedFilterRoles": text})) == expected


def test_unknown_parameters_are_ignored(interiors: Office) -> None:
    assert interiors.get("/customers", colour="red") == interiors.get("/customers")


def test_a_repeated_parameter_is_not_a_text(interiors: Office) -> None:
    answer = interiors.send("GET", "/customers", params={"searchKeyword": ["a", "b"]})
    (fault,) = answer.json()["message"]
    assert (fault["value"], fault["constraints"]) == (["a", "b"], {"isString": "searchKeyword must be a string"})


def test_the_other_organization_has_its_own_customers(tea: Office) -> None:
    totals = [tea.get("/customers", inactiveMode=mode)["pagination"]["total"] for mode in ("false", "true")]
    assert (totals, tea.names(pageSize=1)) == ([18, 2], ["北京茶馆"])
