"""No code stores a whole row that it has read before: that would undo what another process has changed meanwhile."""

import re

from tests.support.running import ROOT

ROOMS = (
    "config",
    "overview",
    "administration",
    "customers",
    "bills",
    "edits",
    "record_forms",
    "books",
    "records",
    "tenants",
)
WHOLE = re.compile(r"\b(\w+)\.save\((?:commit=True)?\)")
# Rows that are new, or locked from their reading on; a form that shows all columns of its row; one of a password alone.
ALLOWED = {
    "books/providers/rate_limit.py": {"quota"},
    "tenants/companies.py": {"company"},
    "tenants/person_settings.py": {"form"},
    "tenants/sign_in/link_views.py": {"form"},
}


def test_no_whole_row_is_stored() -> None:
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py") if "migrations" not in file.parts]
    found = {str(file.relative_to(ROOT)): set(WHOLE.findall(file.read_text())) for file in files}
    assert {file: names for file, names in found.items() if names} == ALLOWED
