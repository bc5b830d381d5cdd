"""Plausible cells and counts, always the same for a seed: what a half-year of talks could leave behind."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Sequence
from typing import Any

from bot.coordinator.figures import LEAST
from bot.scripts.probes import read_probes
from bot.scripts.schema import Script
from bot.store.published import Cell, Tally
from bot.validation import read_scripts

MONDAY = dt.date(2026, 5, 25)
ACTS = {"vertellen": 0.9, "waarom": 0.12, "overslaan": 0.2, "terug": 0.1, "uitleg": 0.15, "stoppen": 0.08, "mens": 0.05}
REFERRED = {"huisarts": 0.5, "cvm": 0.4, "lhv": 0.2, "movir": 0.15, "peersupport": 0.1}
HAPPENS = {
    "skipped": 0.12, "why": 0.05, "rephrased": 0.07, "misunderstood": 0.06, "back": 0.05, "changed": 0.04, "probed": 0.2,
}  # fmt: skip


def tell(count: int, whole: int) -> int | None:
    """A number as it would be published: not when it, or what is left, is under five."""
    return count if LEAST <= count <= whole - LEAST else None


class Half:
    """Makes cells of some weeks, of the project's own scripts or of others."""

    def __init__(self, seed: int = 7, *, simulated: bool = False, scripts: Sequence[Script] = ()) -> None:
        self._random = random.Random(seed)
        self._scripts = {script.name: script for script in scripts or read_scripts()}
        self._simulated = simulated

    def cell(self, name: str, version: int, length: str, first: dt.date, last: dt.date, runs: int) -> Cell:
        """A cell of this many runs."""
        script = self._scripts[name]
        reach: list[tuple[str, int]] = []
        here = told = runs
        steps: dict[str, dict[str, int | None]] = {}
        for step in _asked(script, length):
            # How far they came is told at the first step, and again each time that five more are gone.
            if not reach or (told - here >= LEAST and here >= LEAST):
                reach.append((step, here))
                told = here
            steps[step] = {what: tell(self._part(here, share), runs) for what, share in HAPPENS.items()}
            here -= min(self._part(here, 0.05), max(0, here - LEAST))
        finished = here
        paused = self._part(runs, 0.25)
        cues = {}
        for cue in read_probes().cues:
            probed = self._part(runs, 0.3)
            cues[cue] = {"probed": tell(probed, runs), "declined": tell(self._part(probed, 0.25), probed)}
        figures: dict[str, Any] = {
            "reach": reach,
            "steps": steps,
            "ends": {
                "finished": tell(finished, runs),
                "left": tell(self._part(runs, 0.12), runs),
                "paused": tell(paused, runs),
                "resumed": tell(self._part(paused, 0.7), runs),
            },
            "durations": {bound: tell(self._part(finished, share), finished) for bound, share in _durations(length)},
            "referred": {key: tell(self._part(runs, share), runs) for key, share in REFERRED.items()},
            "cues": cues,
            "acts": {act: tell(self._part(runs, share), runs) for act, share in ACTS.items()},
        }
        return Cell(
            script=name, version=version, length=length, channel="web", first=first, last=last, runs=runs,
            simulated=self._simulated, figures=figures,
        )  # fmt: skip

    def cells(self, runs: int, weeks: int = 26, size: int | None = None) -> Iterable[Cell]:
        """Cells of about this many runs together, over some weeks; size: how large each is, as small as may be by
        default."""
        kinds = [(name, length) for name in self._scripts for length in ("kort", "volledig")]
        made = week = 0
        while made < runs:
            at = (week // len(kinds)) % weeks
            name, length = kinds[week % len(kinds)]
            count = self._random.randint(size or LEAST, round((size or LEAST) * 1.6))
            span = self._random.choice((0, 0, 1)) if at else 0
            last = MONDAY + dt.timedelta(weeks=at)
            current = self._scripts[name].version
            version = current if at >= weeks // 2 else current - 1
            yield self.cell(name, version, length, last - dt.timedelta(weeks=span), last, count)
            made, week = made + count, week + 1

    def tallies(self, weeks: int = 26) -> Iterable[Tally]:
        """Counts of what happened outside the scripts."""
        for at in range(0, weeks, 2):
            first = MONDAY + dt.timedelta(weeks=at)
            for kind, key in (
                ("panel", "crisis.zelf"),
                ("panel", "middelen.collega"),
                ("referred", "huisarts"),
                ("act", "mens"),
                ("act", "menu"),
            ):
                yield Tally(
                    kind=kind, key=key, first=first, last=first + dt.timedelta(weeks=1),
                    count=self._random.randint(5, 30), simulated=self._simulated,
                )  # fmt: skip

    def _part(self, whole: int, share: float) -> int:
        """About this share of a whole."""
        return min(whole, max(0, round(whole * share * self._random.uniform(0.4, 1.8))))


def many(count: int) -> list[Script]:
    """So many scripts at least: the project's own, and as many again of the same under other names."""
    own = list(read_scripts())
    copies = [
        one.model_copy(update={"name": f"{one.name}-{n}", "title": f"{one.title} {n}"}).signed()
        for n in range(2, count)
        for one in own
    ]
    return [*own, *copies][: max(count, len(own))]


def _asked(script: Script, length: str) -> list[str]:
    return [step.id for step in script.steps if step.is_question and not step.each and step.length in (None, length)]


def _durations(length: str) -> list[tuple[str, float]]:
    return [("10", 0.3), ("20", 0.4), ("40", 0.2)] if length == "kort" else [("20", 0.3), ("40", 0.4), ("60", 0.2)]
