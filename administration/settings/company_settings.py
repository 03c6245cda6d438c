"""What is set for a company: one list for its page, the commands and the security log. Knows no form.

When the books may be asked is kept by `books.pace`; those of what people type and read are columns of the company.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from books import pace
from books.models import SyncStatus
from records.formatting import format_date
from tenants.access import CompanyArchived
from tenants.models import SecurityEvent, Tenant
from tenants.security_log import Kind, log_event

Values = Mapping[str, Any]  # by column

OF_COMPANY = ("day_first", "closing_date", "names_every_currency")
OF_STATUS = (
    *("resting_since", "pause_seconds", "quiet_from", "quiet_until", "time_zone"),
    *("requests_per_hour", "requests_per_day"),
)
LOGGED = 500  # changes that are looked through for the last one of each setting


@dataclass(frozen=True, slots=True)
class CompanySetting:
    """One setting: what it is called, its columns, and its value in words."""

    label: str
    columns: tuple[str, ...]
    describe: Callable[[Values], str]


@dataclass(frozen=True, slots=True)
class LastChange:
    """Who has changed a setting last, when, and what it was before; `who` is "" for the command line."""

    who: str
    at: datetime
    was: str


def _describe_quiet(values: Values) -> str:
    start, end = values["quiet_from"], values["quiet_until"]
    return f"{start:%H:%M} to {end:%H:%M}" if start and end else "none"


def _describe_pace(values: Values) -> str:
    return pace.describe_pace(values["pause_seconds"]) if values["pause_seconds"] else "no limit"


def _describe_ceiling(column: str) -> Callable[[Values], str]:
    return lambda values: "no limit" if values[column] is None else f"{values[column]:,}"


SETTINGS: Mapping[str, CompanySetting] = {
    "date_order": CompanySetting(
        "Order of dates",
        ("day_first",),
        lambda values: "10/1 is 10 January" if values["day_first"] else "10/1 is 1 October",
    ),
    "closing_date": CompanySetting(
        "Closing date", ("closing_date",), lambda values: format_date(values["closing_date"]) or "none"
    ),
    "currency_display": CompanySetting(
        "Currency beside amounts",
        ("names_every_currency",),
        lambda values: "always" if values["names_every_currency"] else "only if it is not the usual one",
    ),
    "rest": CompanySetting(
        "Reading and saving", ("resting_since",), lambda values: "paused" if values["resting_since"] else "on"
    ),
    "quiet_hours": CompanySetting("Quiet hours", ("quiet_from", "quiet_until"), _describe_quiet),
    "time_zone": CompanySetting(
        "Time zone", ("time_zone",), lambda values: values["time_zone"] or "that of Ledgerdesk"
    ),
    "pace": CompanySetting("Requests an hour", ("pause_seconds",), _describe_pace),
    "ceiling_of_hour": CompanySetting(
        "Stop at requests an hour", ("requests_per_hour",), _describe_ceiling("requests_per_hour")
    ),
    "ceiling_of_day": CompanySetting(
        "Stop at requests a day", ("requests_per_day",), _describe_ceiling("requests_per_day")
    ),
}


def load_values(tenant: Tenant) -> dict[str, Any]:
    """Return what is set for a company now, by column."""
    found = SyncStatus.objects.filter(tenant=tenant).values(*OF_STATUS).first()
    own = Tenant.objects.values(*OF_COMPANY).get(pk=tenant.pk)
    return {**own, **(found or {name: getattr(SyncStatus(), name) for name in OF_STATUS})}


def load_last_changes(tenant: Tenant) -> dict[str, LastChange]:
    """Return the last change of each setting that was ever changed, by its label."""
    logged = SecurityEvent.objects.filter(tenant=tenant, kind=Kind.SETTING_CHANGED).order_by("-at", "-pk")
    found: dict[str, LastChange] = {}
    for one in logged[:LOGGED]:
        last = LastChange(one.actor_name, one.at, str(one.details.get("was", "")))
        found.setdefault(str(one.details.get("setting", "")), last)
    return found


def lock_company(tenant: Tenant) -> Tenant:
    """Lock the company's row until the caller's transaction ends, and return it as it is now.

    Raises CompanyArchived: of such a company nothing is changed before it is brought back.
    """
    own = Tenant.objects.select_for_update().get(pk=tenant.pk)
    if own.archived_at:
        raise CompanyArchived(own)
    return own


@transaction.atomic
def change_settings(
    tenant: Tenant, wanted: Values, *, request: HttpRequest | None = None, actor: User | None = None
) -> list[str]:
    """Store values by column, log each setting that changes with it, and return their labels.

    Raises CompanyArchived.
    """
    own = lock_company(tenant)
    SyncStatus.objects.get_or_create(tenant=own)
    was = load_values(own)
    changed = {column: value for column, value in wanted.items() if value != was[column]}
    _store(own, changed)
    becomes, labels = {**was, **changed}, []
    for setting in _list_changed(changed):
        words: dict[str, Any] = {
            "setting": setting.label,
            "was": setting.describe(was),
            "becomes": setting.describe(becomes),
        }
        log_event(Kind.SETTING_CHANGED, request=request, actor=actor, tenant=own, **words)
        labels.append(setting.label)
    return labels


def rest_or_wake(tenant: Tenant, *, is_resting: bool, **by: Any) -> list[str]:
    """Put a company to rest, or wake it; one that rests already keeps the moment since when it does."""
    since = load_values(tenant)["resting_since"] if is_resting else None
    return change_settings(tenant, {"resting_since": since or (timezone.now() if is_resting else None)}, **by)


def _store(tenant: Tenant, changed: Values) -> None:
    own = {column: value for column, value in changed.items() if column in OF_COMPANY}
    of_status = {column: value for column, value in changed.items() if column in OF_STATUS}
    if "pause_seconds" in of_status:
        of_status["paced_until"] = None
    if own:
        Tenant.objects.filter(pk=tenant.pk).update(**own)
    if of_status:
        SyncStatus.objects.filter(tenant=tenant).update(**of_status)


def _list_changed(changed: Values) -> Iterable[CompanySetting]:
    return (setting for setting in SETTINGS.values() if not changed.keys().isdisjoint(setting.columns))
