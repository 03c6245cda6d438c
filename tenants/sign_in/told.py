"""Tells people what others have done with their account: by mail, and in a notice after each sign-in for two weeks.

Not once: whoever has taken an account over would be the one who reads it.
"""

from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.core.mail import send_mail
from django.dispatch import receiver
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from tenants import mailing
from tenants.access import get_settings
from tenants.models import SecurityEvent
from tenants.security_log import Kind

SHOWN_FOR = timedelta(days=14)
NOBODY = "the operator of this Ledgerdesk"
DONE = {
    Kind.PASSWORD_RESET: "made a link to choose a new password for your account",
    Kind.ADDRESS_CHANGED: "changed the email address of your account",
}


def mail_person(addresses: list[str], subject: str, template: str, **words: Any) -> None:
    """Mail a text to each of these addresses, one mail each, where Ledgerdesk can send any; outside the request."""
    text = render_to_string(f"account/email/{template}.txt", {"site": settings.SITE_URL, **words})
    subject = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}"
    for address in dict.fromkeys(filter(None, addresses)):
        if settings.HAS_MAIL:
            mailing.send_later(partial(send_mail, subject, text, None, [address]))


def list_done_by_others(person: User) -> list[str]:
    """Return what others have done with the account lately, each in a sentence, newest first."""
    recent = SecurityEvent.objects.filter(person=person, kind__in=DONE, at__gt=timezone.now() - SHOWN_FOR)
    found, zone = dict[tuple[str, ...], str](), get_settings(person).zone
    for event in recent.order_by("-at", "-pk"):
        if event.actor_id == person.pk:
            continue
        local, by = timezone.localtime(event.at, zone), event.actor_name or NOBODY
        when = f"{local.day} {local:%b %Y %H:%M}"
        said = f"{by[:1].upper()}{by[1:]} {DONE[Kind(event.kind)]}, {when}."
        found.setdefault((event.kind, by, when), said)  # there is an entry for each company
    return list(found.values())


@receiver(user_logged_in)
def show_done_by_others(sender: Any, request: HttpRequest, user: User, **sent: Any) -> None:
    """Show it on the next page."""
    for said in list_done_by_others(user):
        text = f"{said} You did not ask for it? Tell an administrator of your company."
        messages.warning(request, text, fail_silently=True)
