"""Sessions in Django's own table, read in SQL: every page begins with one, and composing the query takes longer."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone


class SessionStore(db.SessionStore):
    """Django's own store of sessions in the database, but for how it reads one."""

    def _get_session_from_db(self) -> Session | None:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(_FIND, [self.session_key, now])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return None
        return Session(session_key=self.session_key or "", session_data=found[0])


_FIND = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
