"""From Conductor's error bodies to the desk's error tree, with the fact sheet's matrix as the map."""

import re
from collections.abc import Mapping
from typing import NoReturn

from books import errors
from books.fields import Field, Kind, Shape, Table
from books.http import Answer
from books.records import Json

HEADER = "conductor-request-id"
NOT_CONNECTED = {
    "INTEGRATION_CONNECTION_NOT_SET_UP": errors.NotSetUp,
    "INTEGRATION_CONNECTION_NOT_ACTIVE": errors.NotActive,
    "QBD_CONNECTION_ERROR": errors.Closed,
}
IN_USE = {"3175", "3176"}
GONE = {"500", "3120"}

# QuickBooks' own status codes: what to tell a person, what to do, and the field at fault where one always is.
WORDS: Mapping[str, tuple[str, str, str]] = {
    "1000": ("QuickBooks had an internal error.", "Try again; if it stays, restart QuickBooks there.", ""),
    "1010": ("QuickBooks is not available at the moment.", "Try again in a minute.", ""),
    "3000": ("QuickBooks does not know the entry that was picked.", "Pick it again from the list.", ""),
    "3010": ("QuickBooks did not accept a yes or no.", "Change the marked choice.", ""),
    "3020": ("QuickBooks did not accept a date.", "Give the date as day, month and year.", ""),
    "3030": ("The first date lies after the last.", "Exchange the two dates.", ""),
    "3031": ("The range of texts is the wrong way round.", "Exchange the two texts.", ""),
    "3040": ("QuickBooks did not accept an amount.", "Give the amount with at most two decimals.", ""),
    "3045": ("QuickBooks did not accept a price.", "Give the cost with at most five decimals.", ""),
    "3050": ("QuickBooks did not accept a percentage.", "Give a percentage between 0 and 100.", ""),
    "3060": ("QuickBooks did not accept a quantity.", "Give the quantity with at most five decimals.", ""),
    "3070": ("A text is too long for QuickBooks.", "Shorten it and save again.", ""),
    "3090": ("QuickBooks could not store a character.", "Leave out unusual signs and save again.", ""),
    "3100": (
        "This name is already in use there.",
        "Choose another name; capital letters make no difference.",
        "name",
    ),
    "3120": ("An entry it refers to is no longer in QuickBooks.", "Pick another entry and save again.", ""),
    "3140": ("An entry that was picked is not in QuickBooks.", "Pick another entry and save again.", ""),
    "3150": ("Something that QuickBooks needs is missing.", "Fill in what it names and save again.", ""),
    "3160": ("QuickBooks does not delete this.", "It is used elsewhere; make it inactive instead.", ""),
    "3161": (
        "QuickBooks does not delete this: it is dated before the closing date.",
        "Only QuickBooks itself can ask for the closing password.",
        "transaction_date",
    ),
    "3170": (
        "QuickBooks does not let this be changed.",
        "Read its reason; it may need to be done there.",
        "",
    ),
    "3171": (
        "The books are closed for this date.",
        "Only QuickBooks itself can ask for the closing password. Change it there, or use a later date.",
        "transaction_date",
    ),
    "3180": ("QuickBooks could not save.", "Try again; if it stays, have the file verified there.", ""),
    "3190": ("QuickBooks does not let this be emptied.", "Give it a value and save again.", ""),
    "3205": ("QuickBooks did not accept an address.", "Check its lines and save again.", ""),
    "3210": ("A value breaks a rule of QuickBooks.", "Read its reason, change the value and save again.", ""),
    "3250": (
        "This feature is switched off in that company.",
        "Leave the field empty, or switch it on there.",
        "",
    ),
    "3260": ("The QuickBooks user lacks the right to do this.", "An admin there gives the right.", ""),
    "3261": (
        "The connection lacks the right to do this.",
        "An admin there allows it under Integrated Applications.",
        "",
    ),
}


def raise_for(answer: Answer, table: Table | None = None) -> NoReturn:
    """Raise the desk's error for an answer that is not 200. `table` lets a refusal land on its field."""
    fault = _fault(answer)
    code = str(fault.get("code") or "")
    if code in NOT_CONNECTED:
        raise _told(NOT_CONNECTED[code], fault)
    if answer.status in (401, 403):
        raise _told(errors.KeyRefused, fault)
    if answer.status == 429:
        raise _too_many(answer, fault)
    if answer.status == 404:
        raise _told(errors.NotFound, fault)
    if fault.get("type") == "INTEGRATION_ERROR":
        _refuse(fault, table)
    if 400 <= answer.status < 500:
        raise _invalid(fault, table)
    happened = "QuickBooks did not answer in time." if code == "QBD_REQUEST_TIMEOUT" else ""
    raise errors.NoAnswer(happened, detail=_text(fault), code=code or str(answer.status), request_id=_request(fault))


