"""Fixtures that every test may use; each family has its own module in `tests/rig`."""

import os

# Playwright's loop stays in this thread once a browser test has run, and Django then takes plain tests for async ones.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

pytest_plugins = ["tests.rig.vendor", "tests.rig.people", "tests.rig.running", "tests.rig.browsing"]
