from django.apps import AppConfig


class EditsConfig(AppConfig):
    name = "edits"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from books.tasks import SWEEPS

        from . import kept
        from .sightings import tell
        from .tasks import clear_away, queue_due

        user_logged_in.connect(kept.receive, dispatch_uid="edits.kept")
        SWEEPS.extend([queue_due, clear_away, tell])
