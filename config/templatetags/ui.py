"""Filters and tags for every template: numbers, dates and ages as people write them, icons and places.

Knows nothing of companies or vendors.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, TypedDict
from urllib.parse import urlencode

from django import template
from django.template import Context, engines
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from heroicons.templatetags import heroicons

from records.formatting import (
    describe_due,
    format_home_money,
    format_moment,
    format_money,
    get_due_class,
    lower_first,
    name_zone,
    show_date,
)
from records.searching import explain_too_long, split_found

register = template.Library()
register.filter("money", format_money)
register.filter("home_money", format_home_money)
register.filter("day", show_date)
register.filter("day_and_time", format_moment)
register.filter("due", describe_due)
register.filter("due_class", get_due_class)
register.filter("too_long", explain_too_long)
register.filter("lower_first", lower_first)

MINUS = "−"
ISO_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def _grouped(value: Decimal, places: int) -> str:
    return f"{value:,.{places}f}".replace("-", MINUS)


def _places(value: Decimal) -> int:
    """Return the decimal places that `value` needs: 7.50 needs one, 120 none."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@register.filter
def number(value: Decimal | int | None) -> str:
    """Return a quantity or a cost without padding zeros: 200, 1.15, 0.125."""
    if value is None:
        return ""
    exact = Decimal(value)
    return _grouped(exact, _places(exact))


@register.filter
def signed(value: Decimal | None) -> str:
    """Return the size of a change: +75.50, −8.00, 0.00."""
    return "" if value is None else ("+" if value > 0 else "") + format_money(value)


@register.filter
def moment(value: datetime | None) -> str:
    """Return today 09:06, yesterday 16:40, 12 Nov 10:22; the year only if it is another one."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    today = timezone.localdate()
    named = {today: "today", today - timedelta(days=1): "yesterday"}.get(local.date())
    shown = show_date(local.date())
    if local.year == today.year:
        shown = shown.removesuffix(f" {local.year}").removesuffix(",")
    return f"{named or shown} {local:%H:%M}{name_zone(local)}"


@register.filter
def iso(value: datetime | None) -> str:
    """Return a moment as HTML has it: as `date:"c"` writes it, in less than half the time."""
    return timezone.localtime(value).isoformat() if value else ""


@register.filter
def exact(value: datetime) -> str:
    """Return 26 Nov 2026 14:05:09, for places where the order may depend on seconds."""
    local = timezone.localtime(value)
    return f"{show_date(local.date())} {local:%H:%M:%S}{name_zone(local)}"


@register.filter
def with_moments(text: str) -> str:
    """Return a vendor's sentence with its timestamps as people write them, in the person's time zone."""
    return ISO_MOMENT.sub(lambda found: moment(datetime.fromisoformat(found[0])), text)


@register.filter
def clock(value: datetime | None) -> str:
    """Return 14:05 for today, otherwise with its day."""
    return moment(value).removeprefix("today ")


@register.filter
def ago(value: datetime | None) -> str:
    """Return just now, 2 minutes ago, 3 hours ago, 5 days ago. static/js/age.js does the same in the browser."""
    if value is None:
        return "never"
    minutes = int((timezone.now() - value).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            return f"{minutes // size} {unit}{'' if minutes // size == 1 else 's'} ago"
    raise AssertionError("A minute is at least one minute.")


@register.filter
def short_revision(value: object) -> str:
    """Return …7183: the part of a revision that people compare."""
    return f"…{str(value)[-4:]}" if value else ""


@register.filter
def plural(count: int, noun: str) -> str:
    """Return 1 bill, 2 bills; an irregular plural follows a comma: `entry,entries`."""
    one, _, many = noun.partition(",")
    return f"{count:,} {one if count == 1 else many or one + 's'}"


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """Return the query string of this page with `changes` and without empty keys; None or "" removes a key."""
    asked = context["request"].GET.lists()
    kept = [(key, value) for key, values in asked if key not in changes for value in values if value]
    return "?" + urlencode([*kept, *((key, value) for key, value in changes.items() if value not in (None, ""))])


@register.filter
def notice_kind(kind: str) -> str:
    """good, warn, bad or info, also by the levels of Django's messages."""
    named = {"success": "good", "warning": "warn", "error": "bad"}.get(kind, kind)
    return named if named in ("good", "warn", "bad") else "info"


@register.simple_tag
def at_present() -> str:
    """Return the day and the time of now, as the person has chosen to see days."""
    return format_moment(timezone.now())


