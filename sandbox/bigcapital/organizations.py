"""The organizations and their API keys. The key alone selects the organization; none can be added over the API.

What is changed of an organization is kept until a reset.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from .date_formats import written

_PREFIX = "Bearer "


@dataclass(frozen=True)
class Organization:
    """One organization. One that is not built has no key. Dates come in the time zone of its server, at first its own.

    Source: docs/vendors/bigcapital.md, sections 2 and 8.
    """

    number: int
    id: str
    key: str
    name: str
    timezone: str
    date_format: str
    base_currency: str
    location: str
    built_at: str | None
    server_timezone: str = ""

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of its server."""
        return ZoneInfo(self.server_timezone or self.timezone)

    def instant(self, day: str | None) -> str | None:
        """A stored day as sent: midnight in the server's zone, written in UTC."""
        if day is None:
            return None
        midnight = datetime.combine(date.fromisoformat(day), datetime.min.time(), self.zone)
        return midnight.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def formatted(self, day: str | None) -> str:
        """A stored day in the organization's date format."""
        return written(date.fromisoformat(day), self.date_format) if day else ""


# The format of the second one is the default of a new organization, which nobody can choose again.
# Keys of the real length, 99 characters, that cannot be mistaken for a secret.
ORGANIZATIONS = (
    Organization(
        1,
        "org_junipergrove01",
        "bc_" + "5a4db0c5" * 12,
        "Juniper Grove Interiors",
        "America/New_York",
        "MM/DD/YYYY",
        "USD",
        "US",
        "2025-03-04T15:12:40.000Z",
    ),
    Organization(
        2,
        "org_kawaratea00001",
        "bc_" + "70c10ea5" * 12,
        "Kawara Tea Trading",
        "Asia/Tokyo",
        "DD MMM yyyy",
        "JPY",
        "JP",
        "2025-09-16T02:30:05.000Z",
    ),
    Organization(
        3,
        "org_thistlerow0001",
        "",
        "Thistle Row Ceramics",
        "America/New_York",
        "MM/DD/YYYY",
        "USD",
        "US",
        None,
    ),
)
_BY_KEY = {organization.key: organization for organization in ORGANIZATIONS if organization.key}
_BY_ID = {organization.id: organization for organization in ORGANIZATIONS}
_changes: dict[str, dict[str, Any]] = {}


def find(organization_id: str) -> Organization | None:
    """The organization as it is now."""
    found = _BY_ID.get(organization_id)
    return found and replace(found, **_changes.get(organization_id, {}))


def change(organization: Organization, **values: str) -> None:
    """Changes an organization, or the time zone of its server, until the next reset."""
    _changes[organization.id] = {**_changes.get(organization.id, {}), **values}


def move_server(organization_id: str, timezone: str) -> dict[str, str]:
    """Lets the server of an organization run in another time zone; raises ValueError if there is no such."""
    organization = find(organization_id)
    if organization is None or timezone not in available_timezones():
        raise ValueError("There is no such organization or time zone.")
    change(organization, server_timezone=timezone)
    return {"organizationId": organization_id, "timezone": timezone}


def reset() -> None:
    """Restores all organizations."""
    _changes.clear()


def opened_by(authorization: str | None) -> Organization | None:
    """The organization of the key in this header; the word Bearer is case-sensitive."""
    if authorization is None or not authorization.startswith(_PREFIX):
        return None
    found = _BY_KEY.get(authorization.removeprefix(_PREFIX).strip())
    return found and find(found.id)


def current(organization: Organization) -> dict[str, Any]:
    """The response of `GET /api/organization/current`; an organization that is not built has no metadata yet."""
    built = organization.built_at
    jobs = dict.fromkeys(("build_job_id", "upgrade_job_id", "database_batch"))
    return {
        "id": organization.number,
        "metadata": _metadata(organization) if built else None,
        "subscriptions": [],
        "organization_id": organization.id,
        "initialized_at": built,
        "seeded_at": built,
        "built_at": built,
        **jobs,
        "is_ready": built is not None,
        "is_build_running": False,
        "is_upgrade_running": False,
    }


def _metadata(organization: Organization) -> dict[str, Any]:
    return {
        "id": organization.number,
        "name": organization.name,
        "industry": None,
        "location": organization.location,
        "language": "en",
        "timezone": organization.timezone,
        "address": None,
        "tenant_id": organization.number,
        "base_currency": organization.base_currency,
        "date_format": organization.date_format,
        "fiscal_year": "january",
        "tax_number": None,
        "primary_color": None,
        "logo_key": None,
    }
