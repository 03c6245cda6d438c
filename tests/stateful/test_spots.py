"""The oracle's own rules: what one change asks for beside another."""

from .spots import Wants

LINE = "expenseLines[1]"
CHANGED = Wants({f"{LINE}.amount": "7.41", "memo": "typed"})
REMOVED = Wants({"memo": "typed"}, {LINE})


def test_a_change_that_removes_a_line_takes_nothing_back_in_it():
    assert REMOVED.beyond(CHANGED, {LINE: "there", f"{LINE}.amount": "10.00"}) == Wants({}, {LINE})


def test_of_a_line_that_a_later_change_removes_nothing_else_is_asked():
    assert CHANGED.joined(REMOVED) == REMOVED
    assert CHANGED.replaced_by(REMOVED) == {"7.41"}


def test_a_new_entry_with_a_name_is_known_by_it():
    entries = [("addresses", {"name": "Dock", "line1": "1 Pier"}), ("expenseLines", {"memo": "new"})]
    assert Wants(new=entries).named == {"addresses[Dock].name": "Dock", "addresses[Dock].line1": "1 Pier"}
