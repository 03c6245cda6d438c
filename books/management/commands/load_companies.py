"""Loads the companies that were never loaded, in this process: a demo is filled before it is served.

This process is the engine meanwhile. If a worker is, that one loads them.
"""

from typing import Any

from django.core.management.base import BaseCommand

from books import request_log
from books.engine import choice
from books.engine.lease import Lease
from books.models import SyncStatus
from books.providers.errors import BooksError, NotActive, NotSetUp
from books.sync import refresh


class Command(BaseCommand):
    requires_system_checks = []  # they load every page; `prepare` has made them
    help = "Load every company that was never loaded completely, one after the other, and name those that fail."

    def handle(self, *args: Any, **options: Any) -> None:
        lease = Lease()
        if choice.is_any_worker_alive() or not lease.take():
            for tenant in refresh.list_never_loaded():
                SyncStatus.objects.get_or_create(tenant=tenant)
                refresh.queue_stale(tenant)
            self.stdout.write("The worker loads them.")
            return
        try:
            self._load_all()
            request_log.write()  # this process may end before that is due
        finally:
            lease.release()

    def _load_all(self) -> None:
        for tenant in refresh.list_never_loaded():
            try:
                refresh.load_company(tenant)
            except (NotSetUp, NotActive):
                continue  # such a company is shown as not connected, which is no failure of loading
            except BooksError as error:
                self.stdout.write(f"{tenant} is not loaded yet: {error.error_message}")
