"""What speaks against a change, in words: each with its reason and a way on. Knows no kind of record.

A refusal cannot be saved. A warning can, once its box is ticked. The name of the box is a hash of the very words that
were read, so that other facts, or the same after a further change, ask again; a box that did not travel is not ticked.
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b

from books import registry
from books.mirror import name_rules
from books.models import Record
from records.changes import changes_any
from records.content import Content
from records.fields import Shape
from records.visible import reduce_content

from .inactive import Inactive, list_inactive
from .stored_text import Lost, describe_sign, join_some, list_lost_texts

BOX = "confirm-"


@dataclass(frozen=True, slots=True)
class OtherRecord:
    """Another record that a guard speaks of: what its link says and its id."""

    text: str
    remote_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One fact: what is the matter, why that is so, what to do.

    `spots` are what it is about: inputs, whose positions count the entries that are kept, or stored lines, by id. None
    where it is about the record as a whole.
    """

    title: str
    why: str
    next_step: str
    spots: tuple[str, ...] = ()
    refuses: bool = False
    others: tuple[OtherRecord, ...] = ()

    @property
    def box(self) -> str:
        """The name of the box that says "save anyway" to just these words."""
        words = "\n".join((self.title, self.why, *self.spots))
        return f"{BOX}{blake2b(words.encode(), digest_size=8).hexdigest()}"


# In place of a check whose words would show a hidden value, by whether it refuses.
UNSEEN = {
    True: Check(
        title="This cannot be saved because of a value that is not shown to you.",
        why="",
        next_step="Ask an administrator of this company to make the change.",
        refuses=True,
    ),
    False: Check(
        title="Please confirm this change because of a value that is not shown to you.",
        why="",
        next_step="Ask an administrator of this company, or save anyway.",
    ),
}


@dataclass(frozen=True, slots=True)
class AskedChecks:
    """The guards of one change with what has been ticked of them."""

    guards: Sequence[Check]
    ticked: Container[str]

    @property
    def refusals(self) -> list[Check]:
        return [guard for guard in self.guards if guard.refuses]

    @property
    def warnings(self) -> list[tuple[Check, bool]]:
        """Those that a person may overrule, each with whether they have."""
        return [(guard, guard.box in self.ticked) for guard in self.guards if not guard.refuses]

    @property
    def stops(self) -> bool:
        """Whether the change must not be sent: something cannot be saved, or was not agreed to."""
        return bool(self.refusals) or not all(ticked for _, ticked in self.warnings)


@dataclass(frozen=True, slots=True)
class CheckRules:
    """What one kind of record says: `known` of it before a change, and `against` turning one content into another.

    `total` is what such a change comes to, as its form shows it; None where the vendor alone works it out.
    """

    known: Callable[[Record, Content], Sequence[Check]] = lambda record, base: ()
    against: Callable[[Record, Content, Content], Sequence[Check]] = lambda record, base, edited: ()
    total: Callable[[Record, Content, Content], Decimal | None] = lambda record, base, edited: None


# By kind of record: an app of a floor above adds its own when it is ready.
RULES: dict[str, CheckRules] = {}


def get_rules(record: Record) -> CheckRules:
    """The rules of the record's kind; for most kinds there are none."""
    return RULES.get(record.kind, CheckRules())


def collect_checks(
    record: Record, base: Content, edited: Content, ticked: Container[str], shape: Shape | None = None
) -> AskedChecks:
    """What speaks against a change, with what its author has ticked of it.

    `shape` is what its author may see: a check whose words need more than that says only that there is one.
    """
    guards = _list_checks(record, base, edited)
    if shape is not None and shape is not base.shape:
        seen = _list_checks(record, reduce_content(shape, base), reduce_content(shape, edited))
        guards = list(dict.fromkeys(guard if guard in seen else UNSEEN[guard.refuses] for guard in guards))
    return AskedChecks(guards, ticked)


def list_known(record: Record, base: Content, shape: Shape) -> Sequence[Check]:
    """What is known of a record before a change, as far as that needs no more of it than `shape`."""
    rules = get_rules(record)
    known = rules.known(record, base)
    if shape is base.shape:
        return known
    seen = rules.known(record, reduce_content(shape, base))
    return [guard for guard in known if guard in seen]


def _list_checks(record: Record, base: Content, edited: Content) -> list[Check]:
    own = get_rules(record).against(record, base, edited)
    shared = (_check_similar_name, _check_inactive, _check_stored_text)
    return [*own, *(check for find in shared for check in find(record, base, edited))]


def _check_similar_name(record: Record, base: Content, edited: Content) -> list[Check]:
    """A name that is easily taken for another one, where the field table says that names are unique."""
    table, found = registry.get_table(record.tenant, record.kind), []
    for f in edited.shape.writable:
        if f.unique_under and changes_any(base, edited, f.name, f.unique_under):
            noun, name = name_rules.find_similar_name(record.tenant, table, f, base, edited)
            if name:
                title = f"{name_rules.add_article(noun)} is already called “{name}”."
                next_step = "Check that this is not the same, or save it anyway."
                found.append(Check(title=title, why="The names look alike.", next_step=next_step, spots=(f.name,)))
    return found


def _check_inactive(record: Record, base: Content, edited: Content) -> list[Check]:
    """Inactive entries that the change picks: one rule for every reference of every provider."""
    found = list_inactive(record.tenant, base, edited)
    names = dict.fromkeys(one.name for one in found)
    title = f"{join_some(names)} {'is' if len(names) == 1 else 'are'} inactive."
    return _warn_where(found, title, "Pick an active entry, or save it anyway.")


def _check_stored_text(record: Record, base: Content, edited: Content) -> list[Check]:
    """Signs that the change brings in and the books cannot store: one rule for every text of every provider."""
    books = registry.get_description(record.tenant)
    lost = list_lost_texts(base, edited, books.encoding) if books.encoding else []
    title = f"{books.name} will store ? for {join_some(describe_sign(sign) for one in lost for sign in one.signs)}."
    return _warn_where(lost, title, "Write it with other letters, or save it with question marks.")


def _warn_where(found: Sequence[Inactive | Lost], title: str, next_step: str) -> list[Check]:
    """One warning of all that was found, which names the places; none if nothing was."""
    why = f"In {join_some(one.where for one in found)}."
    spots = tuple(dict.fromkeys(one.spot for one in found))
    return [Check(title=title, why=why, next_step=next_step, spots=spots)] if found else []
