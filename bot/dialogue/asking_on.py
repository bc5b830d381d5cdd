"""Asking on: after an answer, one question about a word of the doctor's own, where a good supervisor would ask."""

from __future__ import annotations

from bot.dialogue import questions
from bot.dialogue.talk import Talk, filled
from bot.scripts import engine
from bot.scripts.engine import FollowUp
from bot.scripts.schema import Step


def begin(talk: Talk, step: Step) -> bool:
    """Ask on about the answer that was just given, if it gives cause and there is room for it. Whether it did."""
    run, probes = talk.state.run, talk.world.probes
    assert run is not None
    if step.probes is None or run.declined or run.asked_on >= probes.limits.of(run.length):
        return False
    heard = {cue.name: cue.quote for cue in talk.heard.cues}
    for name in probes.cues:
        if name in heard and name in step.probes.allow and (text := _fresh(talk, name, heard[name])):
            talk.note("probed", name)
            waiting = FollowUp(cue=name, quote=heard[name], text=text)
            talk.state.run = run.model_copy(update={"asked_on": run.asked_on + 1, "follow_up": waiting})
            questions.follow_up(talk)
            return True
    return False


def rephrase(talk: Talk) -> None:
    """Ask the follow-up question in another wording, in the same one when all were used."""
    run = talk.state.run
    assert run is not None and run.follow_up is not None
    text = _fresh(talk, run.follow_up.cue, run.follow_up.quote) or run.follow_up.text
    talk.state.run = run.model_copy(update={"follow_up": run.follow_up.model_copy(update={"text": text})})
    questions.follow_up(talk)


def why(talk: Talk) -> None:
    """Say why this is asked, and ask it again."""
    run = talk.state.run
    assert run is not None and run.follow_up is not None
    talk.add(talk.world.probes.cues[run.follow_up.cue].why)
    questions.follow_up(talk)


def decline(talk: Talk) -> None:
    """Leave it, and ask on no more in this script."""
    run = talk.state.run
    assert run is not None
    talk.note("declined", run.follow_up.cue if run.follow_up else "")
    talk.state.run = run.model_copy(update={"declined": True})
    talk.say("niet_doorgevraagd")
    questions.proceed(talk)


def add(talk: Talk, said: str) -> None:
    """Put what was said with the answer that it is about."""
    run = talk.state.run
    assert run is not None and run.at is not None
    if said:
        run = engine.add(run, run.at, said)
    talk.state.run = run.model_copy(update=engine.NOTHING_BETWEEN)


def _fresh(talk: Talk, cue: str, quote: str) -> str:
    """A wording of this cue that was not used in this talk; empty when there is none left."""
    wordings, key = talk.world.probes.cues[cue].ask, f"probe.{cue}"
    if talk.state.used.get(key, 0) >= len(wordings):
        return ""
    return filled(talk.variant(key, wordings), citaat=quote[:1].upper() + quote[1:])
