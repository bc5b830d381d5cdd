"""Reading single messages, outside a talk, with the language model and the safety layer."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from bot.engine.quiet import quiet
from bot.engine.training import verified_model
from bot.language import safety
from bot.language.reading import Context, Reading, read
from bot.settings import Settings

_RANKED = 3


class Parser:
    """The language model and the safety layer, loaded once. Raises FileNotFoundError when the model was not trained."""

    def __init__(self, settings: Settings, *, explain: bool = False) -> None:
        quiet()
        from rasa.core.agent import Agent
        from rasa.utils.log_utils import configure_structlog

        configure_structlog(logging.WARNING)
        safety.prepare(settings.classifier)
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
            "cues": [cue.name for cue in reading.cues],
        }
        if self._explain:
            labels["explain"] = self._why(text, cleaned, parsed, reading, verdict)
        return labels

    def _why(
        self, text: str, cleaned: str, parsed: dict[str, Any], reading: Reading, verdict: safety.Verdict
    ) -> dict[str, Any]:
        """Which rule or class decided each label, and on which words."""
        danger = safety.explain(text)
        ranking = parsed.get("intent_ranking", [])[:_RANKED]
        chances = sorted(danger.chances.items(), key=lambda pair: -pair[1])[:_RANKED]
        return {
            "intents": {ranked["name"]: round(ranked["confidence"], 3) for ranked in ranking},
            "intents_on": self._model().reasons(cleaned, reading.act) if cleaned else [],
            "safety": verdict.rule,
            "safety_rules": [
                {
                    "rule": finding.rule,
                    "label": f"{finding.risk}.{finding.subject}",
                    "aside": finding.aside,
                    "words": words,
                }
                for finding, words in danger.findings
            ],
            "safety_chances": {label: round(chance, 3) for label, chance in chances},
            "safety_on": danger.reasons,
            "safety_alike": round(danger.alike, 3),
            "check": verdict.check,
            "cues": {cue.name: cue.quote for cue in reading.cues},
        }

    def _model(self) -> Any:
        """The trained reading of acts, in Rasa's graph."""
        from bot.engine.components import ActAndTopic

        nodes = self._agent.processor.graph_runner._instantiated_nodes.values()
        return next(node._component.model for node in nodes if isinstance(node._component, ActAndTopic))


_EMPTY: dict[str, Any] = {"intent": {"name": "vertellen.geen", "confidence": 1.0}}
