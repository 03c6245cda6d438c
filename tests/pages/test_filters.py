"""Figures, dates and ages as people write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from config.templatetags import controls, ui
from records import formatting


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Decimal("1240"), "1,240.00"),
        (Decimal("-8.5"), "−8.50"),
        (Decimal("0.12345"), "0.12345"),
        (Decimal("1E+3"), "1,000.00"),
        (Decimal("0"), "0.00"),
        (None, ""),
    ],
)
def test_money_has_two_places_and_a_true_minus(amount: Decimal | None, written: str) -> None:
    assert formatting.format_money(amount) == written


@pytest.mark.parametrize(
    ("quantity", "written"),
    [
        (Decimal("200.00"), "200"),
        (Decimal("1.150"), "1.15"),
        (Decimal("-0.125"), "−0.125"),
        (2310, "2,310"),
        (None, ""),
    ],
)
def test_a_number_has_no_zeros_that_say_nothing(quantity: Decimal | int | None, written: str) -> None:
    assert ui.number(quantity) == written


def test_the_size_of_a_change_carries_its_sign() -> None:
    assert [ui.signed(Decimal(d)) for d in ("75.5", "-8", "0")] == ["+75.50", "−8.00", "0.00"]


def test_a_day_is_written_with_its_month_in_letters() -> None:
    assert formatting.format_date(date(2026, 10, 8)) == "8 Oct 2026"


@pytest.mark.parametrize(
    ("days", "said", "coloured"),
    [
        (-19, "19 days overdue", "over"),
        (-1, "1 day overdue", "over"),
        (0, "due today", "today"),
        (7, "in 7 days", "muted"),
    ],
)
def test_due_counts_from_today(days: int, said: str, coloured: str) -> None:
    then = timezone.localdate() + timedelta(days=days)
    assert (formatting.describe_due(then), formatting.get_due_class(then)) == (said, coloured)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "just now"), (1, "1 minute ago"), (59, "59 minutes ago"), (60, "1 hour ago"), (5 * 1440, "5 days ago")],
)
def test_ago_rounds_down(minutes: int, said: str) -> None:
    assert ui.ago(timezone.now() - timedelta(minutes=minutes, seconds=5)) == said


def test_a_moment_names_the_year_only_when_it_is_another_one() -> None:
    assert ui.moment(datetime(2019, 11, 12, 10, 22, tzinfo=UTC)) == "12 Nov 2019 10:22"
    assert ui.clock(timezone.now()) == f"{timezone.localtime():%H:%M}"


@pytest.mark.parametrize("moment", [None, datetime(2026, 7, 1, 22, 5, 9, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)])
def test_a_moment_in_html_is_what_django_writes_in_any_time_zone(moment: datetime | None) -> None:
    with timezone.override("America/Chicago"):
        assert ui.iso(moment) == Template("{{ moment|date:'c' }}").render(Context({"moment": moment}))


def test_a_vendors_sentence_tells_its_moments_as_people_do() -> None:
    year = timezone.localdate().year
    said = f"Last active: {year}-01-02T17:42:10.021Z. Press Update."
    local = timezone.localtime(datetime(year, 1, 2, 17, 42, 10, tzinfo=UTC))
    assert ui.with_moments(said) == f"Last active: {local.day} Jan {local:%H:%M}. Press Update."
    assert ui.with_moments("Last active: never.") == "Last active: never."


def test_a_revision_is_told_by_its_end() -> None:
    assert ui.short_revision("1721172183") == "…2183"


def test_typed_words_are_marked_and_names_are_escaped() -> None:
    assert ui.marked("A<b> Meadow", "mea") == "A&lt;b&gt; <mark>Mea</mark>dow"
    assert ui.marked("A<b>", "") == "A&lt;b&gt;"


def test_typed_words_are_marked_as_they_are_found() -> None:
    assert ui.marked("Straße der Ñandús", "nandu STRAS") == "<mark>Straß</mark>e der <mark>Ñandú</mark>s"


def test_a_query_keeps_the_rest() -> None:
    request = RequestFactory().get("/", {"q": "elm", "page": "3"})
    page = Template("{% query sort='-due' page=None %}").render(Context({"request": request}))
    assert page == "?q=elm&amp;sort=-due"


class Memo(forms.Form):
    memo = forms.CharField(max_length=41)


def test_a_control_says_what_it_was_opened_with() -> None:
    field = Memo({"memo": "new"}, initial={"memo": "old"})["memo"]
    assert 'data-was="old"' in controls.control(field)
    assert 'value="new"' in controls.control(field)
    assert controls.is_changed(field)


def test_an_untouched_form_has_not_changed() -> None:
    assert not controls.is_changed(Memo(initial={"memo": "old"})["memo"])
