from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "administration"

    def ready(self) -> None:
        from books.sync.tasks import SWEEPS

        from .companies.purge import purge_removed

        SWEEPS.append(purge_removed)
