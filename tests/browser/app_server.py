"""The real app on a free port with a data folder of its own, and Chromium; for the tests and for the screenshots."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from peea.store import PatientLog
from peea.store.demonstration import seed_demonstration

ROOT = Path(__file__).resolve().parent.parent.parent
START_S = 60
GIVEN_UP_S = 2
"""Seconds after which a closed window's visit ends; ten minutes in the app's own configuration."""

CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
DESKTOP = {"width": 1440, "height": 900}
TABLET = {"width": 820, "height": 1180}


class CannotStartError(RuntimeError):
    """The app or the browser did not start; the message says why."""


@dataclass(frozen=True)
class Server:
    """The app under test: its address, its data base, and where it keeps temporary files."""

    url: str
    database: Path
    temporary: Path

    def held_recordings(self) -> list[Path]:
        """Return the folders of uploads that are held at present."""
        return list(self.temporary.glob("peea-recording-*"))


@contextmanager
def running_app(data: Path, temporary: Path, *options: str) -> Iterator[Server]:
    """Start the app on a log with the demonstration patients; stop it at the end.

    Settings and key are those of the environment; `options` are further ones of scripts/serve.py.
    """
    with PatientLog(data / "peea.db", actor="browser test") as log:
        seed_demonstration(log)
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        port = taken.getsockname()[1]
    environment = {**os.environ, "PEEA_DATA": str(data), "TMPDIR": str(temporary)}
    command = [sys.executable, "scripts/serve.py", "--server.port", str(port)]
    command += ["--server.disconnectedSessionTTL", str(GIVEN_UP_S), *options]
    with (data / "server.log").open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait_until_up(f"http://localhost:{port}", process, data / "server.log")
            yield Server(f"http://localhost:{port}", data / "peea.db", temporary)
        finally:
            process.terminate()
            process.wait(START_S)


def chromium_path() -> str:
    """Return where the system's Chromium is."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise CannotStartError("Chromium is missing: install the package chromium (apt-get install chromium).")
    return path


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Start the system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def _wait_until_up(url: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise CannotStartError(f"the app did not start:\n{log.read_text(errors='replace')[-2000:]}")
