"""Ledgerdesk, the sandbox and Django's admin as real processes over one temporary folder and one database."""

import os
from pathlib import Path

import django
import psycopg

from config.processes.services import Services, find_free_port
from config.processes.supervisor import make_demo
from tests.support import postgres
from tests.support.running import ON_DEMAND, prepare, wait_until
from tests.support.vendor import Sandbox, announced_url

from .visiting import Visitor

CUSTOMERS = 100_000  # the number that the budgets apply to; `python -m bench 20000` is a quicker look
BILLS = 200
SLUG, END_USER = "larch", "end_usr_wholesaler0001"
LONG_BILL = "500LIN-1234567890"
PASSWORD = "demo"  # noqa: S105 - not a secret: a demo's sign-in page shows it, and its companies are invented


def name_database() -> dict[str, str]:
    """Return where the measured data is if not in the installation's own SQLite file.

    The tests' server is quicker than one in use, which has its own defaults and keeps statistics of its tables.
    """
    if not is_on_postgres():
        return {}
    url = postgres.new_database()
    with psycopg.connect(url, autocommit=True) as administrator:
        administrator.execute("ALTER SYSTEM RESET ALL")
        administrator.execute("SELECT pg_reload_conf()")
    return {"DATABASE_URL": url}


def is_on_postgres() -> bool:
    """Whether PostgreSQL is measured: `DESK_BENCH_DATABASE=postgres python -m bench lists`."""
    return os.environ.get("DESK_BENCH_DATABASE") == "postgres"


class Stage:
    """The measured system: `desk` and `admin` with a visitor signed in to each, and the `sandbox` behind them.

    `open` starts the sandbox alone. `serve` starts both web servers, once the mirror has been filled.
    """

    def __init__(self, home: Path, customers: int = CUSTOMERS) -> None:
        self.customers = customers
        options = ("--delay", "0", "--customers", str(customers), "--bills", str(BILLS))
        self.desk = make_demo(home, find_free_port(), find_free_port(), *options)
        # One web process each: a visitor with one connection would keep only one of several busy anyway.
        self.desk.environment |= {"WEB_PROCESSES": "1", "BENCH_HOME": str(home), **name_database()}
        beside = {**self.desk.environment, "DJANGO_SETTINGS_MODULE": "bench.beside.settings"}
        self.admin = Services(find_free_port(), home, beside)
        self.admin.add("admin", "-m", "config.processes.web", f"127.0.0.1:{self.admin.port}")
        self.ours, self.admins = Visitor(self.desk.url), Visitor(self.admin.url)

    def open(self) -> None:
        """Start the sandbox, and let this process read Ledgerdesk's database."""
        sandbox = self.desk.children["sandbox"]
        sandbox.start()
        prepare(self.desk)
        os.environ.update(self.desk.environment)
        django.setup()
        self.sandbox = Sandbox(announced_url(sandbox, within=900))

    def serve(self) -> None:
        """Start both web servers, give the admin its bill, and sign in."""
        self.admin.manage("migrate", "--run-syncdb", "--verbosity", "0")
        self.admin.manage("collectstatic", "--no-input", "--verbosity", "0")
        self.admin.manage("fill_beside", SLUG, LONG_BILL)
        worker = self.desk.children["worker"]
        worker.command = [*worker.command, *ON_DEMAND]
        for name in ("web", "worker"):
            self.desk.children[name].start()
        self.admin.start()
        wait_until(self.desk.answers)
        self.ours.sign_in("/accounts/login/", login="alice", password=PASSWORD)
        self.admins.sign_in("/admin/login/", username="alice", password=PASSWORD)

    def close(self) -> None:
        """Stop all processes."""
        self.ours.close()
        self.admins.close()
        self.admin.stop()
        self.desk.stop()
