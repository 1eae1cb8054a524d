"""The real app on a free port with a data folder of its own, driven in headless Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from peea.store import PatientLog
from peea.store.demonstration import seed_demonstration

ROOT = Path(__file__).resolve().parent.parent.parent
START_S = 60
GIVEN_UP_S = 2
"""Seconds after which a closed window's visit ends; ten minutes in the app's own configuration."""

PATIENCE_MS = 60_000
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
DESKTOP = {"width": 1440, "height": 900}
TABLET = {"width": 820, "height": 1180}


@dataclass(frozen=True)
class Server:
    """The app under test: its address, its data base, and where it keeps temporary files."""

    url: str
    database: Path
    temporary: Path

    def held_recordings(self) -> list[Path]:
        """Return the folders of uploads that are held at present."""
        return list(self.temporary.glob("peea-recording-*"))


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        return taken.getsockname()[1]


def chromium_path() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("Chromium is missing: install the package chromium (Debian, Ubuntu: apt-get install chromium).")
    return path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data, temporary = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("temporary")
    with PatientLog(data / "peea.db", actor="browser test") as log:
        seed_demonstration(log)
    port = free_port()
    environment = {**os.environ, "PEEA_DATA": str(data), "TMPDIR": str(temporary)}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.disconnectedSessionTTL", str(GIVEN_UP_S)]
    with (data / "server.log").open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_until_up(f"http://localhost:{port}", process, data / "server.log")
            yield Server(f"http://localhost:{port}", data / "peea.db", temporary)
        finally:
            process.terminate()
            process.wait(START_S)


def wait_until_up(url: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"the app did not start:\n{log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_app(chromium: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Return a function that opens the app in a new window.

    After the test: nothing was asked for outside this machine, and no page showed a traceback.
    """
    windows: list[Page] = []
    outside: list[str] = []

    def note(request: Request) -> None:
        inside = (server.url, server.url.replace("http", "ws", 1), "data:", "blob:")
        if not request.url.startswith(inside):
            outside.append(request.url)

    def opened(address: str = "", size: dict[str, int] = DESKTOP, touch: bool = False) -> Page:
        context = chromium.new_context(viewport=size, has_touch=touch, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("request", note)
        page.on("websocket", lambda socket: note_address(socket.url))
        page.goto(f"{server.url}/{address}")
        page.get_by_text("Demonstration.", exact=True).wait_for()
        windows.append(page)
        return page

    def note_address(address: str) -> None:
        if not address.startswith(server.url.replace("http", "ws", 1)):
            outside.append(address)

    yield opened
    for page in windows:
        if not page.is_closed():
            shown = page.inner_text("body")
            assert "Traceback" not in shown
            assert "fault in PEEA" not in shown
        page.context.close()
    assert outside == [], "the app asked outside this machine"
