"""The Jinja2 environment of templates that draw rows by the hundred: everything in them is escaped.

They stand in `templates/jinja2/` and know the filters that Django's templates know. No request and no context
processor reaches them: what a row shows is handed to it.
"""

from typing import Any

from django.urls import reverse
from jinja2 import BaseLoader, Environment, StrictUndefined

from .templatetags import ui


def environment(*, loader: BaseLoader, auto_reload: bool, **_: Any) -> Environment:
    """The environment with Django's loader; a name that nobody handed over is an error, not a blank."""
    found = Environment(
        loader=loader,
        auto_reload=auto_reload,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= ui.register.filters
    found.globals |= {"icon": ui.icon, "url": lambda view, *args: reverse(view, args=args)}
    return found
