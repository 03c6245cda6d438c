"""The pages load the styles and scripts that they use, as each page of a company does."""

import pytest

from tenants.models import Tenant
from tests.pages.test_kinds import left_out
from tests.support.people import PatientClient
from tests.support.tasks import run_queued_tasks

from .conftest import FERN, create, make_link

PAGES = ("", "companies/", "companies/add/", "companies/fern/connect/", "companies/fig/connect/")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_all_that_it_uses(as_root: PatientClient, fern: Tenant, fig: Tenant, path: str) -> None:
    as_root.get(f"{FERN}?existing=1")
    run_queued_tasks()
    assert left_out(as_root.get(f"/administration/{path}").content.decode()) == (set(), set())


def test_a_page_with_a_link_loads_all_that_it_uses(as_root: PatientClient, fern: Tenant) -> None:
    create(as_root)
    run_queued_tasks()
    make_link(as_root)
    pages = [as_root.get(path).content.decode() for path in (FERN, "/t/fern/connection/link/")]
    assert [left_out(page) for page in pages] == [(set(), set())] * 2
