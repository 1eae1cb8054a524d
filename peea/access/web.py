"""The addresses by which the browser gets, uses and loses the cookie of a sign-in; they are no pages.

The cookie holds a random value and nothing else. No script can read it (HttpOnly), no other site can send it
(SameSite), and it opens nothing once the sign-in has ended in the data base, however long the browser keeps it.

    POST   /access/cookie   {"ticket": ...}   the cookie of a sign-in that was just made; the ticket works once
    POST   /access/use                        somebody is at work in this browser: the sign-in is not idle
    DELETE /access/cookie                     take the cookie away
"""

from __future__ import annotations

import json
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from peea.access.errors import SignedOutError
from peea.access.sign_in import SignIn
from peea.settings import load_settings

COOKIE: Final = "peea_sign_in"
COOKIE_ADDRESS: Final = "/access/cookie"
USE_ADDRESS: Final = "/access/use"
LONGEST_TICKET: Final = 500
"""Bytes of a request for a cookie; a ticket is a tenth of it."""

_GONE: Final = 401
_DONE: Final = 204
_BAD: Final = 400


def routes() -> list[Route]:
    """Return the addresses, for the server of the app."""
    return [
        Route(COOKIE_ADDRESS, _give_cookie, methods=["POST"]),
        Route(COOKIE_ADDRESS, _take_cookie, methods=["DELETE"]),
        Route(USE_ADDRESS, _note_use, methods=["POST"]),
    ]


async def _give_cookie(request: Request) -> Response:
    # A form of another site cannot send this type: the browser asks us first, and we do not answer.
    if request.headers.get("content-type") != "application/json":
        return Response(status_code=_BAD)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_TICKET:
            return Response(status_code=_BAD)
    try:
        ticket = json.loads(body)["ticket"]
        token = await run_in_threadpool(_token, ticket) if isinstance(ticket, str) else None
    except (ValueError, KeyError, TypeError):
        return Response(status_code=_BAD)
    except SignedOutError:
        token = None
    if token is None:
        return Response(status_code=_GONE)
    response = Response(status_code=_DONE)
    secure = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure, path="/")
    return response


async def _take_cookie(request: Request) -> Response:
    response = Response(status_code=_DONE)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict", path="/")
    return response


async def _note_use(request: Request) -> Response:
    token = request.cookies.get(COOKIE)
    if not token:
        return Response(status_code=_GONE)
    try:
        await run_in_threadpool(_use, token)
    except SignedOutError:
        return Response(status_code=_GONE)
    return Response(status_code=_DONE)


def _token(ticket: str) -> str:
    with SignIn(load_settings().access) as front:
        return front.token(ticket)


def _use(token: str) -> None:
    with SignIn(load_settings().access) as front:
        front.use(front.of_token(token))
