"""Starting the actions: Rasa's own server, on loopback and with a secret, which by itself it does not have."""

from __future__ import annotations

import hmac
import logging
from pathlib import Path

from rasa_sdk.endpoint import create_app
from sanic import Request, response
from sanic.response import HTTPResponse

import actions.turn
from actions.here import warm
from bot import metrics
from bot.engine.names import SECRET_HEADER
from bot.engine.stopping import stop_gently
from bot.gentle import Readiness
from bot.settings import settings

logger = logging.getLogger(__name__)

OPEN = {"/health", "/live", "/ready"}


def serve() -> None:
    """Serve until stopped."""
    chosen = settings()
    secret = chosen.secret("loopback").encode()
    app = create_app(actions.turn, cors_origins="")

    @app.middleware("request")
    async def only_the_engine(request: Request) -> HTTPResponse | None:
        given = request.headers.get(SECRET_HEADER, "").encode()
        if request.path in OPEN or hmac.compare_digest(given, secret):
            return None
        return response.json({"error": "secret"}, status=403)

    @app.exception(Exception)
    async def failed(request: Request, exception: Exception) -> HTTPResponse:
        # Rasa's own handler logs the exception and gives the request back, both with what a doctor wrote.
        where = exception.__traceback__
        while where and where.tb_next:
            where = where.tb_next
        at = f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where else "?"
        logger.error("action failed: %s at %s", type(exception).__name__, at)
        return response.json({"error": type(exception).__name__}, status=500)

    stop_gently(app, Readiness(), chosen.drain_seconds)
    metrics.tell(chosen, "actions")
    warm()
    app.run(host=chosen.actions_host, port=chosen.actions_port, access_log=False, workers=1)
