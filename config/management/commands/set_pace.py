"""Sets when a company may be asked: its pace, quiet hours, ceiling and rest. Without an option it shows them.

It is of the door, as it also ends what people have queued for a company that is put to rest.
"""

import re
from argparse import BooleanOptionalAction
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from administration.settings.company_settings import change_settings
from books import pace, registry
from books.models import SyncStatus
from edits.lifecycle import queue
from tenants.models import Tenant

NOTHING = ("none", "off")
MOST = 1_000_000
LONGEST_PAUSE = 86_400.0


class Command(BaseCommand):
    help = (
        "Set or show when a company may be asked. Pace, quiet hours and ceiling hold back background reads only, never "
        "what a person saves or loads; a company at rest is not asked at all. 'none' removes a setting."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the company's part of the web address: /t/<slug>/")
        pace_of = parser.add_mutually_exclusive_group()
        pace_of.add_argument("--requests-an-hour", metavar="N", help="background requests an hour, evenly spread")
        pace_of.add_argument("--pause", metavar="SECONDS", help="the same as seconds between two background requests")
        parser.add_argument("--quiet", metavar="22:00-06:00", help="no background read between these times of day")
        parser.add_argument(
            "--time-zone", metavar="NAME", help="of the quiet hours and days, e.g. America/New_York; 'none': TIME_ZONE"
        )
        parser.add_argument(
            "--ceiling",
            metavar="N/day",
            action="append",
            help="stop background reads at this many requests of any kind: 500/day, 60/hour, or both; 'none' for none",
        )
        parser.add_argument(
            "--rest", action=BooleanOptionalAction, default=None, help="ask nothing of its vendor, for nobody"
        )

    def handle(self, *args: Any, slug: str, **options: Any) -> None:
        tenant = Tenant.objects.in_use().filter(slug=slug).first()
        if tenant is None:
            raise CommandError(f"There is no company {slug!r}.")
        watch, _ = SyncStatus.objects.get_or_create(tenant=tenant)
        facts = _read_settings(watch, options)
        if facts:
            change_settings(tenant, facts)
            watch.refresh_from_db()
        if watch.resting_since and (ended := queue.end_resting()):
            self.stdout.write(f"{ended} waiting {'change was' if ended == 1 else 'changes were'} not sent.")
        for line in _describe(tenant, watch):
            self.stdout.write(line)


def _read_settings(watch: SyncStatus, options: dict[str, Any]) -> dict[str, Any]:
    """Return the columns that the options set. Raises CommandError."""
    facts: dict[str, Any] = {}
    if (text := options["requests_an_hour"]) is not None:
        facts["pause_seconds"] = 0.0 if text in NOTHING else 3600 / _read_count(text, "--requests-an-hour")
    if (text := options["pause"]) is not None:
        facts["pause_seconds"] = 0.0 if text in NOTHING else _read_seconds(text)
    if (text := options["quiet"]) is not None:
        facts["quiet_from"], facts["quiet_until"] = (None, None) if text in NOTHING else _read_hours(text)
    if (text := options["time_zone"]) is not None:
        facts["time_zone"] = "" if text in NOTHING else _read_zone(text)
    if (texts := options["ceiling"]) is not None:
        facts |= {"requests_per_hour": None, "requests_per_day": None}
        facts |= dict(_read_ceiling(text) for text in texts if text not in NOTHING)
    if options["rest"] is not None:
        facts["resting_since"] = (watch.resting_since or timezone.now()) if options["rest"] else None
    return facts


def _read_count(text: str, option: str) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", text) or not 1 <= int(text) <= MOST:
        raise CommandError(f"{option} is a whole number from 1 to {MOST:,}, or none, not {text!r}.")
    return int(text)


def _read_seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,3})?", text) or not 0 < float(text) <= LONGEST_PAUSE:
        raise CommandError(f"--pause is a number of seconds up to {LONGEST_PAUSE:,.0f}, or none, not {text!r}.")
    return float(text)


def _read_hours(text: str) -> tuple[time, time]:
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])-([01]?[0-9]|2[0-3]):([0-5][0-9])", text.replace("–", "-"))
    if found is None:
        raise CommandError(f"--quiet looks like 22:00-06:00, or none, not {text!r}.")
    numbers = [int(part) for part in found.groups()]
    start, end = time(numbers[0], numbers[1]), time(numbers[2], numbers[3])
    if start == end:
        raise CommandError("Quiet hours cannot begin and end at the same time. Use --rest to ask nothing at all.")
    return start, end


def _read_zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError):  # ZoneInfo raises each of them, by how the name is wrong
        raise CommandError(f"There is no time zone {text!r}. A name looks like America/New_York.") from None


def _read_ceiling(text: str) -> tuple[str, int]:
    count, _, span = text.partition("/")
    if span not in ("hour", "day"):
        raise CommandError(f"--ceiling looks like 500/day or 60/hour, or none, not {text!r}.")
    return f"requests_per_{span}", _read_count(count, "--ceiling")


def _describe(tenant: Tenant, watch: SyncStatus) -> list[str]:
    """Return what holds for a company, one sentence a line."""
    books, now = registry.get_description(tenant).name, timezone.now()
    hold = pace.find_hold(watch, now, books)
    lines = [f"{limit}." for limit in pace.list_limits(watch)]
    if watch.resting_since:
        lines.insert(0, f"{pace.describe_rest(books)}, since {watch.resting_since.astimezone():%d %b %Y %H:%M}.")
    if watch.seconds_per_request is not None:
        lines.append(f"A background request takes {watch.seconds_per_request:.1f} s.")
    if hold and not watch.resting_since:
        lines.append(f"Nothing is read in the background now: {hold.words}.")
    return [f"{tenant.slug}: {line}" for line in lines or ["Nothing is set. It is read whenever something is due."]]
