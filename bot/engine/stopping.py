"""Stopping a Sanic server gently, and saying whether it is ready."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sanic import Request, Sanic, response
from sanic.response import HTTPResponse

from bot.gentle import IN_FLIGHT_SECONDS, Readiness


def stop_gently(app: Sanic, readiness: Readiness, drain: float, ready: Callable[[], bool] = lambda: True) -> None:
    """Give this server ``/live`` and ``/ready``; when it is told to stop it takes requests for so many seconds more, and
    then ends those that are in flight. ready: whether it can do its work yet."""
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = float(IN_FLIGHT_SECONDS)

    async def live(request: Request) -> HTTPResponse:
        return response.json({"status": "ok"})

    async def is_ready(request: Request) -> HTTPResponse:
        now = ready() and not readiness.stopping
        return response.json({"ready": now}, status=200 if now else 503)

    async def stopping(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        readiness.stopping = True
        await asyncio.sleep(drain)

    app.add_route(live, "/live")
    app.add_route(is_ready, "/ready")
    app.register_listener(stopping, "before_server_stop")
