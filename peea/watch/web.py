"""The address /health for a monitoring system: 200 when PEEA is well and 503 when it is not.

Anybody on the network may ask whether PEEA is well; what is wrong, and which versions run, is told to whoever knows the
word in PEEA_HEALTH_TOKEN (`Authorization: Bearer WORD`), since it would help whoever looks for a way in.
"""

from __future__ import annotations

import hmac
import logging
import os
import threading
import time
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from peea.settings import SettingsError, load_settings
from peea.watch.health import Health, State, examine

HEALTH_ADDRESS: Final = "/health"
TOKEN_VARIABLE: Final = "PEEA_HEALTH_TOKEN"

_WELL: Final = 200
_NOT_WELL: Final = 503

_log = logging.getLogger(__name__)


class _Kept:
    """The last answer, for as long as it holds: who asks a hundred times a second does not have all read as often."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: Health | None = None
        self._until = 0.0

    def health(self) -> Health:
        """Return what was found, looking again if that was too long ago."""
        with self._lock:
            if self._found is None or time.monotonic() >= self._until:
                settings = load_settings()
                self._found = examine(settings)
                self._until = time.monotonic() + settings.watch.check_again_s
                if not self._found.well:
                    wrong = sum(check.state is State.NOT_WELL for check in self._found.checks)
                    _log.error("not well: %d of %d parts", wrong, len(self._found.checks))
            return self._found


def routes() -> list[Route]:
    """Return the addresses, for the server of the app."""
    kept = _Kept()

    async def answer(request: Request) -> JSONResponse:
        try:
            found = await run_in_threadpool(kept.health)
        except SettingsError:
            _log.exception("the settings cannot be read")
            return JSONResponse({"status": State.NOT_WELL}, _NOT_WELL)
        plain = found.to_plain()
        shown = plain if _knows_the_word(request) else {"status": plain["status"]}
        headers = {"cache-control": "no-store"}
        return JSONResponse(shown, _WELL if found.well else _NOT_WELL, headers)

    return [Route(HEALTH_ADDRESS, answer, methods=["GET"])]


def _knows_the_word(request: Request) -> bool:
    word = os.environ.get(TOKEN_VARIABLE)
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return bool(word) and hmac.compare_digest(given.encode(), str(word).encode())
