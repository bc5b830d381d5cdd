"""The engine that walks a script: pure functions from a run to a new run.

A run is one doctor's way through one script. Nothing here raises on a valid script, and no stored answer is lost:
an answer stays until another takes its place, also while its question does not apply.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict

from bot.messages import Line
from bot.scripts.schema import Case, Condition, Length, Script, Step, placeholders

# How many options a doctor is expected to choose, before it is known.
EXPECTED_CHOICES = 2
# How a day is written to a doctor.
KINDLY = "%d-%m-%Y"


class Fixed(BaseModel):
    """Base of what never changes once it is made: a deep copy of what holds it may keep it as it is."""

    model_config = ConfigDict(frozen=True)

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return self


class Answer(Fixed):
    """What was answered: own words, chosen option ids, a number, a date or lines; or that it was skipped.

    more is what was said when the bot asked on about it; before: how a question that was sharpened stood first.
    """

    text: str | None = None
    options: list[str] = []
    value: int | None = None
    date: dt.date | None = None
    lines: list[Line] = []
    skipped: bool = False
    more: list[str] = []
    before: list[str] = []


class FollowUp(Fixed):
    """A follow-up question that waits: the cue it is about, the doctor's words that it quotes, and its text.

    sharpens: what is said to it takes the place of the answer, and cue is what that lacks.
    """

    cue: str
    quote: str
    text: str
    sharpens: bool = False


class Run(Fixed):
    """One way through a script. at is the question that waits for an answer; None when all are answered.

    follow_up: the answer at that question is there, and something is asked on about it. due: the answer is there, and
    something else comes between before the next question is asked. asked_on: how often the bot asked on; declined:
    whether the doctor put that aside. trace: a random number that what is counted of this run is tied together by; name: another,
    that what is kept of it is found by.
    """

    script: str
    digest: str
    length: Length
    state: Literal["running", "paused", "done"] = "running"
    at: str | None = None
    answers: dict[str, Answer] = {}
    stale: list[str] = []
    told: list[str] = []
    seen: dt.datetime | None = None
    earlier: dict[str, Answer] = {}
    # Which step each of those that go over options goes over: what is no longer chosen there does not count.
    each: dict[str, str] = {}
    follow_up: FollowUp | None = None
    due: bool = False
    asked_on: int = 0
    declined: bool = False
    trace: str = ""
    name: str = ""
    began: dt.datetime | None = None

    @property
    def between(self) -> bool:
        """Whether the answer is there, and something else comes between it and the next question."""
        return self.due or self.follow_up is not None


# What a run is set to when no follow-up question, nor anything else, stands between it and its question.
NOTHING_BETWEEN: dict[str, object] = {"follow_up": None, "due": False}


def holds(condition: Condition | None, run: Run) -> bool | None:
    """Whether a condition is true, false, or (None) unknown because an answer it needs is missing or skipped."""
    if condition is None:
        return True
    if condition.length is not None:
        return run.length == condition.length
    if condition.not_ is not None:
        inner = holds(condition.not_, run)
        return None if inner is None else not inner
    if condition.step is not None:
        return _test(condition, _answer_of(condition.step, run))
    parts = condition.all if condition.all is not None else condition.any or []
    decisive = condition.any is not None
    values = [holds(part, run) for part in parts]
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def _answer_of(step: str, run: Run) -> Answer | None:
    """The answer of a step; of one that goes over options, all of its answers as one."""
    if step in run.answers:
        return run.answers[step]
    over = run.answers.get(run.each.get(step, ""))
    chosen = over.options if over else []
    parts = [run.answers[key] for option in chosen if (key := f"{step}.{option}") in run.answers]
    given = [a for a in parts if not a.skipped]
    if not given:
        return parts[0] if parts else None
    return Answer(options=[option for a in given for option in a.options])


def _test(condition: Condition, answer: Answer | None) -> bool | None:
    if answer is None:
        return None
    if condition.skipped is not None:
        return answer.skipped == condition.skipped
    if answer.skipped:
        return None
    if condition.at_least is not None:
        count = answer.value if answer.value is not None else len(answer.options)
        return count >= condition.at_least
    named = condition.is_ if condition.is_ is not None else condition.has
    return bool(set(answer.options) & {named} if isinstance(named, str) else set(answer.options) & set(named or ()))


def applies(step: Step, run: Run) -> bool:
    """Whether this step belongs to the way that this run goes, as far as is known now."""
    return (step.length is None or step.length == run.length) and holds(step.when, run) is True


def steps(script: Script, run: Run) -> list[Step]:
    """The steps of a script, those that go over options once for each option that was chosen."""
    found = []
    for step in script.steps:
        if step.each is None:
            found.append(step)
        elif step.each in run.answers:
            chosen = run.answers[step.each].options
            found += [step.for_option(o) for o in script.step(step.each).options if o.id in chosen]
    return found


def questions(script: Script, run: Run) -> list[Step]:
    """The questions on the way that this run goes, in order, as far as is known now."""
    return [s for s in steps(script, run) if s.is_question and applies(s, run)]


def begin(script: Script, length: Length, earlier: Run | None = None, given: Mapping[str, Answer] | None = None) -> Run:
    """A new run of a script; earlier is the same doctor's finished run of it, to look back on; given are answers that are
    known beforehand."""
    kept = dict(earlier.answers) if earlier and earlier.state == "done" else {}
    each = {s.id: s.each for s in script.steps if s.each}
    run = Run(
        script=script.name, digest=script.digest, length=length, earlier=kept, each=each, answers=dict(given or {})
    )
    # What comes before the first question is still to be told.
    return advance(script, run)[0].model_copy(update={"told": []})


def advance(script: Script, run: Run) -> tuple[Run, list[Case]]:
    """Go to the first question that waits, and give what is to be told before it."""
    told, told_now = list(run.told), []
    at = None
    for step in steps(script, run):
        if not applies(step, run):
            continue
        if step.is_question:
            if step.id not in run.answers or step.id in run.stale:
                at = step.id
                break
        elif step.id not in told:
            told.append(step.id)
            case = next((c for c in step.cases if holds(c.when, run) is True), None)
            if case:
                told_now.append(case)
    state = "running" if at else "done"
    return run.model_copy(update={"at": at, "told": told, "state": state, **NOTHING_BETWEEN}), told_now


def answer(script: Script, run: Run, given: Answer) -> Run:
    """Store the answer to the question that waits. What depended on a changed answer will be asked again."""
    if run.at is None:
        return run
    old = run.answers.get(run.at)
    new = run.model_copy(
        update={"answers": {**run.answers, run.at: given}, "stale": [s for s in run.stale if s != run.at]}
    )
    if old is None or old == given:
        return new
    stale, told = list(new.stale), list(new.told)
    changed = run.at.partition(".")[0]
    for step in steps(script, new):
        if changed not in step.references():
            continue
        if not step.is_question:
            told = [t for t in told if t != step.id]
        elif step.id in new.answers and step.id not in stale:
            quoted = any(changed in placeholders(text) for text in step.texts())
            if quoted or (applies(step, new) and not applies(step, run)):
                stale.append(step.id)
    return new.model_copy(update={"stale": stale, "told": told})


def add(run: Run, step: str, said: str) -> Run:
    """Add to an answer what was said when the bot asked on about it."""
    given = run.answers[step]
    return run.model_copy(
        update={"answers": {**run.answers, step: given.model_copy(update={"more": [*given.more, said]})}}
    )


def sharpen(run: Run, step: str, said: str) -> Run:
    """Put a question that was said anew in the place of how it stood; that is kept beside it."""
    given = run.answers[step]
    newer = given.model_copy(update={"text": said, "before": [*given.before, given.text or ""]})
    return run.model_copy(update={"answers": {**run.answers, step: newer}})


def keep(run: Run, told: str = "") -> Run:
    """Leave the answer to the question that waits as it was. Without one: skipped. told: what was said there all the same."""
    if run.at is None:
        return run
    kept = run.answers.get(run.at, Answer(skipped=True))
    if told:
        kept = kept.model_copy(update={"more": [*kept.more, told]})
    return run.model_copy(
        update={"answers": {**run.answers, run.at: kept}, "stale": [s for s in run.stale if s != run.at]}
    )


def back(script: Script, run: Run) -> Run | None:
    """Go to the question before this one; None at the first."""
    way = [s.id for s in questions(script, run)]
    index = way.index(run.at) if run.at in way else len(way)
    if index == 0:
        return None
    return run.model_copy(update={"at": way[index - 1], "state": "running", **NOTHING_BETWEEN})


def go_to(run: Run, step: str) -> Run:
    """Go to a question that was answered before, to change the answer."""
    return run.model_copy(update={"at": step, "state": "running", **NOTHING_BETWEEN})


def take_out(script: Script, run: Run, step: str) -> Run:
    """Take an answer out, with what was said on about it: the question counts as skipped. What depended on it will be asked
    again."""
    return answer(script, go_to(run, step), Answer(skipped=True))


def answered(script: Script, run: Run) -> list[Step]:
    """The questions on this run's way that have an answer or were skipped, in order."""
    return [s for s in questions(script, run) if s.id in run.answers]


