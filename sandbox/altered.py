"""An answer in which one record is not as it should be, by a mistake of the vendor's. The books stay as they are."""

import json
from typing import Any

_PLACE = "\ue000place of the raw record\ue000"


def alter(body: bytes, id: str | None, changes: dict[str, Any], raw: str | None) -> bytes:
    """The JSON answer with other members in the record of this id, or with a raw text in its place.

    The record is the answer itself or one of the rows of its list; where it is neither, the answer stays. Without an
    id the members are the answer's own.
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
