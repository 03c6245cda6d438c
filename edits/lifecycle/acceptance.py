"""What speaks against sending a change: the one rule that is asked when it is saved, and again before it is sent.

Asks no vendor and stores nothing.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from books import registry
from books.mirror.currencies import use_amounts_of
from books.models import Record
from record_forms.checks import AskedChecks, Check, collect_checks, get_rules
from record_forms.reason import LONGEST
from record_forms.validation import list_all_errors
from records.content import Content
from records.visible import describe_hidden, list_hidden_changes, reduce_content
from tenants.access import Member


@dataclass(frozen=True, slots=True)
class NeedsAgreement:
    """Some checks refuse the change, or give warnings that its author has not confirmed."""

    checks: AskedChecks


@dataclass(frozen=True, slots=True)
class Invalid:
    """Limits that the change breaks: (path of the input, sentence) each. A path counts the entries that are kept."""

    errors: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class TotalDiffers:
    """The total on the screen, None if there was none, is not the total after the change."""

    seen: Decimal | None
    would_be: Decimal


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the author has said of the change: the total on their screen, the boxes ticked, and a note."""

    total_seen: Decimal | None = None
    boxes: Container[str] = ()
    reason: str = ""


def find_objection(
    member: Member,
    record: Record,
    was: Content,
    edited: Content,
    agreed: Agreed,
    also_asked: Iterable[Check] = (),
    *,
    shown: Content | None = None,
) -> NeedsAgreement | Invalid | TotalDiffers | list[str]:
    """Return what speaks against turning `was` into `edited`, or the boxes of the warnings that were agreed to.

    Both contents are whole; `member` may see less. `also_asked` are further checks of the caller, `shown` is `was` with
    what is under way: of what is hidden it is no change of the member's.
    """
    table = registry.get_table(record.tenant, record.kind)
    shape = registry.get_visible_table(member, record.kind).shape
    if hidden := list_hidden_changes(shape, shown or was, edited):
        return Invalid([("", describe_hidden(f.label for f in hidden))])
    if len(agreed.reason) > LONGEST:
        return Invalid([("reason", f"At most {LONGEST} letters.")])
    if errors := list(list_all_errors(member.tenant, table, was, edited)):
        return Invalid(errors)
    with use_amounts_of(record.tenant, table, edited):
        asked = collect_checks(record, was, edited, agreed.boxes, shape)
    asked = AskedChecks([*asked.guards, *also_asked], agreed.boxes)
    if asked.stops:
        return NeedsAgreement(asked)
    would_be = get_rules(record).total(record, reduce_content(shape, was), reduce_content(shape, edited))
    if would_be is not None and agreed.total_seen != would_be:
        return TotalDiffers(agreed.total_seen, would_be)
    return [check.box for check, _ in asked.warnings]
