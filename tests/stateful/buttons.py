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
    def paste_address(self, which: int, button: int) -> None:
        """Paste a whole address."""
        hand = self.hands[which % len(self.hands)]
        blocks = [name for name in hand.inputs if name.endswith("-block")]
        if not blocks:
            return
        block = blocks[button % len(blocks)]
        self.count += 1
        hand.inputs[block] = f"{self.count} Harbor Road\nSuite {self.count:04d}\nAtlanta, GA 30301"
        hand.inputs = inputs(self._press(hand, "lay", block.removesuffix("-block")))
        self.stage.said["addresses pasted"] += 1

    @precondition(lambda self: any(self._list_copied(hand) for hand in self.hands))
    @rule(which=ANY, button=ANY)
    def copy_address(self, which: int, button: int) -> None:
        """Copy another address of the record."""
        hands = [hand for hand in self.hands if self._list_copied(hand)]
        hand = hands[which % len(hands)]
        copied = self._list_copied(hand)
        hand.inputs = inputs(self._press(hand, "fill", copied[button % len(copied)]))
        self.stage.said["addresses copied"] += 1

    def _list_copied(self, hand: Hand) -> list[str]:
        return [f.name for f in self._layout(hand.place).table.shape.writable if f.copied_from]

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
