"""On PostgreSQL, whose engine asks for a company's next task at each of its turns: an index of the waiting tasks."""

CREATE = """CREATE INDEX IF NOT EXISTS books_waiting_tasks ON django_tasks_database_dbtaskresult
    ((COALESCE(NULLIF(args_kwargs->'kwargs'->>'tenant_id', '0'), args_kwargs->'args'->>0, '0')))
    WHERE status = 'READY'"""
DROP = "DROP INDEX IF EXISTS books_waiting_tasks"


def create(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(CREATE)


def drop(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(DROP)
