"""The coordinator's dashboard, put together."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock, utc_now
from bot.coordinator.accounts import Accounts
from bot.coordinator.audit import Audit
from bot.coordinator.context import HERE, Context
from bot.coordinator.database import open_restricted
from bot.coordinator.errors import add_errors
from bot.coordinator.guard import HEALTH, LIVE, READY, Guard
from bot.coordinator.login import Login
from bot.coordinator.pages import content, entrance, exports, flows, logbook, overview, reach, review, understanding
from bot.coordinator.signed_in import SignedIn
from bot.gentle import Readiness
from bot.responses import Responses
from bot.settings import Settings
from bot.sharing.limits import Limiter
from bot.sharing.shared import open_shared
from bot.store.database import make_tables, open_database
from bot.store.masters import MasterKeys, MasterKeyTrouble
from bot.store.pieces import any_shown

logger = logging.getLogger(__name__)

PAGES = (overview, logbook, flows, reach, understanding, exports, review, content)


def create_app(settings: Settings, clock: Clock = utc_now) -> FastAPI:
    """The dashboard, with every page behind the guard."""
    settings.prepare()
    review = MasterKeys(settings.review_key_path)
    _prepare(settings, review)
    database = open_restricted(settings.database_url)
    context = Context(settings, database, Responses.read(), clock)
    signed_in, audit = SignedIn(database), Audit(database)
    shared = open_shared(settings)
    login = Login(Accounts(database, review), signed_in, audit, Limiter(shared))

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        yield
        if shared:
            await shared.close()
        database.dispose()

    app = FastAPI(
        title="Pas op de plaats", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=life
    )
    app.add_middleware(Guard, context=context, signed_in=signed_in, audit=audit)
    app.state.context = context
    readiness = app.state.readiness = Readiness()
    add_errors(app, context)
    # The palette is a link to that of the talk.
    app.mount("/static", StaticFiles(directory=HERE / "static", follow_symlink=True), name="static")
    app.include_router(entrance.router(context, login, signed_in, audit))
    for page in PAGES:
        app.include_router(page.router(context))

    @app.get(HEALTH)
    @app.get(LIVE)
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get(READY)
    async def ready() -> JSONResponse:
        return JSONResponse({"ready": not readiness.stopping}, 503 if readiness.stopping else 200)

    return app


def _prepare(settings: Settings, review: MasterKeys) -> None:
    """Make the tables and the key of the review that are not there yet; by the usual way, as the dashboard's own may not."""
    database = open_database(settings.database_url)
    try:
        make_tables(database)
        # A lost key is not replaced in silence: what it sealed would be lost with it.
        if not Accounts(database, review).all() and not any_shown(database):
            review.make()
    except (SQLAlchemyError, MasterKeyTrouble) as error:
        # It may still come up; until then every page says that it cannot be read.
        logger.error("the database cannot be used yet: %s", type(error).__name__)
    finally:
        database.dispose()
