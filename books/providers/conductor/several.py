"""Reads several records by their ids in one request, although one that does not exist fails the whole request.

See docs/vendors/conductor.md, section 3. Makes no request itself.
"""

from collections.abc import Callable, Sequence

from books.providers.base import Row
from books.providers.errors import NotFound

ReadAll = Callable[[Sequence[str]], list[Row]]
ReadOne = Callable[[str], Row]


def read_several(ids: Sequence[str], read_all: ReadAll, read_one: ReadOne) -> tuple[list[Row], list[str]]:
    """Return the records with these ids, and those of the ids that no longer exist.

    An id that the error names is left out of the next request; where it names none, each half is asked for alone, and a
    single record as its page asks for it, so that it counts as deleted only for what its own address answers.
    """
    left = list(ids)
    missing: list[str] = []
    while len(left) > 1:
        try:
            return read_all(left), missing
        except NotFound as error:
            named = [id for id in left if f'"{id}"' in error.detail or f"'{id}'" in error.detail]
            if not named:
                return _read_halves(left, missing, read_all, read_one)
            missing += named
            left = [id for id in left if id not in named]
    try:
        return [read_one(id) for id in left], missing
    except NotFound:
        return [], [*missing, *left]


def _read_halves(
    ids: list[str], missing: list[str], read_all: ReadAll, read_one: ReadOne
) -> tuple[list[Row], list[str]]:
    middle = len(ids) // 2
    halves = [read_several(half, read_all, read_one) for half in (ids[:middle], ids[middle:])]
    return [row for rows, _ in halves for row in rows], missing + [id for _, gone in halves for id in gone]
