"""What Bigcapital's server says of an organization (docs/vendors/bigcapital.md, section 2)."""

from datetime import datetime
from typing import Any

from books.providers.company_file import CompanyFile
from books.providers.errors import BadAnswer
from records.json_text import Json


def get_account(organization: dict[str, Json]) -> str:
    """Return its id, "" if the answer has none."""
    return str(organization.get("organization_id") or "")


def describe_organization(found: dict[str, Json]) -> list[tuple[str, str | datetime | None]]:
    """Return what an administrator may want to know of it, as labels and values."""
    metadata: Any = found.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    labels = {"Organization": "name", "Currency": "base_currency", "Dates": "date_format", "Time zone": "timezone"}
    told = [(label, metadata.get(name)) for label, name in labels.items()]
    return [(label, value if isinstance(value, str) else None) for label, value in told]


def identify(organization: dict[str, Json]) -> CompanyFile:
    """Return what tells it from another one. Raises BadAnswer if the answer has no id."""
    account, name = get_account(organization), dict(describe_organization(organization))["Organization"]
    if not account:
        raise BadAnswer("The organization came without its id.")
    return CompanyFile(name if isinstance(name, str) else "", "", False, account=account)
