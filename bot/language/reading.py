"""What the language model made of a message, as the labels that the rest of the bot knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Literal

import regex
from pydantic import BaseModel, ConfigDict

from bot.language.words import short
from bot.messages import Cue

Context = Literal["idle", "script"]

TELL = "vertellen"
NO_TOPIC = "geen"
# What may answer a question.
ANSWERS = (TELL, "bevestigen", "ontkennen")

# Inside a script a command is short and about the talk itself; what is longer or less sure is an answer.
COMMAND_WORDS = 16
COMMAND_CONFIDENCE = 0.4
# Who greets or thanks and goes on to tell of something tells: so likely a subject is in none of fifty bare greetings and thanks.
COURTESIES = ("groet", "bedankt")
TELLS_OF = 0.15


class Reading(BaseModel):
    """The act, topic and cues of a message, by the names of the labels."""

    model_config = ConfigDict(frozen=True)

    act: str = TELL
    topic: str = NO_TOPIC
    cues: tuple[Cue, ...] = ()


def read(parsed: Mapping[str, Any], context: Context) -> Reading:
    """The reading of a message that Rasa parsed.

    Intents are named ``act`` or ``act.topic``: their confidences are added up by act and by topic, so that a
    doctor who speaks of a mistake is heard to tell it whichever of the two was the surer.
    """
    acts: dict[str, float] = defaultdict(float)
    topics: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for ranked in parsed.get("intent_ranking") or [parsed["intent"]]:
        act, _, topic = (ranked["name"] or TELL).partition(".")
        acts[act] += ranked["confidence"]
        topics[act][topic or NO_TOPIC] += ranked["confidence"]
    act = max(acts, key=acts.__getitem__)
    if act in COURTESIES and any(c >= TELLS_OF for topic, c in topics[TELL].items() if topic != NO_TOPIC):
        act = TELL
    if not regex.search(r"\p{L}{2}", parsed["text"]):
        act = TELL
    if context == "script" and (len(parsed["text"].split()) > COMMAND_WORDS or acts[act] < COMMAND_CONFIDENCE):
        act = TELL
    topic = max(topics[act], key=topics[act].__getitem__) if topics[act] else NO_TOPIC
    return Reading(act=act, topic=topic, cues=_cues(parsed, act, context))


def _cues(parsed: Mapping[str, Any], act: str, context: Context) -> tuple[Cue, ...]:
    """The cues that were found, and whether this is a short answer: to a question, and not a word about the talk."""
    cues = tuple(Cue.model_validate(cue) for cue in parsed.get("cues", ()))
    brief = short(parsed["text"]) if context == "script" and act in ANSWERS else None
    return (*cues, brief) if brief else cues
