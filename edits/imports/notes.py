"""What a file's reader has to know beside the changes: what was left out, and where it is in the file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

MOST_PLACES = 6
MOST_NOTES = 12


@dataclass(slots=True)
class FileNotes:
    """Sentences, each with the places that it is about; the same sentence is said once."""

    said: dict[str, list[str]] = field(default_factory=dict)

    def add(self, sentence: str, *places: str) -> None:
        self.said.setdefault(sentence, []).extend(places)

    def list_sentences(self) -> list[str]:
        """Return the sentences, each with its places; of very many, the first and how many more there are."""
        found = [_join_places(sentence, places) for sentence, places in self.said.items()]
        if len(found) > MOST_NOTES:
            found = [*found[: MOST_NOTES - 1], f"And {len(found) - MOST_NOTES + 1:,} more remarks of this kind."]
        return found


def _join_places(sentence: str, places: Sequence[str]) -> str:
    known = list(dict.fromkeys(places))
    return f"{sentence} ({shorten_places(known)})" if known else sentence


def shorten_places(places: Sequence[str]) -> str:
    """Return places for a sentence: row 3, row 9 and 12 more."""
    if len(places) <= MOST_PLACES:
        return ", ".join(places)
    return f"{', '.join(places[:MOST_PLACES])} and {len(places) - MOST_PLACES:,} more"


def name_rows(numbers: Iterable[int], hidden: int = 0) -> str:
    """Return rows in words: row 12; rows 12 to 15; rows 12, 14 and 3 more."""
    found = sorted(numbers)
    tail = ", hidden" if hidden else ""
    if len(found) == 1:
        return f"row {found[0]}{tail}"
    if found[-1] - found[0] == len(found) - 1:
        return f"rows {found[0]} to {found[-1]}{tail}"
    most = 4
    listed = ", ".join(map(str, found[:most]))
    return f"rows {listed}{f' and {len(found) - most:,} more' if len(found) > most else ''}{tail}"
