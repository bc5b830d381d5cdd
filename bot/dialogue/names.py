"""What could identify a patient: said kindly, once in a talk, with the offer to take it out. Nothing is refused."""

from __future__ import annotations

from bot.anonymiser import light
from bot.anonymiser.spans import replace
from bot.dialogue.talk import Talk
from bot.messages import Incoming
from bot.scripts.engine import Answer, Run

KEY = "herkenbaar"
# A place, a date or an age alone says too little of anyone to interrupt for.
IDENTIFYING = ("naam", "telefoon", "email", "bsn", "postcode", "big", "patientnummer")


def heard_in(text: str) -> bool:
    """Whether something in a text could identify someone."""
    return any(span.kind in IDENTIFYING for span in light.find(text))


def _said_in(incoming: Incoming) -> str:
    """All that was typed in a message."""
    lines = (f"{line.said} {line.unsaid}" for line in incoming.lines or ())
    return "\n".join([incoming.text or "", *lines])


def without(text: str) -> str:
    """The text with what could identify someone replaced by its kind."""
    return replace(text, light.find(text))


def found_in(text: str) -> dict[str, str]:
    """What in a text could identify someone, with what comes in its place."""
    return {text[span.start : span.end]: f"[{span.kind}]" for span in light.find(text)}


def ask(talk: Talk, topic: str = "") -> bool:
    """Say so and offer to take it out, if there is something and it was not said before. Whether it did."""
    if talk.state.told_names or not heard_in(_said_in(talk.heard.incoming)):
        return False
    talk.state.told_names = True
    talk.question(KEY, yes="strike:yes", no="strike:no", naam=topic)
    return True


def settle(talk: Talk, *, wanted: bool) -> None:
    """Take it out or leave it."""
    if wanted:
        talk.effect = "strike"
        talk.state.held = ""
        if talk.state.run:
            talk.state.run = _struck(talk.state.run)
    talk.say("weggehaald" if wanted else "blijft_zo")


def _struck(run: Run) -> Run:
    """The run without what could identify someone in the answer that was given last."""
    given = run.answers.get(run.at or "")
    if given is None:
        return run
    text = without(given.text) if given.text else given.text
    lines = [
        line.model_copy(update={"said": without(line.said), "unsaid": without(line.unsaid)}) for line in given.lines
    ]
    struck: Answer = given.model_copy(update={"text": text, "lines": lines, "more": [without(m) for m in given.more]})
    return run.model_copy(update={"answers": {**run.answers, run.at or "": struck}})
