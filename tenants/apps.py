from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Companies and people"

    def ready(self) -> None:
        from . import sessions  # noqa: F401 - notes who signs in
        from .sign_in import events, told  # noqa: F401 - add to the security log, and show what others did
