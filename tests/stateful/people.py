"""People's actions on forms: open one, type into it, save it, or rebase the typed values onto the newer record."""

from dataclasses import dataclass, field
from functools import reduce
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from edits.models.edit import LEFT, UNDER_WAY, Edit, State
from edits.tasks import queue_due_edits
from tests.support.inputs import inputs
from tests.support.tasks import run_queued_tasks

from .companies import Place
from .layout import Layout
from .ledger import Ledger, Sent
from .spots import Wants, alike, holds_atom, spots, wanted
from .stage import Stage
from .typing import CHANGES

PEOPLE = st.sampled_from(("alice", "bob", "erin"))
ANY = st.integers(0, 11)
FORMS_KEPT = 5


def count_queued() -> int:
    """Return how many edits the worker sends before one that is saved now."""
    return Edit.objects.filter(state=State.QUEUED).count()


@dataclass(eq=False)
class Hand:
    """A form in somebody's browser: its inputs over the revision that it showed, and their earlier saves from it.

    `line` are the predecessors of its next edit, `coming` what the form showed as if it were saved,
    `saved` all that was asked for when it was saved last, `beneath` what the edit ahead of that one asked for.
    """

    person: str
    place: Place
    inputs: dict[str, str]
    shown: str
    before: Sent | None = None
    line: set[int] = field(default_factory=set)
    coming: Wants = field(default_factory=Wants)
    coming_of: list[Sent] = field(default_factory=list)
    saved: Wants = field(default_factory=Wants)
    beneath: Wants = field(default_factory=Wants)
    opened: dict[str, str] = field(init=False)  # what can be put back

    def __post_init__(self) -> None:
        self.opened = dict(self.inputs)


