from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "books"

    def ready(self) -> None:
        from . import registry
        from .mirror.projection import check_columns
        from .sync import daily, vendor_reads

        check_columns(registry.list_tables())
        daily.STEPS["what pages asked of a vendor"] = vendor_reads.clear_old
