"""What Conductor says of a company, and what the open company file says of itself. Makes no request."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from books.providers.company_file import CompanyFile, hash_tax_id
from books.providers.errors import BadAnswer
from records.json_text import Json
from tenants.models.company import END_USER_LETTERS

NAME_LETTERS = 209


@dataclass(frozen=True, slots=True)
class EndUser:
    """A company as Conductor lists it. `source_id` is what its maker calls it."""

    id: str
    company_name: str
    email: str
    source_id: str

    def dump(self) -> dict[str, Json]:
        """Return what is stored of it."""
        return asdict(self)


def read_end_user(found: Json) -> EndUser:
    """Return an end user from Conductor's object. Raises BadAnswer."""
    members = ("id", "companyName", "email", "sourceId")
    texts = [_text(found.get(member)) for member in members] if isinstance(found, dict) else []
    if not texts or not texts[0] or len(texts[0]) > END_USER_LETTERS:
        raise BadAnswer("An end user came without its id.")
    return EndUser(*(text or "" for text in texts))


def identify(company: Mapping[str, Json], end_user_id: str) -> CompanyFile:
    """Return the identity of a company file (docs/vendors/conductor.md, section 2). Raises BadAnswer."""
    name, legal_name, tax_id = (
        (_text(company.get(member)) or "")[:NAME_LETTERS] for member in ("companyName", "legalCompanyName", "ein")
    )
    if not name or not isinstance(is_sample := company.get("isSampleCompanyFile"), bool):
        raise BadAnswer("The company file came without its name.")
    return CompanyFile(name, legal_name, is_sample, hash_tax_id(tax_id, end_user_id))


def describe_account(end_user: Mapping[str, Json]) -> list[tuple[str, str | datetime | None]]:
    """Return Conductor's record of a company as labels and values."""
    connection = _find_connection(end_user) or {}
    return [
        ("Company", _text(end_user.get("companyName"))),
        ("Email", _text(end_user.get("email"))),
        ("Last request", _parse_moment(connection.get("lastRequestAt"))),
        ("Last reply", _parse_moment(connection.get("lastSuccessfulRequestAt"))),
    ]


def has_begun(end_user: Mapping[str, Json]) -> bool:
    """Whether somebody has begun to connect the company (docs/vendors/conductor.md, section 2)."""
    return _find_connection(end_user) is not None


def _find_connection(end_user: Mapping[str, Json]) -> dict[str, Json] | None:
    found = end_user.get("integrationConnections")
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, dict) else None


def _text(raw: Json) -> str | None:
    return raw if isinstance(raw, str) else None


def _parse_moment(raw: Json) -> datetime | None:
    """Return a time from Conductor's own record, or None if it is missing or unreadable."""
    try:
        return datetime.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        return None
