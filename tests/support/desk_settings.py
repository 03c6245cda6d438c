"""The settings of the desks that tests run as processes: those of any desk, but quick to hash a password."""

from config.settings import *  # noqa: F403 - all of them hold

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
