"""Renders the rows of a company's history in Python: a template takes longer over fifty rows than everything else."""

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString

from records.diff import Change
from records.formatting import format_moment, format_value_html

from .entries import HistoryEntry, describe_outcome

LONGEST = 80  # characters of a value; the entry's own page shows all of it


def render_rows(found: Iterable[HistoryEntry], books: str) -> SafeString:
    """Return the rows of the table as HTML; `books` is the provider's name."""
    return format_value_html(_render_row(entry, books) for entry in found)


def _render_row(entry: HistoryEntry, books: str) -> str:
    who = escape(entry.who[:1].upper() + entry.who[1:]) if entry.who else f'<span class="muted">{escape(books)}</span>'
    more = f' <span class="muted">and {entry.more:,} more</span>' if entry.more else ""
    badge = f"badge is-{entry.outcome.mark}" if entry.outcome.mark else "badge"
    return f"""<tr>
<td class="at-sub w-fit muted"><time datetime="{entry.at.isoformat()}">{format_moment(entry.at)}</time></td>
<td class="at-date w-fit">{who}</td>
<td class="at-title text w-30"><a class="record" href="{entry.url}">{escape(entry.record_name)}</a></td>
<td class="at-badges text w-30">{" · ".join(_render_change(change) for change in entry.first)}{more}</td>
<td class="text w-20 muted low-priority">{escape(entry.reason)}</td>
<td class="at-state w-fit"><span class="{badge}">{escape(describe_outcome(entry, books))}</span></td>
</tr>
"""


def _render_change(change: Change) -> str:
    was = f'<span class="from">{_shorten_text(change.was)}</span> → ' if change.was else ""
    return f'<span class="muted">{escape(change.label)}</span> {was}{_shorten_text(change.now)}'


def _shorten_text(text: str) -> str:
    return escape(text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…")
