"""The organizations and their API keys. The key alone selects the organization; none can be added over the API."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

_FORMATS = {"MM/DD/YYYY": "%m/%d/%Y", "DD MMM yyyy": "%d %b %Y"}
_PREFIX = "Bearer "


@dataclass(frozen=True)
class Organization:
    """One organization. Its server runs in its own time zone (docs/vendors/bigcapital.md, section 8)."""

    number: int
    id: str
    key: str
    name: str
    timezone: str
    date_format: str
    base_currency: str
    location: str
    built_at: str | None

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of its server."""
        return ZoneInfo(self.timezone)

    def instant(self, day: str | None) -> str | None:
        """A stored day as sent: midnight in the server's zone, written in UTC."""
        if day is None:
            return None
        midnight = datetime.combine(date.fromisoformat(day), datetime.min.time(), self.zone)
        return midnight.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def formatted(self, day: str | None) -> str:
        """A stored day in the organization's date format."""
        return date.fromisoformat(day).strftime(_FORMATS[self.date_format]) if day else ""


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
        "bc_" + "0ff1ce00" * 12,
        "Thistle Row Ceramics",
        "America/New_York",
        "MM/DD/YYYY",
        "USD",
        "US",
        None,
    ),
)
_BY_KEY = {organization.key: organization for organization in ORGANIZATIONS}
BY_ID = {organization.id: organization for organization in ORGANIZATIONS}


def opened_by(authorization: str | None) -> Organization | None:
    """The organization of the key in this header; the word Bearer is case-sensitive."""
    if authorization is None or not authorization.startswith(_PREFIX):
        return None
    return _BY_KEY.get(authorization.removeprefix(_PREFIX).strip())


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
