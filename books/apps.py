from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "books"

    def ready(self) -> None:
        from . import registry
        from .mirror.projection import check_columns

        check_columns(registry.list_tables())