@register.simple_tag
def today() -> str:
    """Return the day of now, as the person has chosen to see days."""
    return show_date(timezone.localdate())


@register.simple_tag
def draw(part: str, *given: Any, **named: Any) -> SafeString:
    """Draw the Jinja2 macro of the same name as its file: `components/field` is `field` in `components/field.html`."""
    backend: Any = engines["jinja2"]
    macros = backend.env.get_template(f"{part}.html").module
    return SafeString(getattr(macros, part.rpartition("/")[2])(*given, **named))


@register.simple_tag
def desk(kind: str) -> SafeString:
    """Name the styles and the script of a kind of page (config/processes/static.py)."""
    return format_html(
        '<link rel="stylesheet" href="{}">\n<script type="module" src="{}"></script>',
        static(f"css/{kind}.css"),
        static(f"js/{kind}.js"),
    )


@register.simple_tag
@cache
def icon(name: str, style: str = "micro", size: int = 16) -> SafeString:
    """Render a heroicon, cached: every page has some, and the library builds the XML anew each time."""
    drawn: SafeString = getattr(heroicons, f"heroicon_{style}")(name, size=size)
    return drawn


class Place(TypedDict):
    """One entry of a company's navigation; `kind` is the kind of record that it needs, "" for none.

    A dictionary, as a template finds what stands in one at the first try; every page asks some eighty times.
    """

    name: str
    url: str
    key: str
    icon: str
    kind: str
    here: bool


# Pages that belong to a place without being below its address: the word in their own one.
WITHIN = {"Bills": "vendors"}
PLACES = (
    ("Home", "home", "g h", "home", ""),
    ("Customers", "customer_list", "g c", "user", "customers"),
    ("Bills", "bill_list", "g b", "document-text", "bills"),
    ("History", "edit_list", "g e", "pencil", ""),
    ("Connection", "connection", "g n", "bolt", ""),
)
VIEWS = {name: view for name, view, *_ in PLACES}


@register.filter
def places(member: Any, path: str) -> list[Place]:
    """Where a member can go inside their company, and which of it `path` is."""
    found = _list_places(member.tenant.slug)
    here = [_is_within(path, place) for place in found]
    return [place | {"here": is_here} for place, is_here in zip(found, here, strict=True)]


@register.simple_tag
def section_of(member: Any, path: str) -> str:
    """The URL's name of the place to which `path` belongs, home for a page of none; "" outside a company."""
    return find_section(places(member, path)) if member else ""


def find_section(found: Iterable[Place]) -> str:
    """The URL's name of that of these places to which the page belongs, home for a page of none."""
    return next((VIEWS[place["name"]] for place in found if place["here"]), "home")


def _is_within(path: str, place: Place) -> bool:
    if place["name"] == "Home":
        return path == place["url"]
    parts = path.split("/")[3:5]
    return (
        path.startswith(place["url"]) or parts[:1] == [WITHIN.get(place["name"])] or parts == ["lists", place["kind"]]
    )


@lru_cache(maxsize=1024)
def _list_places(slug: str) -> list[Place]:
    """The places of one company: every page names them twice."""
    found = []
    for name, view, key, icon, kind in PLACES:
        with suppress(NoReverseMatch):  # this part of the desk is not installed
            url = reverse(view, args=[slug])
            found.append(Place(name=name, url=url, key=key, icon=icon, kind=kind, here=False))
    return found


@register.filter
def has_breaks(plotted: Iterable[Any]) -> bool:
    """Whether a bar of a plot is longer than it is drawn."""
    return any(one.bar.is_broken for one in plotted)


@register.filter
def remote_ids(rows: Iterable[Any]) -> str:
    """Return the ids of records, each with a blank after it."""
    return "".join([f"{row.remote_id} " for row in rows])


@register.filter
def as_lines(lines: Iterable[str]) -> str:
    """Return several lines for a <pre>, as they are printed."""
    return "\n".join(lines)


@register.filter
def is_text(value: object) -> bool:
    """Whether one sentence was given, not a list of steps."""
    return isinstance(value, str)


@register.filter
def marked(text: str, words: str | None) -> SafeString:
    """`text` with each of the typed `words` inside a <mark>. In Python, as a filter has no template to be drawn by."""
    pieces = enumerate(split_found(text, words or ""))
    drawn = (format_html("<mark>{}</mark>", piece) if place % 2 else piece for place, piece in pieces)
    return format_html_join("", "{}", ((piece,) for piece in drawn))
