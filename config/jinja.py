"""The Jinja2 environment of templates that draw what a page repeats: everything in them is escaped.

They stand in `templates/jinja2/` and know the filters that Django's templates know. No request and no context
processor reaches them: what a row or a field shows is handed to it. Inputs are drawn by Django's own Jinja2 templates.
"""

import re
from functools import lru_cache
from typing import Any

from django.forms.renderers import BaseRenderer
from django.template import engines
from django.template.defaultfilters import capfirst, linebreaksbr
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString
from jinja2 import BaseLoader, Environment, StrictUndefined, Template
from jinja2.ext import Extension
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escape_text  # type: ignore[attr-defined]  # its public one wraps each text

from .templatetags import controls, differences, ui

INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


def escape_value(value: Any) -> str:
    """Return a value as it stands in HTML. Unlike markupsafe's own function it makes no `Markup` of each text.

    The form of a bill of 500 lines has 10,000 of them, which are only joined.
    """
    if type(value) is str:
        escaped: str = escape_text(value)
        return escaped
    return value if type(value) is Markup else escape(value)


def break_lines(value: Any) -> Any:
    """Return a text with its line ends as HTML has them. Hardly any has one, and Django's filter looks for long."""
    return value if type(value) is str and "\n" not in value and "\r" not in value else linebreaksbr(value)


class EscapedTemplate(Template):
    """A template whose result Django's templates take in as it is: all in it has been escaped."""

    @classmethod
    def from_code(cls, *compiled: Any, **more: Any) -> Template:
        """Let the compiled template, a module that calls `escape` for each value, find our function by that name."""
        made = super().from_code(*compiled, **more)
        made.root_render_func.__globals__["escape"] = escape_value
        return made

    def render(self, *args: Any, **context: Any) -> SafeString:
        return SafeString(super().render(*args, **context))


class WithoutIndentation(Extension):
    """Leaves out what no browser shows: a page of a hundred rows would send it with each."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return INDENTATION.sub("", source)


class FormRenderer(BaseRenderer):
    """Draws the inputs of every form."""

    def get_template(self, template_name: str) -> Any:
        return engines["jinja2"].get_template(template_name)


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
        extensions=[WithoutIndentation],
    )
    found.filters |= ui.register.filters | controls.register.filters | differences.register.filters
    found.filters |= {"capfirst": capfirst, "linebreaksbr": break_lines}
    found.globals |= {
        "control": controls.control,
        "icon": ui.icon,
        "static": static,
        "url": lambda view, *args: _make_url(get_script_prefix(), view, args),
    }
    return found


@lru_cache(maxsize=4096)
def _make_url(prefix: str, view: str, args: tuple[object, ...]) -> str:
    """Return the URL of a view below `prefix`. Every page has the same thirty."""
    return reverse(view, args=args)
