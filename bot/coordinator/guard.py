"""The guard before every page. It denies: what is not named open needs a session, and only an editor sends a form."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import HTTPException, Request
from fastapi.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.coordinator.accounts import Account
from bot.coordinator.audit import Audit, What
from bot.coordinator.context import Context
from bot.coordinator.errors import error_page, status_of
from bot.coordinator.signed_in import SignedIn, form_token

LOGIN, LOGOUT, HEALTH, STATIC = "/inloggen", "/uitloggen", "/health", "/static/"
LIVE, READY = "/live", "/ready"
OPEN = {("GET", LOGIN), ("HEAD", LOGIN), ("POST", LOGIN), ("GET", HEALTH), ("GET", LIVE), ("GET", READY)}
LOOKING = {"GET", "HEAD"}
# The overview is where everyone comes in; looking at any other page is written down.
PLAIN = {"/"}
LARGEST, LARGEST_OPEN = 2 * 1024 * 1024, 16 * 1024
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
COOKIE = "pas_coordinator"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer as at the door: browsers then send no origin with a form, and it could not be checked.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


def editor(request: Request) -> None:
    """A dependency of what only an editor may see. Raises HTTPException (403) for anyone else."""
    account: Account = request.state.account
    if account.role != "editor":
        raise HTTPException(403)


def over_tls(request: Request) -> bool:
    """Whether the browser came by https: everywhere but on the machine itself, where a cookie cannot ask for it."""
    return (request.url.hostname or "") not in LOOPBACK


def cookie_name(request: Request) -> str:
    """What the cookie is called; over https by a name that no other host can set."""
    return f"__Host-{COOKIE}" if over_tls(request) else COOKIE


def session_token(request: Request) -> str:
    """The token in the cookie; empty when there is none."""
    return request.cookies.get(cookie_name(request), "")


@dataclass
class _Answer:
    """An answer on its way out: its headers are added, and what is noted of it is noted before any of it leaves."""

    send: Send
    note: Callable[[int, str], Awaitable[None]] | None = None
    begun: bool = False

    async def __call__(self, message: Message) -> None:
        """Send a part of it."""
        if message["type"] == "http.response.start":
            names = {name.decode("latin-1").lower(): value for name, value in message.get("headers", [])}
            if self.note:
                await self.note(message["status"], names.get("content-type", b"").decode("latin-1"))
            self.begun = True
            added = [(n.lower().encode(), v.encode()) for n, v in HEADERS.items() if n.lower() not in names]
            message = {**message, "headers": [*message.get("headers", []), *added]}
        await self.send(message)


class Guard:
    """An ASGI application around the pages."""

    def __init__(self, app: ASGIApp, context: Context, signed_in: SignedIn, audit: Audit) -> None:
        self._app = app
        self._context = context
        self._signed_in = signed_in
        self._audit = audit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        scope["state"] = {**scope.get("state", {}), "account": None, "form_token": ""}
        answer = _Answer(send)
        request = Request(scope, receive)
        try:
            await self._answer(request, answer)
        except Exception as error:  # noqa: BLE001 - the last net: whatever it is, no detail leaves with it.
            status = status_of(error)
            if not answer.begun:
                await error_page(self._context, request, status)(scope, receive, _Answer(send))

    async def _answer(self, request: Request, answer: _Answer) -> None:
        method, path = request.method, request.url.path
        if _from_elsewhere(request):
            raise HTTPException(403)
        if (method, path) in OPEN or (method in LOOKING and path.startswith(STATIC)):
            await self._app(request.scope, _again(await _body(request, LARGEST_OPEN), request), answer)
            return
        token = session_token(request)
        account = await asyncio.to_thread(self._signed_in.of, token, self._context.clock()) if token else None
        if account is None:
            if method not in LOOKING:
                raise HTTPException(401)
            await RedirectResponse(LOGIN, 303)(request.scope, request.receive, answer)
            return
        request.state.account, request.state.form_token = account, form_token(token)
        body = await _body(request, LARGEST)
        if method not in LOOKING and not await self._may_send(request, account, body):
            await self._note(account, "refused", path)
            raise HTTPException(403)

        async def noted(status: int, kind: str) -> None:
            if status < 400 and method not in LOOKING and path != LOGOUT:
                await self._note(account, "changed", path)
            elif status == 200 and path not in PLAIN and not kind.startswith("image/"):
                await self._note(account, "seen", path)
            elif status == 403:
                await self._note(account, "refused", path)

        answer.note = noted
        await self._app(request.scope, _again(body, request), answer)

    async def _may_send(self, request: Request, account: Account, body: bytes) -> bool:
        """Whether a form is of this session, and its sender an editor or on the way out."""
        form = await Request(request.scope, _again(body, request)).form()
        given = form.get("form_token")
        await form.close()
        ours = isinstance(given, str) and hmac.compare_digest(given.encode(), request.state.form_token.encode())
        return ours and (account.role == "editor" or request.url.path == LOGOUT)

    async def _note(self, account: Account, what: What, path: str) -> None:
        await asyncio.to_thread(self._audit.note, self._context.clock(), account.name, what, path)


def _from_elsewhere(request: Request) -> bool:
    """Whether a browser says that another site sends this form."""
    if request.method in LOOKING:
        return False
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        return True
    return site is not None and site not in ("same-origin", "none")


async def _body(request: Request, most: int) -> bytes:
    """The body of a request. Raises HTTPException (413) when it is larger than so many bytes."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise HTTPException(413)
    return bytes(body)


def _again(body: bytes, request: Request) -> Receive:
    """A body that was read, to be read once more; after that whatever else comes."""
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return parts.pop() if parts else await request.receive()

    return receive
