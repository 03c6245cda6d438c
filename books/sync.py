"""Bringing the mirror up to date with the books."""

from tenants.models import Tenant

from . import connections, mirror
from .errors import NotFound
from .fields import Table
from .models import Record
from .turns import Priority


def read_again(tenant: Tenant, table: Table, remote_id: str) -> Record:
    """Read one record live and store it. Raises NotFound, after marking it deleted, or another BooksError."""
    try:
        raw = connections.client(tenant, Priority.PERSON).read_record(table, remote_id)
    except NotFound:
        mirror.forget(tenant, table.kind, [remote_id])
        raise
    return mirror.store(tenant, table, raw)
