from django.apps import AppConfig


class EditsConfig(AppConfig):
    name = "edits"

    def ready(self) -> None:
        from books.tasks import SWEEPS

        from .tasks import queue_due

        SWEEPS.append(queue_due)
