"""Sharpening: a question that the doctor makes is asked for again, kindly, until it is one about oneself."""

from __future__ import annotations

from bot.dialogue import questions
from bot.dialogue.talk import Talk, quote
from bot.scripts import engine
from bot.scripts.engine import FollowUp
from bot.scripts.own_questions import lack
from bot.scripts.schema import JUST, Lack, Step

ROUNDS = 3


def begin(talk: Talk, step: Step) -> bool:
    """Ask for the question once more when it lacks something, at most three times. Whether it did."""
    run = talk.state.run
    assert run is not None and run.at is not None
    given = run.answers[run.at]
    if not step.sharpen or given.text is None or len(given.before) >= ROUNDS:
        return False
    missing = lack(given.text, step.sharpen)
    if missing is None:
        return False
    _ask(talk, step, missing, given.text)
    return True


def waits(talk: Talk) -> bool:
    """Whether a question of the doctor's waits to be said anew."""
    run = talk.state.run
    return bool(run and run.follow_up and run.follow_up.sharpens)


def take(talk: Talk, said: str) -> None:
    """Put what was said in the place of the question as it stood."""
    run = talk.state.run
    assert run is not None and run.at is not None
    talk.state.run = engine.sharpen(run, run.at, said).model_copy(update=engine.NOTHING_BETWEEN)


def leave(talk: Talk) -> None:
    """Leave the question as it stands, and go on."""
    run = talk.state.run
    assert run is not None
    talk.state.run = run.model_copy(update=engine.NOTHING_BETWEEN)
    talk.say("vraag_blijft_zo")
    questions.proceed(talk)


def rephrase(talk: Talk, step: Step) -> None:
    """Ask for it in another wording."""
    run = talk.state.run
    assert run is not None and run.follow_up is not None and run.at is not None
    missing: Lack = next(name for name in step.sharpen if name == run.follow_up.cue)
    _ask(talk, step, missing, run.answers[run.at].text or "")


def _ask(talk: Talk, step: Step, missing: Lack, said: str) -> None:
    script, run, words = talk.script, talk.state.run, quote(said)
    assert script is not None and run is not None
    possible = questions.fill(script, run, step.sharpen[missing], {JUST: words[:1].upper() + words[1:]})
    text = talk.variant(f"{run.script}.{step.id}.{missing}", possible)
    waiting = FollowUp(cue=missing, quote=words, text=text, sharpens=True)
    talk.state.run = run.model_copy(update={"follow_up": waiting})
    questions.follow_up(talk)
