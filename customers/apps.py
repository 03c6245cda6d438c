from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        from record_forms.lists.whole_form import WholeForm, as_typed
        from record_forms.registry import KINDS, Kind

        KINDS["customers"] = Kind(
            form=WholeForm, template="customers/edit.html", page="customer_page", as_typed=as_typed
        )
