from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        from edits.kinds import KINDS, Kind
        from edits.whole import WholeForm, as_typed

        KINDS["customers"] = Kind(
            form=WholeForm, template="customers/edit.html", page="customer_page", as_typed=as_typed
        )
