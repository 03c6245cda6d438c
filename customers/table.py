"""The rows of the list. Written here and not in the template, which takes longer over a hundred of them than the
desk over all else on the page, its queries included."""

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from django.utils import timezone
from django.utils.safestring import SafeString

from books.mirror.currencies import add_codes, map_codes
from records.formatting import format_date, format_money, format_value_html
from tenants.access import Member

COLUMNS = (
    *("remote_id", "full_name", "is_active", "company_name", "phone", "email", "terms_name"),
    *("balance", "total_balance", "currency", "changed_at"),
)


def render_rows(member: Member, found: Sequence[Any], here: str, shows: Container[str], *, under: bool) -> SafeString:
    """The rows for the table at the address `here`, with those columns that the company's books have: `shows`.

    `under`: the table goes by full name, so jobs stand under their customer. Only the currencies that few of these
    rows have are named before their amounts.
    """
    currencies = Counter(row.currency for row in found).most_common()
    before = map_codes(member.tenant, [name for name, _ in currencies])
    start, may_edit = escape(here), member.may_edit
    drawn = []
    for row, depth, name in _indent_name(found, under=under):
        link, code = start + quote(row.remote_id, safe=""), add_codes(before.get(row.currency, ""))
        drawn += ["<tr>", _render_name(row, depth, name, link), *_render_figures(row, code, shows)]
        drawn += [_render_edit_link(row, link) if may_edit else "", "</tr>\n"]
    return format_value_html(drawn)


def _render_name(row: Any, depth: int, name: str, link: str) -> str:
    inactive = ' <span class="badge">Inactive</span>' if row.is_active is False else ""
    return f"""
<td class="at-title text w-30 depth-{depth}"><a class="record" href="{link}/" title="{escape(row.full_name)}">{
        escape(name)
    }</a>{inactive}</td>
<td class="at-sub text w-20 muted">{escape(row.company_name)}</td>
<td class="at-date muted">{escape(row.phone)}</td>
<td class="text w-20 muted low-priority">{escape(row.email)}</td>
"""


def _render_figures(row: Any, code: str, shows: Container[str]) -> Iterator[str]:
    """On a phone the last balance stands beside the name."""
    if "terms_name" in shows:
        yield f'<td class="muted low-priority">{escape(row.terms_name)}</td>\n'
    has_jobs = "total_balance" in shows
    yield f'<td class="num{"" if has_jobs else " at-sum"}">{code}{format_money(row.balance)}</td>\n'
    if has_jobs:
        yield f'<td class="num at-sum muted">{format_money(row.total_balance)}</td>\n'
    if "changed_at" in shows:
        changed = row.changed_at and timezone.localtime(row.changed_at)
        yield f'<td class="num muted low-priority">{format_date(changed)}</td>\n'


def _render_edit_link(row: Any, link: str) -> str:
    called = escape(row.full_name)
    return f'<td class="w-fit"><a href="{link}/edit" data-edit aria-label="Edit {called}">Edit</a></td>\n'


def _indent_name(found: Sequence[Any], *, under: bool) -> Iterator[tuple[Any, int, str]]:
    """Each row with its depth under the customer above it in this list, and the name to show."""
    above: list[str] = []
    for row in found:
        name = row.full_name
        while above and not (under and name.startswith(above[-1] + ":")):
            above.pop()
        yield row, len(above), name[len(above[-1]) + 1 :] if above else name
        above.append(name)
