"""The security log: what concerns an account belongs to the company that its person was in then, and no entry can be
deleted, replaced or given to another company, on either database.
"""

from django.db import migrations
from django.db.models import Max

from ._security_log import KEPT_WHOLE

OF_ACCOUNTS = (
    *("signed_in", "sign_in_failed", "locked_out", "signed_out", "session_ended", "password_changed"),
    *("second_factor_added", "second_factor_removed", "second_factor_reset"),
)
JOINED = ("member_added", "invitation_accepted")
NO_LONGER = {
    "sqlite": [
        f"DROP TRIGGER security_log_{name}" for name in ("is_kept_whole", "is_not_replaced", "keeps_its_names")
    ],
    "postgresql": ["DROP TRIGGER security_log_keeps_its_names ON tenants_securityevent"],
}


def give_to_companies(apps, schema_editor):
    """Note of earlier entries which company could read them, or could until their person left it."""
    events = apps.get_model("tenants", "SecurityEvent").objects
    memberships = apps.get_model("tenants", "Membership").objects
    ones = events.filter(tenant=None, kind__in=OF_ACCOUNTS, person__is_staff=False)
    for person in ones.order_by().values_list("person", flat=True).distinct():
        own = set(memberships.filter(person=person).values_list("tenant", flat=True))
        of_companies = events.filter(person=person, tenant__isnull=False)
        removed = of_companies.filter(kind="member_removed").order_by().values("tenant").annotate(last=Max("at"))
        left = {row["tenant"]: row["last"] for row in removed}
        companies = own | set(left)
        if len(companies) != 1:
            continue  # nobody knows any more in which of them they were alone, and when
        (tenant,) = companies
        found = events.filter(person=person, tenant=None, kind__in=OF_ACCOUNTS)
        if joined := of_companies.filter(tenant=tenant, kind__in=JOINED).aggregate(at=Max("at"))["at"]:
            found = found.filter(at__gte=joined)
        if not own:
            found = found.filter(at__lte=left[tenant])
        found.update(tenant=tenant)


def add_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the updates above have checks of references waiting
    for statement in KEPT_WHOLE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_triggers(apps, schema_editor):
    for statement in NO_LONGER[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("tenants", "0018_account_links")]

    operations = [
        migrations.RunPython(give_to_companies, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(add_triggers, drop_triggers),
    ]
