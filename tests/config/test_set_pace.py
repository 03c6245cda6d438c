"""The command that sets when a company may be asked, and shows it."""

import io
from datetime import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from books.mirror import lookup
from books.models import Record, SyncStatus
from edits.models.edit import Edit, State
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.support import saving

SETTINGS = ("pause_seconds", "requests_per_hour", "requests_per_day", "quiet_from", "quiet_until", "time_zone")
NONE = dict(zip(SETTINGS, (0.0, None, None, None, None, ""), strict=True))


def set_pace(*options: str, slug: str = "abc") -> list[str]:
    out = io.StringIO()
    call_command("set_pace", slug, *options, stdout=out)
    return out.getvalue().splitlines()


def read_settings() -> dict[str, Any]:
    return dict(SyncStatus.objects.values(*SETTINGS).get(tenant__slug="abc"))


@pytest.mark.parametrize(
    ("options", "columns"),
    [
        (["--requests-an-hour", "60"], {"pause_seconds": 60.0}),
        (["--pause", "2.5"], {"pause_seconds": 2.5}),
        (["--quiet", "22:00-06:00"], {"quiet_from": time(22), "quiet_until": time(6)}),
        (["--quiet", "7:30–18:15"], {"quiet_from": time(7, 30), "quiet_until": time(18, 15)}),
        (["--time-zone", "America/New_York"], {"time_zone": "America/New_York"}),
        (["--ceiling", "500/day"], {"requests_per_day": 500}),
        (["--ceiling", "60/hour", "--ceiling", "500/day"], {"requests_per_hour": 60, "requests_per_day": 500}),
    ],
)
def test_an_option_sets_its_columns_and_none_takes_them_back(
    abc: Tenant, options: list[str], columns: dict[str, Any]
) -> None:
    set_pace(*options)
    assert read_settings() == NONE | columns
    set_pace(options[0], "none")
    assert read_settings() == NONE


def test_an_option_leaves_the_others_alone(abc: Tenant) -> None:
    set_pace("--pause", "5", "--quiet", "22:00-06:00")
    set_pace("--ceiling", "9/hour")
    hours = {"quiet_from": time(22), "quiet_until": time(6)}
    assert read_settings() == NONE | hours | {"pause_seconds": 5.0, "requests_per_hour": 9}


BAD_INPUT = [
    *(
        (
            ["--requests-an-hour", n],
            f"--requests-an-hour is a whole number from 1 to 1,000,000, or none, not {n!r}.",
        )
        for n in ("0", "-1", "1.5", "٣", "9999999", "")
    ),
    (["--pause", "0"], "--pause is a number of seconds up to 86,400, or none, not '0'."),
    (["--pause", "nan"], "--pause is a number of seconds up to 86,400, or none, not 'nan'."),
    (["--pause", "1e9"], "--pause is a number of seconds up to 86,400, or none, not '1e9'."),
    (["--quiet", "22-6"], "--quiet looks like 22:00-06:00, or none, not '22-6'."),
    (["--quiet", "24:00-06:00"], "--quiet looks like 22:00-06:00, or none, not '24:00-06:00'."),
    (["--quiet", "22:00"], "--quiet looks like 22:00-06:00, or none, not '22:00'."),
    (
        ["--quiet", "06:00-06:00"],
        "Quiet hours cannot begin and end at the same time. Use --rest to ask nothing at all.",
    ),
    (["--time-zone", "New York"], "There is no time zone 'New York'. A name looks like America/New_York."),
    (["--time-zone", "../x"], "There is no time zone '../x'. A name looks like America/New_York."),
    (["--time-zone", ""], "There is no time zone ''. A name looks like America/New_York."),
    (["--time-zone", "America"], "There is no time zone 'America'. A name looks like America/New_York."),
    (["--ceiling", "500"], "--ceiling looks like 500/day or 60/hour, or none, not '500'."),
    (["--ceiling", "5/week"], "--ceiling looks like 500/day or 60/hour, or none, not '5/week'."),
    (["--ceiling", "x/day"], "--ceiling is a whole number from 1 to 1,000,000, or none, not 'x'."),
]


def test_bad_input_gets_a_sentence_and_sets_nothing(abc: Tenant) -> None:
    for options, sentence in BAD_INPUT:
        with pytest.raises(CommandError) as refused:
            set_pace("--rest", f"{options[0]}={options[1]}")
        assert str(refused.value) == sentence
    assert SyncStatus.objects.filter(resting_since__isnull=False).count() == 0


def test_an_unknown_company_is_named(db: None) -> None:
    with pytest.raises(CommandError, match=r"There is no company 'nope'\."):
        set_pace(slug="nope")


def test_without_an_option_it_shows_what_is_set(abc: Tenant) -> None:
    assert set_pace() == ["abc: Nothing is set. It is read whenever something is due."]
    set_pace("--pause", "60", "--quiet", "22:00-06:00", "--time-zone", "America/New_York", "--ceiling", "500/day")
    SyncStatus.objects.filter(tenant=abc).update(seconds_per_request=4.04, quiet_from=None, quiet_until=None)
    assert set_pace() == [
        "abc: Reads at most 60 requests an hour.",
        "abc: Stops reading at 500 requests a day.",
        "abc: A background request takes 4.0 s.",
    ]


def test_quiet_hours_are_shown_with_a_zone_of_their_own(abc: Tenant) -> None:
    shown = set_pace("--quiet", "22:00-06:00", "--time-zone", "America/New_York")
    assert shown[0] == "abc: Not read between 22:00 and 06:00 (America/New York time)."


def test_rest_begins_once_and_ends(abc: Tenant) -> None:
    assert set_pace("--rest")[0].startswith("abc: Paused: nothing is read from QuickBooks, since ")
    since = SyncStatus.objects.get(tenant=abc).resting_since
    set_pace("--rest")
    assert SyncStatus.objects.get(tenant=abc).resting_since == since is not None
    set_pace("--no-rest")
    assert SyncStatus.objects.get(tenant=abc).resting_since is None


def test_rest_ends_what_was_queued_and_says_so(bob: User, job: Record) -> None:
    edit = saving.accept(Member(job.tenant, bob, Role.BOOKKEEPER), job, lookup.get_content(job).replace(phone="1"))
    assert set_pace("--rest")[0] == "1 waiting change was not sent."
    assert Edit.objects.get(pk=edit.pk).state == State.NOT_SENT
