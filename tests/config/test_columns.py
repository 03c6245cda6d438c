"""No column is too short for what a vendor or another program says: PostgreSQL refuses a row for one letter too many.

A column has a limit only if the desk itself decides what it holds, or whoever writes it looks at the length before.
"""

from django.apps import apps
from django.db.models import CharField

OURS = {
    # Words and marks of our own, and usernames.
    *("books.edition", "books.error", "books.holder", "books.kind", "books.method", "books.process", "books.token"),
    *("edits.error", "edits.form", "edits.kind", "edits.posted", "edits.process", "edits.token"),
    *("tenants.account", "tenants.address", "tenants.counter", "tenants.kind", "tenants.session_key"),
    *("tenants.token_hash", "tenants.first_page"),
    *("books.handler", "books.server", "tenants.key_variable"),  # an operator sets those
    *("books.time_zone", "tenants.time_zone", "tenants.name"),  # forms and commands limit them
    *("books.name", "edits.reason"),
    *("books.asked_by", "books.made_by", "edits.person_name", "tenants.actor_name", "tenants.made_by_name"),
    "tenants.tenant_name",
    *("edits.total_before", "edits.total_after", "edits.total_seen"),  # figures, of as many digits as are read
}
LOOKED_AT = {
    *("books.remote_id", "books.revision", "edits.remote_id", "edits.before", "edits.after"),  # records.decoder.read_id
    *("books.VendorRequest.code", "books.VendorRequest.path", "books.VendorRequest.request_id"),  # books.request_log
    *("edits.title", "edits.source", "edits.place"),  # who proposes a bulk change
    "tenants.end_user_id",  # books.providers.conductor.account, tenants.companies
    *("tenants.browser", "tenants.person_name"),  # tenants.sessions, tenants.security_log
}


def list_limited() -> set[str]:
    """The columns that take only so many letters, but for those of a few values, and addresses that people type."""
    found = set()
    for model in (model for app in ("books", "edits", "tenants") for model in apps.get_app_config(app).get_models()):
        limited = (f for f in model._meta.concrete_fields if type(f) is CharField and not f.choices)
        app = model._meta.app_label
        found |= {f"{app}.{model.__name__}.{f.name}" for f in limited}
    return found


def is_known(name: str) -> bool:
    app, _, column = name.split(".")
    return bool({name, f"{app}.{column}"} & (OURS | LOOKED_AT))


def test_no_column_limits_what_others_say() -> None:
    assert sorted(name for name in list_limited() if not is_known(name)) == []


def test_every_column_with_a_limit_is_still_there() -> None:
    limited = list_limited()
    short = {f"{name.split('.')[0]}.{name.split('.')[2]}" for name in limited}
    assert sorted((OURS | LOOKED_AT) - limited - short) == []
