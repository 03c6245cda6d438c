from django.apps import AppConfig


class EditsConfig(AppConfig):
    name = "edits"

    def ready(self) -> None:
        from books.tasks import SWEEPS

        from .tasks import clear_away, queue_due

        SWEEPS += [queue_due, clear_away]
