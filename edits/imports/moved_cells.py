"""Finds rows of which only some cells were moved, as when some columns were sorted: by what their records are called.

Knows which field a record is called by, and no more of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from books.mirror.lookup import was_called
from edits.batches.proposals import Proposal
from record_forms.workbooks.cell_values import spell_plain, strip_format

from .cells_changed import ChangedCells
from .matching import MatchedRows

OTHER_NAME = "{}: this row has the id of “{}”, but another name. Were its cells moved?"
EXCHANGED = "{}: this row has the id of “{}”, and names have gone from row to row. Were its cells moved?"


class MovedCells:
    """Looks at the records of a file, one after the other and then together."""

    def __init__(self) -> None:
        self._names: dict[int, tuple[str, str, str]] = {}  # of those that are called otherwise: before, now, where

    def look(self, found: MatchedRows, changed: ChangedCells) -> None:
        """Refuse what the rows of a record change if they have another name that nobody can change.

        One that the record had before it, or one above it, was renamed is its own.
        """
        title = found.table.title
        was = str(found.content[title]) if found.content else ""
        if changed.inputs:
            tenant, kinds, remote_id = found.record.tenant, [found.record.kind], found.record.remote_id
            for where, cell in changed.other_names:
                if not was_called(tenant, kinds, remote_id, spell_plain(strip_format(cell)).strip()):
                    changed.refuse(OTHER_NAME.format(where, was))
        if title in changed.inputs:
            self._names[found.record.pk] = was, str(changed.inputs[title]), changed.places[title]

    def refuse_exchanged(self, proposals: Sequence[Proposal]) -> Iterator[Proposal]:
        """Yield the proposals; those of which one has the name of another, which has another too, are refused."""
        holders: dict[tuple[int, str], set[int]] = {}
        for one in proposals:
            if one.record.pk in self._names:
                was, *_ = self._names[one.record.pk]
                holders.setdefault((one.record.tenant_id, _fold(was)), set()).add(one.record.pk)
        refused: set[int] = set()
        for one in proposals:
            if one.record.pk in self._names:
                _, now, _ = self._names[one.record.pk]
                if now and (others := holders.get((one.record.tenant_id, _fold(now)), set()) - {one.record.pk}):
                    refused |= {one.record.pk, *others}
        for one in proposals:
            yield self._refuse(one) if one.record.pk in refused else one

    def _refuse(self, one: Proposal) -> Proposal:
        was, _, where = self._names[one.record.pk]
        return replace(one, edited=None, problem=EXCHANGED.format(where, was))


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()
