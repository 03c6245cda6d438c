"""The inputs that stand for lines: of a stored one, and those that a person would have left to want others."""

from collections.abc import Iterable, Iterator

from books.providers.update_body import NEW_LINE
from record_forms.form_data import ID, REMOVE, Inputs
from record_forms.typed.parse import typed
from records.content import Content

from .columns import inner, sections_of, typeable


def inputs_of(line: Content) -> Inputs:
    """A line as it stands in its inputs."""
    return {f.name: typed(f, line[f.name]) for f in typeable(line.shape)}


def as_typed(base: Content, wanted: Content) -> dict[str, str]:
    """The inputs that a person would have left in a form over `base` to want the lines of `wanted`."""
    return dict(pair for f in sections_of(base.shape) for pair in _wanted(f.name, base[f.name], wanted[f.name]))


def _wanted(section: str, base: Iterable[Content], wanted: Iterable[Content]) -> Iterator[tuple[str, str]]:
    left = {line[ID]: line for line in wanted if line[ID] != NEW_LINE}
    index = -1
    for index, line in enumerate(base):
        now = left.pop(line[ID], None)
        if now is None:
            yield from ((f"{section}-{index}-{ID}", line[ID]), (f"{section}-{index}-{REMOVE}", "on"))
        elif now != line:
            yield from _inputs(f"{section}-{index}", line[ID], now, line)
    new = [line for line in wanted if line[ID] == NEW_LINE or line[ID] in left]
    for place, line in enumerate(new, index + 1):
        yield from _inputs(f"{section}-{place}", NEW_LINE, line, Content(line.shape, {}))


def _inputs(prefix: str, key: str, line: Content, base: Content) -> Iterator[tuple[str, str]]:
    yield f"{prefix}-{ID}", key
    yield from ((f"{prefix}-{name}", text) for name, text in inputs_of(line).items())
    if within := inner(line.shape):
        yield from _wanted(f"{prefix}-{within.name}", base[within.name], line[within.name])
