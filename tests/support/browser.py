"""The Chromium for browser tests. As a program it installs one if needed, and reports the steps.

With the argument `quick` it only unpacks the quicker one that fits the system's.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# Chromium without its windows, which draws the same pages with half the processor time, is a program of its own.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OMNIBOX_PAGES = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
# A container's root cannot use Chromium's sandbox; the other options keep it from calling home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Else each window starts processes for pages of the browser itself, such as the list below its address bar.
    f"--disable-features={','.join(('PreloadTopChromeWebUI', 'SpareRendererForSitePerProcess', *OMNIBOX_PAGES))}",
]
LOG = Path("var/log/browser.log")
SHELLS = Path(__file__).resolve().parent.parent.parent / "var" / "browser"  # one folder for each version
DEBIANS = Path("/usr/lib/chromium")  # where Debian's package has what the shell reads when it starts


def works(program: str | None) -> bool:
    """Whether this is a browser; Ubuntu's chromium-browser may be a script that only refers to snap."""
    if not program:
        return False
    try:
        asked = subprocess.run([program, "--version"], capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def playwrights_own() -> str | None:
    """Return the Chromium that `playwright install` has put on this machine, if any."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        program = playwright.chromium.executable_path
    return program if Path(program).exists() else None


def find() -> str | None:
    """Return the browser to use: $CHROMIUM, else the system's or its shell, else playwright's own, else None."""
    candidates = [
        os.environ.get("CHROMIUM"),
        *map(str, SHELLS.glob(f"{read_version() or 'none'}/{SHELL}")),
        *map(shutil.which, NAMES),
    ]
    return next((program for program in candidates if program and works(program)), None) or playwrights_own()


def run(*command: str, within: float = 900, folder: str = ".") -> bool:
    """Run an installer non-interactively, with its output in the log."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with LOG.open("ab") as log:
        try:
            done = subprocess.run(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, timeout=within
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return done.returncode == 0


def read_version() -> str:
    """Return the version of Debian's Chromium on this machine, "" if there is none."""
    command = ["dpkg-query", "--show", "--showformat", "${Version}", "chromium-common"]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def add_shell(version: str) -> None:
    """Unpack the shell of the same version as Debian's Chromium beside it, into this folder, if it can be had."""
    home = SHELLS / version
    if "CHROMIUM" in os.environ or not version or home.exists() or shutil.which(SHELL):
        return
    SHELLS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SHELLS) as made:
        quickly = ("-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10")
        got = ("apt-get", "download", *quickly, f"{SHELL}={version}")
        if not run(*got, within=60, folder=made) or not run("dpkg", "-x", *map(str, Path(made).glob("*.deb")), made):
            return
        unpacked = Path(made) / DEBIANS.relative_to("/")
        for file in DEBIANS.iterdir():
            if not (unpacked / file.name).exists():
                (unpacked / file.name).symlink_to(file)
        if works(str(unpacked / SHELL)):
            unpacked.rename(home)


def install() -> str | None:
    """Install Chromium with the tools of this machine, and return it."""
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and (not root or run(*root, "true")):
        run(*root, "apt-get", "update")
        run(*root, "apt-get", "install", "--yes", "--no-install-recommends", "chromium")
        if found := find():
            return found
    run(sys.executable, "-m", "playwright", "install", "chromium")
    return find()


def main() -> str:
    """Return what to print. Exits with a sentence if no browser can be installed."""
    add_shell(read_version())
    if found := find():
        return f"Browser: {found}"
    sys.stdout.write("Installing Chromium for the browser tests …\n")
    sys.stdout.flush()
    if found := install():
        return f"Browser: {found}"
    sys.exit(f"The tests need Chromium: install the package chromium, or set CHROMIUM to its path. See {LOG}.")


if __name__ == "__main__":
    if sys.argv[1:] == ["quick"]:  # before any package is installed
        add_shell(read_version())
    else:
        sys.stdout.write(main() + "\n")
