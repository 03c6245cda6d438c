"""Any number of small companies, alike but for their names: to measure many companies at once."""

from itertools import islice
from typing import Any

from sandbox.store import Row, Store

from . import invented
from .company_builder import Setup
from .lists import add_lists, add_vendor
from .settings import facts, preferences
from .words import firm_names

_VENDORS, _BILLS = 8, 10
_CREATED = "2025-03-03T09:00:00.000Z"
_ALIKE = [name for name in Row._fields if name not in ("seq", "company")]


def name_end_user(number: int) -> str:
    """The end user of the small company with this number, from 1."""
    return f"end_usr_small{number:08}"


def add_small(store: Store, count: int, customers: int) -> None:
    """Writes so many small companies, each with so many customers."""
    if count == 0:
        return
    first = Setup(store, name_end_user(1), 0, 20_263)
    _fill(first, customers)
    wishes = _preferences(first)
    for number in range(1, count + 1):
        setup = first if number == 1 else Setup(store, name_end_user(number), 0, 20_263)
        source, connection = f"small-{number}", f"int_conn_small{number:08}"
        setup.finish(facts(f"Small Company {number}", source, _CREATED, connection, None, wishes))
    _copy_first(store)


def open_new_file(store: Store, end_user: str, known: dict[str, Any]) -> None:
    """Gives an end user without a company file a small one, until the next reset."""
    setup = Setup(store, end_user, 0, 20_263)
    _fill(setup, 20)
    made = facts(known["companyName"], known["sourceId"], known["createdAt"], known["connectionId"], None)
    store.execute("DELETE FROM companies WHERE id = ?", end_user)
    setup.finish({**made, "email": known["email"], "preferences": _preferences(setup)})
    store.execute("UPDATE companies SET original = NULL WHERE id = ?", end_user)


def _copy_first(store: Store) -> None:
    """Gives the records of the first small company to the others: within the database, which is quick."""
    columns, first = ", ".join(_ALIKE), name_end_user(1)
    others = "SELECT id AS other FROM companies WHERE id LIKE 'end_usr_small%' AND id <> ?"
    copied = f"SELECT other, {columns} FROM ({others}) CROSS JOIN records WHERE company = ?"
    store.execute(f"INSERT INTO records (company, {columns}) {copied}", first, first)
    newest = "(SELECT value FROM counters WHERE name = ?)"
    store.execute(f"UPDATE counters SET value = {newest} WHERE name LIKE 'newest end_usr_small%'", f"newest {first}")


def _fill(setup: Setup, customers: int) -> None:
    add_lists(setup, (), ("Homeowner", "Business"))
    names = firm_names(setup.chance, setup.taken)
    vendors = [add_vendor(setup, name, "Net 30") for name in islice(names, _VENDORS)]
    for name in islice(names, customers):
        setup.add("customers", {**invented.customer(setup, name), "isActive": True})
    for number, day in enumerate(invented.bill_days(setup, _BILLS)):
        bill = invented.new_bill(setup, vendors[number % _VENDORS], day, "Net 30")
        account = setup.ref("accounts", "Job Expenses:Materials")
        bill["expenseLines"].append(invented.expense_line(setup, account, f"{120 + number}.50"))
        invented.finish_bill(setup, bill)


def _preferences(setup: Setup) -> dict[str, Any]:
    return preferences(
        home=None,
        classes=False,
        sites=False,
        inventory=False,
        closing_date=None,
        taxable=setup.ref("sales-tax-codes", "Tax"),
        non_taxable=setup.ref("sales-tax-codes", "Non"),
        tax_item=setup.ref("sales-tax-items", "State Sales Tax"),
    )
