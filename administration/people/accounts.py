"""What a Ledgerdesk administrator does for somebody's account: a link to choose a password, another email address.

Never for the account of a Ledgerdesk administrator, one's own included: whoever is at an unlocked screen, or in another
such account, would have the whole of Ledgerdesk without its owner's password. Its owner uses the page for a forgotten
password; or another administrator takes the right away first, which is logged. `manage.py reset_password` is left.
"""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction

from tenants.sign_in import account_links, addresses

from .actors import Actor, PeopleRefused, require_ledgerdesk_administrator

OFFICE = "This is the account of a Ledgerdesk administrator: its password and address are its owner’s alone."


@transaction.atomic
def make_password_link(actor: Actor, person: User, *, email: str = "") -> str:
    """Return the token of a link with which the person chooses a password; `email` is where it is sent, if it is.

    The second factor stays. It is logged in every company of the person. Raises PermissionDenied, and PeopleRefused for
    an account that is turned off.
    """
    now = _lock_account(actor, person)
    if not now.is_active:
        raise PeopleRefused(f"The account of {now} is turned off.")
    return account_links.make_reset_link(now, by=actor.person, email=email, request=actor.request)


@transaction.atomic
def correct_address(actor: Actor, person: User, email: str) -> None:
    """Give somebody's account the address that is right. Both addresses are told, and it is logged.

    Raises PermissionDenied, and PeopleRefused for an address that cannot be used.
    """
    now = _lock_account(actor, person)
    if now.email == email:
        raise PeopleRefused(f"This is the address of {now} already.")
    try:
        addresses.store_address(now, email, by=actor.person, request=actor.request)
    except addresses.AddressRefused as refused:
        raise PeopleRefused(str(refused)) from None


def _lock_account(actor: Actor, person: User) -> User:
    """Lock the account until the caller's transaction ends, and return it as it is now. Raises PermissionDenied."""
    now = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    require_ledgerdesk_administrator(actor)
    if now.is_staff:
        raise PermissionDenied(OFFICE)
    return now
