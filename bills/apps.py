from django.apps import AppConfig


class BillsConfig(AppConfig):
    name = "bills"

    def ready(self) -> None:
        from books.pages.list_table import keep_columns
        from books.pages.record_lists import LISTS
        from record_forms.bulk.rules import DERIVED
        from record_forms.checks import RULES, CheckRules
        from record_forms.registry import KINDS, RecordType

        from .checks import lookup
        from .forms import BillForm, fill_inputs
        from .grid.lines import describe_refusal
        from .list.filters import KEPT
        from .list.query import BillRows
        from .list.table import COLUMNS, LENGTH
        from .terms.bulk_due import BY_TERMS

        keep_columns("bills", (*COLUMNS, LENGTH), KEPT)
        LISTS["bills"] = BillRows
        RULES["bills"] = CheckRules(known=lookup.list_notices, against=lookup.list_checks, total=lookup.find_total)
        DERIVED["bills"] = (BY_TERMS,)
        KINDS["bills"] = RecordType(
            form=BillForm,
            template="bills/bill_edit.html",
            page="bill_page",
            fill_inputs=fill_inputs,
            refusal=describe_refusal,
        )
