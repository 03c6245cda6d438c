"""PostgreSQL's own parts: its indexes, an extension, and connections that are pooled but never shared with a child."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from books.mirror.order import make_order
from books.mirror.store import fill_rows
from books.models import Record, Version
from books.registry import get_table
from config.environment.addresses import is_port_free
from config.processes.children import Child, stop_children
from config.processes.services import find_free_port
from tests.support import databases, postgres
from tests.support.running import wait_until

ROOT = Path(__file__).resolve().parents[3]
pytestmark = [pytest.mark.postgres_only("about PostgreSQL's own"), pytest.mark.django_db]

# Loaded before the web forks, like the desk, and with a query to the database meanwhile.
PRELOADED = """
import os, sys
from config import wsgi
from config.processes import web
from django.db import connection
from django.utils import timezone
from tenants.models import Tenant
def pid():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]
before = pid()
def application(environ, start_response):
    text = f"{os.getpid()} {before} {pid()}"
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [text.encode()]
wsgi.application = application
sys.exit(web.main(sys.argv[1]))
"""


def plan(records) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    return str(records.explain())


@pytest.mark.parametrize("sort", ["full_name", "vendor_name", "bill_date", "due_date"])
@pytest.mark.parametrize("back", ["", "-"])
def test_a_list_is_read_along_an_index_of_its_order(sort, back):
    index = {"full_name": "record_by_full_name", "vendor_name": "record_by_vendor"}.get(sort, f"record_by_{sort}")
    listed = Record.objects.filter(tenant=1, kind__in=["bills"], deleted_at=None).order_by(*make_order(f"{back}{sort}"))
    told = plan(listed[:100])
    assert (f"using {index}{back and '_back'} on" in told, "Sort" in told) == (True, False)


def test_a_search_uses_the_trigram_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off")
    assert "Bitmap Index Scan on books_record_search" in plan(Record.objects.filter(search__holds="harbor"))


def test_a_nul_in_what_was_stored_before_is_another_letter_in_the_columns(larch):
    row = {"id": "8", "fullName": "a\0b", "customFields": [], "note": "\\u0000", "email": "é\0"}
    record = Record.objects.create(tenant=larch, kind="customers", remote_id="8", revision="1", read_at=timezone.now())
    record.version = Version.objects.create(
        record=record, revision="1", content=json.dumps(row), seen_at=record.read_at
    )
    assert fill_rows(get_table(larch, "customers"), [record]) == 1
    record.refresh_from_db()
    assert (record.full_name, record.email, record.extra) == ("a\ufffdb", "é\ufffd", {"email_key": "e"})


def prepared(url: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": url}
    command = [sys.executable, "manage.py", "migrate", "books", "--verbosity", "0", "--skip-checks"]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)


def test_without_the_right_to_create_the_extension_it_says_what_to_do():
    with psycopg.connect(postgres.database("postgres"), autocommit=True) as administrator:
        administrator.execute("DROP ROLE IF EXISTS clerk")
        administrator.execute("CREATE ROLE clerk LOGIN")
        url = postgres.new_database()
        with psycopg.connect(url, autocommit=True) as own:
            own.execute("GRANT ALL ON SCHEMA public TO clerk")
        as_clerk = url.replace("postgres:@", "clerk:@")
        refused = prepared(as_clerk)
        assert "Let its administrator run CREATE EXTENSION pg_trgm in this database" in refused.stderr.splitlines()[-1]
        with psycopg.connect(url, autocommit=True) as own:
            own.execute("CREATE EXTENSION pg_trgm")
        assert prepared(as_clerk).returncode == 0


def test_no_web_process_shares_its_parents_connection(tmp_path):
    port = find_free_port()
    command = [sys.executable, "-c", PRELOADED, f"127.0.0.1:{port}"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": databases.url()}
    web = Child("web", command, tmp_path / "web.log", environment, ROOT)
    web.start()
    try:
        wait_until(lambda: not is_port_free(port) or not web.running)
        told = {tuple(httpx.get(f"http://127.0.0.1:{port}/").text.split()) for _ in range(40)}
        processes, before, own = (set(column) for column in zip(*told, strict=True))
        assert (len(processes), before & own) == (2, set())
    finally:
        stop_children([web])
