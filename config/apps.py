from django.apps import AppConfig
from django.db import connection


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        if connection.vendor == "postgresql":
            from .database import send_no_nul  # it needs a driver that is installed only with PostgreSQL

            send_no_nul()
        else:
            from .sqlite import write_marks_once  # it changes the cursor of a database that is used

            write_marks_once()
