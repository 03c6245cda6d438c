"""The due date of many bills by their terms, for a bulk change. Looks each kind of terms up once."""

from collections.abc import Callable
from datetime import date
from functools import cache

from record_forms.bulk.rules import DerivedValue
from record_forms.bulk.value_changes import CannotApply
from records.content import Content, Reference
from records.fields import Shape
from tenants.models import Tenant

from .due_dates import Terms
from .due_offer import DueDate

NO_BILL = Content(Shape(), {})  # terms are looked up without one


def make_due_dates(tenant: Tenant) -> Callable[[Content], date]:
    """Return what gives the due date of a bill of this company by its terms and its bill date."""

    @cache
    def find_terms(chosen: Reference | None) -> Terms | None:
        return DueDate(tenant, NO_BILL, {"terms": chosen}, None).terms

    def derive(bill: Content) -> date:
        due = DueDate(tenant, bill, bill, None)
        due.terms = find_terms(bill["terms"])
        if due.date is None:
            raise CannotApply("No due date follows from the terms and the bill date of this bill.")
        return due.date

    return derive


BY_TERMS = DerivedValue(
    field="due_date",
    name="terms",
    label="From the bill date and the terms",
    reads=("transaction_date", "terms"),
    make=make_due_dates,
)
