from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "overview"

    def ready(self) -> None:
        from books.sync.tasks import SWEEPS

        from .away import mail_changes, mail_summaries

        SWEEPS.extend([mail_changes, mail_summaries])
