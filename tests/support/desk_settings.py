"""The settings of the desks that tests run as processes: those of any desk, but quick to hash a password.

With CLOCK_OFFSET the clocks of a process are so many seconds ahead, as on another machine.
"""

import os
import time
from datetime import timedelta

from django.utils import timezone

from config.settings import *  # noqa: F403 - all of them hold

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
REQUEST_LOG_SECONDS = 0.5

if offset := float(os.environ.get("CLOCK_OFFSET", "0")):
    _now, _time = timezone.now, time.time
    timezone.now = lambda: _now() + timedelta(seconds=offset)
    time.time = lambda: _time() + offset
