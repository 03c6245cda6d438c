from django.apps import AppConfig


class EditsConfig(AppConfig):
    name = "edits"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from books.sync.daily import STEPS
        from books.sync.tasks import SWEEPS

        from . import drafts, kept, life, presence
        from .sightings import tell
        from .tasks import queue_due

        user_logged_in.connect(kept.receive, dispatch_uid="edits.kept")
        SWEEPS.extend([queue_due, tell])
        STEPS.update(
            {
                "drafts out of date": drafts.expire,
                "dropped drafts of what was typed": life.empty_dropped,
                "notes of who had a form open": presence.forget,
            }
        )
