from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "overview"

    def ready(self) -> None:
        from books.sync.tasks import CHORES
        from tenants.person_settings import PAGE_CHECKS

        from .away import ROUNDS
        from .sections import has_section

        CHORES.append(ROUNDS.start)
        PAGE_CHECKS.append(has_section)
