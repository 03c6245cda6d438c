"""The mails about people: an invitation with its link, who administers Ledgerdesk, and a test.

Whoever sends an invitation or a test is told whether it left.
"""

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse

from tenants.mailing import make_link, send_and_wait
from tenants.models import Invitation, Role
from tenants.sign_in import told

from .actors import Actor

NO_MAIL = "Ledgerdesk cannot send email here."


def mail_invitation(invitation: Invitation, page: str) -> str:
    """Mail the link to a page to the address that was invited; return why that failed, "" if it was sent."""
    if not settings.HAS_MAIL:
        return NO_MAIL
    by = f"{invitation.invited_by or 'Your administrator'} invites you"
    words = {"invitation": invitation, "role": Role(invitation.role).label, "link": make_link(page), "by": by}
    return _send(by, render_to_string("administration/mail/invitation.txt", words), invitation.email)


def mail_password_link(person: User, email: str, link: str, *, by: str) -> str:
    """Mail a person the link to choose a password; return why that failed, "" if it was sent."""
    words = {"person": person, "link": link, "by": by}
    return _send("Choose a new password", render_to_string("account/email/password_link.txt", words), email)


def tell_office(actor: Actor, person: User, done: str) -> None:
    """Mail what was done with a person's rights to them and all Ledgerdesk administrators but who has done it.

    `done` goes on after the name of that one. Mailed once the transaction is stored.
    """
    whom = User.objects.filter(Q(is_staff=True, is_active=True) | Q(pk=person.pk)).order_by("pk")
    others = [one.email for one in whom if not actor.is_self(one)]
    by, page = actor.name or "The operator of this Ledgerdesk", reverse("administration_person", args=[person.pk])
    words = {"said": f"{by} {done}", "page": page}
    subject = "The rights of an administrator changed"
    transaction.on_commit(lambda: told.mail_person(others, subject, "office_changed", **words))


def mail_test(person: User) -> str:
    """Mail a test to a person's own address; return why that failed, "" if it was sent."""
    if not settings.HAS_MAIL:
        return NO_MAIL
    if not person.email:
        return "Your account has no email address."
    return _send("Test mail", "Ledgerdesk can send email: this is the test that you asked for.\n", person.email)


def _send(subject: str, text: str, to: str) -> str:
    prefix = settings.ACCOUNT_EMAIL_SUBJECT_PREFIX
    return send_and_wait(lambda: send_mail(f"{prefix}{subject}", text, None, [to]))
