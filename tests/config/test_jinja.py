"""The templates of rows drawn by the hundred: escaped, strict, with the filters of all other templates."""

from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.template import engines
from django.template.defaultfilters import linebreaksbr
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup, escape

from config.jinja import FormRenderer
from config.templatetags import ui
from record_forms.widgets import PlainInput


def drawn(source: str, **context: object) -> str:
    return str(engines["jinja2"].from_string(source).render(context))


def test_what_a_row_is_handed_is_text() -> None:
    assert drawn("<b>{{ name }}</b>", name="<i>\"&'") == "<b>&lt;i&gt;&#34;&amp;&#39;</b>"


def test_a_name_that_nobody_handed_over_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        drawn("{{ nmae }}", name="Ada")


def test_figures_are_written_as_in_all_other_templates() -> None:
    assert drawn("{{ n|money }} {{ n|plural('bill') }}", n=Decimal(-1240)) == "−1,240.00 -1,240 bills"


def test_what_was_drawn_is_taken_in_by_a_page_as_it_is() -> None:
    rows = engines["jinja2"].from_string("<b>{{ name }}</b>").render({"name": "<i>"})
    assert engines["django"].from_string("{{ rows }}").render({"rows": rows}) == "<b>&lt;i&gt;</b>"


def test_an_icon_and_an_address_are_drawn_as_in_all_other_templates() -> None:
    assert drawn("{{ icon('bolt') }} {{ url('bill_list', 'abc') }}") == f"{ui.icon('bolt')} /t/abc/bills/"


@given(st.text() | st.integers() | st.none() | st.text().map(Markup))
def test_a_value_is_escaped_as_jinja_does_it(value: object) -> None:
    assert drawn("{{ value }}", value=value) == str(escape(value))


@given(st.text(st.sampled_from("a<\n\r'")) | st.integers() | st.text().map(Markup))
def test_lines_are_broken_as_django_does_it(value: Any) -> None:
    broken = drawn("{{ value|linebreaksbr }}", value=value)
    assert broken.replace("&#39;", "&#x27;") == str(linebreaksbr(value))


@pytest.mark.parametrize("value", [None, "", "<i>\"&'"])
def test_an_input_is_drawn_as_django_draws_it(value: str | None) -> None:
    attrs = {"data-was": "", "data-picker": True, "hidden": False, "title": "<i>"}
    ours, djangos = (kind().render("memo", value, attrs, FormRenderer()) for kind in (PlainInput, forms.TextInput))
    assert ours == djangos
