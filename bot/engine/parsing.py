"""Reading single messages, outside a talk, with the language model and the safety layer."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from bot.engine.quiet import quiet
from bot.engine.training import verified_model
from bot.language import safety
from bot.language.reading import Context, read
from bot.settings import Settings


class Parser:
    """The language model, loaded once. Raises FileNotFoundError when it was not trained."""

    def __init__(self, settings: Settings, *, explain: bool = False) -> None:
        quiet()
        from rasa.core.agent import Agent
        from rasa.utils.log_utils import configure_structlog

        configure_structlog(logging.WARNING)
        self._agent = Agent.load(str(verified_model(settings)))
        self._explain = explain

    def read(self, text: str, context: Context) -> dict[str, Any]:
        """The labels of one message."""
        cleaned = text.encode("utf-8", "replace").decode().lstrip("/ \n\t").strip()
        parsed = _EMPTY
        if cleaned:
            parsed = asyncio.run(self._agent.parse_message(cleaned))
        reading = read({**parsed, "text": cleaned}, context)
        verdict = safety.check(text)
        labels: dict[str, Any] = {
            "text": text,
            "act": reading.act,
            "topic": reading.topic,
            "risk": verdict.risk,
            "subject": verdict.subject,
            "cues": [],
        }
        if self._explain:
            ranking = parsed.get("intent_ranking", [])[:3]
            labels["explain"] = {
                "intents": {r["name"]: round(r["confidence"], 3) for r in ranking},
                "safety": verdict.rule,
            }
        return labels


_EMPTY: dict[str, Any] = {"intent": {"name": "vertellen.geen", "confidence": 1.0}}
