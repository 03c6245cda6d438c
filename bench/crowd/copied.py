"""Copies a company's mirror to other companies within the database, as to read each of them takes minutes.

Knows no table: it copies every row of the mirror that belongs to the company.
"""

from collections.abc import Iterator, Sequence

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

from books.models import Record, SyncStatus, Version
from tenants.models import Tenant

STRIDE = 100_000  # a copy's rows are so far from the rows that they were copied from, times the company's own number
# What differs from company to company.
OWN: dict[tuple[type[models.Model], str | None], str] = {
    (SyncStatus, "edition"): "random()",
    (SyncStatus, "company_file"): "'{}'",  # the first answer will be taken for the one that was set up
}


def copy_mirror(source: Tenant, others: Sequence[Tenant]) -> None:
    """Give all companies the mirror of one. `others` have numbers (pk) in a row."""
    first, last = others[0].pk, others[-1].pk
    with transaction.atomic(), connection.cursor() as cursor:  # foreign keys are checked at its end
        for model in list_mirror_tables():
            cursor.execute(copying(model), [first, last, source.pk])
        for statement in connection.ops.sequence_reset_sql(no_style(), list(list_mirror_tables())):
            cursor.execute(statement)


def copying(model: type[models.Model]) -> str:
    """Return the SQL that copies a company's rows of a table to a range of companies."""
    fields, table = model._meta.concrete_fields, model._meta.db_table
    columns = ", ".join(str(field.column) for field in fields)
    values = ", ".join(copied_value(model, field) for field in fields)
    of_company = "copied.tenant_id = %s"
    if model is Version:
        of_company = f"copied.record_id IN (SELECT id FROM {Record._meta.db_table} WHERE tenant_id = %s)"  # noqa: S608 - the name of our own table
    others = "tenants_tenant AS other ON other.id BETWEEN %s AND %s"
    return f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} AS copied JOIN {others} WHERE {of_company}"  # noqa: S608 - names of our own tables and columns


def list_mirror_tables() -> Iterator[type[models.Model]]:
    """The models of the mirror with rows of a company."""
    for model in apps.get_app_config("books").get_models():
        if model is Version or any(field.related_model is Tenant for field in model._meta.concrete_fields):
            yield model


def copied_value(model: type[models.Model], field: "models.Field[object, object]") -> str:
    """Return the SQL of a column's value in a copy."""
    if (model, field.column) in OWN:
        return OWN[model, field.column]
    if field.related_model is Tenant:
        return "other.id"
    is_ours = isinstance(field.related_model, type) and field.related_model._meta.app_label == "books"
    return f"copied.{field.column} + other.id * {STRIDE}" if field.primary_key or is_ours else f"copied.{field.column}"
