"""A response in which one record is wrong, as by a vendor's defect. The stored records are unchanged."""

import json
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
        if isinstance(row, dict) and str(row.get("id")) == id:
            rows[number] = _PLACE if raw is not None else row | changes
    if str(answer.get("id")) == id:
        answer = _PLACE if raw is not None else answer | changes
    return json.dumps(answer).replace(json.dumps(_PLACE), raw or "").encode()
