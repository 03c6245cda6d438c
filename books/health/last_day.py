"""The requests of a company in the last 24 hours, hour by hour, as a plot and its table have them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from books.models import VendorRequest
from records.formatting import format_count
from tenants.models import Tenant

HOURS = 24
HOUR = timedelta(hours=1)
GAP = 0.8  # percent of the plot's width between two bars


@dataclass(frozen=True, slots=True)
class HourOfRequests:
    """The requests of one hour, and its place in the plot: all in percent of its width and height."""

    start: datetime
    requests: int
    failures: int
    seconds: float  # of all together
    longest: float
    number: int
    whole: int  # the requests at full height

    @property
    def average(self) -> float:
        return self.seconds / self.requests if self.requests else 0.0

    @property
    def x(self) -> str:
        return f"{self.number * 100 / HOURS + GAP / 2:.2f}"

    @property
    def width(self) -> str:
        return f"{100 / HOURS - GAP:.2f}"

    @property
    def height(self) -> str:
        return f"{self._share(self.requests):.1f}"

    @property
    def y(self) -> str:
        return f"{100 - self._share(self.requests):.1f}"

    @property
    def failed(self) -> str:
        return f"{self._share(self.failures):.1f}"

    @property
    def failed_y(self) -> str:
        return f"{100 - self._share(self.failures):.1f}"

    def _share(self, count: int) -> float:
        return 100 * count / self.whole


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last 24 hours, the present one last."""

    hours: Sequence[HourOfRequests]

    @property
    def requests(self) -> int:
        return sum(hour.requests for hour in self.hours)

    @property
    def failures(self) -> int:
        return sum(hour.failures for hour in self.hours)

    @property
    def average(self) -> float:
        """Seconds of a request."""
        return sum(hour.seconds for hour in self.hours) / self.requests if self.requests else 0.0

    @property
    def words(self) -> str:
        """What the plot shows, for those who do not see it."""
        most = max(self.hours, key=lambda hour: hour.requests)
        told = f"{format_count(self.requests, 'request')} in the last 24 hours, of which {self.failures:,} failed"
        return f"{told}; most of them at {most.start:%H}:00, {most.requests:,}" if self.requests > 1 else told

    @property
    def busy_hours(self) -> list[HourOfRequests]:
        """Those with a request."""
        return [hour for hour in self.hours if hour.requests]


def load_last_day(tenant: Tenant, now: datetime | None = None) -> LastDay:
    """Return the last day of a company; one query."""
    now = timezone.localtime(now)
    # In UTC, as the days on which clocks are set have 23 and 25 hours.
    first = now.replace(minute=0, second=0, microsecond=0).astimezone(UTC) - (HOURS - 1) * HOUR
    made = VendorRequest.objects.filter(tenant=tenant, ended_at__gte=first, ended_at__lte=now)
    found: list[list[tuple[float, bool]]] = [[] for _ in range(HOURS)]
    for ended_at, seconds, has_failed in made.values_list("ended_at", "seconds", "has_failed"):
        found[int((ended_at - first) / HOUR)].append((seconds, has_failed))
    whole = max(1, *map(len, found))
    return LastDay([_make_hour(first + number * HOUR, number, one, whole) for number, one in enumerate(found)])


def _make_hour(start: datetime, number: int, made: Sequence[tuple[float, bool]], whole: int) -> HourOfRequests:
    took = [seconds for seconds, _ in made]
    failures, start = sum(has_failed for _, has_failed in made), timezone.localtime(start)
    return HourOfRequests(start, len(made), failures, sum(took), max(took, default=0.0), number, whole)
