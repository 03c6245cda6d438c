"""Keeps what a link that works once holds out of the log: Django logs the path of each request that is refused."""

import logging
import re

SECRET = re.compile(r"(/passwords/|/invitations/|/settings/email/|/accounts/password/reset/key/)[^/\s]+")


class SecretLinks(logging.Filter):
    """Puts "…" in its place. Such a link may still work: it was refused for a weak password, or for another person."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if SECRET.search(said):
            record.msg, record.args = SECRET.sub(r"\1…", said), ()
        return True
