"""Asks whether the company file that was set up still answers. If another one does, nothing is read and nothing saved.

Where the key decides what answers, that is asked once for each key and address: `access` stands for both.

An administrator of the company may say that it is the same one, renamed: `confirm`.
"""

import logging
from datetime import timedelta
from hashlib import blake2b

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from books.models import Record, SyncRun, SyncStatus
from books.providers.base import Client, KeyClient
from books.providers.company_file import CompanyFile, describe_differences, load_company_file
from books.providers.errors import BooksError, KeyRefused, NoAnswer, Refused, TooMany
from books.providers.lock import RequestPriority
from books.registry import get_description, make_client
from books.stamps import is_older
from records.json_text import dump_json
from tenants.models import Tenant
from tenants.security_log import Kind, log_event

log = logging.getLogger(__name__)

KEPT = ("company_file", "other_file", "other_file_since")
ASK_EVERY = timedelta(hours=1)
ASK_AGAIN = timedelta(minutes=5)  # while another one answers: the right one may be opened again


def check_company_file(watch: SyncStatus) -> bool:
    """Return whether the company's own file answers, as far as is known; ask for it if that is due.

    Raises NotSent if the company cannot be asked at all. Another failure changes nothing of what is known: a QuickBooks
    that does not say which file is open can still be read.
    """
    if _is_due(watch):
        try:
            _ask(watch)
        except (Refused, NoAnswer) as error:
            log.warning("Company %s does not say which file is open: %s", watch.tenant.slug, error)
            watch.file_asked_at = timezone.now() - ASK_EVERY + ASK_AGAIN
            watch.save(update_fields=["file_asked_at"])
    return watch.other_file_since is None


def answers_own(tenant: Tenant) -> bool:
    """Ask whether the company's own file answers, which is the only one that can say that a record is gone."""
    watch = SyncStatus.objects.select_related("tenant").filter(tenant=tenant).first()
    if watch is None or not load_company_file(watch.company_file):
        return True
    try:
        _ask(watch)
    except (Refused, NoAnswer) as error:
        log.warning("Company %s does not say which file is open: %s", tenant.slug, error)
    except BooksError:
        return False
    return watch.other_file_since is None


def ask_soon(tenant: Tenant) -> None:
    """Have it asked for before the next reading."""
    SyncStatus.objects.filter(tenant=tenant).update(file_asked_at=None)


def ask_before_anything(tenant: Tenant) -> bool:
    """Read and save nothing until it has been asked for: the company's connection leads elsewhere from now on.

    Return False, and change nothing, where there is no file to compare the answer with but records of one.
    A tax id is not compared then: its hash is that of one connection.
    """
    watch, _ = SyncStatus.objects.select_for_update().get_or_create(tenant=tenant)
    if not watch.company_file and Record.objects.filter(tenant=tenant).exists():
        return False
    if watch.company_file:
        watch.company_file = {**watch.company_file, "tax_id": ""}
        watch.other_file, watch.other_file_since = {}, timezone.now()
    watch.file_asked_at = watch.next_try_at = None
    watch.save(update_fields=[*KEPT, "file_asked_at", "next_try_at"])
    return True


def _is_due(watch: SyncStatus) -> bool:
    """Whether it was asked for long ago, or before the company's last outage: the PC may have opened another file."""
    asked_at = watch.file_asked_at
    if asked_at is None or watch.other_file_since or is_older(asked_at, ASK_EVERY, timezone.now()):
        return True
    if watch.failing_since is not None and asked_at < watch.failing_since:
        return True
    return bool(watch.company_file.get("account")) and not _is_known(watch, _make_client(watch))


def _make_client(watch: SyncStatus) -> Client:
    return make_client(watch.tenant, RequestPriority.SYNC, any_file=True)


def _is_known(watch: SyncStatus, client: Client) -> bool:
    """Whether it was asked with this key already, and the company's own account answered."""
    known = watch.company_file.get("access")
    return isinstance(client, KeyClient) and not watch.other_file_since and client.make_access_mark() == known


def _ask(watch: SyncStatus) -> None:
    client = _make_client(watch)
    found = None if _is_known(watch, client) else _identify(watch, client)
    if found and found.account:
        check_account(watch.tenant, found.account, may_differ=True)
    with transaction.atomic():
        # A person may have confirmed another file while the vendor was asked.
        watch.refresh_from_db(fields=KEPT, from_queryset=SyncStatus.objects.select_for_update())
        _compare(watch, found, client)
        watch.file_asked_at = timezone.now()
        watch.save(update_fields=[*KEPT, "file_asked_at"])


def _identify(watch: SyncStatus, client: Client) -> CompanyFile | None:
    """Return what answers; None if that is asked again in an hour, as the lists of a new company go first."""
    try:
        return client.identify()
    except TooMany:
        if watch.company_file or not isinstance(client, KeyClient):
            raise
        return None


