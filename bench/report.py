"""What was measured, as a page of the documentation with its picture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import altair
from pydantic import BaseModel, ConfigDict

from bench.load import Load
from bot.settings import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
PICTURE = ROOT / "docs" / "images" / "benchmarks.svg"
# Told apart also by those who see fewer colours.
COLOURS = ["#1a80bb", "#c4621a"]


class Training(BaseModel):
    """How long training took on the clock, and in all cores together, in seconds."""

    model_config = ConfigDict(extra="ignore")

    seconds: float
    cpu_seconds: float


class Measured(BaseModel):
    """What one of the two did. early and late: seconds of the median turn around the 3rd and the 300th of a talk;
    memory: megabytes (2^20 bytes) of all its processes, what they share counted once."""

    name: str
    loads: list[Load]
    early: float
    late: float
    started_in: float
    memory: float
    bytes_a_turn: float
    cpu_a_turn: float
    training: Training | None


def write(ours: Measured, theirs: Measured, day: dt.date, machine: str, seconds: float) -> str:
    """Write the page and its picture. Gives the page. Raises OSError."""
    _draw(ours, theirs, PICTURE)
    page = PARTS.format(
        day=day.isoformat(),
        machine=machine,
        seconds=f"{seconds:.0f}",
        loads="\n".join(_loads(ours, theirs)),
        rest="\n".join(_rest(ours, theirs)),
    )
    PAGE.write_text(page, encoding="utf-8")
    return page


PARTS = """# Measurements

Made by `make bench`; do not edit. Last run: {day}, on {machine}.

This bot and stock Rasa 3.6 on the same machine, one after the other: the same recorded talks (each script led through in words,
many doctors, no time to think) for {seconds} seconds at each number of doctors, from one process on the same machine that plays
the doctors. *Stock Rasa* is what its documentation has: default pipeline (DIET) and policies (memoization, rules, TED and
UnexpecTED), its SQL tracker store on SQLite, each script a form, an HTTP action server, the REST channel, trained on the same
sentences. *This bot* is door and engine as `make run` starts them: encrypted storage with every write on the disk, the safety
layer before every message, cues and topics, none of which stock Rasa has. In the long talk one script is led through
again and again: turn 300 and those after it say what turn 3 and those after it said, word for word and at the same place.

![Turns a second, and the time within which 95 of 100 turns were answered, by number of doctors](images/benchmarks.svg)

| | doctors | this bot | stock Rasa | ratio |
|---|---|---|---|---|
{loads}
{rest}

The ratio says how many times better this bot is (below 1: worse). Training of stock Rasa is reckoned: its intent classifier was
trained for one of its hundred epochs, which takes minutes on these sentences, and the others take as long; a turn costs the same.
Memory counts what processes share once. Milliseconds are of the machine, and differ from run to run by some tens of per cent; the
ratios do so by less.
"""


def _loads(ours: Measured, theirs: Measured) -> list[str]:
    def row(name: str, doctors: int, mine: float, other: float, form: str, *, more: bool) -> str:
        ratio = mine / other if more else other / mine
        return f"| {name} | {doctors} | {form.format(mine)} | {form.format(other)} | {ratio:.1f} |"

    kinds: list[tuple[str, Callable[[Load], float], str, bool]] = [
        ("turns a second", lambda one: one.rate, "{:.1f}", True),
        ("p50, ms", lambda one: one.share(0.50) * 1000, "{:.0f}", False),
        ("p95, ms", lambda one: one.share(0.95) * 1000, "{:.0f}", False),
        ("p99, ms", lambda one: one.share(0.99) * 1000, "{:.0f}", False),
    ]
    return [
        row(name, mine.doctors, of(mine), of(other), form, more=more)
        for name, of, form, more in kinds
        for mine, other in zip(ours.loads, theirs.loads, strict=True)
    ]


def _rest(ours: Measured, theirs: Measured) -> list[str]:
    def row(name: str, of: Callable[[Measured], float], form: str) -> str:
        mine, other = of(ours), of(theirs)
        return f"| {name} | | {form.format(mine)} | {form.format(other)} | {other / mine:.1f} |"

    return [
        row("turn 3, ms", lambda one: one.early * 1000, "{:.0f}"),
        row("turn 300, ms", lambda one: one.late * 1000, "{:.0f}"),
        row("turn 300 against turn 3", lambda one: one.late / one.early, "{:.2f}"),
        row("processor time a turn, ms", lambda one: one.cpu_a_turn * 1000, "{:.0f}"),
        row("stored a turn, kB", lambda one: one.bytes_a_turn / 1024, "{:.1f}"),
        row("start-up, s", lambda one: one.started_in, "{:.1f}"),
        row("memory, MB", lambda one: one.memory, "{:.0f}"),
        *_training(ours.training, theirs.training),
    ]


def _training(mine: Training | None, other: Training | None) -> list[str]:
    def row(name: str, of: Callable[[Training], float]) -> str:
        ratio = f"{of(other) / of(mine):.0f}" if mine and other else ""
        shown = [f"{of(one):.0f}" if one else "not measured" for one in (mine, other)]
        return f"| {name} | | {shown[0]} | {shown[1]} | {ratio} |"

    return [row("training, s", lambda one: one.seconds), row("training, s of all cores", lambda one: one.cpu_seconds)]


def _draw(ours: Measured, theirs: Measured, path: Path) -> None:
    rows = [
        {"bot": side.name, "doctors": str(one.doctors), "rate": one.rate, "p95": one.share(0.95)}
        for side in (ours, theirs)
        for one in side.loads
    ]
    base = (
        altair.Chart(altair.Data(values=rows))
        .mark_bar()
        .encode(
            x=altair.X("doctors:N", title="doctors at once", sort=None, axis=altair.Axis(labelAngle=0)),
            xOffset=altair.XOffset("bot:N", sort=None),
            color=altair.Color("bot:N", title=None, sort=None, scale=altair.Scale(range=COLOURS)),
        )
    )
    rate = base.encode(y=altair.Y("rate:Q", title="turns a second"))
    late = base.encode(y=altair.Y("p95:Q", title="p95, seconds", scale=altair.Scale(type="symlog", constant=0.05)))
    chart = rate.properties(width=260, height=200) | late.properties(width=260, height=200)
    chart.configure(background="white", font="sans-serif").save(str(path))
