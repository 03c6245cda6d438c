"""Maps a company to its provider and tables, and creates a client for that company alone.

Here a provider is registered. What else depends on the provider is named in docs/adding-a-provider.md.
"""

import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.db import Error
from django.utils import timezone

from records.fields import Table
from records.visible import reduce_table
from tenants.access import Member, hidden_fields
from tenants.joined import fetch_rows
from tenants.models import Provider, Tenant
from tenants.sealing import CannotUnseal, unseal

from . import pace, request_log
from .models import SyncStatus
from .providers import bigcapital, conductor, exchanges
from .providers.base import Client, Description, KeyClient
from .providers.company_file import describe_differences, load_company_file
from .providers.conductor.project import Project
from .providers.errors import KeyRefused, NotMirrored, NotSetUp, OtherCompany, Resting, name_books
from .providers.lock import RequestPriority, hold_line

log = logging.getLogger(__name__)

_DESCRIPTIONS: Mapping[str, Description] = {
    Provider.CONDUCTOR: conductor.DESCRIPTION,
    Provider.BIGCAPITAL: bigcapital.DESCRIPTION,
}


def get_description(tenant: Tenant) -> Description:
    """Return the description of this company's provider."""
    return _DESCRIPTIONS[tenant.provider]


def get_provider(name: str) -> Description:
    """Return the description of the provider that companies name so."""
    return _DESCRIPTIONS[name]


def list_tables() -> list[Table]:
    """The field tables of all providers."""
    return [table for description in _DESCRIPTIONS.values() for table in description.tables.values()]


def get_table(tenant: Tenant, kind: str) -> Table:
    """Return the field table of one kind of record. Raises NotMirrored if the company's provider has none."""
    try:
        return get_description(tenant).tables[kind]
    except KeyError:
        missing = NotMirrored(f"There are no {kind} in {get_description(tenant).name}.")
        missing.noun, missing.next_step = "list", "Choose another page of this company."
        raise missing from None


def get_visible_table(member: Member, kind: str) -> Table:
    """Return the field table without the fields that the member may not see: every page and form works with this one.

    A record decoded by it holds no hidden value. Raises NotMirrored as `get_table` does.
    """
    table, hidden = get_table(member.tenant, kind), hidden_fields(member)
    return reduce_table(table, hidden) if hidden else table


def list_visible_tables(member: Member) -> list[Table]:
    """Return the field tables of the company's provider, each as the member may see it."""
    return [get_visible_table(member, kind) for kind in get_description(member.tenant).tables]


def make_client(tenant: Tenant, priority: RequestPriority, *, any_file: bool = False) -> Client:
    """Return a client for this company alone; each of its requests holds the company's line.

    Raises KeyRefused if no API key is configured for it, NotSetUp if it has no end user, Resting while it is at rest;
    and unless `any_file` will do, NotSetUp while it is being connected, and OtherCompany while another company file
    answers than the one that was set up. A request raises Resting too, and OtherCompany if its key is not the one that
    was compared and leads elsewhere: a key may be replaced at any moment, in its variable or file.
    """
    check_may_ask(tenant, any_file=any_file)
    client = _CLIENTS[tenant.provider](tenant, priority)
    if any_file or not isinstance(client, KeyClient):
        return client
    known = SyncStatus.objects.filter(tenant=tenant).values_list("company_file", flat=True).first() or {}
    is_compared = not known.get("account") or known.get("access") == client.make_access_mark()
    return client if is_compared else client.expect(known["account"])


# In SQL, as every save asks three times, and Django takes ten times as long to compose it. Nearly always of nothing.
_HELD = """SELECT * FROM books_watch WHERE tenant_id = %s
AND (other_file_since IS NOT NULL OR resting_since IS NOT NULL OR setting_up_since IS NOT NULL
OR requests_per_hour IS NOT NULL OR requests_per_day IS NOT NULL)"""


def check_may_ask(tenant: Tenant, *, any_file: bool = False) -> None:
    """Raise Resting while the company is at rest, NotSetUp while it is being connected, and OtherCompany while another
    file answers than its own.

    With `any_file` only Resting: what connects a company asks it too.
    """
    _fetch_allowed(tenant, any_file=any_file)


def _fetch_allowed(tenant: Tenant, *, any_file: bool) -> SyncStatus | None:
    """Return the status of a company that may be asked and has a ceiling, None if it has none. Raises the same."""
    watch = next(iter(fetch_rows(SyncStatus, _HELD, [tenant.pk])), None)
    if watch is None:
        return None
    books = get_description(tenant).name
    with name_books(books):
        if watch.resting_since:
            raise Resting(f"Nothing is read from {books} and nothing is sent to it.")
        if any_file:
            return watch
        if watch.setting_up_since:
            raise NotSetUp
        if watch.other_file_since:
            raise make_other_error(tenant, watch)
    return watch


