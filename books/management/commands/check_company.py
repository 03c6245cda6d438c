"""Prints the health of a company's connection: the same as its connection page. Ends with 1 if something is wrong."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from books.engine.choice import is_worker_alive
from books.health.asking import ask_and_wait
from books.health.company import load_health, write_health
from books.models import Purpose
from books.providers.errors import BooksError
from books.sync import vendor_reads
from tenants.models import Tenant


class Command(BaseCommand):
    help = (
        "Say how a company's connection is, since when, and what to do. Exit status 0: nothing has to be done, "
        "also for a company that was paused or archived; 1: something is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the company's part of the web address: /t/<slug>/")
        parser.add_argument("--now", action="store_true", help="contact the company first, as Try now does on its page")
        parser.add_argument("--wait", type=float, default=60.0, metavar="SECONDS", help="for its answer, with --now")

    def handle(self, *args: Any, slug: str, now: bool, wait: float, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=slug).first()
        if tenant is None:
            raise CommandError(f"There is no company {slug!r}.")
        has_answered = self._contact(tenant, wait) if now else True
        health = load_health(tenant)
        for line in write_health(health):
            self.stdout.write(line)
        if not (health.is_fine and has_answered):
            sys.exit(1)

    def _contact(self, tenant: Tenant, seconds: float) -> bool:
        """Have the company asked now; say how that ended, and return whether it has answered."""
        if not is_worker_alive():
            self.stdout.write("Not contacted: no worker is running. Start Ledgerdesk, then try again.")
            return False
        try:
            read = ask_and_wait([tenant], Purpose.CONNECTION, seconds)[0]
        except BooksError as error:
            self.stdout.write(f"Not contacted: {error.title}.")
            return True
        if read.is_waiting:
            self.stdout.write(f"No answer within {seconds:g} s.")
        elif read.has_failed:
            why = vendor_reads.read_error(read)
            self.stdout.write(" ".join(filter(None, (f"{why.title}.", why.more, why.next_step))))
        elif "milliseconds" in read.answer:
            self.stdout.write(f"Answered in {read.answer['milliseconds'] / 1000:.1f} s.")
        else:
            self.stdout.write("Nobody has begun to connect it.")
            return False
        return not (read.is_waiting or read.has_failed)
