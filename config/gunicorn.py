"""Gunicorn's settings: threads, because a save waits on the vendor for seconds while it needs no processor."""

import os

from config.children import die_with_parent

wsgi_app = "config.wsgi"
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
# Threads are made when needed. Three hundred people may wait on a save at once, split unevenly over two processes.
threads = int(os.environ.get("WEB_THREADS", "256"))
preload_app = True
graceful_timeout = 4
timeout = 120
control_socket_disable = True


def pre_fork(server: object, worker: object) -> None:
    """Let no worker have its parent's connections: Django may have opened some while it was loaded."""
    from config.database import close_pools  # only once Django is set up

    close_pools()


def post_fork(server: object, worker: object) -> None:
    """Tie each worker's life to gunicorn's own."""
    die_with_parent()
