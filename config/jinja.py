"""The Jinja2 environment of templates that draw rows by the hundred: everything in them is escaped.

They stand in `templates/jinja2/` and know the filters that Django's templates know. No request and no context
processor reaches them: what a row shows is handed to it.
"""

from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from jinja2 import BaseLoader, Environment, StrictUndefined, Template

from .templatetags import ui


class EscapedTemplate(Template):
    """A template whose result Django's templates take in as it is: all in it has been escaped."""

    def render(self, *args: Any, **context: Any) -> SafeString:
        return SafeString(super().render(*args, **context))


class RowEnvironment(Environment):
    template_class = EscapedTemplate


def environment(*, loader: BaseLoader, auto_reload: bool, **_: Any) -> Environment:
    """The environment with Django's loader; a name that nobody handed over is an error, not a blank."""
    found = RowEnvironment(
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
