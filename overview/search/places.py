"""What a search finds that is not a record: companies, pages, and the views of lists."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import reverse

from books.models import SavedView
from books.registry import get_description
from overview.sections import HOME, find_section, has_section
from records.searching import make_sort_key
from tenants.access import Member

from .hits import Hit, Needle
from .recent import Recent


class Destination(NamedTuple):
    """A page of each company, or an action: its name and other words, its URL, and the kind of records that it needs.

    An action is posted with `posts`; `is_file` if the page is a file.
    """

    name: str
    words: str
    view: str
    kind: str = ""
    query: str = ""
    edits: bool = False  # only for those who may change something
    administers: bool = False  # only for administrators of the company
    args: tuple[str, ...] = ()  # of the URL, after the company
    posts: tuple[tuple[str, str], ...] | None = None
    is_file: bool = False


PAGES = (
    Destination("Home", "overview start", "home"),
    Destination("Customers", "clients jobs", "customer_list", "customers"),
    Destination("Bills", "invoices payables", "bill_list", "bills"),
    Destination("Unpaid bills", "open payables", "bill_list", "bills", "?state=unpaid"),
    Destination("Overdue bills", "late payables", "bill_list", "bills", "?state=overdue"),
    Destination("Bills due in the next 7 days", "this week soon", "bill_list", "bills", "?state=unpaid&due=next-7"),
    Destination("History", "changes edits log undo", "edit_list"),
    Destination("Drafts", "unfinished typed", "draft_list", edits=True),
    Destination("Waiting changes", "queued saving cancel", "queued_list", edits=True),
    Destination("Connection", "status refresh freshness sync quickbooks", "connection"),
    Destination(
        "Import customers", "bring back excel csv file", "list_import", "customers", edits=True, args=("customers",)
    ),
    Destination("Import bills", "bring back excel csv file", "list_import", "bills", edits=True, args=("bills",)),
    Destination(
        "Company settings", "closing date order quiet hours pause ceiling", "company_settings", administers=True
    ),
    Destination("Members", "people roles access invite", "members", administers=True),
)
OWN_PAGES = (
    Destination("Needs you", "inbox conflicts refused to do", "inbox"),
    Destination("Your companies", "switch clients", "company_list"),
    Destination("Bulk changes", "batch many records", "batch_list"),
    Destination("Settings", "theme dark date format time zone density notices mail", "person_settings"),
    Destination("Help", "guide shortcuts keys", "guide"),
    Destination("Change password", "security", "account_change_password"),
)
OFFICE = Destination("Administration", "add companies people log health", "administration")  # of Ledgerdesk itself


def find_companies(members: Mapping[int, Member], needle: Needle, section: str, recent: Recent) -> list[Hit]:
    """Return one's companies that a search finds, each with its page of the section where one is.

    The best come first, and among equals those opened lately.
    """
    found = [one for one in members.values() if needle.finds(one.tenant.name)]
    found.sort(key=lambda one: (needle.rank(one.tenant.name), *_order_companies(one, recent)))
    return [make_company_hit(one, section, needle.rank(one.tenant.name)) for one in found]


def make_company_hit(member: Member, section: str, rank: int = 0) -> Hit:
    page = next(page for page in PAGES if page.view == (section if has_section(member.tenant, section) else HOME))
    aside = page.name if page.view != HOME else ""
    return Hit(member.tenant.name, find_section(member.tenant, section), rank, aside)


def find_pages(members: Mapping[int, Member], person: User, needle: Needle, here: str, most: int) -> list[Hit]:
    """Return the pages that a search finds, best first, and of very many one more than `most`."""
    own = (*OWN_PAGES, OFFICE) if person.is_staff else OWN_PAGES
    return find_places(own, PAGES, members, needle, here, most)


def find_places(
    own: Sequence[Destination],
    of_company: Sequence[Destination],
    members: Mapping[int, Member],
    needle: Needle,
    here: str,
    most: int,
) -> list[Hit]:
    """Return which of a person's own places, and of those of each company, a search finds, best first.

    Those of the company `here`, or of all companies where the person is in none, are found by their names alone. Of
    very many there is one more than `most`.
    """
    found: list[tuple[int, Destination, Member | None]] = [
        (needle.rank(page.name), page, None) for page in own if needle.finds(page.name, page.words)
    ]
    named = {page: needle.rank(page.name) for page in of_company if needle.finds(page.name, page.words)}
    is_outside = all(member.tenant.slug != here for member in members.values())
    for member in sorted(members.values(), key=lambda one: make_sort_key(one.tenant.name)):
        near = named if is_outside or member.tenant.slug == here else {}
        found += ((rank, page, member) for rank, page in _find_in_company(of_company, member, needle, near))
    found.sort(key=lambda one: one[0])
    return [make_place_hit(page, member, rank) for rank, page, member in found[: most + 1]]


def list_pages(member: Member) -> list[Hit]:
    """Return the pages of a company, without those that few people look for."""
    return [make_place_hit(page, member) for page in PAGES if not page.args and may_open(page, member)]


def find_views(members: Mapping[int, Member], person: User, needle: Needle, recent: Recent) -> list[Hit]:
    """Return one's own and the shared views that a search finds, by their names, with or without the company's.

    The best come first, and among equals those opened lately.
    """
    views = SavedView.objects.filter(Q(person=person) | Q(person=None), tenant__in=list(members))
    found = []
    for view in sorted(views.order_by("name", "pk"), key=lambda one: recent.place_view(one.pk)):
        member = members[view.tenant_id]
        lists = {page.kind: page for page in PAGES if page.view in ("customer_list", "bill_list") and not page.query}
        page = lists.get(view.kind)
        if page and may_open(page, member) and needle.finds(view.name, member.tenant.name):
            url = f"{reverse(page.view, args=[member.tenant.slug])}?{view.address}"
            found.append(Hit(view.name, url, needle.rank(view.name), f"View of {view.kind}", member.tenant.name))
    return sorted(found, key=lambda hit: hit.rank)


def _find_in_company(
    places: Sequence[Destination], member: Member, needle: Needle, named: Mapping[Destination, int]
) -> Iterator[tuple[int, Destination]]:
    """Yield rank and page of a company's places: those in `named`, and others found by the company's name as well."""
    name = member.tenant.name
    yield from ((rank, page) for page, rank in named.items() if may_open(page, member))
    if not _names_company(needle, name):
        return
    for page in places:
        is_found = needle.finds(page.name, page.words, name) and not needle.finds(name)
        if is_found and page not in named and may_open(page, member):
            yield min(needle.rank(f"{page.name} {name}"), needle.rank(f"{name} {page.name}")), page


def _names_company(needle: Needle, name: str) -> bool:
    """Return whether some word of a search is in a company's name."""
    return any(Needle(way[0]).finds(name) for term in needle.terms for way in term[:1])


def may_open(page: Destination, member: Member) -> bool:
    """Whether a company has a page, and its member may open it."""
    has_kind = not page.kind or page.kind in get_description(member.tenant).tables
    return has_kind and (member.may_edit or not page.edits) and (member.may_administer or not page.administers)


def make_place_hit(page: Destination, member: Member | None, rank: int = 0) -> Hit:
    """Return a page as a hit: of one company, or of the person."""
    url = f"{reverse(page.view, args=[member.tenant.slug, *page.args] if member else page.args)}{page.query}"
    company = member.tenant.name if member else ""
    return Hit(page.name, url, rank, "", company, posts=page.posts, is_file=page.is_file)


def list_others(members: Sequence[Member], here: str, recent: Recent) -> list[Member]:
    """Return one's companies without the one with this slug: those opened lately, then the others by name."""
    others = [one for one in members if one.tenant.slug != here]
    return sorted(others, key=lambda one: _order_companies(one, recent))


def _order_companies(one: Member, recent: Recent) -> tuple[int, str, int]:
    return (recent.place_company(one.tenant.pk), make_sort_key(one.tenant.name), one.tenant.pk)
