"""A walk through a script, as a doctor would go: from the answers so far to the next question. Nothing of it is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.dialogue.questions import fill
from bot.messages import Incoming, Section
from bot.scripts import engine
from bot.scripts.engine import Answer, Run
from bot.scripts.inputs import Trouble, interpret
from bot.scripts.report import sections
from bot.scripts.schema import Case, Length, Script, Step


class Given(BaseModel):
    """What was given at a question: a text, options, or nothing at all (skipped)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    step: str
    text: str | None = None
    options: list[str] | None = None


_LIST = TypeAdapter(list[Given])


def read_given(text: str) -> list[Given]:
    """The answers so far, as the page carries them; none when they cannot be read."""
    try:
        return _LIST.validate_json(text)
    except ValidationError:
        return []


def write_given(given: Sequence[Given]) -> str:
    """The answers so far, for the page to carry."""
    return _LIST.dump_json(list(given)).decode()


@dataclass(frozen=True)
class Turn:
    """A question that was answered: what was said before it, how it was asked, and the answer in words (empty: skipped)."""

    said: tuple[str, ...]
    question: str
    answer: str


@dataclass(frozen=True)
class Walk:
    """How far a walk is. given: the answers that were taken; said: what is said now; step: the question that waits, if one
    does, as it is asked; trouble: why the last answer was not taken; panel: the last option shows the crisis panel."""

    length: Length
    given: tuple[Given, ...]
    turns: tuple[Turn, ...]
    said: tuple[str, ...]
    step: Step | None
    question: str
    number: int
    total: int
    trouble: Trouble | None
    panel: bool
    run: Run


def walk(script: Script, length: Length, given: Sequence[Given], now: dt.datetime) -> Walk:
    """Go as far as the answers go. Those to questions that are not asked (any more) are left out."""
    run, told = engine.advance(script, engine.begin(script, length))
    said = [script.opening[0], *_told(script, run, told)]
    by_step = {one.step: one for one in given}
    taken, turns = list[Given](), list[Turn]()
    trouble: Trouble | None = None
    panel = False
    while run.at is not None and (one := by_step.get(run.at)) is not None:
        step = script.step(run.at)
        read = _answer(step, one, now)
        if isinstance(read, str):
            trouble = read
            break
        taken.append(one)
        turns.append(Turn(tuple(said), _asked(script, run, step), engine.words(step, read)))
        chosen = [o for o in step.options if o.id in read.options]
        panel = step.calls_panel(read.options)
        run = engine.answer(script, run, read)
        own = [chosen[0].say] if len(chosen) == 1 and chosen[0].say else []
        said = fill(script, run, own)[:1]
        run, told = engine.advance(script, run)
        said += _told(script, run, told)
    waits = script.step(run.at) if run.at else None
    number, total = engine.position(script, run)
    if waits is None:
        said += fill(script, run, script.closing.say)[:1]
        said += _told(script, run, [case for case in script.closing.tell if engine.holds(case.when, run) is True])
    question = _asked(script, run, waits) if waits else ""
    return Walk(
        length, tuple(taken), tuple(turns), tuple(said), waits, question, number, total, trouble, panel, run
    )  # fmt: skip


def summary(script: Script, walked: Walk) -> list[Section]:
    """What would stand in the report."""
    return sections(script, walked.run)


def _answer(step: Step, given: Given, now: dt.datetime) -> Answer | Trouble:
    if given.options is not None:
        known = {option.id for option in step.options}
        chosen = [option for option in given.options if option in known]
        if step.kind == "choice":
            return Answer(options=chosen[:1]) if chosen else "choice"
        return interpret(step, Incoming(choices=chosen), now)
    if given.text is None:
        return Answer(skipped=True)
    return interpret(step, Incoming(text=given.text), now)


def _asked(script: Script, run: Run, step: Step) -> str:
    """The question in the first wording of which every place can be filled in."""
    return next(iter(fill(script, run, [w for w in (*step.ask, step.rephrase) if w])), "")


def _told(script: Script, run: Run, cases: Sequence[Case]) -> list[str]:
    return [text for case in cases for text in fill(script, run, case.say)[:1]]
