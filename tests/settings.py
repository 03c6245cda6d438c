"""Settings for tests: fast hashing, one database per process, never a real API key.

With DESK_TEST_DATABASE=postgres that database is on a PostgreSQL server which starts and stops with the tests.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from .support import postgres

os.environ.update(
    SECRET_KEY="for-tests-only",
    DEBUG="0",
    DEMO="1",
    CONDUCTOR_SECRET_KEY="sk_conductor_sandbox",
    CONDUCTOR_BASE_URL="http://127.0.0.1:9/v1",  # unreachable: the `sandbox` fixture sets the vendor's URL
    DATABASE_URL=postgres.database("desk") if postgres.is_asked() else "sqlite:///:memory:",
    CACHE_URL="locmemcache://",
)
UNSET = "ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS BEHIND_PROXY TRUSTED_PROXIES SECURE_HTTPS TIME_ZONE EMAIL_URL SECOND_FACTOR"
for name in UNSET.split():
    os.environ.pop(name, None)

from config.settings import *  # noqa: E402, F403 - the environment has to be cleaned before they are read
from config.settings import DATABASES, LOGGING, STORAGES  # noqa: E402 - the environment has to be cleaned before

HOME = Path(tempfile.mkdtemp(prefix="desk-tests-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
# Where the processes of one run leave what one of them has made for all: the first names it, the others inherit it.
os.environ.setdefault("DESK_TEST_SHARED", str(HOME))

if not postgres.is_asked():
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "desk.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
REQUEST_LOG_SECONDS = 0.0  # a test that looks at what was asked of the vendor has it noted itself: `noted_requests`
LOGGING["root"] |= {"level": "WARNING"}  # type: ignore[operator]  # a dict with values of several types
# A folder of its own, as desks run by tests collect into the project's; without it a warning is raised, an error here.
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir()
