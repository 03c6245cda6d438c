from django.apps import AppConfig


class BillsConfig(AppConfig):
    name = "bills"

    def ready(self) -> None:
        from edits.guards import RULES, Rules

        from . import guarding

        RULES["bills"] = Rules(known=guarding.known, against=guarding.against)
