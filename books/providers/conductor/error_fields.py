"""Finds the field or line of a refusal: QuickBooks names it by its path, by the sent value, or by a noun.

QuickBooks names its own fields ("APAccountRef"), Conductor those of the request body ("expenseLines[0].amount"). The id
of a chosen record may identify the input in which it was chosen.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from records.content import Content, Reference, Value
from records.fields import Field, FieldKind, Shape

QUOTED = re.compile(r'"([^"]*)"')
IN_FIELD = re.compile(r'(?:field|element|member)s? "([^"]+)"', re.IGNORECASE)
NOUN = re.compile(r"reference to QuickBooks ([A-Z][\w -]*?) \"")
# QuickBooks' names that differ from Conductor's, in lower case and without Ref.
QUICKBOOKS = {
    "txndate": "transactionDate",
    "apaccount": "payablesAccount",
    "altphone": "alternatePhone",
    "altcontact": "alternateContact",
    "cc": "ccEmail",
    "billaddress": "billingAddress",
    "shipaddress": "shippingAddress",
    "jobdesc": "jobDescription",
    "notes": "note",
    "desc": "description",
    "billablestatus": "billingStatus",
    "salesrep": "salesRepresentative",
    "itemsalestax": "salesTaxItem",
    "customer": "payee",
}


@dataclass(frozen=True, slots=True)
class ErrorField:
    """One sent value: its path in our names, its field, and whether the person changed it."""

    path: str
    field: Field
    value: Value
    changed: bool


def locate_field(text: str, base: Content, edited: Content, usual: str = "") -> str:
    """Return the path of the field that `text` is about (`expense_lines-0-amount`); "" for none.

    Lines are numbered as in `edited`. `usual` is the field that this kind of refusal is about unless the text names
    another one.
    """
    quoted = QUOTED.findall(text)
    for one in quoted:
        steps = [step for step in re.split(r"[.\[\]]+", one) if step]
        if len(steps) > 1 and (path := _join_path(edited.shape, steps)):
            return path
    spots = list(_list_fields(base, edited))
    if usual:
        return _list_sent(quoted, [edited.shape[usual].wire], spots) or usual
    noun = NOUN.search(text)
    names = [*IN_FIELD.findall(text), *([noun[1].replace(" ", "")] if noun else [])]
    if section := _find_section(text, edited.shape):
        within = [spot for spot in spots if spot.path.startswith(f"{section}-")]
        return _list_sent(quoted, names, within) or _match_path(Shape(), [*names, *quoted], within) or section
    found = _list_sent(quoted, names, spots) or _match_path(edited.shape, [*names, *quoted], spots)
    return found or _match_noun(text, spots)


def _list_sent(quoted: list[str], names: list[str], spots: list[ErrorField]) -> str:
    """Return the field that holds a quoted value: one that is also named, else an id, which is unambiguous."""
    held = [spot for spot in spots if any(_is_named(spot.value, one) for one in quoted)]
    named = [spot for spot in held if any(_match_value(spot.field, name) for name in names)]
    ids = [spot for spot in held if spot.field.kind is FieldKind.REFERENCE or spot.field.name == "id"]
    best = next((s for s in named if s.changed), None) or next(iter(named), None)
    # An id may belong to a vendor and to terms as well (docs/vendors/conductor.md, section 1): then it is ambiguous.
    best = best or _find_only([s for s in ids if s.changed]) or _find_only(ids)
    return best.path.removesuffix("-id") if best else ""


def _find_only(spots: list[ErrorField]) -> ErrorField | None:
    return spots[0] if len(spots) == 1 else None


def _find_section(text: str, shape: Shape) -> str:
    """Return the list that the message names, outside of what it quotes: "of an expense line"."""
    text = QUOTED.sub("", text)
    for f in shape.writable:
        one = f.name.removesuffix("s").replace("_", " ")
        if f.kind is FieldKind.LIST and re.search(rf"\b(of|in|on) (an?|the|this) {one}\b", text, re.IGNORECASE):
            return f.name
    return ""


def _match_noun(text: str, spots: list[ErrorField]) -> str:
    """Return the one changed field that the message names without quoting it: "the Vendor of a bill with payments"."""
    words = set(re.findall(r"[A-Za-z]{3,}", QUOTED.sub("", text)))
    found = _find_only(
        [spot for spot in spots if spot.changed and any(_match_value(spot.field, word) for word in words)]
    )
    return found.path if found else ""


def _match_path(shape: Shape, names: list[str], spots: list[ErrorField]) -> str:
    """Return the field that is named alone: the record's own, or that of the only line in which it was changed."""
    for name in names:
        own = [f for f in shape.writable if _match_value(f, name)]
        changed = [spot for spot in spots if spot.changed and _match_value(spot.field, name)]
        if len(own) == 1 and not (changed and all("-" in spot.path for spot in changed)):
            return own[0].name
        if len(changed) == 1:
            return changed[0].path
    return ""


def _match_value(f: Field, name: str) -> bool:
    """Whether QuickBooks, Conductor or one of its lists uses this name for the field: TermsRef, termsId, Terms."""
    word = name.casefold().removesuffix("ref")
    listed = f.options.removesuffix("s")  # payables-accounts: QuickBooks calls any of them an Account
    known = {f.wire.casefold(), f.write.casefold(), listed.replace("-", ""), listed.rpartition("-")[2]}
    return bool(word) and (word in known or QUICKBOOKS.get(word) == f.wire)


def _is_named(value: Value, text: str) -> bool:
    if isinstance(value, Reference):
        return text in (value.id, value.name)
    if isinstance(value, Decimal):
        try:
            return Decimal(text) == value
        except InvalidOperation:
            return False
    return bool(text) and str(value) == text


def _list_fields(base: Content | None, edited: Content, path: str = "") -> Iterator[ErrorField]:
    """Yield every writable value, and the ids of lines after the record's own values."""
    later = []
    for f in edited.shape.fields:
        at, was, now = f"{path}{f.name}", base[f.name] if base is not None else None, edited[f.name]
        if f.kind is FieldKind.LIST and f.writable:
            later.append((f, at, {line[f.key]: line for line in was or ()}, now))
        elif f.kind is FieldKind.GROUP and f.writable:
            yield from _list_fields(was, now, f"{at}-")
        elif f.writable or (path and f.name == "id"):
            yield ErrorField(at, f, now, was != now)
    for f, at, known, lines in later:
        for index, line in enumerate(lines):
            yield from _list_fields(known.get(line[f.key]), line, f"{at}-{index}-")


def _join_path(shape: Shape, steps: list[str]) -> str:
    """Return our spelling of a path in the vendor's; "" if its first step is not a field of ours."""
    if not steps:
        return ""
    found = next((f for f in shape.fields if steps[0] in (f.wire, f.write)), None)
    if found is None:
        return ""
    rest = steps[1:]
    if found.kind is FieldKind.LIST and rest and rest[0].isdigit():
        inner = _join_path(found.shape, rest[1:])
        return "-".join(part for part in (found.name, rest[0], inner) if part)
    inner = _join_path(found.shape, rest) if found.kind is FieldKind.GROUP else ""
    return f"{found.name}-{inner}" if inner else found.name
