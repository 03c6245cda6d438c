from django.apps import AppConfig


class BillsConfig(AppConfig):
    name = "bills"

    def ready(self) -> None:
        from record_forms.checks import RULES, Rules
        from record_forms.registry import KINDS, Kind

        from .checks import lookup
        from .forms import BillForm, as_typed
        from .grid.lines import refusal

        RULES["bills"] = Rules(known=lookup.known, against=lookup.against)
        KINDS["bills"] = Kind(
            form=BillForm, template="bills/edit.html", page="bill_page", as_typed=as_typed, refusal=refusal
        )
