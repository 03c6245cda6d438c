"""Ten calls a minute per handler and client address; the eleventh blocks."""

import time

import httpx
import pytest

from tests.sandbox.conftest import end, start
from tests.support.vendor import Sandbox

from .conftest import INTERIORS_KEY, STUDIO, TEA_KEY, UNAUTHORIZED, Office, told

THROTTLED = (429, {"statusCode": 429, "message": "ThrottlerException: Too Many Requests"})
SHORT = {"calls": 3, "seconds": 1}


def statuses(office: Office, path: str, count: int) -> list[int]:
    return [office.send("GET", path).status_code for _ in range(count)]


def rates(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if "ratelimit" in name or "retry" in name}


@pytest.fixture
def strict(interiors: Office) -> Office:
    """The demo's organization on a server with its default limits."""
    interiors.sandbox.limits(default={"calls": 100, "seconds": 60}, auth={"calls": 10, "seconds": 60})
    return interiors


def test_the_eleventh_call_is_refused(strict: Office) -> None:
    assert [statuses(strict, STUDIO, 11), told(strict.send("GET", STUDIO))] == [[200] * 10 + [429], THROTTLED]


def test_a_success_has_the_remaining_calls_of_both_limits(strict: Office) -> None:
    statuses(strict, STUDIO, 2)
    assert rates(strict.send("GET", STUDIO)) == {
        "x-ratelimit-limit": "100",
        "x-ratelimit-remaining": "97",
        "x-ratelimit-reset": "60",
        "x-ratelimit-limit-auth": "10",
        "x-ratelimit-remaining-auth": "7",
        "x-ratelimit-reset-auth": "60",
    }


def test_a_429_says_how_long_to_wait_in_a_header_of_its_own(strict: Office) -> None:
    statuses(strict, STUDIO, 13)
    assert rates(strict.send("GET", STUDIO)) == {
        "x-ratelimit-limit": "100",
        "x-ratelimit-remaining": "86",
        "x-ratelimit-reset": "60",
        "retry-after-auth": "60",
    }


def test_the_larger_limit_has_the_plain_header(interiors: Office) -> None:
    interiors.sandbox.limits(default=SHORT, auth=None)
    statuses(interiors, STUDIO, 3)
    assert rates(interiors.send("GET", STUDIO)) == {"retry-after": "1"}


def test_all_customers_share_one_handlers_limit(strict: Office) -> None:
    answers = [strict.send("GET", f"/customers/{number}").status_code for number in range(1, 12)]
    assert answers == [200, 200, 200, 404, 200, 200, 200, 200, 200, 200, 429]


def test_list_read_and_update_are_counted_separately(strict: Office) -> None:
    statuses(strict, STUDIO, 11)
    others = [strict.send("GET", "/customers"), strict.put(STUDIO), strict.send("GET", "/organization/current")]
    assert [answer.status_code for answer in others] == [200, 200, 200]


def test_two_organizations_share_one_addresss_limit(strict: Office, tea: Office) -> None:
    assert statuses(strict, STUDIO, 6) + statuses(tea, STUDIO, 5) == [200] * 10 + [429]


def test_another_address_has_its_own(strict: Office) -> None:
    statuses(strict, STUDIO, 11)
    with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2"), trust_env=False) as elsewhere:
        answer = elsewhere.get(f"{strict.sandbox.url}/api{STUDIO}", headers={"Authorization": f"Bearer {TEA_KEY}"})
    assert answer.status_code == 200


