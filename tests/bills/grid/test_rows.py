"""A bill's lines as they are drawn: what the books and people wrote is text there, never HTML."""

import re

import pytest

from bills.grid.lines import BillLines
from bills.grid.table import Grid
from books import registry
from tenants.models import Tenant
from tests.bills.factories import BILL, bill, data_of

HOSTILE = '<b class="x">&\''
ESCAPED = "&lt;b class=&#34;x&#34;&gt;&amp;&#39;"


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"item_lines-0-id": "I1", "item_lines-0-description": HOSTILE},
        {"item_lines-0-id": "I1", "item_lines-0-description": f"{HOSTILE}\n"},
        {"item_lines-0-id": "I1", "item_lines-0-description": HOSTILE, "item_lines-0-remove": "on"},
        {"item_lines-0-id": "I1", "item_lines-0-unit_of_measure": HOSTILE, "item_lines-0-amount": HOSTILE},
    ],
)
def test_what_a_line_holds_is_drawn_as_text(db: None, typed: dict[str, str]) -> None:
    larch = Tenant.objects.create(slug="larch", name="Larch", end_user_id="end_usr_larch")
    line = {"id": "I1", "item": {"id": "T1", "fullName": HOSTILE}, "description": HOSTILE, "amount": "1.00"}
    lines = BillLines(larch, registry.get_table(larch, "bills"), bill(larch, itemLines=[line]), data_of(typed))
    rows = next(part.rows for part in Grid(lines).parts if part.name == "item_lines")
    assert (re.findall("<b[ >]", rows), ESCAPED in rows) == ([], True)


def test_ten_rows_are_a_table_body_of_their_own_with_whole_groups(db: None) -> None:
    larch = Tenant.objects.create(slug="larch", name="Larch", end_user_id="end_usr_larch")
    (group,) = BILL["itemGroupLines"]  # of two lines
    lines = BillLines(larch, registry.get_table(larch, "bills"), bill(larch, itemGroupLines=[group] * 5))
    rows = next(part.rows for part in Grid(lines).parts if part.name == "item_group_lines")
    bodies = rows.split("<tbody")[1:]
    assert [(body.startswith(" class=chunk>"), body.count("<tr")) for body in bodies] == [(True, 12), (False, 3)]
