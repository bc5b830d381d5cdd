"""Every branch of every script is reached: each step, option, case, referral and offer, in some talk."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from bot.scripts import engine
from bot.scripts.engine import Answer, Run
from bot.scripts.schema import Script, Step
from bot.validation import read_scripts

WALKS = 1500
SEED = 20261123
SCRIPTS = {script.name: script for script in read_scripts()}


def places(script: Script) -> set[str]:
    """All that a talk of this script can meet."""
    found = {f"step {s.id}" for s in script.steps}
    found |= {f"option {s.id}.{o.id}" for s in script.steps for o in s.options}
    found |= {f"case {s.id}.{n}" for s in script.steps for n, _ in enumerate(s.cases)}
    closing = script.closing
    found |= {f"tell {n}" for n, _ in enumerate(closing.tell)}
    found |= {f"refer {n}" for n, _ in enumerate(closing.refer)} | {f"offer {n}" for n, _ in enumerate(closing.offers)}
    return found


def walk(script: Script, chance: random.Random) -> Iterator[str]:
    """One talk with random answers, and what it meets."""
    run = Run(script=script.name, digest="", length=chance.choice(["kort", "volledig"]))
    run = run.model_copy(update={"each": {s.id: s.each for s in script.steps if s.each}})
    keen = chance.random()
    while True:
        told = set(run.told)
        run, _ = engine.advance(script, run)
        for identifier in set(run.told) - told:
            step = script.step(identifier)
            yield f"step {identifier}"
            yield from (f"case {identifier}.{n}" for n, c in enumerate(step.cases) if engine.holds(c.when, run) is True)
        if run.at is None:
            break
        base = run.at.partition(".")[0]
        yield f"step {base}"
        given = reply(script.step(run.at), chance, keen)
        yield from (f"option {base}.{o}" for o in given.options)
        run = engine.answer(script, run, given)
    closing = script.closing
    yield from (f"tell {n}" for n, c in enumerate(closing.tell) if engine.holds(c.when, run) is True)
    yield from (f"refer {n}" for n, r in enumerate(closing.refer) if engine.holds(r.when, run) is True)
    yield from (f"offer {n}" for n, o in enumerate(closing.offers) if engine.holds(o.when, run) is True)


def reply(step: Step, chance: random.Random, keen: float) -> Answer:
    """A random answer; keen is how much this doctor ticks and how often the first option is the one."""
    if chance.random() < 0.06:
        return Answer(skipped=True)
    match step.kind:
        case "choice":
            first = chance.random() < keen / 2
            return Answer(options=[step.options[0].id if first else chance.choice(step.options).id])
        case "several":
            ticked = [o.id for o in step.options if chance.random() < keen]
            ticked = ticked[: step.max] if step.max else ticked
            while len(ticked) < (step.min or 0):
                ticked = sorted({*ticked, chance.choice(step.options).id})
            return Answer(options=ticked)
        case "scale":
            return Answer(value=chance.randint(step.min or 0, step.max or 0))
        case _:
            return Answer(text="iets")


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_branch_is_reached(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    script, chance = SCRIPTS[name], random.Random(SEED)
    wanted, met = places(script), set[str]()
    for _ in range(WALKS):
        met |= set(walk(script, chance))
        if wanted <= met:
            break
    with capsys.disabled():
        print(f"\n{name}: {len(wanted & met)} of {len(wanted)} places of the script's graph reached (seed {SEED})")
    assert wanted - met == set()
