"""The indexes that lists are walked along, in the shape that PostgreSQL walks along.

To it `deleted_at IS NULL` is no equality that fixes a column, its indexes do not end with the row's number, and it
puts blanks first where it goes backwards. So each holds only what is not deleted, ends with the id, and has one of
its own for the way back. SQLite keeps those that the model declares.

`shape` made them of names; `add_by_key` makes those of today (`0021_sort_keys`) in a new database.
"""

KEPT = "books_record (tenant_id, kind"
OF_NAME = """LOWER(REPLACE({} COLLATE "C", ':', E'\\t'))"""
WALKED = {
    "record_by_full_name": OF_NAME.format("full_name"),
    "record_by_vendor": OF_NAME.format("vendor_name"),
    "record_by_bill_date": "bill_date",
    "record_by_due_date": "due_date",
}
BY_KEY = {
    "record_by_full_name": "full_name_key",
    "record_by_vendor": "vendor_name_key",
    "record_by_bill_date": "bill_date",
    "record_by_due_date": "due_date",
}
# In the very letters in which older databases have them.
SQLITE = (
    "CREATE INDEX record_by_full_name ON books_record (tenant_id, kind, deleted_at, full_name_key)",
    "CREATE INDEX record_by_vendor ON books_record (tenant_id, kind, deleted_at, vendor_name_key)",
    'CREATE INDEX "record_by_bill_date" ON "books_record" ("tenant_id", "kind", "deleted_at", "bill_date")',
    'CREATE INDEX "record_by_due_date" ON "books_record" ("tenant_id", "kind", "deleted_at", "due_date")',
)


def shape(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, by in WALKED.items():
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")
            schema_editor.execute(f"CREATE INDEX {name} ON {KEPT}, ({by}), id) WHERE deleted_at IS NULL")
            back = f"({by}) DESC NULLS LAST, id DESC"
            schema_editor.execute(f"CREATE INDEX {name}_back ON {KEPT}, {back}) WHERE deleted_at IS NULL")


def put_back(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        record = apps.get_model("books", "Record")
        for name in WALKED:
            schema_editor.execute(f"DROP INDEX {name}_back")
            schema_editor.execute(f"DROP INDEX {name}")
            schema_editor.add_index(record, next(index for index in record._meta.indexes if index.name == name))


def add_by_key(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE:
            schema_editor.execute(statement)
        return
    # The letters' numbers compare the keys, as on SQLite, and not the order of a language.
    changes = ", ".join(f'ALTER COLUMN {key} TYPE text COLLATE "C"' for key in BY_KEY.values() if key.endswith("_key"))
    schema_editor.execute(f"ALTER TABLE books_record {changes}")
    for name, by in BY_KEY.items():
        schema_editor.execute(f"CREATE INDEX {name} ON {KEPT}, {by}, id) WHERE deleted_at IS NULL")
        back = f"{by} DESC NULLS LAST, id DESC"
        schema_editor.execute(f"CREATE INDEX {name}_back ON {KEPT}, {back}) WHERE deleted_at IS NULL")


def drop_by_key(apps, schema_editor):
    for name in BY_KEY:
        schema_editor.execute(f"DROP INDEX {name}")
        schema_editor.execute(f"DROP INDEX IF EXISTS {name}_back")
