"""The vendor's history of records, compared with everything that people have sent: who wrote what over which revision.

An independent oracle: it asks the sandbox, and trusts Ledgerdesk only for the state of an edit.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from edits.lifecycle.transitions import MOVES
from edits.models.edit import LEFT, UNDER_WAY, Edit, State

from .companies import Company, Place
from .spots import Spots, Wants, alike, fits, spots, stands

Step = tuple[Place, int]  # a record, and the number of the write that made a state of it


@dataclass(eq=False)
class Sent:
    """One save by one person: over which revision, the wanted values, and Ledgerdesk's edit for it.

    `line` are its predecessors: earlier edits of its form, those that the form reopened, and so on. `coming` is what
    the form showed as if it were saved, `ahead` what its form may have saved before, until that is known.
    """

    person: str
    place: Place
    shown: str
    wants: Wants
    edit: int = 0
    given_up: set[str] = field(default_factory=set)
    line: set[int] = field(default_factory=set)
    coming: Wants = field(default_factory=Wants)
    ahead: list[Wants] = field(default_factory=list)
    waited: bool = False  # in the queue, or behind others, so that the record may have moved before it was sent

    def note_edit(self, edit: Edit | None) -> None:
        """Note Ledgerdesk's edit for this save. One that was put back into the queue has waited there."""
        self.edit = edit.pk if edit else 0
        queued = [state for state, _ in edit.state_log if state == State.QUEUED] if edit else []
        self.waited = self.waited or len(queued) > 1 or (edit is not None and edit.state == State.QUEUED)

    def __repr__(self) -> str:
        return f"<{self.person} over {self.place[1]} at {self.shown}: {self.wants} as edit {self.edit}>"


