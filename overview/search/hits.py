"""What a search over all companies finds: hits in groups, of which the one with the best hit comes first.

Knows no kind of hit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from records.searching import Term, explain_too_long, fold_search, make_search_text, rank_name, split_search

BEST, WORST = 0, 2  # of the ranks of `rank_name`


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that a search has found, and where it is.

    `rank` is as in `rank_name`. `aside` tells it from others of the same name, `company` is that which it belongs to,
    "" for none. `badge` is a word, such as inactive. What is done and not only opened is posted with the values in
    `posts`, None for a link; `is_file` if the link gives a file.
    """

    title: str
    url: str
    rank: int = BEST
    aside: str = ""
    company: str = ""
    badge: str = ""
    posts: Sequence[tuple[str, str]] | None = None
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The hits of one kind, best first; `has_more` if there are others."""

    name: str
    title: str
    hits: Sequence[Hit]
    has_more: bool = False

    @property
    def rank(self) -> int:
        return min((hit.rank for hit in self.hits), default=WORST)


def order_groups(groups: Sequence[HitGroup]) -> list[HitGroup]:
    """Return the groups that have hits, those first whose name starts with the search."""
    return sorted((group for group in groups if group.hits), key=lambda group: group.rank)


def cut(name: str, title: str, hits: Sequence[Hit], most: int) -> HitGroup:
    return HitGroup(name, title, hits[:most], len(hits) > most)


class Needle:
    """A search, for names that are in no index: each of its words has to be in a text. None is found without words."""

    def __init__(self, q: str) -> None:
        self.q: str = fold_search(q)
        self.terms: list[Term] = [] if explain_too_long(q) else split_search(q)

    def is_in(self, text: str) -> bool:
        """Return whether every word is in a text that `make_search_text` has made."""
        return bool(self.terms) and all(any(all(word in text for word in way) for way in term) for term in self.terms)

    def finds(self, *texts: str) -> bool:
        return self.is_in(make_search_text(texts))

    def rank(self, name: str) -> int:
        return rank_name(name, self.q)