def position(script: Script, run: Run) -> tuple[int, int]:
    """Which question this is and how many there are: counted where it is known, expected where it is not yet."""
    way = [s.id for s in questions(script, run)]
    total = len(way) + _expected(script, run)
    step = way.index(run.at) + 1 if run.at in way else len(way)
    return step, max(total, step)


def _expected(script: Script, run: Run) -> int:
    """How many questions will come that hang on an answer which is not there yet."""
    groups: dict[str, list[Step]] = {}
    for step in script.steps:
        if not step.is_question or (step.length and step.length != run.length):
            continue
        if step.each and step.each not in run.answers and applies(script.step(step.each), run):
            groups.setdefault(step.each, []).extend([step] * EXPECTED_CHOICES)
        if step.when is None or step.each:
            continue
        if holds(step.when, run) is None:
            needed = step.when.steps()
            decider = next((s.id for s in script.steps if s.id in needed and s.id not in run.answers), None)
            if decider:
                groups.setdefault(decider, []).append(step)
    count = 0
    for decider, waiting in groups.items():
        step = script.step(decider)
        if step.kind == "choice":
            ways = [_supposing(run, decider, option.id) for option in step.options]
            count += max(sum(holds(one.when, way) is not False for one in waiting) for way in ways)
        else:
            count += min(len(waiting), step.max or len(waiting))
    return count


def _supposing(run: Run, step: str, option: str) -> Run:
    return run.model_copy(update={"answers": {**run.answers, step: Answer(options=[option])}})


def words(step: Step, given: Answer) -> str:
    """An answer in words, as the doctor gave it; empty when it was skipped. What was said on is not in it."""
    if given.skipped:
        return ""
    if given.lines:
        return "\n".join(f"{x.who}: {x.said}" + (f" ({x.unsaid})" if x.unsaid else "") for x in given.lines)
    if given.date is not None:
        return given.date.strftime(KINDLY)
    if given.value is not None:
        return str(given.value)
    # Own words say more than the option that was heard in them.
    return given.text or ", ".join(o.label for o in step.options if o.id in given.options)
