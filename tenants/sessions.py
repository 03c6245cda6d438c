"""Sessions in the database as Django keeps them, found with one statement in SQL. Knows nothing of people."""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

# In SQL, as every page begins with it: Django takes ten times as long to compose it as to run it.
_FIND = "SELECT * FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        """Return the session's row unless it has expired; without one, the store gets a new key when it is saved."""
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        found = next(iter(self.model.objects.raw(_FIND, [self.session_key, now])), None)
        if found is None:
            self._session_key = None
        return found
