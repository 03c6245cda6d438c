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
timeout = int(float(os.environ.get("HUNG_SECONDS") or 30))  # for a process that hangs, not for a request
control_socket_disable = True


def post_fork(server: object, worker: object) -> None:
    """Tie each worker's life to gunicorn's own."""
    die_with_parent()
