"""The email address of an account: who may have which, how it changes, and who is told.

A person changes their own with their password; where Ledgerdesk can send email, a link in the mailbox of the new
address confirms it first. An invitation stays bound to the address that it was sent to, whoever has that one now.
"""

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from tenants.models import AccountLink, Invitation
from tenants.security_log import Kind, log_in_companies

from . import account_links, told
from .people import is_address_taken

LONGEST = 254  # letters of an address
TAKEN = "This address cannot be used: another account or an open invitation has it."


class AddressRefused(Exception):
    """An address that the account cannot have; the text says why."""


def clean_address(typed: str) -> str:
    """Return an email address without the blanks around it. Raises ValidationError for what no account can have."""
    return str(forms.EmailField(max_length=LONGEST).clean(typed))


def request_change(person: User, email: str, request: HttpRequest) -> str:
    """Change a person's own address, or begin to: return the token of the link that confirms it, "" if it is changed.

    Where a link confirms it, nobody is told whether another account has the address but who reads its mail. Raises
    AddressRefused.
    """
    if email == person.email:
        raise AddressRefused("This is your address already.")
    if settings.HAS_MAIL:
        return account_links.make_link(person, account_links.ADDRESS, by=person, email=email)
    with transaction.atomic():
        now = User.objects.select_for_update().get(pk=person.pk)
        store_address(now, email, by=person, request=request)
    return ""


@transaction.atomic
def confirm_change(person: User, token: str, request: HttpRequest) -> AccountLink:
    """Change the address to the one to which the link was sent; only its own person may. Raises LinkClosed."""
    link = account_links.lock_usable(token, account_links.ADDRESS)
    assert link.person_id == person.pk, "the view has asked whose it is"
    account_links.note_used(link)
    store_address(link.person, link.email, by=person, request=request, is_proven=True)
    return link


def store_address(
    person: User, email: str, *, by: User | None, request: HttpRequest | None = None, is_proven: bool = False
) -> None:
    """Give an account another address, and tell both; `by` is who does so, None for the operator.

    Links that were made for the former address are void. `is_proven` says that the person reads the mail of the new
    one: nobody else takes the address of somebody who is invited. In the caller's transaction. Raises AddressRefused.
    """
    if is_address_taken(email, person) or (not is_proven and _is_invited(email)):
        raise AddressRefused(TAKEN)
    was = person.email
    User.objects.filter(pk=person.pk).update(email=email)
    log_in_companies(Kind.ADDRESS_CHANGED, person, request=request, actor=by, was=was, becomes=email)
    name = "You" if by is not None and by.pk == person.pk else (by.get_username() if by else told.NOBODY)
    words = {"person": person, "was": was, "email": email, "by": name}
    told.mail_person([was, email], "Your email address was changed", "address_changed", **words)


def _is_invited(email: str) -> bool:
    """Whether an invitation to this address is open: its person would find an account that is not theirs."""
    open_ones = Invitation.objects.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())
    return open_ones.filter(email__iexact=email).exists()
