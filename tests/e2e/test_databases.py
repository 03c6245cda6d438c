"""A whole desk, web and workers as processes, on whichever database the tests run: read, found, saved, told."""

import re

import httpx
import pytest

from tests.support.inputs import inputs
from tests.support.running import RunningDesk, wait_until

BILL = "16D9-1501712681"
PAGE = f"/t/harbor/bills/{BILL}/"
READ = "complete"

pytestmark = pytest.mark.on_both


@pytest.fixture
def bob(desk: RunningDesk):
    """Bob's browser without a screen."""
    with httpx.Client(base_url=desk.url, follow_redirects=True, timeout=60, trust_env=False) as client:
        form = client.get("/accounts/login/").text
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[0]
        client.post("/accounts/login/", data={"login": "bob", "password": "demo", "csrfmiddlewaretoken": token})
        yield client


def listed(bob: httpx.Client, query: str) -> list[str]:
    return re.findall(r'class="record" id="[^"]+" href="([^"?]+)', bob.get(f"/t/harbor/bills/?{query}").text)


def test_a_bill_is_read_found_saved_and_told_of(desk, bob):
    wait_until(lambda: listed(bob, "q=81116&state=all") == [PAGE], within=90)
    form = bob.get(f"{PAGE}edit")
    posted = bob.post(f"{PAGE}edit", data=inputs(form) | {"memo": "On both databases"})
    wait_until(lambda: bob.get(posted.url).url.path == PAGE)
    assert "On both databases" in bob.get(PAGE).text
    assert listed(bob, "q=both+databases&state=all") == [PAGE]
    assert "On both databases" in bob.get("/t/harbor/edits/?q=81116").text
    assert (
        desk.sandbox.get(f"/quickbooks-desktop/bills/{BILL}", "end_usr_contractor0001")["memo"] == "On both databases"
    )
