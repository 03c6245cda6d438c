"""Maps Conductor's error bodies to Ledgerdesk's error tree (docs/vendors/conductor.md, section 7)."""

import re
from dataclasses import dataclass
from typing import NoReturn

from books.providers import errors
from books.providers.http_answer import HttpAnswer
from records.content import Content
from records.fields import Table
from records.json_text import Json

from .error_fields import QUOTED, locate_field
from .messages import AT_THE_DOOR, WORDS

HEADER = "conductor-request-id"
NOT_CONNECTED = {
    "INTEGRATION_CONNECTION_NOT_SET_UP": errors.NotSetUp,
    "INTEGRATION_CONNECTION_NOT_ACTIVE": errors.NotActive,
    "QBD_CONNECTION_ERROR": errors.Closed,
}
OUTDATED = {"3200"}
IN_USE = {"3175", "3176"}
IN_PART = {"550"}
GONE = {"500", "3120"}
VAGUE = {"1000", "1010", "3170", "3180"}  # say that it failed and not why: then the words of the message count
TELLING = (WORDS.keys() | OUTDATED | IN_USE | IN_PART) - VAGUE
# An end user or the id of one, and not the address of one.
END_USER = re.compile(r"(?<![/\w])end[ _-]?use?r", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SentChange:
    """A write: its table, the version that the person saw and the edited one, to find the field of a refusal."""

    table: Table
    base: Content
    edited: Content

    def named(self, text: str, usual: str = "") -> str:
        """Return the path, in our names, of the field or line that a message is about; `usual` if it names none."""
        return locate_field(text, self.base, self.edited, usual if usual in self.table.shape else "")


def raise_for_answer(answer: HttpAnswer, sent: SentChange | None = None, id: str = "") -> NoReturn:
    """Raise Ledgerdesk's error for an answer that is not 200.

    `sent` is the write that it answers, None for a read; `id` is the requested record, "" for any other request.
    """
    fault = _read_fault(answer)
    code = str(fault.get("code") or "")
    if sent and answer.status < 500 and not _is_own(fault):
        raise errors.ForeignAnswer(f"The status was {answer.status}.", detail=answer.text, code=str(answer.status))
    if answer.status == 429:
        raise _make_too_many(answer, fault)
    if answer.status < 300:
        raise errors.BadAnswer("This is not an answer of Conductor.", detail=answer.text, code=code)
    if answer.status < 500 and not _is_own(fault):
        raise _make_wrong_address(answer)
    if code in NOT_CONNECTED:
        raise _make_error(NOT_CONNECTED[code], fault)
    if answer.status in (401, 403):
        raise _make_error(errors.KeyRefused, fault)
    if answer.status == 404:
        raise _make_not_found(answer, fault, id)
    if fault.get("type") == "INTEGRATION_ERROR":
        _raise_refusal(fault, sent, id)
    if 400 <= answer.status < 500:
        raise _make_invalid(fault, sent)
    error_message = "QuickBooks did not answer in time." if code == "QBD_REQUEST_TIMEOUT" else ""
    raise errors.NoAnswer(
        error_message, detail=_get_text(fault), code=code or str(answer.status), request_id=_get_request_id(fault)
    )


def _is_own(fault: dict[str, Json]) -> bool:
    """Whether an error is Conductor's own: each of those has a type in capitals."""
    return isinstance(kind := fault.get("type"), str) and kind.isupper()


def _make_wrong_address(answer: HttpAnswer) -> errors.WrongAddress:
    return errors.WrongAddress(
        f"An answer with status {answer.status} came that is not Conductor's own.",
        detail=answer.text,
        code=str(answer.status),
    )


def _make_not_found(answer: HttpAnswer, fault: dict[str, Json], id: str) -> errors.BooksError:
    """Return the error for a 404: NotFound only if the record is named, else an unknown company or address."""
    text = _get_text(fault)
    if id and (f"'{id}'" in text or f'"{id}"' in text):
        return _make_error(errors.NotFound, fault)
    if not END_USER.search(text):
        return _make_wrong_address(answer)
    return errors.NotSetUp(
        "Conductor does not know this company.",
        detail=text,
        code=str(fault.get("code") or ""),
        request_id=_get_request_id(fault),
        next_step="Ask your Ledgerdesk administrator to check the end user id and that the key is of the same project.",
    )


def _read_fault(answer: HttpAnswer) -> dict[str, Json]:
    """Return the error object, built from status and headers if the body holds none."""
    try:
        body = answer.json()
    except errors.BadAnswer:
        body = {}
    fault = body.get("error") if isinstance(body, dict) else None
    fault = dict(fault) if isinstance(fault, dict) else {"message": answer.text}
    fault.setdefault("requestId", answer.headers.get(HEADER, ""))
    return fault


def _raise_refusal(fault: dict[str, Json], sent: SentChange | None, id: str) -> NoReturn:
    code, text = str(fault.get("integrationCode") or ""), _get_text(fault)
    own = QUOTED.sub("", text)  # without the values that were sent
    told = "" if code in TELLING else own
    if code in OUTDATED or "out-of-date" in told:
        raise _make_error(errors.Stale, fault)
    if code in IN_PART and sent:
        raise errors.InPart("Its note was not saved.", detail=text, code=code, request_id=_get_request_id(fault))
    if code in IN_USE or "already in use" in told:
        raise _make_error(errors.Busy, fault)
    if code in GONE and id and (sent is None or f'"{id}"' in text):
        raise errors.NotFound(detail=text, code=code, request_id=_get_request_id(fault))
    error_message, next_step, field = WORDS.get(code, ("", "", "")) if sent else ("", "", "")
    if sent and "contain a colon" in own:
        error_message, next_step, field = "A name cannot contain a colon.", "Leave it out and save again.", "name"
    said = str(fault.get("userFacingMessage") or text)
    raise errors.Refused(
        f"{error_message} QuickBooks says: {said}" if error_message else said,
        field=sent.named(text, field) if sent else "",
        brief=error_message,
        detail=text,
        code=code,
        request_id=_get_request_id(fault),
        next_step=next_step,
    )


def _make_invalid(fault: dict[str, Json], sent: SentChange | None) -> errors.Refused:
    # The text for users is masked here; the real reason is in `message` (docs/vendors/conductor.md, section 7).
    text = _get_text(fault)
    return errors.Refused(
        text or "The request was not accepted.",
        field=sent.named(text) if sent else "",
        detail=text,
        code=str(fault.get("code") or ""),
        request_id=_get_request_id(fault),
    )


def _make_error(kind: type[errors.BooksError], fault: dict[str, Json]) -> errors.BooksError:
    masked = kind in (errors.KeyRefused, errors.Stale)  # the vendor's message for these is about keys and numbers
    said = "" if masked else str(fault.get("userFacingMessage") or "")
    code = str(fault.get("integrationCode") or fault.get("code") or "")
    error_message, next_step = AT_THE_DOOR.get(code.lower(), ("", ""))
    told = f"{error_message} QuickBooks says: {said}" if error_message else said
    return kind(told, detail=_get_text(fault), code=code, request_id=_get_request_id(fault), next_step=next_step)


def _make_too_many(answer: HttpAnswer, fault: dict[str, Json]) -> errors.TooMany:
    error = errors.TooMany(detail=_get_text(fault), code="429", request_id=_get_request_id(fault))
    error.wait = answer.wait("retry-after", usual=1.0)
    return error


def _get_text(fault: dict[str, Json]) -> str:
    return str(fault.get("message") or fault.get("userFacingMessage") or "")


def _get_request_id(fault: dict[str, Json]) -> str:
    return str(fault.get("requestId") or "")
