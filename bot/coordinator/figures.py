"""Sums over cells: always of whole cells, and only of those that tell the figure. Pure.

A figure that a cell leaves out is not zero: it is unknown. So each sum carries of how many runs it is, counted in exactly the
cells that were summed.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.store.published import Cell, Tally

ENDS = ("finished", "paused", "resumed", "left")
AT_STEP = ("skipped", "why", "rephrased", "misunderstood", "back", "changed", "probed")
# A difference of two published numbers is shown only when it could have been published itself.
LEAST = 5


@dataclass(frozen=True)
class Told:
    """A sum: count, of how many (runs, or times), both from the same cells; partial: whether there were cells that leave
    the figure out, so that it is not of all that was looked at."""

    count: int
    of: int
    partial: bool = False

    @property
    def share(self) -> float:
        """The sum as a part of what it is of, from 0 to 1."""
        return min(1.0, self.count / self.of) if self.of else 0.0


def told(pairs: Iterable[tuple[int | None, int | None]]) -> Told | None:
    """The sum of pairs of a figure and what it is of, without the pairs of which either is withheld; None when nothing is
    told."""
    count = whole = 0
    known = partial = False
    for figure, of in pairs:
        if figure is not None and of is not None:
            count, whole, known = count + figure, whole + of, True
        else:
            partial = True
    return Told(count, whole, partial) if known else None


def of_runs(cells: Iterable[Cell], figure: Callable[[Cell], int | None]) -> Told | None:
    """The sum of a figure over cells, of their runs."""
    return told((figure(cell), cell.runs) for cell in cells)


def runs(cells: Iterable[Cell]) -> int:
    """How many runs there are in cells."""
    return sum(cell.runs for cell in cells)


def end(name: str) -> Callable[[Cell], int | None]:
    """The figure of how runs ended: `finished`, `paused`, `resumed` or `left`."""
    return lambda cell: cell.figures.get("ends", {}).get(name)


def unfinished(cell: Cell) -> int | None:
    """How many runs of a cell did not come to the end; None when it is not told."""
    finished = end("finished")(cell)
    return None if finished is None else cell.runs - finished


def by_key(cells: Iterable[Cell], name: str) -> dict[str, Told | None]:
    """The sum of each figure of a group such as `acts` or `referred`, by its key, in the order in which keys come up. A cell
    that does not have a key withholds it."""
    groups = [(cell.figures.get(name, {}), cell.runs) for cell in cells]
    keys = dict.fromkeys(key for group, _ in groups for key in group)
    return {key: told((group.get(key), runs) for group, runs in groups) for key in keys}


def took(cells: Iterable[Cell]) -> dict[str, Told | None]:
    """How many took up to each bound of minutes, of those who finished."""
    pairs: dict[str, list[tuple[int | None, int | None]]] = defaultdict(list)
    for cell in cells:
        for bound, count in cell.figures.get("durations", {}).items():
            pairs[bound].append((count, end("finished")(cell)))
    return {bound: told(found) for bound, found in pairs.items()}


@dataclass(frozen=True)
class Period:
    """The cells whose weeks end with the same week; first is the earliest week (Monday) that any of them begins with."""

    first: Any
    last: Any
    cells: tuple[Cell, ...]


def periods(cells: Iterable[Cell]) -> list[Period]:
    """The cells by the week that they end with, the oldest first."""
    grouped: dict[Any, list[Cell]] = defaultdict(list)
    for cell in cells:
        grouped[cell.last].append(cell)
    return [Period(min(c.first for c in grouped[last]), last, tuple(grouped[last])) for last in sorted(grouped)]


@dataclass(frozen=True)
class AtStep:
    """What is told of a step: how many reached it, what happened there, and how many ended between it and the next."""

    step: str
    reached: Told | None
    figures: Mapping[str, Told | None]
    ended: Told | None


def order(cells: Iterable[Cell], script: Sequence[str], also: Sequence[str] = ()) -> list[str]:
    """The steps of cells, and also these, in the order of the script; those that it does not have (any more) come after the
    step that they follow in their cell."""
    place = {name: (float(n), 0) for n, name in enumerate(script)}
    for cell in cells:
        before: tuple[float, int] = (-1.0, 0)
        for step, _ in cell.figures.get("reach", ()):
            if step not in place:
                # An option of a step that is asked for each option comes where that step stands.
                base = place.get(step.partition(".")[0], before)
                place[step] = (max(base, before)[0], len(place))
            before = place[step]
        for step in cell.figures.get("steps", {}):
            place.setdefault(step, (place.get(step.partition(".")[0], (float(len(script)), 0))[0], len(place)))
    seen = set(also) | {step for cell in cells for step, _ in cell.figures.get("reach", ())}
    seen |= {step for cell in cells for step in cell.figures.get("steps", {})}
    return sorted(seen, key=place.__getitem__)


def way(cells: Sequence[Cell], script: Sequence[str], also: Sequence[str] = ()) -> list[AtStep]:
    """What is told of every step of cells, and of these, in the order of the script."""
    looked = [_Looked.at(cell) for cell in cells]
    having: dict[str, set[object]] = defaultdict(set)
    for one in looked:
        for step in (*one.reach, *one.steps):
            having[step].add(one.kind)
    found = []
    for step in order(cells, script, also):
        # A step that another version or length does not have is not withheld there.
        here = [one for one in looked if one.kind in having[step]]
        figures = [(one.steps.get(step, {}), one.runs) for one in here]
        found.append(
            AtStep(
                step,
                told((one.reach.get(step), one.runs) for one in here),
                {name: told((parts.get(name), runs) for parts, runs in figures) for name in AT_STEP},
                told((one.ended.get(step), one.runs) for one in here),
            )
        )
    return found


@dataclass(frozen=True)
class _Looked:
    """What a cell tells of its steps; kind: what cells with the same steps have in common."""

    kind: object
    runs: int
    reach: Mapping[str, int]
    ended: Mapping[str, int | None]
    steps: Mapping[str, Mapping[str, int | None]]

    @classmethod
    def at(cls, cell: Cell) -> _Looked:
        reach = {step: count for step, count in cell.figures.get("reach", ()) if count is not None}
        ended = {step: _difference(reach[step], reach[after]) for step, after in itertools.pairwise(reach)}
        kind = (cell.script, cell.version, cell.length)
        return cls(kind, cell.runs, reach, ended, cell.figures.get("steps", {}))


def _difference(count: int, later: int) -> int | None:
    """How many are gone; None where that is a number that would not be told either."""
    gone = count - later
    return gone if gone == 0 or gone >= LEAST else None


def misunderstood(cells: Iterable[Cell]) -> Told | None:
    """How often a step was not understood, of how often a step was reached, over the steps of which both are told."""
    pairs: list[tuple[int | None, int | None]] = []
    for cell in cells:
        reach = dict(cell.figures.get("reach", ()))
        for step, figures in cell.figures.get("steps", {}).items():
            pairs.append((figures.get("misunderstood"), reach.get(step)))
    return told(pairs)


def misunderstood_at(cells: Iterable[Cell]) -> dict[str, Told | None]:
    """The same by step."""
    pairs: dict[str, list[tuple[int | None, int | None]]] = defaultdict(list)
    for cell in cells:
        reach = dict(cell.figures.get("reach", ()))
        for step, figures in cell.figures.get("steps", {}).items():
            pairs[step].append((figures.get("misunderstood"), reach.get(step)))
    return {step: told(found) for step, found in pairs.items()}


def declined(cells: Iterable[Cell]) -> dict[str, tuple[Told | None, Told | None]]:
    """By cue: how many runs were asked on about it, of all; and how many declined, of those that were asked."""
    groups = [(cell.figures.get("cues", {}), cell.runs) for cell in cells]
    found = {}
    for cue in dict.fromkeys(cue for group, _ in groups for cue in group):
        parts = [(group.get(cue, {}), runs) for group, runs in groups]
        probed = told((part.get("probed"), runs) for part, runs in parts)
        found[cue] = probed, told((part.get("declined"), part.get("probed")) for part, _ in parts)
    return found


def counted(tallies: Iterable[Tally], kind: str) -> dict[str, int]:
    """How often each key of a kind was counted outside a run."""
    found: dict[str, int] = defaultdict(int)
    for tally in tallies:
        if tally.kind == kind:
            found[tally.key] += tally.count
    return dict(found)
