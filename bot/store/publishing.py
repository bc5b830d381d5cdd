"""Publishing what happened: once, in cells of enough runs, so that no figure tells of fewer.

Pure, apart from :func:`publish`. A run is counted when it is over: when it was finished or left, or when nothing happened in
it for some weeks. The runs of one script, version, length and channel wait until there are plenty of them, or for some
weeks and enough; then all that wait become one cell, whole weeks of them, and what they were made from is thrown away. So cells never change and never
overlap, whoever looks at two of them, through two filters or on two days, subtracts whole cells.

Within a cell a number is told only when it, and what it leaves of every whole that is told, are large enough: `_Told`.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Engine as Database
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.store.database import rows_changed, sessions
from bot.store.events import week_of
from bot.store.published import Cell, Tally, add_published
from bot.store.tables import Event, Signal

SMALLEST = 5
# A cell of no more runs than the smallest number could tell next to nothing; this many times as many tell something, and
# so many times as many most of what happens in one run of ten. Who waits for plenty waits so long at most.
ENOUGH, PLENTY = 4, 20
PATIENCE = dt.timedelta(weeks=8)
# A run in which nothing happened for so long is counted as it stands.
IDLE = dt.timedelta(weeks=5)
# What did not come to enough in this time is let go.
WAITS_AT_MOST = dt.timedelta(weeks=26)
ENDS = ("finished", "left")
AT_A_STEP = ("skipped", "why", "rephrased", "misunderstood", "back", "changed", "probed")
_BATCH = 500
# What is noted outside a script, by the kind of count that it becomes.
_LOOSE = {"heard": "act"}


class Step(NamedTuple):
    """One thing that happened in a run."""

    n: int
    week: dt.date
    step: str
    what: str
    detail: str


class Group(NamedTuple):
    """What the runs of a cell have in common."""

    script: str
    version: int
    length: str
    channel: str


@dataclass(frozen=True)
class Counted:
    """A run that is over, with the week in which it counts."""

    week: dt.date
    steps: Sequence[Step]
    name: str = ""

    def has(self, what: str, **where: str) -> bool:
        """Whether this happened in it."""
        return any(s.what == what and all(getattr(s, k) == v for k, v in where.items()) for s in self.steps)


def counted(steps: Iterable[Step], monday: dt.date, name: str = "") -> Counted | None:
    """A run of this name as it counts in the weeks before this Monday; None when it is not over yet."""
    ordered = sorted(steps)
    last = max(step.week for step in ordered)
    if any(step.what in ENDS for step in ordered):
        return Counted(last, ordered, name) if last < monday else None
    return Counted(last + IDLE, ordered, name) if last + IDLE < monday else None


def in_weeks(runs: Iterable[Counted], monday: dt.date, enough: int, plenty: int = 0) -> Iterator[list[Counted]]:
    """The runs of a group in parts of whole weeks before a Monday, each large enough: of plenty, or of enough that waited
    long (plenty: no more than enough when it is not given). The last ones, when they are too few, are not given."""
    waiting: list[Counted] = []
    by_week: dict[dt.date, list[Counted]] = defaultdict(list)
    for run in runs:
        by_week[run.week].append(run)
    for week, following in itertools.pairwise([*sorted(by_week), monday]):
        waiting += by_week[week]
        # What is published does not hang on the day: so it would have been on the Monday before the next week with runs.
        long = following - waiting[0].week >= PATIENCE
        if len(waiting) >= max(enough, plenty) or (long and len(waiting) >= enough):
            yield waiting
            waiting = []


def cell_of(group: Group, runs: Sequence[Counted], smallest: int, *, simulated: bool = False) -> Cell:
    """What is told of these runs."""
    weeks = [run.week for run in runs]
    return Cell(
        **group._asdict(),
        first=min(weeks),
        last=max(weeks),
        runs=len(runs),
        simulated=simulated,
        figures=figures(runs, smallest),
    )


def figures(runs: Sequence[Counted], smallest: int) -> dict[str, Any]:
    """Everything that may be told of these runs, as :class:`bot.store.published.Cell` describes it."""
    told = _Told(smallest, [len(runs)])
    finished = sum(run.has("finished") for run in runs)
    ends: dict[str, int | None] = {"finished": told.main(finished)}
    reach = list(_reach(runs, told))
    left = sum(run.has("left") for run in runs)
    open_still = len(runs) - finished - left
    ends["left"] = told.part(left, [len(runs), len(runs) - finished]) if open_still >= smallest else None
    paused = sum(run.has("paused") for run in runs)
    ends["paused"] = told.part(paused, [len(runs)])
    ends["resumed"] = told.part(sum(run.has("resumed") for run in runs), [len(runs), paused])
    return {
        "reach": reach,
        "steps": _steps(runs, told),
        "ends": ends,
        "durations": _durations(runs, smallest) if ends["finished"] is not None else {},
        "referred": _by_detail(runs, "referred", told),
        "cues": _cues(runs, told),
        "acts": _by_detail(runs, "heard", told),
    }


@dataclass
class _Told:
    """The numbers on the way through a script that are told: each far enough from all others, so that no two of them tell
    by subtraction of fewer runs than the smallest number."""

    smallest: int
    way: list[int] = field(default_factory=list)

    def main(self, count: int) -> int | None:
        """Tell a number of the way, if it is far enough from the others."""
        if count < self.smallest or any(abs(other - count) < self.smallest for other in self.way):
            return None
        self.way.append(count)
        return count

    def part(self, count: int, wholes: Sequence[int]) -> int | None:
        """Tell how many of these wholes something holds for, if that leaves enough of each, and of the way."""
        far = all(abs(whole - count) >= self.smallest for whole in [*wholes, *self.way])
        return count if count >= self.smallest and far else None


def _reach(runs: Sequence[Counted], told: _Told) -> Iterator[tuple[str, int]]:
    """How many came as far as each step that all must pass who finish, where it can be told."""
    at = _asked(runs)
    finished = {n for n, run in enumerate(runs) if run.has("finished")}
    for step in _in_order(runs, at):
        if finished <= at[step] and (number := told.main(len(at[step]))) is not None:
            yield step, number


def _asked(runs: Sequence[Counted]) -> dict[str, set[int]]:
    """By step, which runs were asked it."""
    at: dict[str, set[int]] = defaultdict(set)
    for number, run in enumerate(runs):
        for step in run.steps:
            if step.what == "asked" and step.step:
                at[step.step].add(number)
    return at


def _in_order(runs: Sequence[Counted], at: Mapping[str, set[int]]) -> list[str]:
    """The steps by how early they are asked."""
    places: dict[str, list[int]] = defaultdict(list)
    for run in runs:
        seen: list[str] = []
        for step in run.steps:
            if step.what == "asked" and step.step not in seen:
                seen.append(step.step)
        for place, name in enumerate(seen):
            places[name].append(place)
    return sorted(at, key=lambda name: (sum(places[name]) / len(places[name]), name))


def _steps(runs: Sequence[Counted], told: _Told) -> dict[str, dict[str, int | None]]:
    at = _asked(runs)
    happened: dict[tuple[str, str], set[int]] = defaultdict(set)
    for number, run in enumerate(runs):
        for step in run.steps:
            if step.what in AT_A_STEP:
                happened[step.step, step.what].add(number)
    found = {
        name: {what: told.part(len(happened[name, what]), [len(at[name])]) for what in AT_A_STEP}
        for name in _in_order(runs, at)
    }
    return {name: parts for name, parts in found.items() if _any_told(parts)}


def _durations(runs: Sequence[Counted], smallest: int) -> dict[str, int]:
    """How long those took who finished: by bound, with bounds that are too few taken together with the next."""
    found = Counter(s.detail for run in runs for s in run.steps if s.what == "finished")
    bounds = sorted(found, key=lambda bound: (not bound.isdigit(), int(bound) if bound.isdigit() else 0))
    parts: list[tuple[str, int]] = []
    waiting = 0
    for bound in bounds:
        waiting += found[bound]
        if waiting >= smallest:
            parts.append((bound, waiting))
            waiting = 0
    if waiting and parts:
        last = parts.pop()
        parts.append((bounds[-1], last[1] + waiting))
    return dict(parts)


def _by_detail(runs: Sequence[Counted], what: str, told: _Told) -> dict[str, int]:
    found: dict[str, set[int]] = defaultdict(set)
    for number, run in enumerate(runs):
        for step in run.steps:
            if step.what == what and step.detail:
                found[step.detail].add(number)
    parts = {detail: told.part(len(found[detail]), [len(runs)]) for detail in sorted(found)}
    return {detail: count for detail, count in parts.items() if count is not None}


def _any_told(parts: Mapping[str, int | None]) -> bool:
    """Whether anything of this is told. What is not told is not named either: a name tells that it was not nought."""
    return any(count is not None for count in parts.values())


def _cues(runs: Sequence[Counted], told: _Told) -> dict[str, dict[str, int | None]]:
    names = sorted({s.detail for run in runs for s in run.steps if s.what == "probed"})
    found = {}
    for name in names:
        probed = sum(run.has("probed", detail=name) for run in runs)
        declined = sum(run.has("declined", detail=name) for run in runs)
        found[name] = {
            "probed": told.part(probed, [len(runs)]),
            "declined": told.part(declined, [len(runs), probed]),
        }
    return {name: parts for name, parts in found.items() if _any_told(parts)}


def tallies(counts: Mapping[dt.date, int], smallest: int) -> Iterator[tuple[dt.date, dt.date, int]]:
    """Counts by week in parts that are large enough, each with its first and last week."""
    first, waiting = None, 0
    for week in sorted(counts):
        first = first or week
        waiting += counts[week]
        if waiting >= smallest:
            yield first, week, waiting
            first, waiting = None, 0


def publish(database: Database, today: dt.date, smallest: int = SMALLEST, enough: int | None = None) -> int:
    """Publish what is over and enough, throw away what it was made from, and what waited too long. Gives how many cells.

    smallest: no number under this is told; enough: how many runs make a cell at once; some times as many as the smallest
    number when it is not given, and more where they come within some weeks.

    All or nothing: killed half-way, or at work twice at once, it publishes nothing twice. Raises
    sqlalchemy.exc.SQLAlchemyError.
    """
    monday = week_of(today)
    plenty = max(enough or smallest * PLENTY, smallest)
    enough = max(enough or smallest * ENOUGH, smallest)
    cells = 0
    maker = sessions(database)
    with maker() as session:
        groups = [Group(*row) for row in session.execute(select(*_GROUP).where(Event.run != "").distinct())]
    for group in groups:
        with maker.begin() as session:
            cells += _publish_runs(session, group, monday, smallest, (enough, plenty))
    with maker.begin() as session:
        _publish_loose(session, monday, smallest)
    with maker.begin() as session:
        _publish_signals(session, monday, smallest)
        session.execute(delete(Event).where(Event.week < monday - WAITS_AT_MOST))
        session.execute(delete(Signal).where(Signal.week < monday - WAITS_AT_MOST))
    return cells


_GROUP = (Event.script, Event.version, Event.length, Event.channel)


class Overtaken(Exception):
    """Another process publishes the same."""


def _publish_runs(session: Session, group: Group, monday: dt.date, smallest: int, sizes: tuple[int, int]) -> int:
    same = [column == value for column, value in zip(_GROUP, group, strict=True)]
    wanted = select(Event.id, Event.run, Event.n, Event.week, Event.step, Event.what, Event.detail)
    ids: dict[str, list[str]] = defaultdict(list)
    steps: dict[str, list[Step]] = defaultdict(list)
    for row in session.execute(wanted.where(*same, Event.run != "")):
        ids[row.run].append(row.id)
        steps[row.run].append(Step(row.n, row.week, row.step, row.what, row.detail))
    over = (one for name, of_run in steps.items() if (one := counted(of_run, monday, name)))
    parts = list(in_weeks(over, monday, *sizes))
    _take(session, [identifier for part in parts for run in part for identifier in ids[run.name]])
    add_published(session, [cell_of(group, part, smallest) for part in parts], [])
    return len(parts)


def _publish_loose(session: Session, monday: dt.date, smallest: int) -> None:
    """Publish what happened outside every script."""
    ids: dict[tuple[str, str], dict[dt.date, list[str]]] = defaultdict(lambda: defaultdict(list))
    wanted = select(Event.id, Event.what, Event.detail, Event.week).where(Event.run == "", Event.week < monday)
    for identifier, what, detail, week in session.execute(wanted):
        ids[_LOOSE.get(what, what), detail][week].append(identifier)
    for (kind, key), weeks in ids.items():
        for first, last, count in tallies({week: len(found) for week, found in weeks.items()}, smallest):
            _take(session, [name for week, found in weeks.items() if first <= week <= last for name in found])
            add_published(session, [], [Tally(kind=kind, key=key, first=first, last=last, count=count)])


def _publish_signals(session: Session, monday: dt.date, smallest: int) -> None:
    """Publish how often danger was heard, by kind and whose it was."""
    counts: dict[tuple[str, str], dict[dt.date, int]] = defaultdict(dict)
    wanted = select(Signal.risk, Signal.subject, Signal.week, Signal.count).where(Signal.week < monday)
    for risk, subject, week, count in session.execute(wanted):
        weeks = counts[risk, subject]
        weeks[week] = weeks.get(week, 0) + count
    for (risk, subject), by_week in counts.items():
        for first, last, count in tallies(by_week, smallest):
            same = (Signal.risk == risk) & (Signal.subject == subject)
            gone = session.execute(delete(Signal).where(same, Signal.week >= first, Signal.week <= last))
            if rows_changed(gone) == 0:
                raise Overtaken
            tally = Tally(kind="panel", key=f"{risk}.{subject}", first=first, last=last, count=count)
            add_published(session, [], [tally])


def _take(session: Session, identifiers: Sequence[str]) -> None:
    """Throw away what is published. Raises Overtaken when some of it is gone already."""
    for start in range(0, len(identifiers), _BATCH):
        batch = identifiers[start : start + _BATCH]
        if rows_changed(session.execute(delete(Event).where(Event.id.in_(batch)))) != len(batch):
            raise Overtaken
