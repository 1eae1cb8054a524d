"""Fixtures of the browser tests: one app and one Chromium for all, a new window for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.app_server import DESKTOP, Server, running_app, running_chromium
from tests.browser.server_log import check_that_it_names_nobody

PATIENCE_MS = 60_000
"""For a machine that renders or trains at the same time; nothing here waits longer than it has to."""

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_app(tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("temporary")) as started:
        yield started
        # After every road that the tests of this process went.
        check_that_it_names_nobody(started)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


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
