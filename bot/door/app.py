"""The door's web API and the page that uses it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine as Database
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match, Route

from bot import metrics
from bot.clock import Clock, utc_now
from bot.dialogue.talk import World
from bot.dialogue.thread import shown, written
from bot.door import export, openapi, page, upkeep
from bot.door.desk import PANEL_STORE_SECONDS, Desk, unnumbered
from bot.door.engine import Engine
from bot.door.hearing import Heard
from bot.door.origin import CHANNEL_SECRET, Origins
from bot.door.problems import Problem, document
from bot.door.reading import body_of, message_in, words_in
from bot.door.reports import FORMATS, render
from bot.door.watching import Watching
from bot.gentle import Readiness
from bot.language import safety
from bot.responses import Responses
from bot.scripts import engine as scripts
from bot.settings import Settings
from bot.sharing.shared import open_shared
from bot.store import open_store
from bot.store.coaches import StoredCoaches
from bot.store.conversations import Conversations, UnknownConversation
from bot.store.database import ping, sessions
from bot.store.masters import MasterKeyTrouble
from bot.store.signals import Signals

logger = logging.getLogger(__name__)

HEALTH_SECONDS = 0.4
MAX_N = 2**31 - 1
QUERIES = {("GET", "/api/conversation"): {"since"}}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)
HEADERS = {
    "Content-Security-Policy": POLICY.format(ancestors="'none'"),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


def create_app(settings: Settings, clock: Clock = utc_now) -> FastAPI:
    """The door. Everything it may need when someone is in danger is read here, before the first message."""
    settings.prepare()
    store = open_store(settings)
    coaches = StoredCoaches(sessions(store.database))
    world = World.read(settings, coaches)
    engine = Engine(settings)
    if not safety.prepare(settings.classifier):
        logger.error("the classifier of the safety layer is missing or damaged; the patterns go on without it")
    signals = Signals(store.database, safety.version())
    shared = open_shared(settings)
    desk = Desk(settings, world, store, signals, engine, clock, shared)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        preparing = asyncio.create_task(upkeep.prepare(store))
        await asyncio.wait([preparing], timeout=upkeep.PREPARE_SECONDS)
        sweeping = asyncio.create_task(upkeep.sweep_now_and_then(preparing, store, settings, desk))
        living = asyncio.create_task(desk.order.live())
        compiling = asyncio.create_task(asyncio.to_thread(upkeep.settle))
        yield
        for task in (sweeping, preparing, living, compiling):
            task.cancel()
        await engine.close()
        if shared:
            await shared.close()
        store.close()

    app = FastAPI(
        title="Pas op de plaats",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=life,
    )
    _errors(app, world.responses)
    origin = Origins(settings.secret(CHANNEL_SECRET))
    _talking(app, desk, origin)
    _keeping(app, desk, origin)
    _reports(app, desk, store.conversations)
    _health(app, engine, store.database)
    app.state.readiness = _probes(app)
    app.state.watching = Watching(store, settings.engine_urls, shared)
    openapi.add(app)
    _page(app, settings, world)
    return app


def _page(app: FastAPI, settings: Settings, world: World) -> None:
    alone, framed = (page.render(world.responses, world.directory, framed=value) for value in (False, True))
    # Only the sites that were named may show the talk in their pages, and take the script that does so.
    embedding = {"Content-Security-Policy": POLICY.format(ancestors=" ".join(settings.embed_origins) or "'none'")}
    app.mount("/static", StaticFiles(directory=page.BUILT, check_dir=False), name="static")

    @app.get("/", include_in_schema=False)
    async def talk() -> HTMLResponse:
        return HTMLResponse(alone)

    @app.get("/frame", include_in_schema=False)
    async def talk_in_a_frame() -> HTMLResponse:
        return HTMLResponse(framed, headers=embedding)

    statement = page.render_statement(world.responses, world.statement, world.stated)

    @app.get("/privacy", include_in_schema=False)
    async def privacy() -> HTMLResponse:
        return HTMLResponse(statement)

    @app.get("/widget.js", include_in_schema=False)
    async def loader() -> FileResponse:
        headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
        return FileResponse(page.BUILT / "widget.js", media_type="text/javascript", headers=headers)


def _errors(app: FastAPI, responses: Responses) -> None:
    @app.middleware("http")
    async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        try:
            # A query that is not asked for is refused: nothing a doctor wrote belongs in an address.
            allowed = QUERIES.get((request.method, request.url.path), set())
            if request.url.path.startswith("/api/") and set(request.query_params) - allowed:
                raise Problem(422, "vorm")
            response = await call_next(request)
        except Exception as error:  # noqa: BLE001 - the last net: whatever it is, no user text leaves with it.
            response = document(_as_problem(error), responses)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> JSONResponse:
        metrics.refusals.labels(error.status, error.key).inc()
        return document(error, responses)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return document(Problem(422, "vorm"), responses)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        key = {404: "pad", 405: "methode"}.get(error.status_code, "vorm")
        response = document(Problem(error.status_code, key), responses)
        if error.status_code == 405:
            response.headers["Allow"] = ", ".join(sorted(_methods(app, request)))
        return response


def _methods(app: FastAPI, request: Request) -> set[str]:
    """Every method that this path takes; Starlette names those of the first route only."""
    found: set[str] = set()
    for route in app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] != Match.NONE:
            found |= route.methods or set()
    return found


def _as_problem(error: Exception) -> Problem:
    """Any exception as a problem; its class is written down, and of one that nobody reckoned with the places it passed."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ClientDisconnect):
        # Whoever hung up hears nothing of it, and nothing went wrong here.
        return Problem(400, "vorm")
    known = isinstance(error, UnknownConversation | SQLAlchemyError | MasterKeyTrouble | TimeoutError)
    logger.error("failed: %s", type(error).__name__, exc_info=None if known else error)
    if isinstance(error, UnknownConversation):
        return Problem(401, "onbekend")
    return Problem(503, "opslag", retry_after=2) if known else Problem(500, "intern")


