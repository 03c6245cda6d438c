"""Environment variables for proxies and hosts, as read by a starting process."""

import os
import subprocess
import sys

import pytest

from config.processes.services import ROOT


def settings_say(what: str, **environment: str) -> str:
    """Return a setting of a process that starts in this environment, or the last line of its error."""
    done = subprocess.run(
        [sys.executable, "-c", f"from config import settings; print(settings.{what})"],
        env={"PATH": os.environ["PATH"], "SECRET_KEY": "for-tests-only", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return (done.stdout or done.stderr).strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("environment", "proxies"),
    [
        ({}, "0"),
        ({"BEHIND_PROXY": "1"}, "1"),
        ({"BEHIND_PROXY": "1", "TRUSTED_PROXIES": "2"}, "2"),
        ({"BEHIND_PROXY": "1", "TRUSTED_PROXIES": "0"}, "0"),
        ({"TRUSTED_PROXIES": "1"}, "1"),
    ],
)
def test_a_desk_behind_a_proxy_trusts_one_unless_told_otherwise(environment: dict[str, str], proxies: str) -> None:
    assert settings_say("ALLAUTH_TRUSTED_PROXY_COUNT", **environment) == proxies


def test_a_desk_that_mails_links_has_to_name_its_hosts() -> None:
    said = settings_say("HAS_MAIL", ALLOWED_HOSTS="*", EMAIL_URL="smtp://mail.example:25")
    assert "ALLOWED_HOSTS=* would let anybody choose where an emailed link leads." in said
