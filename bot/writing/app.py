"""The page of `python -m bot preview`, on this machine only. What is typed there is sent back with the page and nowhere kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import FormData
from starlette.middleware.trustedhost import TrustedHostMiddleware

from bot.clock import Clock, utc_now
from bot.writing import HERE
from bot.writing.page import Page, Way
from bot.writing.source import Source
from bot.writing.walk import Given, read_given
from bot.writing.words import LENGTHS

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def create_app(path: Path, clock: Clock = utc_now) -> FastAPI:
    """The page of the script in this file."""
    source, page = Source(path), Page(path.name, clock)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    # Another site could find this page by a name of its own that leads to this machine.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    app.mount("/static", StaticFiles(directory=HERE / "static", follow_symlink=True), name="static")

    @app.middleware("http")
    async def with_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.headers.update(HEADERS)
        return response

    def drawn(way: Way) -> HTMLResponse:
        # The stamp comes first: what is saved meanwhile is then seen as a change.
        stamp = source.stamp()
        return HTMLResponse(page.draw(source.read(), stamp, way))

    @app.get("/")
    def whole() -> HTMLResponse:
        return drawn(Way())

    @app.post("/")
    async def walked(request: Request) -> HTMLResponse:
        return drawn(way_of(await request.form()))

    @app.get("/stempel")
    def stamp() -> dict[str, str]:
        return {"stempel": source.stamp()}

    return app


def way_of(form: FormData) -> Way:
    """The walk that a form of the page asks for."""
    length = next((length for length in LENGTHS if form.get("lengte") == length), None)
    given = read_given(str(form.get("weg", "")))
    step, options = str(form.get("stap", "")), [str(one) for one in form.getlist("keuze")]
    match form.get("doe"):
        case "begin":
            given = []
        case "weg":
            return Way()
        case "terug":
            given = given[:-1]
        case "overslaan":
            given.append(Given(step=step))
        case "kies":
            given.append(Given(step=step, options=options))
        case "zeg":
            given.append(Given(step=step, text=str(form.get("tekst", ""))))
    return Way(length, tuple(given))
