"""The rows of the list. Written here and not in the template, which takes longer over a hundred of them than the
desk over all else on the page, its queries included."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from django.utils.safestring import SafeString

from books.mirror.currencies import add_codes
from records.formatting import describe_due, format_date, format_money, format_value_html, get_due_class
from tenants.access import Member

from .badges import Badge, list_badges

COLUMNS = (
    *("remote_id", "name", "vendor_name", "memo", "bill_date", "terms_name", "due_date", "is_paid"),
    *("amount", "open_amount", "currency"),
)


def render_rows(member: Member, found: Sequence[Any], here: str, before: Mapping[str, str]) -> SafeString:
    """The rows for the table at the address `here`; `before` says what stands before the amounts of a currency."""
    start, may_edit = escape(here), member.may_edit
    drawn = [
        _render_row(row, add_codes(before.get(row.currency, "")), start + quote(row.remote_id, safe=""), may_edit)
        for row in found
    ]
    return format_value_html(drawn)


def _render_row(row: Any, code: str, link: str, may_edit: bool) -> str:
    called, look = escape(row.name or row.vendor_name), "record" if row.name else "record none"
    edit = f'<td class="w-fit"><a href="{link}/edit" data-edit aria-label="Edit bill {called}">Edit</a></td>'
    return f"""<tr>
<td class="at-sub"><a class="{look}" href="{link}/">{escape(row.name or "no number")}</a></td>
<td class="at-title text w-20">{escape(row.vendor_name)}</td>
<td class="text w-20 muted">{escape(row.memo)}</td>
<td class="at-badges">{_render_badges(list_badges(row))}</td>
<td class="num muted at-date">{format_date(row.bill_date)}</td>
<td class="muted low-priority">{escape(row.terms_name)}</td>
<td class="num muted">{format_date(row.due_date)}</td>
{_render_state(row)}
<td class="num muted">{code}{format_money(row.amount)}</td>
<td class="num at-sum">{code}{format_money(row.open_amount)}</td>
{edit if may_edit else ""}
</tr>
"""


def _render_badges(found: list[Badge]) -> str:
    drawn = [f'<span class="badge{f" is-{kind}" if kind else ""}">{escape(text)}</span>' for kind, text in found]
    return f'<span class="badges">{"".join(drawn)}</span>' if drawn else ""


def _render_state(row: Any) -> str:
    if row.is_paid:
        return '<td class="at-state muted">paid</td>'
    return f'<td class="at-state {get_due_class(row.due_date)}">{describe_due(row.due_date)}</td>'
