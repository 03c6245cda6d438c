from django.apps import AppConfig


class EditsConfig(AppConfig):
    name = "edits"

    def ready(self) -> None:
        from books.tasks import SWEEPS

        from .sightings import tell
        from .tasks import clear_away, queue_due

        SWEEPS.extend([queue_due, clear_away, tell])
