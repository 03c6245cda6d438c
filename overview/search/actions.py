"""What can be done from the palette: with a company, with the page where one is, and with one's own settings.

An action that changes something is posted, and its own page decides whether the person may do it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import Resolver404, ResolverMatch, resolve, reverse

from books.models import SyncStatus
from overview.inbox.items import Reader
from overview.inbox.sources.edits import list_again
from records.formatting import format_count
from tenants.access import Member

from .hits import Hit, Needle
from .places import Destination, find_places, make_place_hit

FILE = "download file spreadsheet"
REFRESH = Destination("Refresh this company", "reload update read sync now data", "connection_refresh", posts=())
OF_COMPANY = (
    REFRESH,
    Destination("Try the connection now", "check answer test", "connection_try", edits=True, posts=()),
    Destination(
        "Export customers", f"{FILE} excel xlsx", "list_export", "customers", args=("customers", "xlsx"), is_file=True
    ),
    Destination("Export bills", f"{FILE} excel xlsx", "list_export", "bills", args=("bills", "xlsx"), is_file=True),
    Destination("Export the history", f"{FILE} csv changes", "history_export", is_file=True),
    Destination("New view of customers", "save columns", "list_setup", "customers", "#views", args=("customers",)),
    Destination("New view of bills", "save columns", "list_setup", "bills", "#views", args=("bills",)),
    Destination("New member", "invite person add access", "members", query="#invite-head", administers=True),
)
CHOOSE = "setting_choose"
OWN = (
    Destination("Use the dark theme", "night colors", CHOOSE, posts=(("theme", "dark"),)),
    Destination("Use the light theme", "day colors", CHOOSE, posts=(("theme", "light"),)),
    Destination("Use the theme of this computer", "system colors", CHOOSE, posts=(("theme", ""),)),
    Destination("Use compact rows", "density row height small", CHOOSE, posts=(("density", "compact"),)),
    Destination("Use comfortable rows", "density row height large", CHOOSE, posts=(("density", ""),)),
    Destination("Sign out", "log out leave", "account_logout", posts=()),
)
OFFICE = (Destination("New company", "add connect", "administration_company_add"),)  # of Ledgerdesk itself
LISTS = {"customer_list": "customers", "bill_list": "bills"}
RECORDS = {"customer_page": ("customers", "customer"), "bill_page": ("bills", "bill")}
AGAIN, AGAIN_WORDS = "Send all again", "not sent retry"


def find_actions(reader: Reader, needle: Needle, here: str, page: str, most: int) -> list[Hit]:
    """Return the actions that a search finds, best first; those of the page where one is come before others."""
    near = [hit for hit, words in _list_of_page(reader, page) if needle.finds(hit.title, words, hit.company)]
    if needle.finds(AGAIN, AGAIN_WORDS):
        near += _list_again(reader, here)
    own = (*OWN, *OFFICE) if reader.person.is_staff else OWN
    hits = [replace(hit, rank=needle.rank(hit.title)) for hit in near]
    hits += find_places(own, OF_COMPANY, reader.members, needle, here, most)
    hits = [_return_to(hit, here, page, reader) for hit in _drop_paused(reader, hits)]
    return sorted(hits, key=lambda hit: hit.rank)[: most + 1]


def list_actions(reader: Reader, here: str, page: str) -> list[Hit]:
    """Return the actions of the page and of the company where a person is, without those that few look for."""
    hits = [hit for hit, _ in _list_of_page(reader, page)] + _list_again(reader, here)
    member = _find_member(reader, here)
    hits += [make_place_hit(REFRESH, member)] if member else []
    return [_return_to(hit, here, page, reader) for hit in _drop_paused(reader, hits)]


def _find_member(reader: Reader, slug: str) -> Member | None:
    return next((one for one in reader.members.values() if one.tenant.slug == slug), None)


def _list_again(reader: Reader, here: str) -> list[Hit]:
    """Return the buttons that send again all that was not sent: of all companies, and of the one where one is."""
    numbers = list_again(reader)
    member = _find_member(reader, here)
    own = [number for number, company in numbers if member and company == member.tenant.pk]
    hits = []
    if numbers:
        hits.append(_make_again("", [number for number, _ in numbers]))
    if member and own and len(own) < len(numbers):
        hits.append(replace(_make_again(f" {here}", own), company=member.tenant.name))
    return hits


def _make_again(company: str, numbers: Sequence[int]) -> Hit:
    posts = [("step", f"changes again all{company}"), ("shown", " ".join(map(str, numbers)))]
    return Hit(AGAIN, reverse("inbox"), 0, format_count(len(numbers), "change"), posts=posts)


def _list_of_page(reader: Reader, page: str) -> Iterator[tuple[Hit, str]]:
    """Yield what can be done with the page where one is, each with other words for it."""
    try:
        parts = urlsplit(page)
        match = resolve(parts.path)
    except (ValueError, Resolver404):  # no address at all, such as one with an open bracket, or none of a page
        return
    member = _find_member(reader, str(match.kwargs.get("slug", "")))
    if member is None:
        return
    query = QueryDict(parts.query, mutable=True)
    query.pop("page", None)
    for title, words, view, args, asked, is_file in _list_links(match, member, query.urlencode()):
        url = f"{reverse(view, args=[member.tenant.slug, *args])}{asked}"
        yield Hit(title, url, 0, "", member.tenant.name, is_file=is_file), words


def _list_links(
    match: ResolverMatch, member: Member, query: str
) -> Iterator[tuple[str, str, str, list[str], str, bool]]:
    """Yield title, other words, view, its arguments after the company, query, and whether it gives a file."""
    name, asked = match.url_name or "", f"?{query}" if query else ""
    if kind := LISTS.get(name):
        yield "Export this list as Excel", f"{FILE} xlsx", "list_export", [kind, "xlsx"], asked, True
        yield "Export this list as CSV", FILE, "list_export", [kind, "csv"], asked, True
        if member.may_edit:
            yield "Export this list to edit it", f"{FILE} excel", "list_export_to_edit", [kind, "xlsx"], asked, True
        yield "Save this list as a view", "new keep columns filters", "list_setup", [kind], f"{asked}#views", False
        yield "Choose columns and order", "sort set up", "list_setup", [kind], asked, False
    elif name == "edit_list":
        yield "Export this list as CSV", f"{FILE} history changes", "history_export", [], asked, True
    elif name in RECORDS:
        (kind, noun), remote_id = RECORDS[name], match.kwargs["remote_id"]
        if member.may_edit:
            yield f"Edit this {noun}", "change form", f"{noun}_edit", [remote_id], "", False
        yield f"History of this {noun}", "changes log undo", "record_history", [kind, remote_id], "", False


def _drop_paused(reader: Reader, hits: Sequence[Hit]) -> Sequence[Hit]:
    """Leave out the refresh of companies that are paused: they are never asked."""
    urls = {reverse(REFRESH.view, args=[one.tenant.slug]): pk for pk, one in reader.members.items()}
    asked = {urls[hit.url] for hit in hits if hit.url in urls}
    if not asked:
        return hits
    paused = SyncStatus.objects.filter(tenant__in=asked, resting_since__isnull=False).values_list("tenant", flat=True)
    gone = set(paused)
    return [hit for hit in hits if urls.get(hit.url) not in gone]


def _return_to(hit: Hit, here: str, page: str, reader: Reader) -> Hit:
    """Let an action come back to the page where one is, if it is about that page's company or none."""
    member = _find_member(reader, here)
    is_near = hit.posts is not None and hit.company in ("", member.tenant.name if member else "")
    return replace(hit, posts=[*(hit.posts or ()), ("page", page)]) if is_near and page else hit