@contextmanager
def _take_turn(tenant: Tenant, priority: RequestPriority) -> Iterator[None]:
    """Hold the company's line for one request, unless it is at rest by then, and note what the request took."""
    is_background = priority is RequestPriority.SYNC
    with hold_line(tenant, priority):
        watch = _fetch_allowed(tenant, any_file=True)
        is_counted = is_background or (watch is not None and pace.has_ceiling(watch))
        began, start = timezone.now(), time.monotonic()
        with exchanges.collect() as made:
            try:
                yield
            finally:
                if is_counted:
                    _note_request(tenant, began, time.monotonic() - start, is_background)
                request_log.note(tenant.pk, made)


def _note_request(tenant: Tenant, began: datetime, seconds: float, is_background: bool) -> None:
    """Note a request that was made. Raises nothing: an answer already received must not be lost."""
    try:
        pace.note_request(tenant.pk, began, seconds, is_background=is_background)
    except Error as error:
        log.warning("A request of company %s is not counted: %s", tenant.slug, error)


def describe_other_file(watch: SyncStatus) -> str:
    """Return how the company file that answers differs from the one that was set up; "" if that one answers."""
    known, found = load_company_file(watch.company_file), load_company_file(watch.other_file)
    return describe_differences(known, found) if known and found else ""


def make_other_error(tenant: Tenant, watch: SyncStatus | None = None) -> OtherCompany:
    """Return the error while another company file answers, whose words pages use too."""
    found = get_description(tenant)
    error = found.other(describe_other_file(watch) if watch else "")
    error.books = found.name
    return error


def get_write_seconds(tenant: Tenant) -> float:
    """Return the seconds after sending during which a write of this company may still be carried out."""
    return float(_WRITE_SECONDS[tenant.provider]())


def load_clients() -> None:
    """Load what sends requests. Only a worker sends any: to load it takes other processes a tenth of their start."""
    for provider in Provider:
        import_module(f"books.providers.{provider}.client")


def make_project(tenant: Tenant) -> Project:
    """Return a client for the Conductor project of this installation, whose requests take turns with this company's."""
    return Project(
        key=settings.CONDUCTOR_SECRET_KEY,
        publishable_key=settings.CONDUCTOR_PUBLISHABLE_KEY,
        base_url=settings.CONDUCTOR_BASE_URL,
        turn=partial(hold_line, tenant, RequestPriority.PERSON),
        seconds=settings.CONDUCTOR_READ_TIMEOUT,
    )


def _make_conductor(tenant: Tenant, priority: RequestPriority) -> Client:
    if not tenant.end_user_id:
        with name_books(conductor.DESCRIPTION.name):
            raise NotSetUp("This company has no end user at Conductor yet.")
    from .providers.conductor.client import Conductor  # see `load_clients`

    return Conductor(
        end_user_id=tenant.end_user_id,
        key=settings.CONDUCTOR_SECRET_KEY,
        base_url=settings.CONDUCTOR_BASE_URL,
        turn=partial(_take_turn, tenant, priority),
        read_seconds=settings.CONDUCTOR_READ_TIMEOUT,
        write_seconds=settings.CONDUCTOR_WRITE_TIMEOUT,
    )


def _make_bigcapital(tenant: Tenant, priority: RequestPriority) -> Client:
    from .providers.bigcapital.client import Bigcapital  # see `load_clients`

    return Bigcapital(
        base_url=(tenant.base_url or settings.BIGCAPITAL_BASE_URL).rstrip("/"),
        key=_read_key(tenant),
        turn=partial(_take_turn, tenant, priority),
        priority=priority,
        seconds=settings.BIGCAPITAL_TIMEOUT,
    )


def _read_key(tenant: Tenant) -> str:
    """Return the key that is sealed, or that of the company's environment variable, or of the file that the variable
    + "_FILE" names.
    """
    name = tenant.key_variable
    try:
        key = unseal(tenant.sealed_key) if tenant.sealed_key else ""
    except CannotUnseal as error:
        raise KeyRefused("The stored key cannot be read: SECRET_KEY has changed since.", next_step=_AGAIN) from error
    key = key or (os.environ.get(name, "") if name else "")
    if not key and (file := os.environ.get(f"{name}_FILE") if name else None):
        try:
            key = Path(file).read_text().strip()
        except OSError as error:
            raise KeyRefused(f"The file that {name}_FILE names cannot be read.", detail=str(error)) from None
    if not key and not name:
        raise KeyRefused("Ledgerdesk has no key for this company.", next_step=_AGAIN)
    if not key:
        raise KeyRefused(f"Ledgerdesk has no key for this company: {name or 'its variable'} is not set.")
    if settings.DEMO and key not in settings.BIGCAPITAL_SANDBOX_KEYS:
        raise KeyRefused("A demo lets anybody in and so uses no key but the sandbox's.")
    return key


_AGAIN = "Ask your Ledgerdesk administrator to enter the key of this company again."
_CLIENTS: Mapping[str, Callable[[Tenant, RequestPriority], Client]] = {
    Provider.CONDUCTOR: _make_conductor,
    Provider.BIGCAPITAL: _make_bigcapital,
}
_WRITE_SECONDS: Mapping[str, Callable[[], float]] = {
    Provider.CONDUCTOR: lambda: settings.CONDUCTOR_WRITE_TIMEOUT,
    Provider.BIGCAPITAL: lambda: settings.BIGCAPITAL_TIMEOUT,
}
