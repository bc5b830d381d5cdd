"""Signing in and out."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.coordinator import guard
from bot.coordinator.audit import Audit
from bot.coordinator.context import Context
from bot.coordinator.login import Login, TooOften
from bot.coordinator.signed_in import LONGEST, SignedIn
from bot.sharing.limits import counted_as


def router(context: Context, login: Login, signed_in: SignedIn, audit: Audit) -> APIRouter:
    """The routes; the form of signing in is the one page that is open."""
    routes = APIRouter()

    def form(request: Request, status: int = 200, said: str = "") -> HTMLResponse:
        return context.page(request, "login", status, said=said)

    @routes.get(guard.LOGIN)
    async def ask(request: Request) -> HTMLResponse:
        # A cookie that leads nowhere any more is of a session that is over.
        over = guard.session_token(request) and not await _account(request)
        return form(request, said=context.text("auth_voorbij") if over else "")

    async def _account(request: Request) -> bool:
        token = guard.session_token(request)
        return await asyncio.to_thread(signed_in.of, token, context.clock()) is not None

    @routes.post(guard.LOGIN)
    async def enter(request: Request) -> Response:
        given = await request.form(max_files=0)
        name, password, code = (str(given.get(field, "")) for field in ("naam", "wachtwoord", "code"))
        address = counted_as(request.client.host) if request.client else ""
        try:
            token = await login.enter(address, name, password, code, context.clock())
        except TooOften as often:
            response = form(request, 429, context.text("auth_fout_429"))
            response.headers["Retry-After"] = str(often.seconds)
            return response
        if token is None:
            return form(request, 401, context.text("auth_klopt_niet"))
        if old := guard.session_token(request):
            await asyncio.to_thread(signed_in.end, old)
        entered = RedirectResponse("/", 303)
        _set_cookie(request, entered, token)
        return entered

    @routes.post(guard.LOGOUT)
    async def leave(request: Request) -> Response:
        await asyncio.to_thread(signed_in.end, guard.session_token(request))
        await asyncio.to_thread(audit.note, context.clock(), request.state.account.name, "signed_out")
        left = RedirectResponse(guard.LOGIN, 303)
        left.delete_cookie(guard.cookie_name(request), secure=guard.over_tls(request), httponly=True, samesite="strict")
        return left

    return routes


def _set_cookie(request: Request, response: Response, token: str) -> None:
    response.set_cookie(
        guard.cookie_name(request),
        token,
        max_age=int(LONGEST.total_seconds()),
        secure=guard.over_tls(request),
        httponly=True,
        samesite="strict",
    )
