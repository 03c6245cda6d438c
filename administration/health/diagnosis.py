"""One line of what `manage.py doctor` says: what was looked at, how it is, and what to do if that is not right."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`next_step` is "" if it is right."""

    subject: str
    words: str
    next_step: str = ""

    @property
    def is_fine(self) -> bool:
        return not self.next_step


# Looks at one part of an installation; it names each thing that it has looked at, also where that is right.
Examination = Callable[[], Iterator[Diagnosis]]
