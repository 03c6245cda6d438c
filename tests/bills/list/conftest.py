"""Bills in the mirror of a company, for the tests of their list."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from books import registry
from books.mirror import lookup
from tenants.models import Tenant
from tests.bills.factories import BILL, named

Store = Callable[..., None]


@pytest.fixture
def store(larch: Tenant) -> Store:
    """`store("7731", due=-3, amount="10.00")` puts a bill into the mirror, due so many days from today."""

    def put(number: str, due: int = 5, amount: str = "100.00", vendor: str = "Cobalt", **more: Any) -> None:
        today = timezone.localdate()
        raw = {
            **BILL, "id": f"B{number}", "refNumber": number, "vendor": named(f"V{vendor}", vendor), "amountDue": amount,
            "openAmount": "0.00" if more.get("isPaid") else amount, "dueDate": str(today + timedelta(days=due)), **more,
        }  # fmt: skip
        lookup.store_record(larch, registry.get_table(larch, "bills"), raw)

    return put
