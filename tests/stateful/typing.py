"""Random input, in Ledgerdesk's form and in QuickBooks: each value only once in an example."""

from typing import Any

from hypothesis import strategies as st

from .spots import CELLS, HEADERS, lines
from .stage import ACCOUNT

# The members that are changed, by kind.
WHAT = ("header", "header", "expense", "item", "add expense", "remove expense", "remove item")
CHANGES = st.lists(st.tuples(st.sampled_from(WHAT), st.integers(0, 11)), min_size=1, max_size=3)
RENT = "Expenses:Rent"  # Ledgerdesk's name for ACCOUNT


def type_into(inputs: dict[str, str], kind: str, shown: Any, change: tuple[str, int], count: int) -> None:
    """Change the inputs of a form over `shown` like a person."""
    what, which = change
    if kind != "bills" or what == "header":
        name = sorted(HEADERS[kind])[which % len(HEADERS[kind])]
        inputs[name] = _text("typed", count) + ("@example.com" if name == "email" else "")
    elif what == "add expense":
        travelling = [index for section, index in lines(inputs) if section == "expense_lines"]
        prefix = f"expense_lines-{max([len(shown['expenseLines']) - 1, *travelling]) + 1}"
        cells = {"id": "-1", "account": RENT, "amount": _amount(count), "memo": _text("new", count)}
        inputs.update({f"{prefix}-{cell}": text for cell, text in cells.items()})
    else:
        verb, _, name = what.rpartition(" ")
        _touch(inputs, f"{name}_lines", shown, bool(verb), which, count)


def _touch(inputs: dict[str, str], section: str, shown: Any, removes: bool, which: int, count: int) -> None:
    stored = shown[CELLS[section][0]]
    if not stored:
        return
    index = which % len(stored)
    prefix = f"{section}-{index}"
    inputs[f"{prefix}-id"] = stored[index]["id"]
    if removes:
        inputs[f"{prefix}-remove"] = "on"
        return
    cells = _cells(section, which, "typed", count)
    inputs.update({f"{prefix}-{cell}": text for cell, text in cells.items()})


def _cells(section: str, which: int, word: str, count: int) -> dict[str, str]:
    """Return one or two cells of a line, by their wire names, which these forms share."""
    if section == "expense_lines":
        return {"amount": _amount(count)} if which % 2 else {"memo": _text(word, count)}
    kinds = ({"description": _text(word, count)}, {"quantity": str(100 + count)}, {"cost": f"{count}.07"})
    return kinds[which % 3] if which % 4 else kinds[1] | kinds[2]


def _text(word: str, count: int) -> str:
    return f"{word} {count:04d}"


def _amount(count: int) -> str:
    return f"{count}.41"


def unlike(kind: str, record: Any, changes: list[tuple[str, int]], count: int) -> dict[str, Any]:
    """Return a QuickBooks user's change of a record: the members of an update."""
    body: dict[str, Any] = {}
    for number, (what, which) in enumerate(changes):
        if kind != "bills" or what == "header":
            spot = sorted(HEADERS[kind].values())[which % len(HEADERS[kind])]
            _head(body, record, spot, f"qb {count:04d}.{number}")
        elif what == "add expense":
            new = {"id": "-1", "accountId": ACCOUNT, "amount": f"{count}.5{number}", "memo": f"qb {count:04d}.{number}"}
            _lines(body, record, "expenseLines").append(new)
        else:
            verb, _, name = what.rpartition(" ")
            _line(body, record, f"{name}_lines", bool(verb), which, f"{count:04d}.{number}")
    return body


def _head(body: dict[str, Any], record: Any, spot: str, value: str) -> None:
    name, _, member = spot.partition(".")
    if not member:
        body[name] = value
        return
    held = {part: text for part, text in (record[name] or {}).items() if text}
    body[name] = {**held, **body.get(name, {}), member: value}


def _lines(body: dict[str, Any], record: Any, wire: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = body.setdefault(wire, [{"id": line["id"]} for line in record[wire]])
    return found


def _line(body: dict[str, Any], record: Any, section: str, removes: bool, which: int, mark: str) -> None:
    if not record[CELLS[section][0]]:
        return
    left = _lines(body, record, CELLS[section][0])
    stored = [line for line in left if line["id"] != "-1"]
    if not stored:
        return
    line = stored[which % len(stored)]
    if removes and len(left) > 1:
        left.remove(line)
    elif section == "expense_lines":
        line.update({"amount": f"{1 + float(mark):.2f}"} if which % 2 else {"memo": f"qb {mark}"})
    else:
        line.update({"description": f"qb {mark}"} if which % 2 else {"quantity": 500 + float(mark)})
