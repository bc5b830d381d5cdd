"""What a coordinator sees when something cannot be done: in Dutch, and without any detail."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from bot.coordinator.context import Context
from bot.store.masters import MasterKeyTrouble

logger = logging.getLogger(__name__)

TOLD = frozenset({401, 403, 404, 405, 413, 429, 500, 503})
OTHERWISE = 400


def error_page(context: Context, request: Request, status: int) -> HTMLResponse:
    """The page for a status."""
    key = status if status in TOLD else OTHERWISE
    return context.page(request, "error", status, said=context.text(f"auth_fout_{key}"))


def status_of(error: Exception) -> int:
    """The status for any exception; only its class is written down."""
    if isinstance(error, HTTPException):
        return error.status_code
    logger.error("failed: %s", type(error).__name__)
    return 503 if isinstance(error, SQLAlchemyError | MasterKeyTrouble) else 500


def add_errors(app: FastAPI, context: Context) -> None:
    """Let the app answer with these pages."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> HTMLResponse:
        response = error_page(context, request, error.status_code)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> HTMLResponse:
        return error_page(context, request, 422)
