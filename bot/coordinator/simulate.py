"""Doctors who do not exist: what coordinators practise on, and what the pages are measured with. Seeded."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine as Database
from sqlalchemy import delete

from bot.dialogue.state import State
from bot.dialogue.talk import Heard, World
from bot.dialogue.turn import greet, step
from bot.messages import Cue, Happening, Incoming
from bot.scripts.schema import Step as Question
from bot.store.database import sessions
from bot.store.events import week_of
from bot.store.published import Cell, Tally, add_published
from bot.store.publishing import ENOUGH, PLENTY, Group, Step, cell_of, counted, in_weeks, tallies
from bot.store.tables import CellRow, TallyRow

WEEKS = 26
CHANNELS = ("web", "web", "web", "matrix")
MOST_TURNS = 120
TOLD_EVERY = 250


@dataclass(frozen=True)
class Doctor:
    """How someone talks: how likely they are, at a question, to do something other than answer it."""

    skips: float
    asks_why: float
    asks_again: float
    goes_back: float
    pauses: float
    leaves: float
    puzzles: float
    feels: float

    @classmethod
    def drawn(cls, draw: random.Random) -> Doctor:
        """Some doctor."""
        hurry = draw.random()
        return cls(
            skips=0.15 * hurry,
            asks_why=0.05 * draw.random(),
            asks_again=0.05 * draw.random(),
            goes_back=0.03 * draw.random(),
            pauses=0.05 * hurry,
            leaves=0.05 * hurry * draw.random(),
            puzzles=0.05 * draw.random(),
            feels=0.5 * draw.random(),
        )


def simulate(
    world: World, talks: int, seed: int, today: dt.date, smallest: int, say: Callable[[str], None] = lambda _: None
) -> tuple[list[Cell], list[Tally]]:
    """What would be published of so many talks in the half-year before a day."""
    runs: dict[tuple[Group, str], list[Step]] = defaultdict(list)
    loose: dict[tuple[str, str], Counter[dt.date]] = defaultdict(Counter)
    for week, channel, happened in _talks(world, talks, seed, today, say):
        if happened.run:
            group = Group(happened.script, happened.version, happened.length, channel)
            runs[group, happened.run].append(Step(happened.n, week, happened.step, happened.what, happened.detail))
        elif happened.what in ("heard", "referred"):
            loose[{"heard": "act"}.get(happened.what, happened.what), happened.detail][week] += 1
    return list(_cells(runs, week_of(today), smallest)), list(_tallies(loose, smallest))


def refill(
    database: Database, world: World, talks: int, seed: int, today: dt.date, smallest: int, say: Callable[[str], None]
) -> int:
    """Put simulated figures in the place of those that were there, and tell of the progress. Gives how many cells. Real
    ones are left alone."""
    cells, counts = simulate(world, talks, seed, today, smallest, say)
    with sessions(database).begin() as session:
        session.execute(delete(CellRow).where(CellRow.simulated))
        session.execute(delete(TallyRow).where(TallyRow.simulated))
        add_published(session, cells, counts)
    return len(cells)


def _cells(runs: dict[tuple[Group, str], list[Step]], monday: dt.date, smallest: int) -> Iterator[Cell]:
    of_group = defaultdict(list)
    for (group, name), steps in runs.items():
        if over := counted(steps, monday, name):
            of_group[group].append(over)
    for group, over_ones in of_group.items():
        for part in in_weeks(over_ones, monday, smallest * ENOUGH, smallest * PLENTY):
            yield cell_of(group, part, smallest, simulated=True)


def _tallies(loose: dict[tuple[str, str], Counter[dt.date]], smallest: int) -> Iterator[Tally]:
    for (kind, key), by_week in loose.items():
        for first, last, count in tallies(by_week, smallest):
            yield Tally(kind=kind, key=key, first=first, last=last, count=count, simulated=True)


def _talks(
    world: World, talks: int, seed: int, today: dt.date, say: Callable[[str], None]
) -> Iterator[tuple[dt.date, str, Happening]]:
    draw = random.Random(seed)
    names = world.library.names()
    for number in range(talks):
        if number % TOLD_EVERY == 0:
            say(f"simulating … {number} of {talks} talks")
        begun = today - dt.timedelta(days=draw.randrange(7, 7 * WEEKS))
        channel = draw.choice(CHANNELS)
        older = begun < today - dt.timedelta(weeks=WEEKS / 2)
        for day, happened in _talk(world, Doctor.drawn(draw), draw.choice(names), begun, draw):
            yield week_of(day), channel, _before_last(happened) if older else happened


def _before_last(happened: Happening) -> Happening:
    """The same as if it was said to the version before, so that there are two to put side by side."""
    return happened.model_copy(update={"version": happened.version - 1}) if happened.version > 1 else happened


def _talk(
    world: World, doctor: Doctor, name: str, day: dt.date, draw: random.Random
) -> Iterator[tuple[dt.date, Happening]]:
    """A talk from the greeting on, with the day of each thing that happened."""
    now = dt.datetime.combine(day, dt.time(20), dt.UTC)
    state = greet(world, Heard(Incoming(text=""), "groet", "geen", now), draw.randrange(1000)).state
    for act, text in (("start", "beginnen"), ("vertellen", draw.choice(["kort", "kort", "volledig"]))):
        outcome = step(state, _heard(draw, now, act, text, topic=name), world)
        state = outcome.state
        yield from ((now.date(), happened) for happened in outcome.happened)
    for _ in range(MOST_TURNS):
        if state.run is None or state.run.state == "done":
            return
        if state.run.state == "paused":
            if draw.random() < 0.4:
                return
            now += dt.timedelta(days=draw.randrange(1, 12))
            heard: Heard | None = _heard(draw, now, "verder", "verder")
        else:
            now += dt.timedelta(minutes=draw.choice([1, 1, 2, 4]))
            heard = _next(world, state, doctor, draw, now)
        if heard is None:
            return
        outcome = step(state, heard, world)
        state = outcome.state
        yield from ((now.date(), happened) for happened in outcome.happened)


def _next(world: World, state: State, doctor: Doctor, draw: random.Random, now: dt.datetime) -> Heard | None:
    """What this doctor says to the question that waits; None: nothing, any more."""
    chances = (
        ("overslaan", doctor.skips), ("waarom", doctor.asks_why), ("herhaal", doctor.asks_again),
        ("terug", doctor.goes_back), ("pauze", doctor.pauses), ("", doctor.leaves),
    )  # fmt: skip
    for act, chance in chances:
        if draw.random() < chance:
            return _heard(draw, now, act, act) if act else None
    run = state.run
    assert run is not None and run.at is not None
    if run.between or (state.waiting and state.waiting.strict):
        return _heard(draw, now, draw.choice(["vertellen", "vertellen", "ontkennen"]), "nog iets daarover")
    question = world.library.version(run.script, run.digest).step(run.at)
    return _answer(question, doctor, draw, now)


def _answer(question: Question, doctor: Doctor, draw: random.Random, now: dt.datetime) -> Heard:
    if draw.random() < doctor.puzzles:
        return _heard(draw, now, "vertellen", "?")
    count = len(question.options)
    match question.kind:
        case "choice":
            return _heard(draw, now, "vertellen", str(draw.randint(1, count)))
        case "several":
            most = min(question.max or count, count)
            number = draw.randint(max(question.min or 1, 1), max(most, 1))
            chosen = sorted(draw.sample(range(1, count + 1), min(number, count)))
            return _heard(draw, now, "vertellen", ", ".join(map(str, chosen)))
        case "scale":
            return Heard(Incoming(value=draw.randint(question.min or 1, question.max or 10)), "vertellen", "geen", now)
        case "date":
            return Heard(Incoming(date=now.date() + dt.timedelta(days=draw.randrange(7, 90))), "vertellen", "geen", now)
    allowed = question.probes.allow if question.probes else []
    cues: Sequence[Cue] = ()
    if allowed and draw.random() < doctor.feels:
        cues = (Cue(name=draw.choice(list(allowed)), quote="dat woord"),)
    return _heard(draw, now, "vertellen", "een paar woorden daarover", cues=cues)


def _heard(
    draw: random.Random, now: dt.datetime, act: str, text: str, *, topic: str = "geen", cues: Sequence[Cue] = ()
) -> Heard:
    fresh = f"{draw.getrandbits(256):064x}"
    return Heard(Incoming(text=text), act, topic, now, cues=tuple(cues), fresh=fresh)
