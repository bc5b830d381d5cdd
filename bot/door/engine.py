"""The engine, as the door sees it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import httpx

from bot.door.problems import Problem
from bot.door.reading import Message
from bot.engine.names import CHANNEL, PID_FILE, SECRET_HEADER
from bot.language.safety import Verdict
from bot.messages import Incoming, Risk
from bot.settings import Settings

TURN_SECONDS = 30
RETRY_SECONDS = 2
ROUTES = f"/webhooks/{CHANNEL}"


class Engine:
    """Hands messages to the engine and gives its answers."""

    def __init__(self, settings: Settings) -> None:
        self._pid_file = settings.var / PID_FILE
        self._client = httpx.AsyncClient(
            base_url=settings.engine_url,
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
            **door,
            "message": message.model_dump(mode="json", include=set(Incoming.model_fields), exclude_none=True),
        }
        try:
            answer = await self._client.post(f"{ROUTES}/turn", json=wanted)
        except httpx.HTTPError:
            raise Problem(503, "start_op", retry_after=RETRY_SECONDS) from None
        if answer.status_code == 404:
            raise Problem(401, "onbekend")
        if answer.status_code != 200:
            raise Problem(503, "opslag", retry_after=RETRY_SECONDS)
        stored: dict[str, Any] = answer.json()
        return stored

    async def health(self, seconds: float) -> Literal["ok", "loading", "down"]:
        """Whether the engine answers; loading while its process lives but does not answer yet."""
        try:
            answer = await self._client.get(f"{ROUTES}/health", timeout=seconds)
            if answer.json().get("engine") == "ok":
                return "ok"
        except (httpx.HTTPError, ValueError):
            pass
        return "loading" if self._alive() else "down"

    def _alive(self) -> bool:
        try:
            os.kill(int(self._pid_file.read_text()), 0)
        except (OSError, ValueError):
            return False
        return True

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()
