"""Two machines with networks of their own over one PostgreSQL: one is cut off amid saves; nothing is lost or twice."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.support import networks
from tests.support.figures import Note
from tests.support.machines import Machines, two_networks
from tests.support.running import wait_until
from tests.support.supervised import PostgresThatGoesAway

from .killing import COMPANIES
from .test_machines import LEASE_SECONDS, SAVES, WORKS, has_taken_over

pytestmark = [
    pytest.mark.starts_first,
    pytest.mark.sqlite_only("starts a PostgreSQL of its own"),
    pytest.mark.at_length("two desks take half a minute; test_machines.py freezes a worker, which is much the same"),
]


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    if not networks.is_possible():
        # Linux lets nobody but root cut a network off, and containers often not even root. To fail here would hide what
        # the rest of a soak finds; test_machines.py freezes a worker on every machine.
        pytest.skip("network namespaces need root and `ip` (iproute2), and a container that allows them")
    limits = {"CONDUCTOR_WRITE_TIMEOUT": "2", "BIGCAPITAL_TIMEOUT": "2", "LEASE_SECONDS": str(LEASE_SECONDS)}
    home = tmp_path_factory.mktemp("networks")
    options = ("--customers", str(SAVES), "--bills", "20")
    with PostgresThatGoesAway.started() as server, two_networks(home, server, *options, **limits) as found:
        yield found


def test_saves_survive_a_machine_that_is_cut_off_for_longer_than_its_lease(machines: Machines, figure: Note) -> None:
    machines.sandbox.fault(fault="slow", operation="update", seconds=WORKS, count=None)
    slugs = [slug for _ in range(SAVES) for slug in COMPANIES][:SAVES]
    saves = [machines.typed(slug) for slug in slugs]
    machines.pressed(saves, lambda: wait_until(lambda: machines.is_sending("b")))
    networks.cut_off()
    cut = datetime.now(UTC)
    wait_until(lambda: has_taken_over(machines), within=3 * LEASE_SECONDS)
    time.sleep(LEASE_SECONDS / 3)  # it stays away for longer than its lease, which nothing signals
    networks.join()
    machines.until_settled()
    ends = Counter(machines.ended(save) for save in saves)
    figure(f"two networks, one cut off amid {SAVES} saves: {dict(ends)}")
    assert (ends.total(), machines.list_overlaps(cut)) == (SAVES, [])
