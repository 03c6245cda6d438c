"""Buttons of a form that fill in several of its inputs: a pasted or copied address, and what the form offers."""

import html
import re
from typing import Any

from hypothesis.stateful import precondition, rule

from tests.support.inputs import inputs

from .people import ANY, Hand, People

_OFFER = re.compile(r'name="take"\s+value="([^"]+)"')


class Buttons(People):
    """People who fill in forms with their buttons. Nothing is stored or sent."""

    @precondition(lambda self: self.hands)
    @rule(which=ANY, button=ANY)
    def fill_in_address(self, which: int, button: int) -> None:
        """Paste a whole address, or copy another one of the record."""
        hand = self.hands[which % len(self.hands)]
        shape = self._layout(hand.place).table.shape
        pressed = [("fill", f.name) for f in shape.writable if f.copied_from]
        pressed += [("lay", name.removesuffix("-block")) for name in hand.inputs if name.endswith("-block")]
        verb, name = pressed[button % len(pressed)]
        self.count += 1
        if verb == "lay":
            hand.inputs[f"{name}-block"] = f"{self.count} Harbor Road\nSuite {self.count:04d}\nAtlanta, GA 30301"
        hand.inputs = inputs(self._press(hand, verb, name))
        self.stage.said["addresses pasted" if verb == "lay" else "addresses copied"] += 1

    @precondition(lambda self: any(hand.place[0] == "bills" for hand in self.hands))
    @rule(which=ANY)
    def take_offers(self, which: int) -> None:
        """Pick other terms, and take what the form offers for them: the due date."""
        bills = [hand for hand in self.hands if hand.place[0] == "bills"]
        hand = bills[which % len(bills)]
        self.count += 1
        self.stage.typists["bills"].choose_terms(hand.inputs, self.count)
        drawn = self._press(hand, "take", "")
        for offer in _OFFER.findall(drawn.content.decode()):
            hand.inputs = inputs(self._press(hand, "take", html.unescape(offer)))
            self.stage.said["offers taken"] += 1

    def _press(self, hand: Hand, button: str, value: str) -> Any:
        """Press a button that draws the form again."""
        url, typed = self.stage.form_url(hand.place), hand.inputs | {button: value}
        answer = self.stage.writing(lambda: self.stage.post(hand.person, url, typed), most=0)
        assert self._seen(hand.place, answer) == hand.shown, "the form that is drawn again is of what it was typed over"
        return answer
