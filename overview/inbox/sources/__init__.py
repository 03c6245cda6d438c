"""All sources of "Needs you", in the order in which a company's items are shown. A new one is a module and a line."""

from overview.inbox.items import Source

from . import batches, bills, companies, drafts, edits, unreadable

SOURCES: tuple[Source, ...] = (
    edits.LEFT_OVER,
    edits.DIFFERING,
    batches.PARKED,
    drafts.EXPIRING,
    edits.WAITING,
    batches.LEFT,
    companies.OFF,
    unreadable.KEPT_ASIDE,
    bills.BILLS,
)
