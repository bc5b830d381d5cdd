"""Walking through every script, question by question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zlib import crc32

from bot.dialogue.talk import World
from bot.scripts.schema import Step
from bot.validation import read_scripts
from tests.conftest import Conversation

SCRIPTS = {script.name: script for script in read_scripts()}
# What doctors come for most: led through in the browser, and act by act on the real engine. The others go the same way by the
# same engine, and each act at each of their questions is tried without the servers.
FRONT = [name for name, script in SCRIPTS.items() if script.front]
LENGTHS = ("Kort", "Volledig")


def reply_to(step: Step) -> dict[str, Any]:
    """An answer that fits a question: own words, the first option, all the options, a number, a day."""
    match step.kind:
        case "several":
            return {"text": ", ".join(str(n) for n in range(1, (step.max or len(step.options)) + 1))}
        case "scale":
            return {"value": step.min}
        case "date":
            return {"text": "over twee maanden"}
        case "choice":
            return {"text": "1"}
        case "text" if step.sharpen:
            # A question that holds, so that none is asked for anew.
            return {"text": "Wat maakt dat ik weer tijd had voor wie er voor me zat?"}
        case _:
            # Words as a doctor could write them: where they are really read, they are an answer, and nothing to ask on about.
            return {
                "text": f"Op kamer {crc32(step.id.partition('.')[0].encode()) % 1000} had ik weer tijd voor wie er voor me zat."
            }


def at_each_question(world: World, name: str, length: str) -> Iterator[Conversation]:
    """A talk at every question of a script, the first options taken."""
    talk = Conversation(world)
    talk.act("start", name)
    talk.hear(length)
    for _ in range(80):
        if not talk.state.in_script:
            return
        yield talk
        talk.hear(**reply_to(waiting(talk)))
    raise AssertionError("the script has no end")


def waiting(talk: Conversation) -> Step:
    """The question that waits."""
    run = talk.state.run
    assert run is not None and run.at is not None
    return SCRIPTS[run.script].step(run.at)
