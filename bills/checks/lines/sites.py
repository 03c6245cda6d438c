"""Sites and bins of lines: a site is no bin, and a bin is one of its site. Pure but for the entries that it is given.

QuickBooks keeps both in one list (docs/vendors/conductor.md, section 5).
"""

from collections.abc import Iterator

from bills.checks.changed_lines import EditedLine
from record_forms.checks import Check

from .picked import PickedEntries

SITE, BIN = "inventory_site", "inventory_site_location"


def check_sites(picked: PickedEntries) -> Iterator[Check]:
    """Yield a refusal for each line with a bin as its site, or a bin that is not one of its site."""
    for line in picked.lines:
        if line.changes(SITE, BIN):
            yield from _check_line(line, picked)


def _check_line(line: EditedLine, picked: PickedEntries) -> Iterator[Check]:
    site, within = line.now.get(SITE), line.now.get(BIN)
    known, found = picked.find_site(site), picked.find_site(within)
    above = picked.find_site_by_id(known.parent_id) if known and known.parent_id else None
    if known and known.parent_id:
        where = f" of {above.full_name}" if above else ""
        yield _refuse(line, SITE, f"{site} is a bin{where}, not a site.", "Enter it as the bin, and its site here.")
    elif found and not found.parent_id:
        yield _refuse(line, BIN, f"{within} is a site, not a bin.", "Enter a bin of the site.")
    elif found and (site is None or found.parent_id != site.id):
        its = picked.find_site_by_id(found.parent_id)
        where = its.full_name if its else "another site"
        yield _refuse(line, BIN, f"The bin {within} is in {where}{f', not in {site}' if site else ''}.",
                      f"Enter a bin of {site}." if site else f"Enter the site {where}.")  # fmt: skip


def _refuse(line: EditedLine, member: str, title: str, next_step: str) -> Check:
    return Check(title=title, why="", next_step=next_step, spots=(f"{line.spot}-{member}",), refuses=True)
