"""The life of a company: renamed, moved, put to rest, archived, brought back, removed. For pages and commands alike.

Each act is one transaction with its entry in the security log. Who may do it, the caller has checked.
"""

from hashlib import blake2b
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from administration.settings.company_settings import rest_or_wake
from books.health.company import load_known_health
from books.models import SyncStatus
from books.sync import company_file, refresh
from edits.lifecycle import queue
from tenants.companies import check_names
from tenants.models import FormerSlug, Invitation, Membership, OfferedAccess, PersonSettings, Provider, Tenant
from tenants.security_log import Kind, log_event

from . import states

RESERVED = ("add", "new")  # words of our own addresses beside those of companies


def describe_state(tenant: Tenant) -> str:
    """Return where a company is in its life, in a word or two."""
    word = states.describe_state(tenant, load_known_health(tenant)).word
    return f"{word}, its data is being deleted" if tenant.removed_at and not tenant.purged_at else word


def make_mark(tenant: Tenant) -> str:
    """Return a text that stands for a company as it is, so that a button does what its page has shown."""
    status = SyncStatus.objects.filter(tenant=tenant).first()
    facts = [tenant.name, tenant.slug, tenant.end_user_id, tenant.archived_at, tenant.removed_at]
    return blake2b(repr([*facts, status and status.resting_since]).encode(), digest_size=12).hexdigest()


def lock_company(tenant: Tenant) -> Tenant:
    """Lock the row of a company until the caller's transaction ends, and return it as it is now.

    Raises ValidationError for one that was removed.
    """
    own = Tenant.objects.select_for_update().get(pk=tenant.pk)
    if own.removed_at:
        raise ValidationError("This company was removed.", code="removed")
    return own


def check_slug(slug: str, tenant: Tenant) -> None:
    """Raise ValidationError if a company cannot have this part of the address."""
    taken = Tenant.objects.filter(slug=slug).exclude(pk=tenant.pk).exists()
    if taken or slug in RESERVED or FormerSlug.objects.filter(slug=slug).exclude(tenant=tenant).exists():
        raise ValidationError(f"“{slug}” is taken, or was the address of another company.", code="taken")


@transaction.atomic
def rename_company(tenant: Tenant, name: str, slug: str, **by: Any) -> Tenant:
    """Give a company another name or address, and return it; links to its old address lead to the new one.

    Raises ValidationError for an address that is taken, and by field for what no company can be called.
    """
    own = lock_company(tenant)
    was = {"name": own.name, "address": own.slug}
    own.name, own.slug = name, slug
    check_names(own)
    slug, becomes = own.slug, {"name": own.name, "address": own.slug}
    check_slug(slug, own)
    try:
        with transaction.atomic():
            own.save(update_fields=["name", "slug"])
    except IntegrityError:  # another company was given this address since
        check_slug(slug, own)
        raise
    if slug != was["address"]:
        FormerSlug.objects.filter(slug=slug).delete()
        FormerSlug.objects.create(slug=was["address"], tenant=own)
        _lead_first_pages(was["address"], slug)
    for what, before in was.items():
        if before != becomes[what]:
            log_event(Kind.COMPANY_CHANGED, tenant=own, what=what, was=before, becomes=becomes[what], **by)
    return own


def _lead_first_pages(was: str, slug: str) -> None:
    """Let the pages with which people begin be those at the new address."""
    for own in PersonSettings.objects.filter(first_page__endswith=f" {was}"):
        own.first_page = f"{own.first_page.removesuffix(was)}{slug}"
        own.save(update_fields=["first_page"])


def move_company(tenant: Tenant, end_user_id: str, **by: Any) -> None:
    """Let a company belong to another end user of Conductor, whose company file has to be the same.

    Until that has been asked, nothing is read and nothing is saved; if another file answers, an administrator of the
    company decides. Raises ValidationError.
    """
    with transaction.atomic():
        own = lock_company(tenant)
        if own.provider != Provider.CONDUCTOR:
            raise ValidationError("Add this as a new company: its key belongs to one organization.", code="provider")
        if Tenant.objects.filter(end_user_id=end_user_id).exclude(pk=own.pk).exists():
            raise ValidationError("Another company has this end user.", code="taken")
        if end_user_id == own.end_user_id:
            return
        if not company_file.ask_before_anything(own):
            said = "It is not known which company file this company has, so that no other one could be told from it."
            raise ValidationError(f"{said} Load it from its present end user first.", code="unknown_file")
        was, own.end_user_id = own.end_user_id, end_user_id
        own.save(update_fields=["end_user_id"])
        log_event(Kind.KEY_CHANGED, tenant=own, what="end user", was=was, becomes=end_user_id, **by)
    refresh.request_refresh(own, "person")


def rest_company(tenant: Tenant, *, is_resting: bool, **by: Any) -> None:
    """Put a company to rest, or wake it. Raises CompanyArchived."""
    rest_or_wake(tenant, is_resting=is_resting, **by)
    queue.end_resting()


def archive_company(tenant: Tenant, **by: Any) -> None:
    """Take a company out of use: nothing is read and nothing is sent, and no list has it. All of it is kept.

    It is put to rest in the same transaction, so what waits to be sent ends as not sent. Raises ValidationError.
    """
    with transaction.atomic():
        own = lock_company(tenant)
        if not own.archived_at:
            _archive(own)
            log_event(Kind.COMPANY_CHANGED, tenant=own, what="archived", **by)
    queue.end_resting()


def _archive(own: Tenant) -> None:
    own.archived_at = timezone.now()
    own.save(update_fields=["archived_at"])
    SyncStatus.objects.get_or_create(tenant=own)
    SyncStatus.objects.filter(tenant=own, resting_since=None).update(resting_since=own.archived_at)


@transaction.atomic
def bring_back(tenant: Tenant, **by: Any) -> None:
    """Take a company that was archived into use again; one that was at rest before still is. Raises ValidationError."""
    own = lock_company(tenant)
    if not own.archived_at:
        return
    SyncStatus.objects.filter(tenant=own, resting_since=own.archived_at).update(resting_since=None)
    own.archived_at = None
    own.save(update_fields=["archived_at"])
    log_event(Kind.COMPANY_CHANGED, tenant=own, what="brought back", **by)


def remove_company(tenant: Tenant, typed_name: str, **by: Any) -> Tenant:
    """End a company for good, and return it: its people lose it at once, and the timetable deletes its data.

    Its history is kept. Its address and its end user can be used again. `typed_name` is its name, as it was typed.
    Raises ValidationError for another name.
    """
    with transaction.atomic():
        own = lock_company(tenant)
        if typed_name.strip() != own.name.strip():
            raise ValidationError("This is not the name of the company. Nothing was removed.", code="name")
        members = [one.person.get_username() for one in own.memberships.select_related("person")]
        said: dict[str, Any] = {"slug": own.slug, "end_user": own.end_user_id, "members": ", ".join(sorted(members))}
        log_event(Kind.COMPANY_REMOVED, tenant=own, **said, **by)
        if not own.archived_at:
            _archive(own)
        for table in (Membership, Invitation, FormerSlug, OfferedAccess):
            table.objects.filter(tenant=own).delete()
        own.removed_at, own.slug = timezone.now(), f"removed-{own.pk}"
        own.end_user_id = own.base_url = own.key_variable = own.sealed_key = ""
        own.save(update_fields=["removed_at", "slug", "end_user_id", "base_url", "key_variable", "sealed_key"])
    queue.end_resting()
    return own
