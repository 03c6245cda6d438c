"""An installation of its own: a copy of the settings, with a `.env` beside them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from config.processes.services import ROOT


def install(home: Path) -> Path:
    """Copy the settings there; return their `.env`, which does not exist yet."""
    shutil.copytree(ROOT / "config", home / "config", ignore=shutil.ignore_patterns("__pycache__"))
    return home / ".env"


def read(home: Path, shown: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Let a process that starts in this environment print an expression over the settings."""
    return subprocess.run(
        [sys.executable, "-c", f"from config.settings import *; print({shown})"],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=home,
        capture_output=True,
        text=True,
    )
