"""Whether the vendors are reached and accept our keys. Asked by the worker: a command queues that and waits.

Conductor is asked for its own record of one company, which needs no PC; Bigcapital for each company, as each has a key.
"""

from collections.abc import Iterator, Sequence

from django.conf import settings

from books import registry
from books.engine.choice import is_worker_alive
from books.health.asking import ask_and_wait
from books.health.states import ConnectionState, name_failure
from books.models import Purpose, VendorRead
from books.sync import vendor_reads
from tenants.models import Provider, Tenant

from .diagnosis import Diagnosis
from .machine_checks import START, judge_clock

WAIT_SECONDS = 60.0
MOST = 20  # companies of which each has a key
_OF_THE_KEY = (ConnectionState.KEY, ConnectionState.UNREACHED, ConnectionState.ADDRESS)


def examine_vendors(seconds: float = WAIT_SECONDS) -> Iterator[Diagnosis]:
    """Whether each vendor in use is reached, accepts the key, and has our time."""
    companies = list(list_asked())
    if not companies:
        yield Diagnosis("vendors", "No company is set up.")
    elif not is_worker_alive():
        yield Diagnosis("vendors", "They were not asked, as no worker runs.", START)
    else:
        for read in ask_and_wait(companies, Purpose.ACCOUNT, seconds):
            yield from judge_read(read, seconds)


def list_asked() -> Iterator[Tenant]:
    """Yield the companies that are asked: one for each key in use, and none that is paused or has none yet."""
    active = Tenant.objects.connected().exclude(watch__resting_since__isnull=False)
    yield from active.filter(provider=Provider.CONDUCTOR).order_by("pk")[:1]
    yield from active.exclude(provider=Provider.CONDUCTOR).order_by("pk")[:MOST]


def judge_read(read: VendorRead, seconds: float) -> Iterator[Diagnosis]:
    """Say what the answer about one company's account means, for which so many seconds were waited."""
    tenant = read.tenant
    subject = f"{registry.get_description(tenant).account} of {tenant.slug}"
    if read.is_waiting:
        yield Diagnosis(subject, f"No answer within {seconds:g} s.", "Look at the end of the worker's log.")
    elif not read.has_failed:
        yield Diagnosis(subject, "It is reached and accepts the key.")
        ahead = read.answer.get("server_ahead")
        if ahead is not None:
            yield judge_clock(f"clock of the {registry.get_description(tenant).account}", ahead)
    else:
        error = vendor_reads.read_error(read)
        is_of_key = name_failure(read.error, read.code) in _OF_THE_KEY
        where = f"The base URL is {_get_address(tenant)}." if is_of_key else ""
        yield Diagnosis(subject, " ".join(filter(None, (f"{error.title}.", error.more, where))), error.next_step)


def _get_address(tenant: Tenant) -> str:
    own: Sequence[str] = (tenant.base_url, settings.BIGCAPITAL_BASE_URL)
    return settings.CONDUCTOR_BASE_URL if tenant.provider == Provider.CONDUCTOR else next(filter(None, own), "not set")
