"""Whether the settings are fit for people: the secret key, the addresses, the mail server. Sends nothing."""

import re
import smtplib
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core import mail
from django.http.request import validate_host

from .diagnosis import Diagnosis

KEY_LETTERS, KEY_DIFFERENT = 32, 10
MADE_UP = re.compile(r"change|secret|example|insecure|password|only-for|for-tests", re.IGNORECASE)
MAKE_KEY = (
    "Put a long random text into SECRET_KEY: python -c 'import secrets; print(secrets.token_urlsafe(50))'. "
    "All sessions end with that."
)


def examine_key() -> Iterator[Diagnosis]:
    """Whether SECRET_KEY can be guessed."""
    key, subject = settings.SECRET_KEY, "SECRET_KEY"
    if MADE_UP.search(key):
        yield Diagnosis(subject, "It looks like an example, which others know.", MAKE_KEY)
    elif len(key) < KEY_LETTERS or len(set(key)) < KEY_DIFFERENT:
        yield Diagnosis(subject, f"It has {len(key)} characters, {len(set(key))} different ones: too few.", MAKE_KEY)
    else:
        yield Diagnosis(subject, f"{len(key)} characters.")


def examine_modes() -> Iterator[Diagnosis]:
    """Whether it runs as a demo or with Django's debug pages."""
    for name, what in (("DEMO", "Anybody can sign in with one click."), ("DEBUG", "Errors show code and settings.")):
        if getattr(settings, name):
            yield Diagnosis(name, what, f"Unset {name} where real companies are.")
        else:
            yield Diagnosis(name, "Off.")


def examine_addresses() -> Iterator[Diagnosis]:
    """Whether people can reach it under the address that emails name."""
    hosts, site = settings.ALLOWED_HOSTS, urlsplit(settings.SITE_URL)
    if "*" in hosts:
        yield Diagnosis("ALLOWED_HOSTS", "Any host name is accepted.", "Name the host names of Ledgerdesk in it.")
    elif set(hosts) <= set(settings.LOCAL_HOSTS):
        said = "Only this machine can reach Ledgerdesk."
        yield Diagnosis("ALLOWED_HOSTS", said, "Add the host name under which people reach Ledgerdesk.")
    else:
        yield Diagnosis("ALLOWED_HOSTS", ", ".join(hosts))
    if not validate_host(site.hostname or "", hosts):
        said = f"The links in emails lead to {settings.SITE_URL}, which ALLOWED_HOSTS does not name."
        yield Diagnosis("SITE_URL", said, "Set SITE_URL to the address under which people reach Ledgerdesk.")
    elif settings.SECURE_HTTPS and site.scheme != "https":
        said = f"{settings.SITE_URL} has no https, without which nobody stays signed in."
        yield Diagnosis("SITE_URL", said, "Begin SITE_URL with https://, or set SECURE_HTTPS=0 for a local trial.")
    else:
        yield Diagnosis("SITE_URL", settings.SITE_URL)
    if not settings.SECURE_HTTPS and not set(hosts) <= set(settings.LOCAL_HOSTS):
        said = "It is off: cookies, and so sessions, also travel over plain HTTP."
        yield Diagnosis("SECURE_HTTPS", said, "Remove SECURE_HTTPS=0, and let people in over HTTPS alone.")


def examine_mail() -> Iterator[Diagnosis]:
    """Whether the mail server lets us in; no mail is sent."""
    if not settings.HAS_MAIL:
        yield Diagnosis("mail", "None is set up (EMAIL_URL): links have to be handed over by hand.")
        return
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    connection = mail.get_connection()
    try:
        try:
            connection.open()
        finally:
            connection.close()
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
        yield Diagnosis("mail", f"{server} does not accept the name and password: {error}", "Correct EMAIL_URL.")
    except (OSError, smtplib.SMTPException) as error:
        step = "Check the server's name, port and encryption in EMAIL_URL, and that the network allows it."
        yield Diagnosis("mail", f"{server} cannot be used: {error}", step)
    else:
        yield Diagnosis("mail", f"{server} accepts the name and password." if settings.EMAIL_HOST_USER else server)
