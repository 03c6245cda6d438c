"""Adds companies: one way for the pages and for the command. Knows neither their records nor whether they answer."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.text import slugify

from .models import FormerSlug, Membership, OfferedAccess, Role, Tenant
from .models.company import END_USER_LETTERS
from .security_log import Kind, log_event

RESERVED = {"add"}  # /administration/companies/add/ is no company


def make_slug(name: str) -> str:
    """Return a free part of a web address for a company of this name; "" if nothing of the name can be written so."""
    wanted = slugify(name)[:40].strip("-")
    present = Tenant.objects.filter(slug__startswith=wanted).values_list("slug", flat=True)
    former = FormerSlug.objects.filter(slug__startswith=wanted).values_list("slug", flat=True)
    taken = {*RESERVED, *present, *former}
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(slug for slug in numbered if slug not in taken)


def add_company(name: str, slug: str, *, request: HttpRequest | None = None, **columns: Any) -> Tenant:
    """Store a new company and note it in the security log. Raises ValidationError with the reasons."""
    name, slug = name.strip(), slug.strip()
    if slug in RESERVED:
        raise ValidationError({"slug": f"No company can have the address {slug}. Choose another one."})
    if FormerSlug.objects.filter(slug=slug).exists():  # old links to it would open this company
        raise ValidationError({"slug": f"“{slug}” was the address of another company. Choose another one."})
    company = Tenant(name=name, slug=slug, **columns)
    company.full_clean()
    with transaction.atomic():
        company.save()
        log_event(Kind.COMPANY_ADDED, request=request, tenant=company, address=f"/t/{slug}/", provider=company.provider)
    return company


def check_names(company: Tenant) -> None:
    """Take the blanks around name and address off a company that is to be stored. Raises ValidationError, by field.

    SQLite would store what is too long for PostgreSQL.
    """
    company.name, company.slug = company.name.strip(), company.slug.strip()
    company.clean_fields(exclude={f.name for f in Tenant._meta.fields} - {"name", "slug"})


def list_reasons(error: ValidationError) -> str:
    """Return why something was refused, in a line for a terminal, with the names of the fields."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    named = [("" if f == NON_FIELD_ERRORS else f"{f}: ", reasons) for f, reasons in error.message_dict.items()]
    return " ".join(f"{name}{reason}" for name, reasons in named for reason in reasons)


def take_access(offered: OfferedAccess, what: str, request: HttpRequest | None = None) -> bool:
    """Let a company have the key and address that it was offered; return False if they were replaced meanwhile.

    `what` says in the security log how that came.
    """
    with transaction.atomic():
        if not OfferedAccess.objects.filter(pk=offered.pk, offered_at=offered.offered_at).delete()[0]:
            return False
        Tenant.objects.filter(pk=offered.tenant_id).update(**offered.columns)
        said: dict[str, Any] = {"what": what, "base_url": offered.base_url, "variable": offered.key_variable}
        found = {name: value for name, value in said.items() if value}
        by = None if request else offered.offered_by
        log_event(Kind.KEY_CHANGED, request=request, tenant=offered.tenant, actor=by, **found)
    return True


def add_first_administrator(company: Tenant, person: User, request: HttpRequest) -> None:
    """Make a person an administrator of a company that has no member yet."""
    with transaction.atomic():
        Membership.objects.create(tenant=company, person=person, role=Role.ADMIN)
        log_event(Kind.MEMBER_ADDED, request=request, tenant=company, person=person, role=Role.ADMIN.label)


def check_end_user_id(text: str) -> str:
    """Return the id of an end user at Conductor. Raises ValidationError."""
    if len(text) > END_USER_LETTERS or not re.fullmatch(r"end_usr_\w+", text, re.ASCII):
        raise ValidationError(f"An end user id looks like end_usr_…, not {text[:END_USER_LETTERS]!r}.")
    return text


def check_key_variable(text: str) -> str:
    """Return the name of an environment variable. Raises ValidationError, with no more than the start of a key."""
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", text):
        raise ValidationError(
            f"The name of an environment variable looks like BIGCAPITAL_KEY_ACME, not {text[:6]!r}. "
            "Do not give the key itself here."
        )
    return text


def clean_base_url(text: str) -> str:
    """Return the base URL of a Bigcapital server, which ends in /api. Raises ValidationError."""
    url = text.strip().rstrip("/")
    try:
        split = urlsplit(url)
    except ValueError:  # such as brackets without an address in them
        split = urlsplit("")
    if split.scheme not in ("http", "https") or not split.hostname or split.query or split.fragment:
        raise ValidationError(f"A base URL looks like https://books.example.com/api, not {url!r}.")
    if split.username or split.password:
        raise ValidationError("A base URL holds no password.")
    return url if split.path.endswith("/api") else f"{url}/api"
