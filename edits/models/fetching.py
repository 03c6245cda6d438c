"""Fetches edits with what stands beside them, each in one statement in SQL.

Every save and every page asks: Django takes several times as long to compose such a statement as it takes to run.
"""

from collections.abc import Sequence
from typing import Any, cast

from django.contrib.auth.models import User

from books.models import Version
from tenants.joined import fetch_rows, name_columns, take_joined
from tenants.models import Tenant

from .batch import Batch
from .edit import Edit
from .external_change import ExternalChange

BITS = 64  # of the database's numbers
_EDIT = Edit._meta.db_table


def fetch_edit(pk: int) -> Edit | None:
    """Fetch an edit with its company, its author, the version that it was made over and the one that it became.

    `is_aside` says whether its record could not be read when it was last sent.
    """
    if pk.bit_length() >= BITS:
        return None  # an address may name any number; the database knows none so large
    for edit in fetch_rows(Edit, _WITH_VERSIONS, [pk]):
        edit.tenant = cast(Tenant, take_joined(edit, Tenant, "company"))
        edit.person = take_joined(edit, User, "author")
        edit.base, edit.result = take_joined(edit, Version, "held"), take_joined(edit, Version, "became")
        return edit
    return None


def fetch_brief(which: str, values: Sequence[Any]) -> list[Edit]:
    """Fetch the edits that a statement names the numbers of, newest first, each with its company and what it became.

    Nothing long comes with them.
    """
    edits = fetch_rows(Edit, _BRIEF.format(which), values)
    for edit in edits:
        edit.tenant = cast(Tenant, take_joined(edit, Tenant, "company"))
        edit.result = take_joined(edit, Version, "became", LONG_OF_VERSION)
    return edits


def fetch_listed(tenant: int, kind: str, remote_id: str, count: int) -> list[Edit]:
    """Fetch the newest edits of a record that were sent, as `EditQuerySet.listed` has them."""
    edits = fetch_rows(Edit, _LISTED, [tenant, kind, remote_id, count])
    for edit in edits:
        edit.base = take_joined(edit, Version, "held", LONG_OF_VERSION)
        edit.result = take_joined(edit, Version, "became", LONG_OF_VERSION)
        edit.batch = take_joined(edit, Batch, "part")
    return edits


def fetch_of_record(tenant: Tenant, kind: str, remote_id: str, which: str, values: Sequence[Any]) -> list[Edit]:
    """Fetch those edits of a record of which a condition holds, each with the version that it was made over.

    `which` ends with their order.
    """
    edits = fetch_rows(Edit, f"{_OF_RECORD} AND {which}", [tenant.pk, kind, remote_id, *values])
    for edit in edits:
        edit.tenant, edit.base = tenant, take_joined(edit, Version, "held")
    return edits


def fetch_external(tenant: int, kind: str, remote_id: str, count: int) -> list[ExternalChange]:
    """Fetch the newest external changes of a record."""
    return fetch_rows(ExternalChange, _EXTERNAL, [tenant, kind, remote_id, count])


LONG, LONG_OF_VERSION = ("typed", "wanted", "changes", "search"), ("content",)
_SHORT = ", ".join(f"edit.{f.column}" for f in Edit._meta.concrete_fields if f.name not in LONG)
_UNLISTED = ("wanted", "typed")
_LISTED = f"""SELECT {", ".join(f"edit.{f.column}" for f in Edit._meta.concrete_fields if f.name not in _UNLISTED)},
{name_columns(Version, "held", LONG_OF_VERSION)}, {name_columns(Version, "became", LONG_OF_VERSION)},
{name_columns(Batch, "part")} FROM {_EDIT} edit
LEFT JOIN books_version held ON held.id = edit.base_id
LEFT JOIN books_version became ON became.id = edit.result_id
LEFT JOIN {Batch._meta.db_table} part ON part.id = edit.batch_id
WHERE edit.tenant_id = %s AND edit.kind = %s AND edit.remote_id = %s AND edit.fields <> ''
ORDER BY edit.sent_at DESC, edit.id DESC LIMIT %s"""  # noqa: S608 - only names of tables and columns are put in, never a value
_EXTERNAL = f"""SELECT * FROM {ExternalChange._meta.db_table}
WHERE tenant_id = %s AND kind = %s AND remote_id = %s ORDER BY seen_at DESC, id DESC LIMIT %s"""  # noqa: S608 - a table's name is no input
_OF_RECORD = f"""SELECT edit.*, {name_columns(Version, "held")} FROM {_EDIT} edit
LEFT JOIN books_version held ON held.id = edit.base_id
WHERE edit.tenant_id = %s AND edit.kind = %s AND edit.remote_id = %s"""  # noqa: S608 - only names of tables and columns are put in, never a value
_WITH_VERSIONS = f"""SELECT edit.*, {name_columns(Tenant, "company")}, {name_columns(User, "author")},
{name_columns(Version, "held")}, {name_columns(Version, "became")}, EXISTS (
    SELECT 1 FROM books_unreadablerecord aside
    WHERE aside.tenant_id = edit.tenant_id AND aside.kind = edit.kind AND aside.remote_id = edit.remote_id
) AS is_aside FROM {_EDIT} edit
JOIN tenants_tenant company ON company.id = edit.tenant_id
LEFT JOIN auth_user author ON author.id = edit.person_id
LEFT JOIN books_version held ON held.id = edit.base_id
LEFT JOIN books_version became ON became.id = edit.result_id WHERE edit.id = %s"""  # noqa: S608 - only names of tables and columns are put in, never a value
_BRIEF = f"""SELECT {_SHORT}, {name_columns(Tenant, "company")}, {name_columns(Version, "became", LONG_OF_VERSION)}
FROM {_EDIT} edit JOIN tenants_tenant company ON company.id = edit.tenant_id
LEFT JOIN books_version became ON became.id = edit.result_id
WHERE edit.id IN ({{}}) ORDER BY edit.sent_at DESC, edit.id DESC"""  # noqa: S608 - only names of tables and columns are put in, never a value
