"""How each kind of variable is read: blank is the default, and what is not understood is refused by name."""

from pathlib import Path

import pytest

from config.environment.variables import Variables
from config.processes.services import ROOT

from .installed import read

KEPT = {"SECRET_KEY": "for-tests-only"}
PASSWORD = "hunter2"
WRITE = "and special signs of the password as %2F for / and %23 for #."
AS_DATABASE = f"DATABASE_URL cannot be read. Write it like postgres://user:password@host/name, {WRITE}"
AS_CACHE = f"CACHE_URL cannot be read. Write it like redis://127.0.0.1:6379/0, {WRITE}"
AS_MAIL = f"EMAIL_URL cannot be read. Write it like smtp+tls://user:password@host:587, {WRITE}"
AS_ADDRESS = "cannot be read. Write it like https://books.example.com"


@pytest.mark.parametrize(("text", "is_on"), [("1", True), (" On ", True), ("0", False), ("no", False), (" ", True)])
def test_a_flag_that_is_blank_has_its_default(text: str, is_on: bool) -> None:
    assert Variables({"SECURE_HTTPS": text}).flag("SECURE_HTTPS", default=True) is is_on


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("SECURE_HTTPS", "1   # needed", "SECURE_HTTPS is 1 or 0, not '1   # needed'."),
        ("BEHIND_PROXY", "2", "BEHIND_PROXY is 1 or 0, not '2'."),
        ("WORKER_SLOTS", "10MB", "WORKER_SLOTS is a whole number, not '10MB'."),
        ("WORKER_SLOTS", "-5", "WORKER_SLOTS is a whole number, not '-5'."),
        ("HUNG_SECONDS", "30s", "HUNG_SECONDS is a number, not '30s'."),
        ("QUEUED_HOURS", "nan", "QUEUED_HOURS is a number, not 'nan'."),
        ("LEASE_SECONDS", "-1", "LEASE_SECONDS is a number, not '-1'."),
        ("SECOND_FACTOR", "always", "SECOND_FACTOR is optional or required, not 'always'."),
        (
            "LOG_LEVEL",
            "loud",
            "LOG_LEVEL is INFO or DEBUG or WARNING or WARN or ERROR or CRITICAL or FATAL, not 'loud'.",
        ),
        ("DATABASE_URL", f"postgres://desk:{PASSWORD}/x@db/desk", AS_DATABASE),
        ("DATABASE_URL", "postgres://desk:12/x@db/desk", AS_DATABASE),
        ("DATABASE_URL", f"//desk:{PASSWORD}@db/desk", AS_DATABASE),
        ("DATABASE_URL", "/var/x.sqlite3", AS_DATABASE),
        ("CACHE_URL", f"redis://:{PASSWORD}/x@cache/0", AS_CACHE),
        ("CACHE_URL", "127.0.0.1:6379", AS_CACHE),
        ("EMAIL_URL", f"smtp+tls://user:{PASSWORD}/#x@mail:587", AS_MAIL),
        ("EMAIL_URL", f"smtp+tls://user:25#{PASSWORD}@mail:587", AS_MAIL),
        ("EMAIL_URL", "mail.example:587", AS_MAIL),
        ("CONDUCTOR_BASE_URL", "api.conductor.is/v1", f"CONDUCTOR_BASE_URL {AS_ADDRESS}"),
        ("SITE_URL", f"https://desk:{PASSWORD}", f"SITE_URL {AS_ADDRESS}"),
    ],
)
def test_what_is_not_understood_is_refused_by_name_and_without_a_password(name: str, text: str, said: str) -> None:
    done = read(ROOT, "DEBUG", **KEPT, **{name: text})
    assert PASSWORD not in done.stdout + done.stderr
    assert done.stderr.splitlines()[-1] == f"django.core.exceptions.ImproperlyConfigured: {said}"


def test_every_blank_variable_has_its_default() -> None:
    sample = (ROOT / ".env.example").read_text()
    names = [line.partition("=")[0].lstrip("#") for line in sample.splitlines() if "=" in line and " " not in line]
    blank = {name: " " for name in names if name != "SECRET_KEY"}
    shown = "{name: value for name, value in globals().items() if name.isupper()}"
    said = [read(ROOT, shown, PYTHONHASHSEED="0", **KEPT, **more).stdout for more in ({}, blank)]
    assert len(blank) > 40
    assert said == [said[0]] * 2
    assert "'BASE_DIR': " in said[0]


def test_blanks_around_a_name_in_a_list_do_not_count() -> None:
    lists = {"ALLOWED_HOSTS": "127.0.0.1, desk.example,", "SECRET_KEY_FALLBACKS": "a, b ", "CSRF_TRUSTED_ORIGINS": " ,"}
    done = read(ROOT, "SITE_URL, ALLOWED_HOSTS, SECRET_KEY_FALLBACKS, CSRF_TRUSTED_ORIGINS", **KEPT, **lists)
    assert done.stdout == "https://desk.example ['127.0.0.1', 'desk.example'] ['a', 'b', ' b '] []\n"


def test_a_secret_keeps_its_blanks_and_a_variable_may_name_another() -> None:
    env = Variables({"A": " x ", "B": "$A", "C": "$ecret"})
    assert [env.exact(name) for name in "ABCD"] == [" x ", " x ", "$ecret", ""]


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("postgres://desk:a%2Fb%23c@db/desk", "a/b#c"),
        ("postgres://desk:a#b@db/desk", "a#b"),
        ("postgres://desk@server:x@db/desk?application_name=a@b", "x"),
        ("django.db.backends.postgresql://desk:x@db/desk", "x"),
    ],
)
def test_a_password_with_special_signs_is_read(url: str, password: str) -> None:
    found = Variables({"DATABASE_URL": url}).database("DATABASE_URL", "")
    assert (found["HOST"], found["NAME"], found["PASSWORD"]) == ("db", "desk", password)


def test_urls_of_every_kind_are_read(tmp_path: Path) -> None:
    env = Variables({"CACHE_URL": "memcache://a:1,b:2", "EMAIL_URL": "smtp+tls://u:a%2Fb@mail:587"})
    mail = env.mail("EMAIL_URL")
    assert env.database("DATABASE_URL", f"sqlite:///{tmp_path}/a@b")["NAME"] == f"{tmp_path}/a@b"
    assert env.cache("CACHE_URL", "")["LOCATION"] == ["a:1", "b:2"]
    assert Variables({}).mail("EMAIL_URL") == {}
    assert Variables({"EMAIL_URL": "consolemail:"}).mail("EMAIL_URL")["EMAIL_BACKEND"].endswith("console.EmailBackend")
    assert env.cache("NONE", "redis://h:6379/0?password=p@ss")["LOCATION"].startswith("redis://h:6379/0")
    assert env.cache("NONE", "filecache://c/a@b")["LOCATION"] == "c/a@b"
    assert env.database("NONE", "postgres://localhost/na@me")["NAME"] == "na@me"
    assert (mail["EMAIL_HOST"], mail["EMAIL_PORT"], mail["EMAIL_HOST_PASSWORD"]) == ("mail", 587, "a/b")