def _fault(answer: Answer) -> dict[str, Json]:
    """The error object; made up from status and header where the body holds none."""
    try:
        body = answer.json()
    except errors.BadAnswer:
        body = {}
    fault = body.get("error") if isinstance(body, dict) else None
    fault = dict(fault) if isinstance(fault, dict) else {"message": answer.text[:200]}
    fault.setdefault("requestId", answer.headers.get(HEADER, ""))
    return fault


def _refuse(fault: dict[str, Json], table: Table | None) -> NoReturn:
    code, text = str(fault.get("integrationCode") or ""), _text(fault)
    if code == "3200" or "out-of-date" in text:
        raise _told(errors.Stale, fault)
    if code in IN_USE or ("already in use" in text and code != "3100"):
        raise _told(errors.Busy, fault)
    if code in GONE and table is None:
        raise _told(errors.NotFound, fault)
    happened, todo, field = WORDS.get(code, ("", "", ""))
    if "contain a colon" in text:
        happened, todo, field = "A name cannot contain a colon.", "Leave it out and save again.", "name"
    said = str(fault.get("userFacingMessage") or text)
    raise errors.Refused(
        f"{happened} QuickBooks says: {said}" if happened else said,
        field=_named(text, table) or (field if table and field in table.shape else ""),
        detail=text,
        code=code,
        request_id=_request(fault),
        todo=todo,
    )


def _invalid(fault: dict[str, Json], table: Table | None) -> errors.Refused:
    # The text for people is masked here; the real reason is in `message` (fact sheet, section 7).
    text = _text(fault)
    return errors.Refused(
        text or "The request was not accepted.",
        field=_named(text, table),
        detail=text,
        code=str(fault.get("code") or ""),
        request_id=_request(fault),
    )


def _told(kind: type[errors.BooksError], fault: dict[str, Json]) -> errors.BooksError:
    masked = kind in (errors.KeyRefused, errors.Stale)  # the vendor's words for these are of keys and numbers
    said = "" if masked else str(fault.get("userFacingMessage") or "")
    code = str(fault.get("integrationCode") or fault.get("code") or "")
    return kind(said, detail=_text(fault), code=code, request_id=_request(fault))


def _too_many(answer: Answer, fault: dict[str, Json]) -> errors.TooMany:
    error = errors.TooMany(detail=_text(fault), code="429", request_id=_request(fault))
    wait = answer.headers.get("retry-after", "")
    error.wait = float(wait) if wait.replace(".", "", 1).isdigit() else 1.0
    return error


def _text(fault: dict[str, Json]) -> str:
    return str(fault.get("message") or fault.get("userFacingMessage") or "")


def _request(fault: dict[str, Json]) -> str:
    return str(fault.get("requestId") or "")


def _named(text: str, table: Table | None) -> str:
    """The field that a message names, as a path of our names (`expense_lines-0-amount`), or ""."""
    if table is None:
        return ""
    for quoted in re.findall(r'"([A-Za-z0-9_.\[\]]+)"', text):
        if path := _path(table.shape, [step for step in re.split(r"[.\[\]]+", quoted) if step]):
            return path
    noun = re.search(r"reference to QuickBooks ([A-Z][\w -]*?) \"", text)
    return _by_noun(table.shape, noun[1].replace(" ", "").lower()) if noun else ""


def _path(shape: Shape, steps: list[str]) -> str:
    """Our spelling of a path in the vendor's; "" when its first step is no field of ours."""
    if not steps:
        return ""
    found = next((f for f in shape.fields if steps[0] in (f.wire, f.write)), None)
    if found is None:
        return ""
    rest = steps[1:]
    if found.kind is Kind.LIST and rest and rest[0].isdigit():
        inner = _path(found.shape, rest[1:])
        return "-".join(part for part in (found.name, rest[0], inner) if part)
    inner = _path(found.shape, rest) if found.kind is Kind.GROUP else ""
    return f"{found.name}-{inner}" if inner else found.name


def _by_noun(shape: Shape, noun: str) -> str:
    """The reference field that QuickBooks calls `noun`, where exactly one fits."""
    fits: list[Field] = [
        f
        for f in shape.writable
        if f.kind is Kind.REFERENCE and noun in (f.wire.lower(), f.options.replace("-", "").rstrip("s"))
    ]
    return fits[0].name if len(fits) == 1 else ""
