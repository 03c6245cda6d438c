"""What administrators do to connect a company: each function takes a posted form and does one thing.

All requests to Conductor and Bigcapital are queued, and logged as requested: how each ends is on the company's page.
Links and keys are never logged with their text.
"""

import os
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from books import registry
from books.connecting import acts
from books.health.states import is_without_account
from books.models import ActKind, Purpose, SyncStatus, VendorRead, find_status
from books.sync import refresh, vendor_reads
from tenants.access import ledgerdesk_administrator
from tenants.companies import (
    add_company,
    add_first_administrator,
    check_end_user_id,
    clean_base_url,
    make_slug,
    take_access,
)
from tenants.mailing import send_later
from tenants.models import OfferedAccess, Tenant
from tenants.sealing import seal
from tenants.security_log import Kind, log_event

# For the person at the PC; also in the mail with the link.
PC_STEPS = (
    "Sign in to Windows on the PC where QuickBooks is used every day.",
    "Start QuickBooks and open the company file, signed in as Admin and in single-user mode.",
    "Open the link in a browser on that PC, and follow its steps. They install the QuickBooks Web Connector if it is"
    " missing.",
    "When QuickBooks asks about access, choose “Yes, always; allow access even if QuickBooks is not running”.",
    "In the Web Connector, enter the password that the page shows and tick Auto-Run. Leave the Web Connector open.",
)


def add_new_company(request: HttpRequest, asked: Mapping[str, Any]) -> Tenant:
    """Store a company that is to be connected; none of its records is read before. Raises ValidationError."""
    with transaction.atomic():
        is_known = Tenant.objects.filter(name__iexact=asked["name"], removed_at=None).exists()
        if is_known and not asked["slug"]:  # a form that is posted twice would add two
            said = "A company of this name exists. If this is another one, type an address for it."
            raise ValidationError({"name": said})
        slug = asked["slug"] or make_slug(asked["name"])
        tenant = add_company(asked["name"], slug, request=request, provider=asked["provider"])
        refresh.note_setting_up(tenant)
        if asked["joins"]:
            add_first_administrator(tenant, ledgerdesk_administrator(request), request)
    return tenant


def create_end_user(request: HttpRequest, tenant: Tenant, asked: Mapping[str, Any]) -> None:
    """Have Conductor create the end user of a company that has none."""
    if tenant.end_user_id:
        return
    told = {name: asked[name] for name in ("company_name", "email", "source_id")}
    refresh.note_setting_up(tenant)
    if acts.request_act(tenant, ActKind.CREATE, asked["token"], _name(request), **told):
        what = "Creation of an end user requested of Conductor"
        log_event(Kind.COMPANY_CHANGED, request=request, tenant=tenant, what=what, **told)


def list_free_end_users(read: VendorRead | None) -> list[dict[str, str]]:
    """Return the end users that Conductor has told of and no company of ours has, by name."""
    told = read.answer.get("end_users", []) if read else []
    taken = set(Tenant.objects.exclude(end_user_id="").values_list("end_user_id", flat=True))
    return sorted((one for one in told if one["id"] not in taken), key=lambda one: one["company_name"].casefold())


def adopt_end_user(request: HttpRequest, tenant: Tenant, end_user: str) -> bool:
    """Let a company that has none have an end user that Conductor has told of; return False if that cannot be."""
    free = list_free_end_users(vendor_reads.find(tenant, Purpose.END_USERS))
    if end_user not in [one["id"] for one in free]:
        return False
    try:
        with transaction.atomic():
            own = Tenant.objects.filter(pk=tenant.pk, end_user_id="")
            if not own.update(end_user_id=check_end_user_id(end_user)):
                return False
            refresh.note_setting_up(tenant)
            log_event(Kind.COMPANY_CHANGED, request=request, tenant=tenant, what="End user taken", end_user=end_user)
    except IntegrityError:  # another company has taken it at the same moment
        return False
    return True


def make_link(request: HttpRequest, tenant: Tenant, asked: Mapping[str, Any]) -> None:
    """Have Conductor make a connection link for the company's end user."""
    minutes = asked["minutes"]
    if acts.request_act(tenant, ActKind.LINK, asked["token"], _name(request), minutes=minutes):
        log_event(Kind.KEY_CHANGED, request=request, tenant=tenant, what="Connection link requested", minutes=minutes)


