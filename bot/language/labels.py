"""The labels that a message can get: acts, and the topics that some of them have. Their contract is ``domain.yml``."""

from __future__ import annotations

from pathlib import Path

from bot.language.reading import NO_TOPIC, TELL, Context
from bot.settings import ROOT
from bot.yaml import load


def labels(domain: Path = ROOT / "domain.yml") -> dict[str, list[str]]:
    """Every act with its topics; an act that is about nothing has none."""
    found: dict[str, list[str]] = {}
    for intent in load(domain)["intents"]:
        act, _, topic = intent.partition(".")
        found.setdefault(act, []).extend([topic] if topic else [])
    return found


def intent_of(act: str, topic: str, context: Context) -> str:
    """The intent of these labels. Raises KeyError when there is none.

    Who tells something in a script about nothing in particular answers a question: that intent has no topic.
    """
    topics = labels()[act]
    if not topics or (act == TELL and context == "script" and topic == NO_TOPIC):
        if topic != NO_TOPIC:
            raise KeyError(topic)
        return act
    if topic not in topics:
        raise KeyError(topic)
    return f"{act}.{topic}"
