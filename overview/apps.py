from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "overview"

    def ready(self) -> None:
        from books.sync.tasks import CHORES

        from .away import ROUNDS

        CHORES.append(ROUNDS.start)
