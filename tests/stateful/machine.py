"""Several people and a QuickBooks user change the same few records, in any order, with a vendor that may fail."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import reduce
from typing import Any

from django.db.models import F
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from edits.lifecycle import settle
from edits.models.edit import LEFT, UNDER_WAY, Edit, State
from tests.support.inputs import inputs

from .deciding import Decision, undone
from .ledger import Sent, Step, difference
from .people import ANY, FORMS_KEPT, PEOPLE, Hand, count_queued
from .spots import Spots, Wants, holds_atom, spots
from .stage import choices_on
from .typing import CHANGES
from .waiting import Waiting, is_waiting

FAULTS = st.integers(0, 2**12)  # a number for one of the company's


@dataclass(eq=False)
class Page:
    """A conflict or undo page in somebody's browser, and the revision that it shows as the vendor's."""

    of: Sent
    url: str
    inputs: dict[str, str]
    theirs: str
    keys: set[str]
    doubted: set[str] = field(default_factory=set)

    @property
    def is_undo(self) -> bool:
        return self.url.endswith("undo/")


class Office(Waiting):
    """All possible steps, in any order. An example ends when every change is settled and accounted for."""

    @initialize()
    def begin(self) -> None:
        super().begin()
        self.pages: list[Page] = []

    def teardown(self) -> None:
        try:
            self._close()
        finally:
            self.stage.end()

    def _close(self) -> None:
        """Settle everything: late writes are carried out, limits pass, the worker settles, the mirror is refreshed."""
        self.stage.company.sandbox.fault()
        for number in range(9):
            self.stage.company.sandbox.control("land")
            self.stage.refresh()
            self._send_queued()
            self._time_passes()
            self.stage.clock.pass_limits()
            self._settle()
            self._send_queued()
            if number and not Edit.objects.filter(state__in=UNDER_WAY).exists():
                break
        self.ledger.check()
        self.ledger.check_ends()
        for edit in Edit.objects.all():
            self.stage.said[f"edits {edit.state}"] += 1

    @invariant()
    def step(self) -> None:
        self.stage.said["steps"] += 1
        self.stage.clock.step()

    @rule(person=PEOPLE, which=ANY, changes=CHANGES, fault=FAULTS)
    def edit_in_vain(self, person: str, which: int, changes: list[tuple[str, int]], fault: int) -> None:
        self.take_up(person, which, changes)
        self.arm(fault)
        self.save(len(self.hands) - 1)

    @rule(person=PEOPLE, which=ANY, changes=CHANGES)
    def edit_that_lands_too_late(self, person: str, which: int, changes: list[tuple[str, int]]) -> None:
        """A write that is carried out after its edit has been given up."""
        self.take_up(person, which, changes)
        self._arm("update", "lands late")
        self.save(len(self.hands) - 1)
        self.time_passes()
        self.worker_settles()
        self.land()
        self.background_reading()

    @rule(person=PEOPLE, which=ANY, changes=CHANGES, fault=FAULTS, rebases=st.booleans())
    def edit_what_cannot_be_read(
        self, person: str, which: int, changes: list[tuple[str, int]], fault: int, *, rebases: bool
    ) -> None:
        """A change of what the books changed meanwhile, with a fault when the record is read for its conflict."""
        self.take_up(person, which, changes)
        self.change_in_books(which, changes)
        if rebases:
            self.background_reading()
        self.arm_reading(fault)
        (self.rebase if rebases else self.save)(len(self.hands) - 1)

    def _lay_open(self, of: Sent, answer: Any, url: str = "") -> None:
        url = url or self.stage.edit_url(of.edit)
        shown = self._wait_for_reading(of, answer) if is_waiting(answer) else answer
        page = Page(
            of,
            url,
            inputs(shown, "conflict"),
            self._seen(of.place, shown, "theirs"),
            choices_on(shown),
        )
        self.stage.said["pages of an undo" if page.is_undo else "conflict pages"] += 1
        self.ledger.read()
        is_current = page.theirs == self.ledger.state(of.place)
        is_shown = is_current or answer.status_code != 409 or page.theirs == self._compared_with(of)
        assert is_shown, f"a refused save shows what was read before as current: {of}"
        clashes = self._decision(page).clashes
        if page.keys - clashes and of.coming:  # a list or address is of the form whole, with what was coming
            of.wants = of.coming.joined(of.wants)
            clashes = self._decision(page).clashes
        if clashes - page.keys:  # what another tab has saved that goes on with the same change is no longer to decide
            of.wants = reduce(Wants.without, self._list_saved_beside(of), of.wants)
            clashes = self._decision(page).clashes
        doubted = {key for key in page.keys - clashes if key.rpartition(":")[2].startswith("-")}
        assert page.keys - doubted == clashes, (
            f"the page asks for {page.keys - doubted}, the clashes are {clashes}: {of}, now "
            f"{difference(*(spots(self.ledger.at(of.place, state)) for state in (of.shown, page.theirs)))}"
        )
        if doubted:
            self._doubted(page, doubted)
        self.pages = [*self.pages[-4:], page]

    def _list_saved_beside(self, of: Sent) -> list[Wants]:
        """Return what other forms of its author have saved that go on with a change of its line."""
        saved = Edit.objects.filter(resolves__in=of.line, state=State.SAVED).values_list("pk", flat=True)
        return [one.wants for one in self.ledger.sent if one.edit in saved and one.person == of.person]

    def _decision(self, page: Page) -> Decision:
        opened, now = (self.ledger.at(page.of.place, revision) for revision in (page.of.shown, page.theirs))
        saved = {} if page.is_undo else self._saved_ahead(page.of.edit)
        return Decision(self._layout(page.of.place), opened, page.of.wants, now, saved)

    def _saved_ahead(self, number: int) -> Spots:
        """Return the values of the edits ahead of one that are saved, also of new entries that have a name."""
        edit, cells = Edit.objects.filter(pk=number).first(), Spots()
        while edit is not None and edit.behind is not None:
            edit = edit.behind
            for one in self.ledger.sent:
                if one.edit == edit.pk and edit.state == State.SAVED:
                    cells = one.wants.named | one.wants.cells | cells
        return cells

    @precondition(lambda self: self._open(State.CONFLICT))
    @rule(which=ANY)
    def look_at_conflict(self, which: int) -> None:
        """Open a conflict from the list of edits: against the record as the mirror has it, if it has it."""
        sent = self._one(which, State.CONFLICT)
        page = self.stage.people[sent.person].get(self.stage.edit_url(sent.edit))
        if not self.stage.is_gone(sent.place):
            self._lay_open(sent, page)

    @precondition(lambda self: self._saved())
    @rule(person=PEOPLE, which=ANY)
    def look_at_undo(self, person: str, which: int) -> None:
        """Open the undo page of a saved edit, whoever made it; ends here if nothing of the edit is left."""
        found = self._saved()
        (place, number), sent = found[which % len(found)]
        url = f"{self.stage.edit_url(sent.edit)}undo/"
        answer = self.stage.people[person].get(url)
        assert answer.status_code in (200, 303), "it is undone, or its own page says why not"
        if answer.status_code == 200:
            was, after = self.ledger.chains[place][number - 1 : number + 1]
            before = was if sent.waited else self.ledger.at(place, sent.shown)
            back = undone(self._layout(place), sent.wants, before, after)
            self._lay_open(Sent(person, place, self.ledger.state(place, number), back, edit=sent.edit), answer, url)

    def _saved(self) -> list[tuple[Step, Sent]]:
        """Return the saves that the vendor has and whose result Ledgerdesk knows."""
        saved = dict(Edit.objects.filter(state=State.SAVED).values_list("pk", "result__revision"))
        seen = self.stage.company.state_seen
        return [
            (step, one)
            for step, one in self.ledger.written.items()
            if one.edit in saved and seen(one.place, saved[one.edit]) == self.ledger.state(*step)
        ]

    def _doubted(self, page: Page, keys: set[str]) -> None:
        """A new line whose save may have succeeded, beside one that nobody knows: its author adds it all the same."""
        back = Edit.objects.filter(pk__in=page.of.line | {page.of.edit})
        assert any(State.UNKNOWN in dict(edit.state_log) for edit in back), "nothing was in doubt"
        page.doubted = keys
        self.ledger.doubted |= {text for _, cells in page.of.wants.new for text in cells.values()}

    @precondition(lambda self: self.pages)
    @rule(which=ANY, sides=st.lists(st.sampled_from(("mine", "theirs")), min_size=1, max_size=5))
    def decide(self, which: int, sides: list[str]) -> None:
        page = self.pages.pop(which % len(self.pages))
        choices = {key: sides[number % len(sides)] for number, key in enumerate(sorted(page.keys))}
        choices |= dict.fromkeys(page.doubted, "mine")
        asked, given_up = self._decision(page).outcome(choices, is_undo=page.is_undo)
        line = page.of.line | {page.of.edit}
        newest, url, queued = self.stage.newest(), page.url, count_queued()
        sent = Sent(page.of.person, page.of.place, page.theirs, asked, given_up=given_up, line=line, waited=queued > 0)
        self.ledger.sent.append(sent)
        typed = page.inputs | {f"choice-{key}": side for key, side in choices.items()} | {"confirm": "1"}
        answer = self.stage.writing(lambda: self.stage.post(sent.person, url, typed), most=queued + 1)
        self.stage.said["decisions"] += 1
        self.ledger.check()
        made = Edit.objects.filter(pk__gt=newest).first()
        sent.note_edit(made)
        self.ledger.note_joined()
        if made is None:
            self.ledger.sent.remove(sent)
            self._decided_without_a_write(page, given_up)
        if made and answer.status_code == 409 and answer.context["edit"] == made:
            self._lay_open(sent, answer)
        elif made and answer.status_code >= 400:
            self.pages.append(page)  # it is still open in the browser, and may be confirmed once more

    def _decided_without_a_write(self, page: Page, given_up: set[str]) -> None:
        """If the choices leave the record unchanged, the change ends by its author's decision."""
        edit = Edit.objects.get(pk=page.of.edit)
        line = {edit.pk}
        while edit.resolved_by:
            edit = edit.resolved_by
            line.add(edit.pk)
        if edit.state == State.DISCARDED:
            for one in self.ledger.sent:  # the same form posted twice is one edit
                if one.edit in line:
                    one.given_up |= given_up

    @precondition(lambda self: self._open(*LEFT))
    @rule(which=ANY)
    def drop(self, which: int) -> None:
        sent = self._one(which, *LEFT)
        self.stage.post(sent.person, self.stage.edit_url(sent.edit), {"discard": "1"})
        self.ledger.dropped.add(sent.edit)
        self.stage.said["dropped"] += 1
        self.ledger.check()

    @precondition(lambda self: self._open(*LEFT))
    @rule(which=ANY)
    def open_again(self, which: int) -> None:
        """Open the form with an edit's values."""
        sent = self._one(which, *LEFT)
        url, earlier = self.stage.form_url(sent.place), {"from": str(sent.edit)}
        page = self.stage.people[sent.person].get(url, earlier)
        if page.status_code == 303:
            self._wait_for_reading(sent, self.stage.people[sent.person].get(page["Location"]))
            page = self.stage.people[sent.person].get(url, earlier)
        hand = Hand(sent.person, sent.place, inputs(page), self._seen(sent.place, page), sent, sent.line | {sent.edit})
        self.ledger.read()
        for atom in sent.wants.atoms - sent.given_up:
            held = holds_atom(self._layout(hand.place), hand.inputs, self.ledger.at(hand.place, hand.shown), atom)
            assert held, f"{atom} is not in the form that was opened again"
        self.hands = [*self.hands[1 - FORMS_KEPT :], hand]
        self.stage.said["opened again"] += 1

    def _open(self, *states: State) -> list[Sent]:
        """Return the saves whose edit is in one of these states and waits for its author."""
        waiting = set(Edit.objects.filter(state__in=states, resolved_by=None).values_list("pk", flat=True))
        return [one for one in self.ledger.sent if one.edit in waiting]

    def _one(self, which: int, *states: State) -> Sent:
        found = self._open(*states)
        return found[which % len(found)]

    @rule(which=ANY, changes=CHANGES)
    def change_in_books(self, which: int, changes: list[tuple[str, int]]) -> None:
        place = self.stage.places[which % len(self.stage.places)]
        self.count += 1
        body = self.stage.typists[place[0]].unlike(self.ledger.now(place), changes, self.count)
        self.stage.company.change(place, body)
        self.ledger.read()
        self.ledger.in_books.add((place, len(self.ledger.chains[place]) - 1))
        self.ledger.check()
        self.stage.said["changes in the books"] += 1

    @rule(fault=FAULTS)
    def arm(self, fault: int) -> None:
        names = sorted(self.stage.company.faults)
        self._arm("update", names[fault % len(names)])

    @rule(fault=FAULTS)
    def arm_reading(self, fault: int) -> None:
        names = sorted(self.stage.company.reading_faults)
        self._arm("retrieve", names[fault % len(names)])

    def _arm(self, operation: str, name: str) -> None:
        self.stage.company.fault(operation, self.stage.company.faults[name])
        self.stage.said[f"fault: {name}" if operation == "update" else f"fault of a reading: {name}"] += 1

    @rule()
    def land(self) -> None:
        landed = self.stage.company.sandbox.control("land")["landed"]
        self.stage.said["writes that landed late"] += landed
        self.ledger.check()

    @rule()
    def background_reading(self) -> None:
        self.stage.refresh()

    @rule()
    def time_passes(self) -> None:
        self._time_passes()

    def _time_passes(self) -> None:
        """The vendor's time limits for all unanswered writes pass."""
        now, unknown = timezone.now(), Edit.objects.filter(state=State.UNKNOWN)
        self.ledger.ran_out.update(unknown.values_list("pk", flat=True))
        unknown.update(look_at=now, uncertain_until=now)

    @rule()
    def worker_settles(self) -> None:
        Edit.objects.filter(state=State.UNKNOWN).update(look_at=F("look_at") - timedelta(hours=1))
        self._settle()

    def _settle(self) -> None:
        self.stage.writing(settle.settle_due, most=0)
        self.ledger.check()