def test_a_forwarded_address_changes_nothing(strict: Office) -> None:
    statuses(strict, STUDIO, 10)
    assert strict.send("GET", STUDIO, headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 429


def test_calls_without_a_key_count_too(strict: Office) -> None:
    answers = [strict.send("GET", STUDIO, headers={"Authorization": ""}) for _ in range(10)]
    assert ([told(answer) for answer in answers], strict.send("GET", STUDIO).status_code) == ([UNAUTHORIZED] * 10, 429)


def test_a_missing_route_is_not_counted(strict: Office) -> None:
    assert statuses(strict, "/nope", 12) == [404] * 12


def test_calls_made_meanwhile_do_not_extend_the_block(interiors: Office) -> None:
    interiors.sandbox.limits(auth=SHORT)
    statuses(interiors, STUDIO, 4)
    blocked = time.monotonic()
    while (answer := interiors.send("GET", STUDIO)).status_code == 429 and time.monotonic() < blocked + 2:
        time.sleep(0.05)  # the duration of the block is measured
    assert (answer.status_code, 0.9 < time.monotonic() - blocked < 1.5) == (200, True)


def test_a_window_ends_after_its_time(interiors: Office) -> None:
    interiors.sandbox.limits(auth={"calls": 2, "seconds": 0.4})
    before = statuses(interiors, STUDIO, 2)
    time.sleep(0.45)  # the window of 0.4 s, and a margin
    assert before + statuses(interiors, STUDIO, 3) == [200, 200, 200, 200, 429]


def test_a_limit_can_be_removed(strict: Office) -> None:
    strict.sandbox.limits(default=None, auth=None)
    answer = strict.send("GET", STUDIO)
    assert (statuses(strict, STUDIO, 120), rates(answer)) == ([200] * 120, {})


def test_a_reset_clears_the_counts_and_restores_the_limits(strict: Office) -> None:
    statuses(strict, STUDIO, 11)
    strict.sandbox.reset()
    limits = strict.sandbox.http.get("/_sandbox/limits").json()
    lifted = {"calls": None, "seconds": 60.0}
    assert (strict.send("GET", STUDIO).status_code, limits) == (200, {"default": lifted, "auth": lifted})


@pytest.mark.parametrize(
    ("limits", "error"),
    [
        ({"other": None}, 'Unknown limits: other. There are "default" and "auth".'),
        ({"auth": 3}, '"auth" must be null or an object of "calls" and "seconds".'),
        ({"auth": {"calls": 0}}, '"calls" of "auth" must be a whole number from 1, or null.'),
        ({"auth": {"calls": 3, "seconds": 0}}, '"seconds" of "auth" must be a number above 0.'),
    ],
)
def test_an_invalid_limit_is_refused(sandbox: Sandbox, limits: dict[str, object], error: str) -> None:
    assert told(sandbox.http.post("/_sandbox/limits", json=limits)) == (400, {"error": error})


@pytest.mark.parametrize(
    ("options", "limits"),
    [
        ((), {"default": {"calls": 100, "seconds": 60.0}, "auth": {"calls": 10, "seconds": 60.0}}),
        (
            ("--rate-limit", "3", "--rate-seconds", "0.5"),
            {"default": {"calls": 100, "seconds": 60.0}, "auth": {"calls": 3, "seconds": 0.5}},
        ),
    ],
)
def test_the_command_line_sets_the_smaller_limit(options: tuple[str, ...], limits: dict[str, object]) -> None:
    process, url = start("--customers", "20", "--bills", "2", *options)
    with httpx.Client(base_url=url, trust_env=False, verify=False) as http:
        shown = http.get("/_sandbox/limits").json()
        answer = http.get("/api/customers/1", headers={"Authorization": f"Bearer {INTERIORS_KEY}"})
    assert (end(process), shown, answer.status_code) == (0, limits, 200)


def test_another_program_at_the_same_address_uses_up_the_same_quota(strict: Office) -> None:
    spent = strict.sandbox.control("spend", resource="customers", operation="retrieve", calls=9)
    assert (spent, statuses(strict, STUDIO, 2), statuses(strict, "/customers", 1)) == (
        {"refused": 0},
        [200, 429],
        [200],
    )


def test_another_program_is_refused_too(strict: Office) -> None:
    statuses(strict, "/customers", 4)
    assert strict.sandbox.control("spend", operation="list", calls=8) == {"refused": 2}


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"resource": "bills"}, "There is no list of bills."),
        ({"calls": 0}, '"calls" must be a whole number from 1 to 10000.'),
    ],
)
def test_calls_of_no_handler_are_not_spent(sandbox: Sandbox, wanted: dict[str, object], error: str) -> None:
    assert told(sandbox.http.post("/_sandbox/spend", json=wanted)) == (400, {"error": error})
