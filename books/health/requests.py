"""The last requests made for a company, in words: what was asked, how long it took, how it ended. No body, no query."""

from dataclasses import dataclass
from datetime import datetime

from books import registry
from books.models import VendorRequest
from books.providers import errors
from books.providers.base import Description
from tenants.models import Tenant

from .states import ConnectionState, name_failure

SHOWN = 20
SHORT_CODE = 10  # letters; a longer one says the same as the words


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request; `outcome` is "Answered" or what went wrong."""

    ended_at: datetime
    asked: str
    seconds: float
    outcome: str
    has_failed: bool
    request_id: str


def list_recent(tenant: Tenant, most: int = SHOWN) -> list[RequestLine]:
    """Return the last requests of a company, the newest first; those of the last seconds may be missing."""
    books = registry.get_description(tenant)
    return [
        RequestLine(
            row.ended_at, describe_asked(books, row), row.seconds, _describe_outcome(books, row), row.has_failed,
            row.request_id,
        )
        for row in VendorRequest.objects.filter(tenant=tenant).order_by("-ended_at", "-pk")[:most]
    ]  # fmt: skip


def describe_asked(books: Description, row: VendorRequest) -> str:
    """Return what was asked: "Read customers", "Save bill 123ABC-1234567890", "Connection check"."""
    for table in books.tables.values():
        if f"{table.path}/" in row.path:
            return f"{'Read' if row.method == 'GET' else 'Save'} {table.noun} {row.path.rpartition('/')[2]}"
        if row.path.endswith(table.path):
            return f"Read {table.kind.replace('-', ' ')}"
    return books.requests.get(row.path.rpartition("/")[2], f"{row.method} {row.path}")


def _describe_outcome(books: Description, row: VendorRequest) -> str:
    if not row.error:
        return "Answered" if row.status else "No answer came"
    error: errors.BooksError = getattr(errors, row.error, errors.OwnFault)()
    error.books, error.of_save = books.name, row.method != "GET"
    state = name_failure(row.error, row.code) if row.has_failed else ConnectionState.SILENT
    title = error.title if state is ConnectionState.SILENT else state.format(books=books.name)
    return f"{title} ({row.code})" if 0 < len(row.code) <= SHORT_CODE else title
