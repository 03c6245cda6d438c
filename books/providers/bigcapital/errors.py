"""Maps Bigcapital's three error formats to Ledgerdesk's error tree (docs/vendors/bigcapital.md, section 4)."""

import re
from typing import NoReturn

from books.providers import errors
from books.providers.http_answer import HttpAnswer
from books.providers.rate_limit import make_too_many
from records.fields import Field, FieldKind, Shape, Table
from records.json_text import Json

# Error types of its business rules: the message for a person, and the next step.
WORDS = {
    "TENANT.NOT.FOUND": (
        "Bigcapital does not know this organization.",
        "Ask your Ledgerdesk administrator to check this company's key.",
    ),
    "CONTACT_ALREADY_ACTIVE": ("It is already active.", "Load the page again."),
    "CONTACT_ALREADY_INACTIVE": ("It is already inactive.", "Load the page again."),
}


def raise_for_answer(answer: HttpAnswer, table: Table | None = None, *, of_write: bool = False) -> NoReturn:
    """Raise Ledgerdesk's error for an answer that is not a success. `table` maps a refusal to its field."""
    body = _read_body(answer)
    said = body.get("message")
    if of_write and answer.status < 500 and not _is_own(body):
        raise errors.ForeignAnswer(f"The status was {answer.status}.", detail=answer.text, code=str(answer.status))
    if answer.status == 429:
        raise make_too_many(parse_wait(answer))
    if answer.status < 300:
        raise errors.BadAnswer("This is not an answer of Bigcapital.", detail=answer.text)
    if answer.status < 500 and not _is_own(body):
        raise _make_wrong_address(answer)
    if "TENANT.DATABASE.NOT.INITALIZED" in _list_types(body):  # the server's own spelling
        raise errors.NotSetUp(
            "This organization has not been built yet.", detail=str(said), next_step="Finish its set-up in Bigcapital."
        )
    if answer.status in (401, 403):
        raise errors.KeyRefused(detail=str(said), code=str(answer.status))
    if answer.status == 404 and said == "NotFoundError":
        raise errors.NotFound(detail=str(said), code="404")
    if answer.status == 404:
        raise _make_wrong_address(answer)
    if 400 <= answer.status < 500:
        raise _make_refusal(body, table)
    raise errors.NoAnswer("Its server failed and gave no reason.", detail=answer.text, code=str(answer.status))


def parse_wait(answer: HttpAnswer) -> float:
    """Return the seconds that a 429 asks to wait; a minute if it does not say."""
    return answer.wait("retry-after-auth", "retry-after", usual=60.0)


def _is_own(body: dict[str, Json]) -> bool:
    """Whether an error has one of Bigcapital's three formats."""
    return isinstance(body.get("errors"), list) or ("message" in body and isinstance(body.get("statusCode"), int))


def _make_wrong_address(answer: HttpAnswer) -> errors.WrongAddress:
    return errors.WrongAddress(
        "No Bigcapital answers at this company's address.",
        detail=answer.text,
        code=str(answer.status),
        next_step="Ask your Ledgerdesk administrator to check the base URL of this company. It ends in /api.",
    )


def _read_body(answer: HttpAnswer) -> dict[str, Json]:
    try:
        body = answer.json()
    except errors.BadAnswer:
        return {}
    return body if isinstance(body, dict) else {}


def _list_types(body: dict[str, Json]) -> list[str]:
    found = body.get("errors")
    return [str(one.get("type")) for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _make_refusal(body: dict[str, Json], table: Table | None) -> errors.Refused:
    if isinstance(body.get("message"), list):
        return _make_invalid([one for one in body["message"] if isinstance(one, dict)], table)
    if body.get("statusCode") == 413:
        next_step = "Shorten the longest text, then save again."
        return errors.Refused("Too much for one save.", detail=str(body["message"]), code="413", next_step=next_step)
    types = _list_types(body)
    if not types:
        return errors.Refused(str(body.get("message") or ""), code="400")
    error_message, next_step = WORDS.get(
        types[0], (f"{types[0].replace('_', ' ').replace('.', ' ').capitalize()}.", "")
    )
    messages = [str(one["message"]) for one in body["errors"] if isinstance(one, dict) and one.get("message")]
    return errors.Refused(
        " ".join([error_message, *messages]), code=types[0], detail=", ".join(types), next_step=next_step
    )


def _make_invalid(entries: list[dict[str, Json]], table: Table | None) -> errors.Refused:
    """Return one entry per field, each with its broken rules; the names are camelCase, whatever was sent."""
    told = [(str(one.get("property") or ""), _join_rules(one)) for one in entries]
    placed = [(find_path(table.shape, name) if table else "", name, rules) for name, rules in told]
    error_message = " ".join(f"{_label_rules(table, path, name, rules)}." for path, name, rules in placed)
    # `target` echoes the sent values: it must not reach a log.
    return errors.Refused(error_message, field=next((path for path, _, _ in placed if path), ""), code="400")


def _join_rules(entry: dict[str, Json]) -> str:
    rules = entry.get("constraints")
    return ", ".join(map(str, rules.values())) if isinstance(rules, dict) else "is not accepted"


def _label_rules(table: Table | None, path: str, name: str, rules: str) -> str:
    """Return the broken rules with our label in place of the vendor's field name."""
    f = _find_field(table.shape, path) if table and path else None
    return re.sub(rf"\b{re.escape(name)}\b", f.label, rules) if f and name else rules


def find_path(shape: Shape, name: str) -> str:
    """Return our input name for a member that the vendor names (`billing_address-city`), or ""."""
    for f in shape.fields:
        inner = find_path(f.shape, name) if f.kind is FieldKind.GROUP else ""
        if inner or name in (f.write, f.wire):
            return f"{f.name}-{inner}" if inner else f.name
    return ""


def _find_field(shape: Shape, path: str) -> Field:
    name, _, inner = path.partition("-")
    return _find_field(shape[name].shape, inner) if inner else shape[name]
