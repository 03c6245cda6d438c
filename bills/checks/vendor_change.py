"""What another vendor means for a bill: its currency, and the address of the old one. Pure, as `rules`."""

from collections.abc import Mapping

from record_forms.checks import Check
from records.content import Content, Reference, get_at_path

NO_CODES: Mapping[str, str] = {}


def check_vendor(
    base: Content, edited: Content, vendor: Content | None, books: str, codes: Mapping[str, str] = NO_CODES
) -> list[Check]:
    """Return what speaks against the vendor of `edited`, whose entry is `vendor`; nothing if it is not another one."""
    if get_at_path(base, "vendor.id") == get_at_path(edited, "vendor.id") or not edited["vendor"]:
        return []
    found = (check_currency(base, edited["vendor"], vendor, books, codes), _check_address(base, edited, vendor))
    return [check for check in found if check]


def check_currency(
    base: Content, vendor: Reference, entry: Content | None, books: str, codes: Mapping[str, str] = NO_CODES
) -> Check | None:
    """A refusal: the currency of a bill is its vendor's and cannot be changed. `entry` is the vendor's, if known.

    `codes` are the short codes of currencies by name, as beside amounts.
    """
    its, own = entry and entry["currency"], base["currency"]
    if not its or not own or its.id == own.id:
        return None
    its, own = (codes.get(one.name, one.name) for one in (its, own))
    return Check(
        title=f"{vendor} uses {its}, and this bill is in {own}.",
        why=f"{books} cannot change the currency of a bill.",
        next_step=f"Pick a vendor that uses {own}, or enter the bill again in {books}.",
        spots=("vendor",),
        refuses=True,
    )


def _check_address(base: Content, edited: Content, vendor: Content | None) -> Check | None:
    """A warning where the address of the old vendor stays, which has its name."""
    was, now = base["vendor_address"], edited["vendor_address"]
    if not base["vendor"] or was.is_blank or now != was or (vendor and now == vendor["billing_address"]):
        return None
    return Check(
        title=f"The address on the bill is still that of {base['vendor']}.",
        why="",
        next_step=f"Use the address of {edited['vendor']} that is suggested beside it, or enter another one.",
        spots=("vendor",),
    )