def mail_link(request: HttpRequest, tenant: Tenant, email: str) -> bool:
    """Mail the link that is valid now, with the steps at the PC; return False if there is none, or no mail here."""
    link = acts.find_link(tenant)
    if link is None or not settings.HAS_MAIL:
        return False
    words = {"link": link, "steps": PC_STEPS, "tenant": tenant, "site": settings.SITE_URL}
    text = render_to_string("administration/companies/mail/link.txt", words)
    subject = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}Connect QuickBooks"
    send_later(lambda: send_mail(subject, text, None, [email]))
    log_event(Kind.KEY_CHANGED, request=request, tenant=tenant, what="Connection link emailed", email=email)
    return True


def is_key_of_elsewhere(asked: Mapping[str, Any]) -> bool:
    """Whether the key of the variable must not be sent to the address: only who has it may say where it goes.

    Somebody who can choose a variable on a page need not know its key, so the page sends it only where it goes already:
    to the server that is set for it, or else to that of each company that has it, or to that of the installation.
    """
    name, asked_url = str(asked["key_variable"]), str(asked["base_url"])
    if not name:
        return False
    if set_for_it := os.environ.get(f"{name}_BASE_URL", ""):
        return _clean(set_for_it) != asked_url
    own = list(Tenant.objects.filter(key_variable=name).values_list("base_url", flat=True))
    return any(_clean(url or settings.BIGCAPITAL_BASE_URL) != asked_url for url in own or [""])


def _clean(url: str) -> str:
    """Return an address of the installation as forms return theirs; "" for what is none."""
    try:
        return clean_base_url(url)
    except ValidationError:
        return ""


def store_access(request: HttpRequest, tenant: Tenant, asked: Mapping[str, Any]) -> None:
    """Store where a company's Bigcapital is and its key, and try it at once.

    What works is kept until the other has answered. Without that, nothing is read or saved before it has answered: the
    key may be of another organization.
    """
    columns = {
        "base_url": asked["base_url"],
        "key_variable": asked["key_variable"],
        "sealed_key": seal(asked["key"]) if asked["key"] else "",
    }
    how = {"variable": asked["key_variable"]} if asked["key_variable"] else {"key": "typed, stored sealed"}
    if _is_working(tenant):
        registry.check_may_ask(tenant, any_file=True)
        with transaction.atomic():
            facts = {**columns, "offered_by": request.user, "offered_at": timezone.now()}
            OfferedAccess.objects.update_or_create(tenant=tenant, defaults=facts)
            what = "Another key entered, to be tried"
            log_event(Kind.KEY_CHANGED, request=request, tenant=tenant, what=what, base_url=asked["base_url"], **how)
        vendor_reads.ask(tenant, Purpose.ACCESS)
        return
    with transaction.atomic():
        Tenant.objects.filter(pk=tenant.pk).update(**columns)
        SyncStatus.objects.update_or_create(tenant=tenant, defaults={"setting_up_since": timezone.now()})
        log_event(Kind.KEY_CHANGED, request=request, tenant=tenant, base_url=asked["base_url"], **how)
    tenant.refresh_from_db()
    vendor_reads.ask(tenant, Purpose.SETUP)


def _is_working(tenant: Tenant) -> bool:
    """Whether a company has a key with which its records were read."""
    status = find_status(tenant)
    return bool(status and status.answered_at and not status.setting_up_since and not is_without_account(tenant))


def find_offered(tenant: Tenant) -> OfferedAccess | None:
    """Return the key and address that a working company was offered and has not taken."""
    return OfferedAccess.objects.select_related("tenant", "offered_by").filter(tenant=tenant).first()


def keep_offered(request: HttpRequest, tenant: Tenant) -> None:
    """Take what the company was offered although it did not work; nothing is read or saved before it does."""
    offered = find_offered(tenant)
    if offered is None:
        return
    with transaction.atomic():
        if not take_access(offered, "Kept although it did not work", request):
            return
        SyncStatus.objects.update_or_create(tenant=tenant, defaults={"setting_up_since": timezone.now()})
    tenant.refresh_from_db()
    vendor_reads.ask(tenant, Purpose.SETUP)


def discard_offered(request: HttpRequest, tenant: Tenant) -> None:
    """Forget what the company was offered; what it has stays."""
    if OfferedAccess.objects.filter(tenant=tenant).delete()[0]:
        log_event(Kind.KEY_CHANGED, request=request, tenant=tenant, what="The other key discarded")


def delete_end_user(request: HttpRequest, tenant: Tenant, token: str) -> None:
    """Have Conductor delete the end user of a company that was archived or removed."""
    end_user = tenant.end_user_id
    if acts.request_act(tenant, ActKind.DELETE, token, _name(request), end_user_id=end_user):
        what = "Deletion of the end user requested of Conductor"
        log_event(Kind.COMPANY_CHANGED, request=request, tenant=tenant, what=what, end_user=end_user)


def _name(request: HttpRequest) -> str:
    return request.user.get_username()
