"""nginx and Caddy as real processes on loopback with the sample configurations of `docs/proxy`, and their installation.

Only host name, certificate, port and the desk's address are replaced; the rest runs as in the sample.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.processes.children import Child, stop_children
from config.processes.services import CannotServe, find_free_port
from tests.support.attacks import at
from tests.support.running import ROOT, wait_until

SAMPLES = ROOT / "docs" / "proxy"
NGINX_FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for 127.0.0.1."""

    public: Path
    key: Path


def self_made(home: Path) -> Certificate:
    """Make one with openssl."""
    made = Certificate(home / "proxy.pem", home / "proxy.key")
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    kind = ["-x509", "-newkey", "rsa:2048", "-nodes"]
    command = ["openssl", "req", *kind, *subject, "-keyout", str(made.key), "-out", str(made.public)]
    subprocess.run(command, check=True, capture_output=True)
    return made


def found(name: str) -> bool:
    """Whether a program is installed; installs it if that works without a prompt."""
    if not shutil.which(name) and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "install", "-y", name], env=environment, capture_output=True)
    return shutil.which(name) is not None


class Proxy:
    """A proxy in front of the server at `behind`."""

    def __init__(self, name: str, home: Path, behind: int, certificate: Certificate) -> None:
        self.name, self.port, self.home = name, find_free_port(), home / f"{name}-{behind}"
        self.home.mkdir()
        make = {"nginx": self._nginx, "caddy": self._caddy}[name]
        environment = os.environ | {"HOME": str(self.home), "XDG_DATA_HOME": str(self.home)}
        self.child = Child(name, make(behind, certificate), self.home / f"{name}.log", environment, ROOT)

    def start(self) -> None:
        """Start it, and return when it listens. Raises CannotServe with its output if it does not."""
        self.child.start()
        wait_until(lambda: not self.child.running or _listens(self.port))
        if not self.child.running:
            raise CannotServe(f"{self.name} ended at once: {self.child.last_line()}")

    def stop(self) -> None:
        stop_children([self.child])

    def _nginx(self, behind: int, certificate: Certificate) -> list[str]:
        folders = " ".join(f"{kind}_temp_path {self.home}/{kind};" for kind in NGINX_FOLDERS)
        user = "user root;" if os.geteuid() == 0 else ""
        own = f"daemon off; pid {self.home}/nginx.pid; error_log stderr warn; {user}"
        values = {
            "http {": f"http {{ {folders}",
            "127.0.0.1:8000": f"127.0.0.1:{behind}",
            "listen 80;": f"listen 127.0.0.1:{find_free_port()};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.port} ssl;",
            "/etc/ssl/ledgerdesk.pem": str(certificate.public),
            "/etc/ssl/ledgerdesk.key": str(certificate.key),
        }
        file = self._written("nginx.conf", values)
        return ["nginx", "-c", str(file), "-g", own]

    def _caddy(self, behind: int, certificate: Certificate) -> list[str]:
        values = {
            "{\n\tservers": "{\n\tadmin off\n\tauto_https disable_redirects\n\tservers",
            "desk.example.com {": f"https://127.0.0.1:{self.port} {{\n\ttls {certificate.public} {certificate.key}",
            "127.0.0.1:8000": f"127.0.0.1:{behind}",
        }
        return ["caddy", "run", "--adapter", "caddyfile", "--config", str(self._written("Caddyfile", values))]

    def _written(self, sample: str, values: dict[str, str]) -> Path:
        """Return the sample with these values in place of its own; each of them must occur in it."""
        text = (SAMPLES / sample).read_text()
        for stands, value in values.items():
            assert stands in text, f"{sample} does not say {stands!r}"
            text = text.replace(stands, value)
        file = self.home / sample
        file.write_text(text)
        return file


def _listens(port: int) -> bool:
    try:
        at(port)().close()
    except OSError:
        return False
    return True
