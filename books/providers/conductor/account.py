"""What Conductor says of a company, and what the open company file says of itself. Makes no request."""

from collections.abc import Mapping
from datetime import datetime

from books.providers.company_file import CompanyFile, hash_tax_id
from books.providers.errors import BadAnswer
from records.json_text import Json

NAME_LETTERS = 209


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
    found = end_user.get("integrationConnections")
    first = found[0] if isinstance(found, list) and found else None
    connection = first if isinstance(first, dict) else {}
    return [
        ("Company", _text(end_user.get("companyName"))),
        ("Email", _text(end_user.get("email"))),
        ("Last request", _parse_moment(connection.get("lastRequestAt"))),
        ("Last reply", _parse_moment(connection.get("lastSuccessfulRequestAt"))),
    ]


def _text(raw: Json) -> str | None:
    return raw if isinstance(raw, str) else None


def _parse_moment(raw: Json) -> datetime | None:
    """Return a time from Conductor's own record, or None if it is missing or unreadable."""
    try:
        return datetime.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        return None
