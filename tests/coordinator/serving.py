"""A small app around the pages of the figures, with someone who is signed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles

from bot.coordinator.context import HERE, Context
from bot.coordinator.pages import exports, flows, overview, reach, understanding
from bot.responses import Responses
from bot.scripts.library import publish
from bot.scripts.schema import Script
from bot.settings import Settings
from bot.store.database import make_tables, open_database, sessions
from bot.store.published import Cell, Tally, add_published
from bot.validation import read_scripts

NOW = dt.datetime(2026, 11, 26, 9, 0, tzinfo=dt.UTC)


@cache
def _scripts() -> list[Script]:
    return list(read_scripts())


@cache
def _responses() -> Responses:
    return Responses.read()


def context_of(folder: Path) -> Context:
    """A dashboard with the project's own scripts and nothing published."""
    settings = Settings(var=folder)
    settings.prepare()
    publish(_scripts(), settings.published)
    database = open_database(settings.database_url)
    make_tables(database)
    return Context(settings, database, _responses(), lambda: NOW)


def add(context: Context, cells: Iterable[Cell] = (), tallies: Iterable[Tally] = ()) -> None:
    """Publish these."""
    with sessions(context.database).begin() as session:
        add_published(session, cells, tallies)


def app_of(context: Context) -> FastAPI:
    """The pages of the figures, for a reader."""
    app = FastAPI()

    @app.middleware("http")
    async def signed_in(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        request.state.account = SimpleNamespace(name="lezer", role="reader", demo=False)
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; img-src 'self'"
        return response

    for module in (overview, flows, reach, understanding, exports):
        app.include_router(module.router(context))
    app.mount("/static", StaticFiles(directory=HERE / "static", follow_symlink=True), name="static")
    return app
