"""The Chromium for browser tests. As a program it installs one if needed, and reports the steps."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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
    """Return the browser to use: $CHROMIUM, else the system's, else playwright's own, else None."""
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, NAMES)]
    return next((program for program in candidates if program and works(program)), None) or playwrights_own()


def run(*command: str) -> bool:
    """Run an installer non-interactively, with its output in the log."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with LOG.open("ab") as log:
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, timeout=900
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return done.returncode == 0


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
    if found := find():
        return f"Browser: {found}"
    sys.stdout.write("Installing Chromium for the browser tests …\n")
    sys.stdout.flush()
    if found := install():
        return f"Browser: {found}"
    sys.exit(f"The tests need Chromium: install the package chromium, or set CHROMIUM to its path. See {LOG}.")


if __name__ == "__main__":
    sys.stdout.write(main() + "\n")
