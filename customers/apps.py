from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        from books.pages.list_table import keep_columns
        from books.pages.record_lists import LISTS
        from record_forms.lists.whole_form import WholeForm, fill_inputs
        from record_forms.registry import KINDS, RecordType

        from .filters import KEPT
        from .rows import CustomerRows
        from .table import COLUMNS

        keep_columns("customers", COLUMNS, KEPT)
        LISTS["customers"] = CustomerRows
        KINDS["customers"] = RecordType(
            form=WholeForm, template="customers/customer_edit.html", page="customer_page", fill_inputs=fill_inputs
        )
