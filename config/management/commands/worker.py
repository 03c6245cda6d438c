"""Runs the queued tasks of all companies: the engine as a process of its own, until a signal asks to stop."""

import logging
import os
import signal
import threading
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from books import registry
from books.engine.choice import make_engine
from books.engine.dispatcher import Superseded
from books.queues.order import list_queues
from books.sync import heartbeat
from config.processes.garbage import CREATED_BY_WORKER, collect_seldom
from config.processes.page_cache import keep_few_pages

STACK_BYTES = 2 * 2**20  # of a thread; there may be hundreds, and none nests deeper than a decoder of JSON may


class Command(BaseCommand):
    help = "Run the tasks of all companies until a signal asks to stop, also through database outages."
    requires_system_checks = []  # they load every page; `prepare` makes them, for all processes that start after it

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--queue-name", action="append", choices=list_queues(), help="run only this queue's tasks")

    def handle(self, *args: Any, queue_name: list[str] | None, **options: Any) -> None:
        heartbeat.start("worker")
        keep_few_pages()
        threading.stack_size(STACK_BYTES)
        engine = make_engine(queue_name or list_queues(), settings.WORKER_SLOTS, settings.WORKER_PERMITS)

        def ask_to_stop(number: int, frame: FrameType | None) -> None:
            engine.stop()
            signal.signal(number, signal.SIG_DFL)  # a second one ends the process at once

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, ask_to_stop)
        registry.load_clients()
        collect_seldom(CREATED_BY_WORKER)
        try:
            engine.run()
        except Superseded:
            raise CommandError("Another worker has taken over, so this one ends.") from None
        if any(not one.daemon for one in threading.enumerate() if one is not threading.main_thread()):
            logging.shutdown()
            os._exit(0)  # threads that wait for a vendor would keep it for minutes; others find what they were doing