def check_account(tenant: Tenant, account: str, *, may_differ: bool = False) -> None:
    """Note which account a company's key leads to. Raises KeyRefused if it is not the one to read this company from.

    Whatever connects a company, by a page or a command, comes here before anything is read. Connected with another one
    before, records of two accounts would be mixed, as ids are the same in both. Connected as two companies, one account
    would have two queues of changes that know nothing of each other. With `may_differ` another account is no error and
    is not noted: a person has to say whether it is the same company.
    """
    if not account:
        return
    with transaction.atomic():
        watch = SyncStatus.objects.select_for_update().get_or_create(tenant=tenant)[0]
        known = watch.company_file.get("account")
        if known and account != known and not may_differ:
            raise KeyRefused(
                "This key belongs to another organization than the one that this company was connected with.",
                next_step="Enter a key of the same organization, or add the other one as a company of its own.",
            )
        if known == account:
            return
        _check_free(watch, account)
        if not known:
            watch.company_file = {**watch.company_file, "account": account}
            watch.save(update_fields=["company_file"])


def _check_free(watch: SyncStatus, account: str) -> None:
    """Raise KeyRefused if another company here is connected to this account."""
    others = SyncStatus.objects.filter(company_file__account=account, tenant__removed_at=None)
    if account and others.exclude(pk=watch.pk).exists():
        raise KeyRefused(
            "Another company here is connected to this organization already.",
            next_step="Use that company, or enter the key of another organization.",
        )


def learn_account(tenant: Tenant) -> None:
    """Ask what a company's own key leads to, if that is not known, so that another key can be compared with it."""
    watch, _ = SyncStatus.objects.get_or_create(tenant=tenant)
    if watch.company_file.get("account"):
        return
    try:
        check_account(tenant, _find_account(make_client(tenant, RequestPriority.PERSON, any_file=True)))
    except BooksError as error:  # it may work no longer, which is why there is another one
        log.info("What the key of company %s leads to is not known: %s", tenant.slug, error)


def _find_account(client: Client) -> str:
    """Return what the company's key leads to, so that another key of its is known by that one day; "" if unknown."""
    try:
        return client.account()
    except TooMany:
        return ""  # asked again in an hour; the lists go first


def _compare(watch: SyncStatus, found: CompanyFile | None, client: Client) -> None:
    known = load_company_file(watch.company_file)
    if found and known and (difference := describe_differences(known, found)):
        if watch.other_file_since is None:
            log.warning("Company %s is neither read nor saved: %s", watch.tenant.slug, difference)
        watch.other_file, watch.other_file_since = found.dump(), watch.other_file_since or timezone.now()
    elif found:
        if watch.other_file_since is not None:
            # The other one was read for as long as it was not found out: every list is read whole and from its start.
            SyncRun.objects.filter(tenant=watch.tenant_id).update(full_at=None, slices=[])
        # The first answer is the file that was set up. Later ones may add the tax id, or change the case of a name.
        tax_id = found.tax_id or (known.tax_id if known else "")
        access = {"access": client.make_access_mark()} if isinstance(client, KeyClient) else {}
        watch.company_file = {**watch.company_file, **found.dump(), "tax_id": tax_id, **access}
        watch.other_file, watch.other_file_since = {}, None


def make_mark(watch: SyncStatus) -> str:
    """Return a text that stands for the other file, so that a confirmation applies to the one that was shown."""
    return blake2b(dump_json(watch.other_file).encode(), digest_size=12).hexdigest() if watch.other_file else ""


def confirm(tenant: Tenant, by: str, mark: str | None = None, request: HttpRequest | None = None) -> str:
    """Take the other file for the company's own from now on; return its name, "" if there is none to confirm.

    With `mark`, only if it is still the one that the mark was made of. `by` is who says so, in which request; it is in
    the security log, as records of whatever answers are read and saved from then on. Raises KeyRefused if it is
    an account that another company here is connected to by now.
    """
    with transaction.atomic():
        watch = SyncStatus.objects.select_for_update().filter(tenant=tenant).first()
        found = load_company_file(watch.other_file) if watch else None
        if watch is None or found is None or mark not in (None, make_mark(watch)):
            return ""
        _check_free(watch, found.account)
        log.warning("Company %s has a new company file, %r, says %s.", tenant.slug, found.name, by)
        was, what = load_company_file(watch.company_file), f"{get_description(tenant).other.FILE} accepted as the same"
        before = was.name if was else ""
        log_event(Kind.KEY_CHANGED, request=request, tenant=tenant, what=what, was=before, becomes=found.name)
        watch.company_file = {**found.dump(), "confirmed_by": by, "confirmed_at": timezone.now().isoformat()}
        watch.other_file, watch.other_file_since, watch.next_try_at = {}, None, None
        watch.save(update_fields=[*KEPT, "next_try_at"])
    return found.name or "its company file"
