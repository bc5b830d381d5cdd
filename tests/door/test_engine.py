"""What the door makes of engines that answer in other ways than they should."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.door.engine import Engine
from bot.door.problems import Problem
from bot.door.reading import Message
from bot.language.safety import NONE, Verdict
from bot.settings import Settings
from tests.looping import run

NOW = dt.datetime(2026, 11, 23, 21, 0, tzinfo=dt.UTC)
ENGINES = ["http://127.0.0.1:1", "http://127.0.0.1:2"]


def closed(request: httpx.Request) -> httpx.Response:
    """What uvloop raises when a connection was closed just before it is written to."""
    raise RuntimeError("unable to perform operation on <TCPTransport closed=True>; the handler is closed")


def gone_at_once(request: httpx.Request) -> httpx.Response:
    """What comes of asking a connection of uvloop, closed right after it was made, for its address."""
    nothing: Any = None
    return httpx.Response(200, text=nothing.family)


def no_json(request: httpx.Request) -> httpx.Response:
    """What the server of an engine says by itself when it is too busy."""
    return httpx.Response(503, text="503 — Service Unavailable")


def loading(request: httpx.Request) -> httpx.Response:
    """An engine that has no model yet."""
    return httpx.Response(503, json={"error": "loading"})


def asked(tmp_path: Path, *answers: Callable[[httpx.Request], httpx.Response]) -> dict[str, object]:
    """What comes of a turn when the engines answer so, each its own."""
    engine = Engine(Settings(var=tmp_path, engine_urls=ENGINES[: len(answers)]))
    left = iter(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        return next(left)(request)

    engine._client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    message = Message(id=uuid.uuid4(), text="hallo")
    turn = engine.turn("gesprek", message, NOW, Verdict(NONE, NONE, False, ""), None, {})

    async def ended() -> dict[str, object]:
        try:
            return await turn
        finally:
            await engine.close()

    return run(ended())


@pytest.mark.parametrize("wrong", [closed, gone_at_once, loading])
def test_the_next_engine_is_asked_when_one_cannot_answer(
    tmp_path: Path, wrong: Callable[[httpx.Request], httpx.Response]
) -> None:
    assert asked(tmp_path, wrong, lambda _: httpx.Response(200, json={"turn": 1})) == {"turn": 1}


@pytest.mark.parametrize("wrong", [closed, gone_at_once, loading, no_json])
def test_that_no_engine_answers_is_said_as_what_may_be_tried_again(
    tmp_path: Path, wrong: Callable[[httpx.Request], httpx.Response]
) -> None:
    with pytest.raises(Problem) as refused:
        asked(tmp_path, wrong, wrong)
    assert refused.value.status == 503
