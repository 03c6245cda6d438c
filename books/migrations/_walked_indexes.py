"""The indexes that lists are walked along, in the shape that PostgreSQL walks along.

To it `deleted_at IS NULL` is no equality that fixes a column, its indexes do not end with the row's number, and it
puts blanks first where it goes backwards. So each holds only what is not deleted, ends with the id, and has one of
its own for the way back. SQLite keeps those that the model declares.
"""

KEPT = "books_record (tenant_id, kind"
OF_NAME = """LOWER(REPLACE({} COLLATE "C", ':', E'\\t'))"""
WALKED = {
    "record_by_full_name": OF_NAME.format("full_name"),
    "record_by_vendor": OF_NAME.format("vendor_name"),
    "record_by_bill_date": "bill_date",
    "record_by_due_date": "due_date",
}


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
