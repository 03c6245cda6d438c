"""Harbor & Pine Builders: a contractor with jobs three levels deep, whose bills are mostly job expenses."""

from itertools import islice

from sandbox.conductor.file.records import Record, money, reference
from sandbox.store import Store

from . import invented
from .company_builder import Setup
from .lists import add_lists, add_vendor
from .settings import facts, preferences
from .words import SPECIAL, address, firm_names

ID = "end_usr_contractor0001"
_JOBS = ("Kitchen", "Bathroom", "Garage", "Roof", "Deck", "Office fit-out", "Warehouse", "Annex")
_STAGES = ("Phase 1", "Phase 2", "Change order")
_COSTS = (
    "Job Expenses:Materials",
    "Job Expenses:Equipment Rental",
    "Job Expenses:Subcontractors",
    "Job Expenses:Subcontractors:Electrical",
    "Office Supplies",
    "Automobile:Fuel",
    "Utilities",
)


def add_contractor(store: Store) -> None:
    """Writes the whole company."""
    setup = Setup(store, ID, -480, 20_261)
    add_lists(setup, (), ("Homeowner", "Business", "Business:Landlord", "Public body"))
    names = firm_names(setup.chance, setup.taken)
    terms = tuple(invented.TERM_DAYS)
    vendors = [add_vendor(setup, name, setup.chance.choice(terms)) for name in islice(names, 45)]
    _add_items(setup)
    jobs = [job for name in (*SPECIAL, *islice(names, 112)) for job in _family(setup, name)]
    for day in invented.bill_days(setup, 1_000):
        bill = invented.new_bill(setup, setup.chance.choice(vendors), day, setup.chance.choice(terms))
        _add_lines(setup, bill, jobs)
        invented.finish_bill(setup, bill)
    wishes = preferences(
        home=None,
        classes=False,
        sites=False,
        inventory=False,
        closing_date="2026-09-30",
        taxable=setup.ref("sales-tax-codes", "Tax"),
        non_taxable=setup.ref("sales-tax-codes", "Non"),
        tax_item=setup.ref("sales-tax-items", "State Sales Tax"),
    )
    place = address(setup.chance, "Harbor & Pine Builders")
    known = facts(
        "Harbor & Pine Builders", "harbor-pine", "2024-02-05T16:20:00.000Z", "int_conn_contractor01", place, wishes
    )
    setup.finish(known, success="2026-11-20T15:58:12.402Z")


def _add_items(setup: Setup) -> None:
    account = setup.ref("accounts", "Job Expenses:Materials")
    for name, price in (("Lumber", "8.40"), ("Drywall", "14.25"), ("Concrete mix", "6.15"), ("Fixtures", "79.00")):
        details = {"description": name, "price": price, "pricePercentage": None, "postingAccount": account}
        setup.put("non-inventory-items", name, salesOrPurchaseDetails=details)
    for name, price in (("Framing", "65.00"), ("Electrical work", "95.00"), ("Hauling", "45.00")):
        details = {"description": f"{name}, hour", "price": price, "pricePercentage": None, "postingAccount": account}
        setup.put("service-items", name, salesOrPurchaseDetails=details)


def _family(setup: Setup, name: str) -> list[Record]:
    """A customer with jobs and stages, totals added up; returns the records that expenses can be billed to."""
    chance = setup.chance
    top = invented.customer(setup, name)
    family = [top]
    for job_name in chance.sample(_JOBS, chance.choice((0, 1, 2, 2, 3))):
        job = invented.job(setup, top, job_name)
        family.append(job)
        stages = [invented.job(setup, job, stage) for stage in _STAGES[: chance.choice((0, 0, 0, 1, 2))]]
        family += stages
        job["totalBalance"] = str(sum((money(stage["balance"]) for stage in stages), money(job["balance"])))
    top["totalBalance"] = str(sum((money(each["balance"]) for each in family[1:]), money(top["balance"])))
    for each in family:
        if any(other["parent"] and other["parent"]["id"] == each["id"] for other in family):
            # QuickBooks keeps job details on the lowest level only.
            each.update(jobStatus="none", jobStartDate=None, jobProjectedEndDate=None, jobEndDate=None)
            each.update(jobDescription=None, jobType=None)
        setup.add("customers", each)
    return [reference(each) for each in family if each["isActive"]]


def _add_lines(setup: Setup, bill: Record, jobs: list[Record]) -> None:
    chance = setup.chance
    for _ in range(chance.choice((1, 1, 2, 3, 5))):
        payee = chance.choice(jobs) if chance.random() < 0.7 else None
        status = chance.choice(("billable", "billable", "has_been_billed", "not_billable")) if payee else None
        memo = chance.choice(("Lumber and fasteners", "Crane, one day", "Permit", None))
        account = setup.ref("accounts", chance.choice(_COSTS))
        amount = f"{chance.randrange(1_500, 900_000) / 100:.2f}"
        line = invented.expense_line(setup, account, amount, payee=payee, billingStatus=status, memo=memo)
        bill["expenseLines"].append(line)
    if chance.random() < 0.15:
        item = setup.pick("non-inventory-items")
        bill["itemLines"].append(
            invented.item_line(setup, item, chance.randrange(1, 40), "14.25", description=item["fullName"])
        )
