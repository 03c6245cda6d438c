"""Wrong responses as by a vendor's defect: of one record alone, or of a write that is stored otherwise than asked.

A member is named by its path in a response: `phone`, `billingAddress.city`. A step into a list is the id of an entry,
its place from 0, or `new`, `new2`, … for those that the write added. The value `null` takes an entry out of its list.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

_PLACE = "\ue000place of the raw record\ue000"


def alter(body: bytes, id: str | None, changes: dict[str, Any], raw: str | None) -> bytes:
    """Returns the JSON response with other members in the record of this id, or with a raw text in its place.

    The record is the response itself or one of the rows of its list; if it is neither, the response is unchanged.
    Without an id the members are the response's own.
    """
    answer = json.loads(body)
    if id is None:
        return json.dumps(answer | changes).encode()
    rows = next((value for value in answer.values() if isinstance(value, list)), []) if "id" not in answer else []
    for number, row in enumerate(rows):
        if isinstance(row, dict) and str(row.get("id", row.get("transactionId"))) == id:
            rows[number] = _PLACE if raw is not None else row | changes
    if str(answer.get("id")) == id:
        answer = _PLACE if raw is not None else answer | changes
    return json.dumps(answer).replace(json.dumps(_PLACE), raw or "").encode()


def alter_members(record: dict[str, Any], before: dict[str, Any], members: dict[str, Any]) -> None:
    """Sets the members at these paths; `before` is the record before the write.

    Raises ValueError for a path that the record does not have.
    """
    known = set(_list_ids(before))
    # Every place is found before anything is changed: to take an entry out moves those behind it.
    changes = [_prepare_change(record, known, path, value) for path, value in members.items()]
    for change in changes:
        change()


def _prepare_change(record: dict[str, Any], known: set[str], path: str, value: Any) -> Callable[[], object]:
    holder: Any = record
    *steps, last = path.split(".")
    for step in steps:
        holder = _find(holder, step, known, path)
    found = _find(holder, last, known, path)
    if isinstance(holder, dict):
        return lambda: holder.update({last: value})
    if value is None:
        return lambda: holder.remove(found)
    return lambda: found.update(value)


def _find(holder: Any, step: str, known: set[str], path: str) -> Any:
    if isinstance(holder, dict) and step in holder:
        return holder[step]
    if isinstance(holder, list):
        for entry in _choose_entries(holder, step, known):
            return entry
    raise ValueError(f'The record has no "{path}".')


def _choose_entries(entries: list[Any], step: str, known: set[str]) -> Iterator[Any]:
    yield from (entry for entry in entries if str(entry.get("id")) == step)
    if step.isdecimal():
        yield from entries[int(step) : int(step) + 1]
    if new := re.fullmatch(r"new(\d*)", step):
        added = [entry for entry in entries if str(entry.get("id", entry.get("name"))) not in known]
        number = int(new[1] or 1)
        yield from added[number - 1 : number]


def _list_ids(value: Any) -> Iterator[str]:
    """The ids of all entries, or their names where they have no ids."""
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(part, dict) and ("id" in part or "name" in part):
            yield str(part.get("id", part.get("name")))
        yield from _list_ids(part)
