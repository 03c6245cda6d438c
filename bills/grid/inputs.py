"""The inputs that stand for lines: of a stored one, and those that a person would have left to want others."""

from collections.abc import Iterable, Iterator

from record_forms.form_data import ID, REMOVE, Inputs
from record_forms.typed.parse import format_typed
from records.changes import NEW_LINE
from records.content import Content

from .columns import find_inner_list, list_sections, list_typed_members


def list_inputs(line: Content) -> Inputs:
    """A line as it stands in its inputs."""
    return {f.name: format_typed(f, line[f.name]) for f in list_typed_members(line.shape)}


def fill_inputs(base: Content, wanted: Content) -> dict[str, str]:
    """The inputs that a person would have left in a form over `base` to want the lines of `wanted`."""
    return dict(pair for f in list_sections(base.shape) for pair in _fill_section(f.name, base[f.name], wanted[f.name]))


def _fill_section(section: str, base: Iterable[Content], wanted: Iterable[Content]) -> Iterator[tuple[str, str]]:
    left = {line[ID]: line for line in wanted if line[ID] != NEW_LINE}
    index = -1
    for index, line in enumerate(base):
        now = left.pop(line[ID], None)
        if now is None:
            yield from ((f"{section}-{index}-{ID}", line[ID]), (f"{section}-{index}-{REMOVE}", "on"))
        elif now != line:
            yield from _fill_line(f"{section}-{index}", line[ID], now, line)
    new = [line for line in wanted if line[ID] == NEW_LINE or line[ID] in left]
    for place, line in enumerate(new, index + 1):
        yield from _fill_line(f"{section}-{place}", NEW_LINE, line, Content(line.shape, {}))


def _fill_line(prefix: str, key: str, line: Content, base: Content) -> Iterator[tuple[str, str]]:
    yield f"{prefix}-{ID}", key
    yield from ((f"{prefix}-{name}", text) for name, text in list_inputs(line).items())
    if within := find_inner_list(line.shape):
        yield from _fill_section(f"{prefix}-{within.name}", base[within.name], line[within.name])
