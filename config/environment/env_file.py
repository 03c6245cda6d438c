"""Reads the file `.env` into the environment, which takes precedence.

A line that is not understood is refused and never shown: it may hold a key.
"""

import os
import re
from io import StringIO
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

SETS = re.compile(r"(export )?[A-Za-z_0-9]+=[^\0]*")


def load(file: Path) -> None:
    """Set each variable of the file that is not set yet; without the file, none.

    Raises ImproperlyConfigured if it cannot be read, or a line of it. Where something else has read it into the
    environment, such as systemd as root, it need not be read again.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return
    except UnicodeDecodeError:
        raise ImproperlyConfigured(f"{file} is not text in UTF-8.") from None
    except OSError as error:
        if os.environ.get("SECRET_KEY"):
            return
        raise ImproperlyConfigured(f"{file} cannot be read: {error.strerror}.") from None
    meant = {number: line for number, line in enumerate(lines, 1) if line.strip() and line.strip()[0] != "#"}
    for number, line in meant.items():
        if not SETS.fullmatch(line):
            raise ImproperlyConfigured(f"Line {number} of {file} is not NAME=value, without blanks around the name.")
    environ.Env.read_env(StringIO("\n".join(meant.values())))
