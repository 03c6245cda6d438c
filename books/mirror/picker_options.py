"""An option of a picker: its name, and what tells it from others of the same name."""

from collections.abc import Iterable
from dataclasses import dataclass

from books.models import Record
from books.registry import get_description, get_visible_table
from records.content import Content
from records.fields import Table
from tenants.access import Member
from tenants.models import Tenant

from .lookup import decode_if_readable
from .projection import hide_columns


@dataclass(frozen=True, slots=True)
class PickerOption:
    """One option of a picker: its full name, its id, and the name of its list."""

    name: str
    id: str
    kind: str
    is_active: bool
    detail: str


@dataclass(frozen=True, slots=True)
class PickerOptions:
    """The options of a picker for `q`: a limited number out of `total`. `unread` names the lists that may hold more."""

    options: list[PickerOption]
    total: int
    q: str
    unread: str = ""

    @property
    def shown(self) -> int:
        return len(self.options)


def get_table(tenant: Tenant, kind: str, member: Member | None) -> Table:
    return get_visible_table(member, kind) if member else get_description(tenant).tables[kind]


def make_option(row: Record, tenant: Tenant, member: Member | None) -> PickerOption:
    row.tenant = tenant
    table = get_table(tenant, row.kind, member)
    held, noun = decode_if_readable(row, table), table.noun
    hide_columns(row, table)
    return PickerOption(
        name=row.full_name or "",
        id=row.remote_id,
        kind=_name_list(noun, held) if held else noun,
        is_active=row.is_active is not False,
        detail=row.detail or row.company_name or "",
    )


def _name_list(noun: str, held: Content) -> str:
    """Return the name of an entry's list, for the right-hand side of a picker."""
    if held.get("due_days") is not None:
        return f"{held['due_days']:f} days"
    if held.get("due_day_of_month") is not None:
        return f"due on {_rank_list(int(held['due_day_of_month']))}"
    if held.get("account_type"):
        return str(held["account_type"]).replace("_", " ")
    if held.get("parent") and "job_status" in held:
        return ", ".join(_name_lists(("job", held["job_status"])))
    if held.get("parent"):
        return f"in {held['parent']}"
    return noun


def _name_lists(parts: Iterable[str]) -> list[str]:
    return [part.replace("_", " ") for part in parts if part and part != "none"]


def _rank_list(day: int) -> str:
    ending = "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"
