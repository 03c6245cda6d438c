"""Parses bodies and queries, and declares which members Bigcapital takes in each."""

import json
from typing import Any, NoReturn
from urllib.parse import parse_qsl
from zoneinfo import available_timezones

from sandbox.messages import Request, read_number

from .answers import bad_request, too_large
from .checks import Constraints, Field, email, filled, filled_number, flag, number, one_of, text, whole, whole_numbers
from .date_formats import DATE_FORMATS
from .json_faults import explain, explain_constant, explain_token
from .spelling import camel

_MOST_BYTES = 102_400
_PLACE_PARTS = ("1", "2", "City", "Country", "Email", "Zipcode", "Phone", "State")
_ADDRESSES = {
    f"{kind}Address{part}": Field(email if part == "Email" else text)
    for kind in ("billing", "shipping")
    for part in _PLACE_PARTS
}
_NAMES = ("salutation", "firstName", "lastName", "companyName")
_CONTACT = ("website", "email", "workPhone", "personalPhone", "note")


def _day_of_balance(name: str, value: Any) -> Constraints:
    needed = "openingBalanceAt is required when openingBalance is provided"
    return {**text(name, value), **({"isNotEmpty": needed} if value in (None, "") else {})}


def _texts(names: tuple[str, ...], blank: bool = False) -> dict[str, Field]:
    return {name: Field(email if name == "email" else text, blank=blank) for name in names}


_RATE_AND_BRANCH = {
    "openingBalanceExchangeRate": Field(number, blank=True, as_number=True),
    "openingBalanceBranchId": Field(number, blank=True, as_number=True),
}
# The order is that of the server's own declarations, which is the order of its errors.
CUSTOMER_UPDATE = {
    "customerType": Field(filled, required=True),
    **_texts(_NAMES),
    "displayName": Field(filled, required=True),
    **_texts(_CONTACT),
    "active": Field(flag),
    **_ADDRESSES,
}
CUSTOMER_CREATE = {
    "customerType": Field(filled, required=True),
    "currencyCode": Field(filled, required=True),
    "openingBalance": Field(number, blank=True, as_number=True),
    "openingBalanceAt": Field(_day_of_balance, beside="openingBalance"),
    **_RATE_AND_BRANCH,
    **_texts(_NAMES, blank=True),
    "displayName": Field(filled, required=True),
    **_texts(_CONTACT, blank=True),
    "active": Field(flag, blank=True),
    **_ADDRESSES,
}
OPENING_BALANCE = {
    "openingBalance": Field(filled_number, required=True, as_number=True),
    "openingBalanceAt": Field(text, blank=True),
    **_RATE_AND_BRANCH,
}
BULK_DELETE = {
    "ids": Field(whole_numbers, required=True),
    "skipUndeletable": Field(flag),
}
ORGANIZATION_UPDATE = {
    "name": Field(text),
    "timezone": Field(one_of(*sorted(available_timezones()))),
    "dateFormat": Field(one_of(*DATE_FORMATS)),
}
CUSTOMER_LIST = {
    "stringifiedFilterRoles": Field(text),
    "page": Field(whole, as_number=True),
    "pageSize": Field(whole, as_number=True),
    # Any value is read as a boolean.
    "inactiveMode": Field(lambda name, value: {}),
    "columnSortBy": Field(text),
    "sortOrder": Field(text),
    "searchKeyword": Field(text),
    "viewSlug": Field(text),
}


def body(request: Request) -> Any:
    """The body with its names in camelCase; a content type that the server does not read gives an empty one.

    Raises Refusal for one that is too large or malformed.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind in ("application/x-www-form-urlencoded", "application/json") and len(request.body) > _MOST_BYTES:
        raise too_large()
    if kind == "application/x-www-form-urlencoded":
        return camel(_fields(request.body.decode(errors="replace")))
    if kind != "application/json" or not request.body:
        return {}
    return camel(_json(request.body.decode(errors="replace")))


def query(request: Request) -> dict[str, Any]:
    """The query's parameters with their names in camelCase; a repeated parameter is a list."""
    parameters: dict[str, Any] = camel(_fields(request.query))
    return parameters


def _fields(sent: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in parse_qsl(sent, keep_blank_values=True):
        if name in fields:
            before = fields[name] if isinstance(fields[name], list) else [fields[name]]
            fields[name] = [*before, value]
        elif name:
            fields[name] = value
    return fields


def _json(sent: str) -> Any:
    """The value of a body, which must be an object or a list: that is looked at before it is parsed."""

    def no_constants(word: str) -> NoReturn:
        raise bad_request(explain_constant(sent))

    text = sent.strip(" \t\n\r")
    if not text:
        raise bad_request("Unexpected end of JSON input")
    if text[0] not in "{[":
        raise bad_request(explain_token(sent, sent.index(text[0])))
    try:
        return json.loads(sent, parse_constant=no_constants, parse_int=read_number)
    except json.JSONDecodeError as problem:
        raise bad_request(explain(sent, problem)) from None
