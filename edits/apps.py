from django.apps import AppConfig


class EditsConfig(AppConfig):
    name = "edits"

    def ready(self) -> None:
        from books.tasks import SWEEPS

        from .sightings import tell
        from .tasks import queue_due

        SWEEPS.extend([queue_due, tell])
