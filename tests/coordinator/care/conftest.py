"""The pages of review and content on a loopback port, with a door that only says who is signed in."""

from __future__ import annotations

import datetime as dt
import os
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import event

from bot.coordinator.context import HERE, Context
from bot.coordinator.pages import content, review
from bot.referrals.coaches import read_csv
from bot.responses import Responses
from bot.scripts.library import publish
from bot.settings import Settings
from bot.store import Store, open_store
from bot.store.coaches import StoredCoaches
from bot.store.conversations import Known
from bot.store.database import sessions
from bot.store.lessons import Lessons
from bot.store.pieces import Said
from bot.store.review import Review
from bot.validation import read_scripts
from docs.browser import QUIET, chromium
from tests.store.conftest import begun

TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 21, 0, tzinfo=dt.UTC)
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
Next = Callable[[Request], Awaitable[Response]]


@dataclass
class Site:
    """The pages, what they stand on, and what was seen of them. Each test begins with an empty store."""

    url: str
    settings: Settings
    store: Store
    audited: list[tuple[str, str]] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)

    def as_(self, role: str) -> httpx.Client:
        """Someone who is signed in with this role."""
        return httpx.Client(base_url=self.url, cookies={"role": role}, trust_env=False, timeout=30)

    def piece(
        self,
        text: str,
        step: str = "fase",
        what: str = "answered",
        act: str = "vertellen",
        cue: str = "",
        script: str = "apk",
    ) -> Known:
        """A talk with consent of which a coordinator may see this; nothing of it was changed to make it anonymous."""
        known = begun(self.store)
        self.store.pieces.consent(known.id, given=True)
        said = Said(script=script, version=version(script), step=step, text=text, what=what, act=act, cue=cue)
        self.store.pieces.add(known.id, [said])
        self.store.pieces.anonymise(lambda same: same, TODAY)
        return known

    @property
    def review(self) -> Review:
        """The queue."""
        return Review(self.store.database, self.store.review)

    @property
    def lessons(self) -> Lessons:
        """The sentences of coordinators."""
        return Lessons(self.store.database)

    def import_coaches(self, path: Path) -> None:
        """Put the coaches of a file in."""
        found, _ = read_csv(path.read_text(encoding="utf-8"))
        StoredCoaches(sessions(self.store.database)).replace(found)

    def files(self) -> bytes:
        """Every byte of the state folder."""
        return b"".join(path.read_bytes() for path in sorted(self.settings.var.rglob("*")) if path.is_file())


def version(script: str) -> int:
    """The version of a script as it stands in the project."""
    return next(one.version for one in read_scripts() if one.name == script)


def pages(settings: Settings, store: Store, site: Site) -> FastAPI:
    """The pages behind middleware that takes the role from a cookie."""
    context = Context(settings, store.database, Responses.read(), lambda: NOW)
    app = FastAPI(openapi_url=None)

    @app.middleware("http")
    async def signed_in(request: Request, call_next: Next) -> Response:
        request.state.account = SimpleNamespace(name="toets", role=request.cookies.get("role", ""))
        request.state.form_token = "bewijs"
        request.state.audit = lambda what, which: site.audited.append((what, which))
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = POLICY
        return response

    app.mount("/static", StaticFiles(directory=HERE / "static"))
    for module in (review, content):
        app.include_router(module.router(context))
    return app


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages, started once."""
    settings = Settings(var=tmp_path_factory.mktemp("care"))
    settings.prepare()
    store = open_store(settings)
    store.prepare()
    publish(read_scripts(), settings.published)
    listening = socket.create_server(("127.0.0.1", 0))
    site = Site(f"http://127.0.0.1:{listening.getsockname()[1]}", settings, store)
    event.listen(store.database, "before_cursor_execute", lambda *told: site.statements.append(told[2]))
    server = uvicorn.Server(uvicorn.Config(pages(settings, store, site), log_level="error", lifespan="off", ws="none"))
    serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    serving.start()
    yield site
    server.should_exit = True
    serving.join()
    listening.close()
    store.close()


@pytest.fixture
def site(running: Site) -> Site:
    """The pages, on a store with nothing in it."""
    running.store.erase_all()
    with running.store.database.begin() as connection:
        for table in ("lesson", "coach", "piece"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    running.audited.clear()
    running.statements.clear()
    return running


@pytest.fixture
def editor(site: Site) -> Iterator[httpx.Client]:
    """Someone who may change things."""
    with site.as_("editor") as client:
        yield client


@pytest.fixture
def reader(site: Site) -> Iterator[httpx.Client]:
    """Someone who may only read."""
    with site.as_("reader") as client:
        yield client


# Two of Playwright's engines cannot run at once: this one stops before that of the widget's tests starts.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a head."""
    with sync_playwright() as engines:
        started = engines.chromium.launch(executable_path=chromium(), args=QUIET, env={**os.environ})
        yield started
        started.close()
