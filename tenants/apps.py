from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"

    def ready(self) -> None:
        from . import sessions  # noqa: F401 - notes who signs in
        from .sign_in import events  # noqa: F401 - adds to the security log
