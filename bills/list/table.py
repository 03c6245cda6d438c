"""The rows of the list. Written here and not in the template, which takes longer over a hundred of them than the
desk over all else on the page, its queries included."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from django.utils.safestring import SafeString

from books.mirror.currencies import coded
from records.formatting import as_html, day, due, due_class, money
from tenants.access import Member

from .badges import Mark, marks

COLUMNS = (
    *("remote_id", "name", "vendor_name", "memo", "bill_date", "terms_name", "due_date", "is_paid"),
    *("amount", "open_amount", "currency"),
)


def rows(member: Member, found: Sequence[Any], here: str, before: Mapping[str, str]) -> SafeString:
    """The rows for the table at the address `here`; `before` says what stands before the amounts of a currency."""
    start, may_edit = escape(here), member.may_edit
    drawn = [
        _row(row, coded(before.get(row.currency, "")), start + quote(row.remote_id, safe=""), may_edit) for row in found
    ]
    return as_html(drawn)


def _row(row: Any, code: str, link: str, may_edit: bool) -> str:
    called, look = escape(row.name or row.vendor_name), "record" if row.name else "record none"
    edit = f'<td class="w-fit"><a href="{link}/edit" data-edit aria-label="Edit bill {called}">Edit</a></td>'
    return f"""<tr>
<td class="at-sub"><a class="{look}" href="{link}/">{escape(row.name or "no number")}</a></td>
<td class="at-title text w-20">{escape(row.vendor_name)}</td>
<td class="text w-20 second">{escape(row.memo)}</td>
<td class="at-marks">{_marks(marks(row))}</td>
<td class="num second at-date">{day(row.bill_date)}</td>
<td class="second lesser">{escape(row.terms_name)}</td>
<td class="num second">{day(row.due_date)}</td>
{_state(row)}
<td class="num second">{code}{money(row.amount)}</td>
<td class="num at-sum">{code}{money(row.open_amount)}</td>
{edit if may_edit else ""}
</tr>
"""


def _marks(found: list[Mark]) -> str:
    drawn = [f'<span class="mark{f" is-{kind}" if kind else ""}">{escape(text)}</span>' for kind, text in found]
    return f'<span class="marks">{"".join(drawn)}</span>' if drawn else ""


def _state(row: Any) -> str:
    if row.is_paid:
        return '<td class="at-state second">paid</td>'
    return f'<td class="at-state {due_class(row.due_date)}">{due(row.due_date)}</td>'
