"""What the kinds of record bring along to be edited: their forms. Knows no kind by name; each registers its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from django.http import QueryDict

from records.content import Content
from records.fields import Table
from tenants.models import Tenant

from .checks import Check


class ErrorLink(NamedTuple):
    """An input with an error: what people call it, and the id of its element."""

    label: str
    target: str


class EditForm(Protocol):
    """What the form of a kind of record offers to the walk."""

    def is_valid(self) -> bool: ...

    @property
    def edited(self) -> Content: ...

    @property
    def errors(self) -> Mapping[str, Sequence[object]]:
        """What is wrong, by input name."""

    @property
    def error_links(self) -> Sequence[ErrorLink]:
        """The inputs that `errors` are about, in the order of the page."""

    def refuse(self, path: str, message: str) -> None:
        """Show what the books said beside the input at `path`, or on top."""

    def warn(self, guard: Check) -> None:
        """Show a guard beside the inputs that it is about, too."""


class FormFactory(Protocol):
    """Makes the form of a kind: `data` is what was typed, None on first showing."""

    def __call__(self, tenant: Tenant, table: Table, base: Content, data: QueryDict | None = None) -> EditForm: ...


@dataclass(frozen=True, slots=True)
class RecordType:
    """What a kind of record brings to the walk. `fill_inputs` turns content into the inputs that stand for it."""

    form: FormFactory
    template: str
    page: str
    fill_inputs: Callable[[Table, Content, Content], QueryDict]
    refusal: Callable[[Tenant, Content], str] = lambda tenant, content: ""


# By kind of record: an app of a floor above adds its own when it is ready.
KINDS: dict[str, RecordType] = {}
