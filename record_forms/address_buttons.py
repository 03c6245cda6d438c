"""Whole addresses on a form: pasted text laid out over one, or one copied from another, each by a named button.

Carried out on the inputs before anybody reads them, so that both work without a script. Names no field.
"""

from collections.abc import Callable, Container, Iterator
from typing import Any

from django.http import QueryDict

from records.addresses import parse_address
from records.content import Content
from records.fields import Field, Table
from records.formatting import PLACED, PRINTED, format_or_blank

LAY, COPY = "lay", "fill"
BLOCK = "block"


class AddressButtons:
    """The address buttons of one form over `base`: `data` are its inputs after them.

    `waiting` names the addresses where pasted text still waits.
    """

    def __init__(self, table: Table, base: Content, data: QueryDict | None, spots: Container[str]) -> None:
        self.table, self.base, self.spots = table, base, spots
        self.data = QueryDict() if data is None else data
        self.pressed = ""
        if "save" not in self.data:
            self._press(LAY, self._lay)
            self._press(COPY, self._copy)
        pasted = [name.removesuffix(f"-{BLOCK}") for name in self.data if name.endswith(f"-{BLOCK}")]
        waiting = (f"{name}-{PRINTED[0]}" for name in pasted if str(self.data[f"{name}-{BLOCK}"]).strip())
        self.waiting = [name for name in waiting if name in spots]

    def _press(self, button: str, act: Callable[[str], dict[str, str]]) -> None:
        if button not in self.data:
            return
        self.data = self.data.copy()  # what was posted is not ours to change
        self.pressed = str(self.data[button])
        for name, text in act(self.pressed).items():
            if f"{self.pressed}-{name}" in self.spots:
                self.data[f"{self.pressed}-{name}"] = text

    def row(self, name: str, f: Field) -> dict[str, Any]:
        """What the row of the address at `name` says of it."""
        source = f.copied_from.replace("_", " ")  # billing address, which says more than its label, "Bill to"
        block = str(self.data.get(f"{name}-{BLOCK}", ""))
        has_focus = name == self.pressed
        left = list(self._list_not_copied(name, f)) if has_focus and COPY in self.data else []
        return {"source": source, "block": block, "has_focus": has_focus, "not_copied": left}

    def _list_not_copied(self, name: str, f: Field) -> Iterator[str]:
        """Yield a sentence for each printed member in which the copy differs, as only the vendor changes it."""
        for member in f.shape.fields if f.copied_from else ():
            was, wanted = (format_or_blank(member, self.base[one][member.name]) for one in (name, f.copied_from))
            if member.name in PRINTED and not member.writable and was != wanted:
                yield f"{member.label} was not copied, and stays {was or 'blank'}. {member.why_read_only}"

    def _lay(self, name: str) -> dict[str, str]:
        text = str(self.data.get(f"{name}-{BLOCK}", ""))
        self.data[f"{name}-{BLOCK}"] = ""
        return parse_address(text) if text.strip() else {}

    def _copy(self, name: str) -> dict[str, str]:
        source = self.table.shape[name].copied_from if name in self.table.shape else ""
        names = [member for member in PLACED if source and f"{source}-{member}" in self.data]
        return {member: str(self.data[f"{source}-{member}"]) for member in names}
