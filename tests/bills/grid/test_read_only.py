"""The lines of a bill on its page."""

import re

from bills.grid.read_only import ReadOnlyLines
from records.merge.answer import Difference
from tenants.models import Tenant
from tests.bills.factories import bill


def test_only_a_line_that_was_saved_otherwise_is_marked(db: None) -> None:
    larch = Tenant.objects.create(slug="larch", name="Larch", end_user_id="end_usr_larch")
    amount = Difference(("expense_lines", "E2", "amount"), "Expenses, line 2", "Amount", "80.00", "86.40")
    rows = ReadOnlyLines(bill(larch), [amount]).parts[0].rows
    assert re.findall(r'<tr class="([^"]*)"', rows) == ["line", "line has-lines told"]