@dataclass
class Ledger:
    """Collects who wrote what.

    `in_books` are the steps made by people in the books, `dropped` the edits that authors discarded, `ran_out` those
    with an unknown outcome when the vendor's time limit had passed. `late` are the saves that a vendor without
    revisions may still carry out, over whatever it holds by then. `doubted` are the texts of new lines whose author was
    asked whether the vendor has them already.
    """

    company: Company
    places: list[Place]
    sent: list[Sent] = field(default_factory=list)
    in_books: set[Step] = field(default_factory=set)
    late: list[Sent] = field(default_factory=list)
    dropped: set[int] = field(default_factory=set)
    ran_out: set[int] = field(default_factory=set)
    doubted: set[str] = field(default_factory=set)
    written: dict[Step, Sent] = field(default_factory=dict)
    chains: dict[Place, list[Any]] = field(default_factory=dict)
    checked: dict[Place, int] = field(default_factory=dict)

    def begin(self) -> None:
        """Take what the records were made by as given."""
        self.read()
        self.checked = {place: len(chain) for place, chain in self.chains.items()}

    def read(self) -> None:
        """Ask the vendor for the history of its records."""
        for place in self.places:
            if found := self.company.history(place, is_known=place in self.chains):
                self.chains[place] = found

    def state(self, place: Place, number: int = -1) -> str:
        """Return what tells the state after a write from others; the current one without a number."""
        return self.company.state(place, self.chains[place][number])

    def at(self, place: Place, state: str) -> Any:
        """Return the record in a state."""
        return next(record for record in self.chains[place] if self.company.state(place, record) == state)

    def now(self, place: Place) -> Any:
        return self.chains[place][-1]

    def check(self) -> None:
        """Check that every step of every record is a save by somebody who had seen what it replaced."""
        self.read()
        edits = {edit.pk: edit for edit in Edit.objects.all()}
        self._note_late(edits)
        for place, chain in self.chains.items():
            for number in range(self.checked[place], len(chain)):
                self._check_step((place, number))
            self.checked[place] = len(chain)
            self._check_once(place, spots(chain[-1]))
        self.note_joined()
        for edit in edits.values():
            steps = [State(state) for state, _ in edit.state_log]
            assert State.NOT_APPLIED not in steps or edit.pk in self.ran_out, (
                f"{edit.pk} may still land: {edit.state_log}"
            )
            assert steps[-1] == edit.state, f"{edit.pk} is {edit.state} and lived through {steps}"
            assert all(b in MOVES[a] for a, b in itertools.pairwise(steps)), f"{edit.pk} lived through {steps}"

    def _check_step(self, step: Step) -> None:
        if step in self.in_books:
            return
        place, number = step
        was, now = (spots(record) for record in self.chains[place][number - 1 : number + 1])
        over = self.state(place, number - 1)
        free, layout = self._free(place), self.company.layouts[place[0]]
        seen = [one for one in free if one.shown == over or one in self.late or self._is_rebased(one, was)]
        seen.reverse()  # of equal saves the newest: it has just been sent, or nobody can say which of them was written
        by = next((one for one in seen if any(fits(layout, wants, was, now) for wants in self._sent_with(one))), None)
        assert by is not None, (
            f"{place} from {over} is nobody's who had seen it: {difference(was, now)}; sent over it: {seen}; "
            f"sent over others: {free}"
        )
        self.written[step] = by

    def _is_rebased(self, one: Sent, was: Spots) -> bool:
        """Whether a save that waited may be merged into a later state: nobody else has touched what it changes."""
        seen = spots(self.at(one.place, one.shown))
        own = [sent for sent in self.sent if (sent.person, sent.place) == (one.person, one.place)]
        ahead = [(spot, value) for sent in own for spot, value in sent.wants.cells.items()]
        touched = [spot for spot in one.wants.cells if not alike(seen.get(spot), was.get(spot))]
        return one.waited and all(any(s == spot and alike(v, was.get(spot)) for s, v in ahead) for spot in touched)

    def _sent_with(self, one: Sent) -> Iterator[Wants]:
        """Yield what a save may set: one that is carried out late, also the members without which no update is taken.

        One that waited has them from the state that it was merged into.
        """
        shown = self.at(one.place, one.shown)
        if one not in self.late:
            yield one.wants
            yield from (one.wants.beyond(ahead, spots(shown)) for ahead in one.ahead)
            return
        leaves = self.company.layouts[one.place[0]].part.leaves
        for record in [shown, *self.chains[one.place]] if one.waited else [shown]:
            held = spots(record)
            always = {leaf.spot: held[leaf.spot] for leaf in leaves if leaf.field.required}
            yield Wants(always | one.wants.cells, one.wants.gone, one.wants.new)

    def _note_late(self, edits: Mapping[int, Edit]) -> None:
        """Note the saves whose write a vendor without revisions may carry out later, over whatever it has by then."""
        for one in self.sent:
            if one.edit not in edits or self.company.layouts[one.place[0]].table.revision:
                continue
            is_unknown = State.UNKNOWN in dict(edits[one.edit].state_log)
            if is_unknown and one not in self.late and one not in self.written.values():
                self.late.append(one)

    def note_joined(self) -> None:
        """Note which saves Ledgerdesk has made one decision, because a later one rested on one that failed.

        What its author has typed over there is given up, whether or not the later form showed it.
        """
        joined = Edit.objects.filter(error_message__startswith="The change before this one")
        for edit in joined.order_by("pk").prefetch_related("resolves"):
            numbers = {earlier.pk for earlier in edit.resolves.all()}
            earlier = [one for one in self.sent if one.edit in numbers]
            for one in self.sent:
                if one.edit == edit.pk:
                    for before in earlier:
                        before.given_up |= before.wants.replaced_by(one.wants)
                    one.wants = reduce(lambda later, before: before.wants.joined(later), earlier, one.wants)

    def _free(self, place: Place) -> list[Sent]:
        """Return the saves of this record that have not been found in it yet: each is written once at most."""
        used = set(map(id, self.written.values()))
        return [one for one in self.sent if one.place == place and id(one) not in used]

    def _check_once(self, place: Place, now: Spots) -> None:
        """Check that no line is in a record twice, each having a unique text, unless its author was asked about it."""
        texts = [value for spot, value in now.items() if spot.endswith(("].memo", "].description"))]
        texts = [text for text in texts if text not in self.doubted]
        assert len(texts) == len(set(texts)), f"{place} holds a line twice: {texts}"

    def check_ends(self) -> None:
        """Check, when all is settled, that each edit's state is true, and that nothing sent is lost."""
        assert not Edit.objects.filter(state__in=UNDER_WAY).exists(), "an edit was never settled"
        for one in self.sent:
            self._check_kept(one)
        for group in self._equal():
            self._check_states(group)

    def _equal(self) -> Iterator[list[Sent]]:
        """Return the saves with the same values over the same revision: nobody can say which of them was written."""
        groups: list[list[Sent]] = []
        for one in self.sent:
            group = next((g for g in groups if self._same(g[0], one)), None)
            if group:
                group.append(one)
            else:
                groups.append([one])
        return iter(groups)

    def _same(self, one: Sent, other: Sent) -> bool:
        return (one.place, one.shown, one.wants) == (other.place, other.shown, other.wants)

    def _check_states(self, group: list[Sent]) -> None:
        """Check that as many edits are saved as were written; one that somebody in the books made too may be either."""
        edits = [Edit.objects.get(pk=pk) for pk in {one.edit for one in group if one.edit}]
        was_sent = [edit for edit in edits if State.SENDING in dict(edit.state_log)]
        all_saved = [edit for edit in was_sent if edit.state == State.SAVED]
        saved = [edit for edit in all_saved if not self._done_in_books(group[0], edit)]
        steps = [step for step, by in self.written.items() if by in group]
        if len(saved) <= len(steps) <= len(all_saved) or all(self._was_saved_with_more(one) for one in group):
            return
        seen = [step for step in steps if self._was_seen(step)]
        unknowing = any(State.UNKNOWN in dict(edit.state_log) for edit in edits)
        assert steps and unknowing and not saved and not seen, (
            f"{group} is in the books {len(steps)} times, as {seen}, and ended as {[e.state for e in edits]}"
        )

    def _was_saved_with_more(self, one: Sent) -> bool:
        """Whether another form has saved it among more: that is the edit which a form is answered with that goes on."""
        others = [other for other in self.written.values() if other.edit == one.edit and other.wants != one.wants]
        return any(not one.wants.without(other.wants) for other in others)

    def _done_in_books(self, one: Sent, edit: Edit) -> bool:
        """Whether an edit counts as saved that has no answer, or was not sent, as the books have the same change."""
        result = self.company.state_seen(one.place, edit.result.revision) if edit.result else ""
        steps = [step for step in self.in_books if step[0] == one.place and self.state(*step) == result]
        log = [state for state, _ in edit.state_log]
        is_theirs = bool(steps) and (State.UNKNOWN in log or log[-2:] == [State.QUEUED, State.SAVED])
        return is_theirs and not one.wants.new and stands(one.wants, spots(self.at(one.place, result)))

    def _was_seen(self, step: Step) -> bool:
        """Whether Ledgerdesk ever read the record in this state; otherwise it cannot know its values then.

        Without revisions several late writes may lie between two readings, and a version is credited to one of them;
        a late write of values that the record already has leaves no trace at all; and one that was taken back before
        it was compared leaves the record as it was when it was compared last.
        """
        place, number = step
        seen = self.company.states_seen(place)
        after, before = self.state(place, number), self.state(place, number - 1)
        if self.company.layouts[place[0]].table.revision:
            return after in seen
        later = [self.state(place, other) for other in range(number + 1, len(self.chains[place]))]
        return after in seen and before in seen and before not in (after, *later)

    def _check_kept(self, one: Sent) -> None:
        for atom in one.wants.atoms - one.given_up:
            assert self._is_kept(one, atom), f"{atom!r} is lost: {one}; {self._told(one)}"

    def _is_kept(self, one: Sent, atom: str) -> bool:
        if self.was_in_books(one.place, atom) or self._is_kept_before(one, atom):
            return True
        edit = Edit.objects.filter(pk=one.edit).first()
        if edit is None:
            return False
        if edit.resolved_by_id is None or (edit.state == State.DISCARDED and edit.pk in self.dropped):
            waits = edit.state in LEFT and (atom.startswith("-") or atom in edit.wanted)
            return waits or (edit.state == State.DISCARDED and edit.pk in self.dropped)
        later = [other for other in self.sent if other.edit == edit.resolved_by_id and other.person == one.person]
        return any(atom in other.given_up or self._is_kept_by(other, atom) for other in later)

    def _is_kept_before(self, one: Sent, atom: str) -> bool:
        """Whether an earlier edit of the same form waits for its author with it, which the later one only repeats."""
        earlier = Edit.objects.filter(pk__in=one.line - {one.edit}, pk__lt=one.edit, resolved_by=None, state__in=LEFT)
        return any(atom in edit.wanted for edit in earlier)

    def _is_kept_by(self, later: Sent, atom: str) -> bool:
        return atom in later.wants.atoms and self._is_kept(later, atom)

    def was_in_books(self, place: Place, atom: str) -> bool:
        states = [spots(record) for record in self.chains[place]]
        if atom.startswith("-") and "[" in atom:
            return any(atom[1:] not in state for state in states)
        return any(alike(atom, value) for state in states for value in state.values())

    def _told(self, one: Sent) -> str:
        edit = Edit.objects.filter(pk=one.edit).first()
        return f"{edit.state_log}, resolved by {edit.resolved_by_id}, wanted {edit.wanted}" if edit else "no edit"


def difference(was: Spots, now: Spots) -> str:
    """Describe a difference for a person to read."""
    changed = sorted(spot for spot in was.keys() | now.keys() if was.get(spot) != now.get(spot))
    return ", ".join(f"{spot}: {was.get(spot)} → {now.get(spot)}" for spot in changed)