class People(RuleBasedStateMachine):
    """The signed-in people. `hands` are the open forms, `ledger` records the saves."""

    stage: ClassVar[Stage]

    @initialize()
    def begin(self) -> None:
        self.stage.begin()
        self.ledger = Ledger(self.stage.company, self.stage.places)
        self.ledger.begin()
        self.hands: list[Hand] = []
        self.count = 0

    @rule(person=PEOPLE, which=ANY, changes=CHANGES)
    def take_up(self, person: str, which: int, changes: list[tuple[str, int]]) -> None:
        """Open a form, rendered from the mirror, and type into it."""
        place = self.stage.places[which % len(self.stage.places)]
        page = self.stage.people[person].get(self.stage.form_url(place))
        hand = Hand(person, place, inputs(page), self._seen(place, page))
        if page.context["pending"] and page.context["pending"].own:
            hand.coming = self._wants(hand)
            numbers = [one.edit.pk for one in page.context["pending"].own]
            hand.coming_of = [one for one in self.ledger.sent if one.edit in numbers]
            self.stage.said["forms over a change that was coming"] += 1
        else:
            self._shows(hand)
        self._type(hand, changes)
        self.hands = [*self.hands[1 - FORMS_KEPT :], hand]

    def _shows(self, hand: Hand) -> None:
        held = spots(self.ledger.at(hand.place, hand.shown))
        leaves = self.stage.company.layouts[hand.place[0]].part.leaves
        wrong = [leaf.spot for leaf in leaves if not alike(hand.inputs.get(leaf.input, ""), held.get(leaf.spot))]
        assert not wrong, f"the form does not show what its seal says: {wrong}"

    def _seen(self, place: Place, page: Any, name: str = "seen") -> str:
        """Return the state of the record that a page shows."""
        return self.stage.company.state_seen(place, page.context[name].revision)

    @precondition(lambda self: self.hands)
    @rule(which=ANY, changes=CHANGES)
    def type_on(self, which: int, changes: list[tuple[str, int]]) -> None:
        self._type(self.hands[which % len(self.hands)], changes)

    def _type(self, hand: Hand, changes: list[tuple[str, int]]) -> None:
        for change in changes:
            self.count += 1
            if change[0] == "back":
                hand.inputs = dict(hand.opened)
                continue
            typist = self.stage.typists[hand.place[0]]
            typist.type(hand.inputs, self.ledger.at(hand.place, hand.shown), change, self.count)

    @precondition(lambda self: self.hands)
    @rule(which=ANY)
    def close_and_go_on(self, which: int) -> None:
        """Pause, so that the typed values are kept as a draft; close the tab; and continue with the draft."""
        hand = self.hands[which % len(self.hands)]
        url, wants = self.stage.form_url(hand.place), self._wants(hand)
        self.stage.writing(lambda: self.stage.post(hand.person, url, hand.inputs | {"draft": "1"}), most=0)
        draft = Edit.objects.filter(form=hand.inputs["token"], state=State.DRAFT).first()
        if draft is None:
            return  # nothing is typed, or it has been sent: the tab stays open
        page = self.stage.people[hand.person].get(url, {"draft": str(draft.pk)})
        assert self._seen(hand.place, page) == hand.shown, "a draft is of what it was typed over"
        hand.inputs = inputs(page)
        assert self._wants(hand) == wants, "a draft holds what was typed, and nothing else"
        self.stage.said["drafts gone on with"] += 1

    @precondition(lambda self: self.hands)
    @rule(which=ANY)
    def save(self, which: int) -> None:
        self._send(self.hands[which % len(self.hands)], {"save": "1"})

    @precondition(lambda self: self.hands)
    @rule(which=ANY, stays=st.booleans())
    def save_and_go_on(self, which: int, *, stays: bool) -> None:
        """Save without waiting for the books; the form may stay open."""
        hand = self.hands[which % len(self.hands)]
        self._send(hand, {"save": "1"}, waits=False)
        if not stays and hand in self.hands:
            self.hands.remove(hand)

    @rule()
    def worker_sends(self) -> None:
        self._send_queued()

    def _send_queued(self) -> None:
        """Let the worker send what is due; what waited for the company is."""
        Edit.objects.filter(state=State.QUEUED).update(waits_until=None)
        queue_due_edits()
        self.stage.writing(lambda: run_queued_tasks("saves"), most=count_queued())
        self.ledger.check()

    @precondition(lambda self: Edit.objects.filter(state=State.QUEUED).exists())
    @rule(which=ANY)
    def cancel(self, which: int) -> None:
        queued = Edit.objects.filter(state=State.QUEUED).order_by("pk")
        edit = queued[which % len(queued)]
        assert edit.person is not None, "a queued edit has its author"
        self.stage.people[edit.person.username].post_only(self.stage.edit_url(edit.pk), {"cancel": "1"})
        edit.refresh_from_db()
        assert edit.state == State.DISCARDED, "what is queued can be cancelled"
        self.ledger.dropped.add(edit.pk)
        self.stage.said["cancelled"] += 1

    @precondition(lambda self: self.hands)
    @rule(which=ANY, changes=CHANGES)
    def type_and_save(self, which: int, changes: list[tuple[str, int]]) -> None:
        self.type_on(which, changes)
        self.save(which)

    @rule(person=PEOPLE, which=ANY, changes=CHANGES)
    def edit(self, person: str, which: int, changes: list[tuple[str, int]]) -> None:
        self.take_up(person, which, changes)
        self.save(len(self.hands) - 1)

    @precondition(lambda self: self.hands)
    @rule(which=ANY)
    def rebase(self, which: int) -> None:
        """Rebase the typed values onto the mirror's current record; a clash becomes a conflict."""
        hand = self.hands[which % len(self.hands)]
        self._send(hand, {"rebase": "1"})

    def _send(self, hand: Hand, button: dict[str, str], *, waits: bool = True) -> None:
        newest, sends, queued = self.stage.newest(), "save" in button, count_queued()
        line = hand.line.union(one.edit for one in hand.coming_of)
        sent = Sent(hand.person, hand.place, hand.shown, self._wants(hand), line=line, coming=hand.coming)
        sent.waited = not waits or queued > 0 or hand.before is not None  # others go first, or have gone
        if sent.wants or hand.before:  # what is as it was opened may take back what was saved
            self.ledger.sent.append(sent)
        if hand.before:
            sent.ahead = [hand.saved, hand.beneath]
        url = self.stage.form_url(hand.place)
        answer = self.stage.writing(
            lambda: self.stage.post(hand.person, url, hand.inputs | button, waits=waits),
            most=queued + int(sends) if waits else 0,
        )
        self.stage.said["saves" if sends else "rebases"] += 1
        self.ledger.check()
        made = Edit.objects.sent().filter(pk__gt=newest).first()
        if made is None and answer.status_code in (200, 422):
            # Ledgerdesk stored nothing: all typed values are still in the browser.
            self.ledger.sent = [one for one in self.ledger.sent if one is not sent]
        else:
            self._taken(hand, sent, made or self._first_of(hand))
        if waits or answer.status_code != 303:
            self._answered(hand, answer, sent)

    def _wants(self, hand: Hand) -> Wants:
        record = self.ledger.at(hand.place, hand.shown)
        whole = wanted(self._layout(hand.place), hand.inputs, record)
        ended = Edit.objects.filter(pk__in=[one.edit for one in hand.coming_of], state__in=(*LEFT, State.DISCARDED))
        if not ended.exists():
            return whole.beyond(hand.coming, spots(record))
        # What has ended unsaved is saved as the form still shows it.
        still = [one.wants for one in hand.coming_of if not ended.filter(pk=one.edit).exists()]
        wants = whole.beyond(reduce(Wants.joined, still, Wants()), spots(record))
        self._add_saved_with(hand, wants, whole)
        return wants

    def _add_saved_with(self, hand: Hand, wants: Wants, whole: Wants) -> None:
        """Add what a form asks for in the same stored fields: each is saved as the form shows it."""
        layout = self._layout(hand.place)
        held = set[str]().union(*(layout.saved_with(spot) for spot in wants.cells))
        wants.cells.update({spot: text for spot, text in whole.cells.items() if spot in held})

    def _layout(self, place: Place) -> Layout:
        return self.stage.company.layouts[place[0]]

    def _first_of(self, hand: Hand) -> Edit | None:
        """Return the edit that an earlier post of the form made, or that took the place of the one it goes on with."""
        own = Edit.objects.sent().filter(form=hand.inputs["token"]).order_by("-sent_at", "-pk").first()
        if own is not None or hand.before is None:
            return own
        edit = Edit.objects.get(pk=hand.before.edit)
        while edit.resolved_by is not None:
            edit = edit.resolved_by
        return edit

    def _taken(self, hand: Hand, sent: Sent, edit: Edit | None) -> None:
        sent.note_edit(edit)
        sent.ahead.clear()
        hand.line.add(sent.edit)
        whole = sent.wants
        if hand.before:
            # The person gave up the values that they have typed over meanwhile; a form posted twice is one edit.
            posted = [one for one in self.ledger.sent if one.edit and one.edit == hand.before.edit]
            for one in (hand.before, *posted):
                one.given_up |= one.wants.atoms - whole.atoms
        earlier = Edit.objects.filter(pk=hand.before.edit).first() if hand.before else None
        is_alive = earlier is None or earlier.state in (*UNDER_WAY, State.SAVED)
        is_same = earlier is not None and edit is not None and edit.pk == earlier.pk
        beneath = hand.saved if is_alive and not is_same else hand.beneath
        if hand.before and edit and edit.behind_id:
            shown = spots(self.ledger.at(hand.place, hand.shown))
            sent.wants, sent.waited = whole.beyond(beneath, shown), True
            self._add_saved_with(hand, sent.wants, whole)
        if not sent.wants:
            self.ledger.sent = [one for one in self.ledger.sent if one is not sent]
        asked = wanted(self._layout(hand.place), hand.inputs, self.ledger.at(hand.place, hand.shown))
        for one in hand.coming_of:
            one.given_up |= one.wants.atoms - asked.atoms
        hand.before, hand.saved, hand.beneath = (sent, whole, beneath) if whole else (None, Wants(), Wants())
        self.ledger.note_joined()

    def _answered(self, hand: Hand, answer: Any, sent: Sent) -> None:
        if answer.status_code in (303, 409):
            self.hands.remove(hand)
            if answer.status_code == 409 and "case" in answer.context:
                self._lay_open(sent, answer)
            return
        if answer.status_code == 422 and not (answer.context or {}).get("error"):
            self.hands.remove(hand)  # a change that the form itself refuses is given up, unsent
            return
        came_back = inputs(answer)
        shown = self._seen(hand.place, answer)
        for atom in sent.wants.atoms:
            kept = holds_atom(self._layout(hand.place), came_back, self.ledger.at(hand.place, shown), atom)
            was_saved = self.ledger.was_in_books(hand.place, atom)  # and others may have changed it there since
            assert kept or was_saved, f"{atom} is gone from the form that came back with {answer.status_code}"
        hand.inputs, hand.shown, hand.opened = came_back, shown, dict(came_back)

    def _lay_open(self, of: Sent, answer: Any) -> None:
        """Continue at the conflict page that a save was answered with."""
        raise NotImplementedError
