"""The WSGI entry point that `config.processes.web` serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from .bodies import QuickRequest  # noqa: E402 - the settings have to be loaded before it

application.request_class = QuickRequest