def bearer(request: Request) -> str:
    """The token of a request; empty when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _talking(app: FastAPI, desk: Desk, origin: Origins) -> None:
    @app.post("/api/conversation", status_code=201, response_model=None, **openapi.OPEN)
    async def open_talk(request: Request) -> dict[str, Any]:
        return await desk.open_talk(origin(request))

    @app.post("/api/message", response_model=None, **openapi.MESSAGE)
    async def message(request: Request) -> Response:
        heard: Heard | None = None
        try:
            body, too_large = await body_of(request)
            heard = await desk.hearing.listen(bearer(request), words_in(body))
            if too_large:
                raise Problem(413, "te_groot")
            # Who is in danger does not wait for a database that does not answer.
            async with asyncio.timeout(PANEL_STORE_SECONDS if heard.verdict.panel else None):
                known = await desk.known(bearer(request))
            return JSONResponse(await desk.take(known, message_in(body), heard))
        except Exception as error:  # noqa: BLE001 - the panel goes with every answer, whatever went wrong.
            shown = [unnumbered(desk.panel)] if heard and heard.verdict.panel else []
            problem = _as_problem(error)
            if not shown:
                metrics.refusals.labels(problem.status, problem.key).inc()
            return document(problem, desk.world.responses, shown)

    @app.get("/api/conversation", response_model=None, **openapi.TRANSCRIPT)
    async def transcript(request: Request, since: int = Query(0, ge=0, le=MAX_N)) -> dict[str, Any]:
        known = await desk.known(bearer(request))
        messages = await asyncio.to_thread(desk.messages, known, since)
        state = await asyncio.to_thread(desk.state, known.id)
        return {"messages": messages, "script": state.status and state.status.model_dump()}

    @app.delete("/api/conversation", status_code=204, response_model=None, **openapi.ERASE)
    async def erase(request: Request) -> Response:
        await desk.erase(await desk.known(bearer(request)))
        return Response(status_code=204)

    @app.get("/api/answers", response_model=None, **openapi.ANSWERS)
    async def answers(request: Request) -> dict[str, Any]:
        known = await desk.known(bearer(request))
        state = await asyncio.to_thread(desk.state, known.id)
        return {"script": state.status and state.status.model_dump(), "answers": _answers(desk, state.run)}


def _keeping(app: FastAPI, desk: Desk, origin: Origins) -> None:
    @app.post("/api/keep", status_code=201, response_model=None, **openapi.KEEP)
    async def keep(request: Request) -> dict[str, Any]:
        return {"code": await desk.keep(await desk.known_at_work(bearer(request)))}

    @app.delete("/api/keep", status_code=204, response_model=None, **openapi.ERASE)
    async def drop(request: Request) -> Response:
        await desk.drop_kept(await desk.known(bearer(request)))
        return Response(status_code=204)

    @app.post("/api/open", response_model=None, **openapi.OPEN_KEPT)
    async def open_kept(request: Request) -> dict[str, Any]:
        code = openapi.read_body(await _small(request), openapi.Code).code
        return await desk.open_kept(origin(request), code)

    @app.put("/api/consent", status_code=204, response_model=None, **openapi.CONSENT)
    async def consent(request: Request) -> Response:
        known = await desk.known(bearer(request))
        wanted = openapi.read_body(await _small(request), openapi.Consent)
        await desk.consent(known, given=wanted.review)
        return Response(status_code=204)

    @app.get("/api/export", response_model=None, **openapi.EXPORT)
    async def everything(request: Request) -> Response:
        known = await desk.known_at_work(bearer(request))
        content = await asyncio.to_thread(export.export, desk.conversations, desk.world, known.id, desk.clock())
        headers = {"Content-Disposition": f'attachment; filename="{export.NAME}"'}
        return Response(content, 200, headers, export.MEDIA_TYPE)


async def _small(request: Request) -> bytes:
    """The body of a request. Raises Problem when it is too large."""
    body, too_large = await body_of(request)
    if too_large:
        raise Problem(413, "te_groot")
    return body


def _answers(desk: Desk, run: scripts.Run | None) -> list[dict[str, Any]]:
    if run is None:
        return []
    script = desk.world.library.version(run.script, run.digest)
    way = [s.id for s in scripts.questions(script, run)]
    return [
        {
            "step": way.index(s.id) + 1,
            "id": s.id,
            "heading": s.heading,
            "answer": scripts.words(s, run.answers[s.id]),
            "skipped": run.answers[s.id].skipped,
        }
        for s in scripts.answered(script, run)
    ]


def _reports(app: FastAPI, desk: Desk, conversations: Conversations) -> None:
    @app.post("/api/report", status_code=201, response_model=None, **openapi.REPORT)
    async def make_report(request: Request) -> dict[str, str]:
        known = await desk.known_at_work(bearer(request))
        wanted = openapi.report_format(await _small(request))
        await asyncio.to_thread(_render, desk, known.id, wanted)
        token = await asyncio.to_thread(conversations.make_link, known.id, wanted, desk.clock())
        return {"href": f"/api/report/{token}"}

    @app.get("/api/report/{link}", response_model=None, **openapi.DOWNLOAD)
    async def download(link: str) -> Response:
        used = await asyncio.to_thread(conversations.use_link, link, desk.clock())
        if used is None:
            raise Problem(404, "link")
        content = await asyncio.to_thread(_render, desk, used[0], used[1])
        media, name = FORMATS[used[1]]
        return Response(content, 200, {"Content-Disposition": f'attachment; filename="{name}"'}, media)


def _render(desk: Desk, identifier: str, wanted: str) -> bytes:
    run = shown(desk.state(identifier))
    script = written(desk.world.library, run) if run else None
    if run is None or script is None:
        raise Problem(404, "geen_verslag")
    return render(wanted, script, run, desk.world, desk.clock())


def _probes(app: FastAPI) -> Readiness:
    """Whether the door lives, and wants messages: also while the database is away, as the crisis panel needs none."""
    readiness = Readiness()

    @app.get("/live", include_in_schema=False)
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/ready", include_in_schema=False)
    async def ready() -> JSONResponse:
        return JSONResponse({"ready": not readiness.stopping}, 503 if readiness.stopping else 200)

    return readiness


def _health(app: FastAPI, engine: Engine, database: Database) -> None:
    # A thread of its own: a database that hangs must not keep the others busy, nor they this one.
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")

    async def store() -> str:
        try:
            await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(pool, ping, database), HEALTH_SECONDS)
        except (TimeoutError, SQLAlchemyError, MasterKeyTrouble):
            return "down"
        return "ok"

    @app.get("/health", response_model=None, **openapi.HEALTH)
    async def health() -> dict[str, str]:
        engine_is, store_is = await asyncio.gather(engine.health(HEALTH_SECONDS), store())
        return {"door": "ok", "engine": engine_is, "store": store_is}
