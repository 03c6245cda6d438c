"""A company's preferences in the mirror: read along with the lists, unknown until then, never requested by a page."""

from datetime import date

import pytest

from books import registry
from books.mirror import lookup
from books.mirror.lookup import get_preferences
from books.sync import refresh
from records.content import Reference
from tests.support.copies import Copied


def test_they_are_read_along_with_the_lists(copied: Copied, harbor):
    copied(harbor)
    found = get_preferences(harbor)
    assert found is not None
    assert (found["accounting"]["closing_date"], found["multi_currency"]["is_multi_currency_enabled"]) == (
        date(2026, 9, 30),
        False,
    )


def test_those_of_a_multi_currency_company_have_its_home_currency(copied: Copied, larch):
    copied(larch, "preferences")
    found = get_preferences(larch)
    assert found is not None
    currency = found["multi_currency"]["home_currency"]
    assert (isinstance(currency, Reference), found["accounting"]["closing_date"]) == (True, None)


def test_unread_preferences_are_unknown(db, larch):
    assert get_preferences(larch) is None


def test_a_provider_without_preferences_has_none_and_makes_no_query(juniper, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert get_preferences(juniper) is None


def test_a_group_that_the_vendor_leaves_out_is_blank(db, larch):
    lookup.store_record(larch, registry.get_table(larch, "preferences"), {"id": "preferences", "accounting": None})
    found = get_preferences(larch)
    assert found is not None
    assert found["accounting"].is_blank


def test_read_again_they_have_the_new_values(copied: Copied, sandbox, harbor):
    copied(harbor, "preferences")
    table = registry.get_table(harbor, "preferences")
    lookup.store_record(harbor, table, {"id": "preferences", "accounting": {"closingDate": "2020-01-31"}})
    refresh.read_record(harbor, table, "preferences")
    found = get_preferences(harbor)
    assert found is not None
    assert found["accounting"]["closing_date"] == date(2026, 9, 30)


@pytest.mark.parametrize("times", [1, 3])
def test_they_take_one_query(copied: Copied, harbor, django_assert_num_queries, times):
    copied(harbor, "preferences")
    with django_assert_num_queries(times):
        for _ in range(times):
            get_preferences(harbor)
