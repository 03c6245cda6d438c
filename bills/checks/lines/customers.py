"""Who a line is for: a vendor on payables, a customer elsewhere, and a customer on a line that is billable.

Pure but for the entries that it is given. Source: docs/vendors/conductor.md, sections 8.8 and 8.10.
"""

from collections.abc import Iterator

from bills.checks.changed_lines import EditedLine
from record_forms.checks import Check

from .picked import PickedEntries

NEEDED = {"accounts_payable": "vendors"}  # type of account → who a line on it is for; else a customer
NOUNS = {"customers": "customer or job", "vendors": "vendor"}
BILLABLE = "billable"


def check_payees(picked: PickedEntries) -> Iterator[Check]:
    """Yield a refusal for each line whose account and payee do not go together."""
    for line in picked.lines:
        account, payee = line.now.get("account"), line.now.get("payee")
        if not account or not payee or not line.changes("account", "payee"):
            continue
        is_type, is_kind = picked.find_account_type(account), picked.find_payee_kind(payee)
        needed = NEEDED.get(is_type, "customers")
        if is_type and is_kind and is_kind != needed:
            what = is_type.replace("_", " ")
            yield Check(
                title=f"On {account}, {payee} has to be a {NOUNS[needed]}, and it is a {NOUNS[is_kind]}.",
                why=f"The account is of the type {what}.",
                next_step=f"Enter a {NOUNS[needed]}, or another account.",
                spots=(f"{line.spot}-payee",),
                refuses=True,
            )


def check_billable(picked: PickedEntries) -> Check | None:
    """A warning for lines that are billable to nobody."""
    found = [line for line in picked.lines if _is_billable_to_nobody(line, picked)]
    if not found:
        return None
    names = "; ".join(line.place.label for line in found[:3])
    return Check(
        title="A billable line has no customer."
        if len(found) == 1
        else f"{len(found)} billable lines have no customer.",
        why=f"{names}{f'; and {len(found) - 3} more' if len(found) > 3 else ''}. Nobody would be charged.",
        next_step="Enter a customer or job, or make it not billable.",
        spots=tuple(line.spot for line in found),
    )


def _is_billable_to_nobody(line: EditedLine, picked: PickedEntries) -> bool:
    if line.now.get("billing_status") != BILLABLE or not line.changes("billing_status", "payee", "customer"):
        return False
    who = line.now.get("payee") or line.now.get("customer")
    return not who or ("payee" in line.now.shape and picked.find_payee_kind(who) == "vendors")
