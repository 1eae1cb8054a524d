"""Chromium with a camera that plays a recording, for the tests of live grading and the pictures of its page."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.app_server import CHROMIUM_FLAGS, chromium_path

CAMERA_RATE = 30
"""Frames a second at which Chromium plays a .mjpeg file, whatever is in it."""


def camera_film(recording: Path, to: Path) -> Path:
    """Make of a recording the file that Chromium's camera plays again and again."""
    command = ["ffmpeg", "-loglevel", "error", "-y", "-i", str(recording), "-vf", f"fps={CAMERA_RATE}"]
    subprocess.run([*command, "-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p", str(to)], check=True)
    return to


@contextmanager
def chromium_with_camera(film: Path | None) -> Iterator[Browser]:
    """Start Chromium with a camera that plays a film and a user who allows it; without a film it has no camera."""
    camera = ["--use-fake-ui-for-media-stream"]
    if film is not None:
        camera += ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*CHROMIUM_FLAGS, *camera])
        try:
            yield browser
        finally:
            browser.close()
