"""The engine, as the door sees it."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import httpx

from bot.door.problems import Problem
from bot.door.reading import Message
from bot.engine.names import CHANNEL, LOADING, PID_FILE, SECRET_HEADER
from bot.language.safety import Verdict
from bot.messages import Incoming, Risk
from bot.settings import Settings

TURN_SECONDS = 30
# So long an engine that did not answer comes after the others.
AVOIDED_SECONDS = 10
RETRY_SECONDS = 2
# What says that an engine is away. Where a connection was closed before it is written to, uvloop raises RuntimeError; where it
# was right after it was made, anyio looks for an address on a socket that is gone: AttributeError.
_AWAY = (httpx.HTTPError, RuntimeError, AttributeError)
ROUTES = f"/webhooks/{CHANNEL}"


class Overtaken(Exception):
    """Another turn of this talk was stored while the engine was at work on this one, which therefore does not count."""


class Engine:
    """Hands messages to the engines and gives their answers. A talk stays with one of them as long as that answers."""

    def __init__(self, settings: Settings) -> None:
        self._pid_file = settings.var / PID_FILE
        self._addresses = settings.engine_urls
        self._avoided: dict[str, float] = {}
        self._client = httpx.AsyncClient(
            headers={SECRET_HEADER: settings.secret("loopback")},
            timeout=httpx.Timeout(TURN_SECONDS, connect=2),
            trust_env=False,
        )

    async def turn(
        self,
        conversation: str,
        message: Message,
        now: dt.datetime,
        verdict: Verdict,
        beside: Sequence[Risk] | None,
        door: Mapping[str, Any],
    ) -> dict[str, Any]:
        """One turn; the same message again gives the same answer. Raises Problem when it was not taken.

        verdict: what was heard in the message; beside: after the crisis panel, what was heard beside that;
        door: what else only the door knows.
        """
        crisis = beside is not None
        # In reply to the panel only what concerns the doctor's own is met: 'ja, mijn man is thuis' is about nobody else.
        heard = [risk for risk in verdict.risks if not crisis or risk.subject == "zelf"]
        risks = [*(beside or ()), *heard]
        wanted = {
            "conversation": conversation,
            "id": str(message.id),
            "now": now.isoformat(),
            "crisis": crisis,
            "risks": [risk.model_dump() for risk in risks],
            "check": verdict.check,
            "near": verdict.near,
            **door,
            "message": message.model_dump(mode="json", include=set(Incoming.model_fields), exclude_none=True),
        }
        answer = await self._first_answer(conversation, wanted)
        if answer.status_code == 404:
            raise Problem(401, "onbekend")
        if answer.status_code == 409:
            raise Overtaken
        if answer.status_code != 200:
            raise Problem(503, "opslag", retry_after=RETRY_SECONDS)
        stored: dict[str, Any] = answer.json()
        return stored

    async def _first_answer(self, conversation: str, wanted: dict[str, Any]) -> httpx.Response:
        """The answer of the first engine that gives one. Raises Problem when none does.

        One that fell silent may still store the turn while the next is at work on it: the id of the message and the version
        of the talk let it count once.
        """
        for address in self._in_order(conversation):
            try:
                answer = await self._client.post(f"{address}{ROUTES}/turn", json=wanted)
            except _AWAY as error:
                self._avoided[address] = time.monotonic() + AVOIDED_SECONDS
                if isinstance(error, httpx.ReadTimeout):
                    # The doctor has waited long enough to be told; the next try goes to another engine.
                    break
                continue
            if answer.status_code == 503 and _says(answer, LOADING):
                continue
            self._avoided.pop(address, None)
            return answer
        raise Problem(503, "start_op", retry_after=RETRY_SECONDS)

    def _in_order(self, conversation: str) -> Iterable[str]:
        """The engines in the order in which to try them: each talk has its own, so that they share the talks."""
        now = time.monotonic()

        def place(address: str) -> tuple[bool, bytes]:
            own = hashlib.sha256(f"{conversation} {address}".encode()).digest()
            return self._avoided.get(address, 0) > now, own

        return sorted(self._addresses, key=place)

    async def health(self, seconds: float) -> Literal["ok", "loading", "down"]:
        """Whether an engine answers; loading while the process of the one on this machine lives but does not answer yet."""
        if any(await asyncio.gather(*(self._answers(address, seconds) for address in self._addresses))):
            return "ok"
        return "loading" if self._alive() else "down"

    async def _answers(self, address: str, seconds: float) -> bool:
        try:
            answer = await self._client.get(f"{address}{ROUTES}/health", timeout=seconds)
            return bool(answer.json().get("engine") == "ok")
        except (*_AWAY, ValueError):
            return False

    def _alive(self) -> bool:
        try:
            os.kill(int(self._pid_file.read_text()), 0)
        except (OSError, ValueError):
            return False
        return True

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()


def _says(answer: httpx.Response, error: str) -> bool:
    """Whether an answer names this error; what its server says by itself may be no JSON."""
    try:
        return bool(answer.json().get("error") == error)
    except ValueError:
        return False
