from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Companies and people"

    def ready(self) -> None:
        from . import sessions  # noqa: F401 - notes who signs in
        from .sign_in import events  # noqa: F401 - adds to the security log
