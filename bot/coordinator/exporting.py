"""The tables that can be taken along: each row is of one published cell, nothing is added up or left open. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bot.coordinator.figures import AT_STEP, ENDS
from bot.coordinator.tables import Column, Table, Value
from bot.referrals.directory import Directory
from bot.store.published import Cell, Tally

Heading = Callable[[str], str]
WHO = ("script", "version", "length", "channel", "first", "last")


def _columns(heading: Heading, names: Sequence[str], figures: Sequence[str]) -> tuple[Column, ...]:
    return (
        *(Column(name, heading(name)) for name in names),
        *(Column(name, heading(name), figure=True) for name in figures),
    )


def _who(cell: Cell) -> tuple[Value, ...]:
    return cell.script, cell.version, cell.length, cell.channel, cell.first.isoformat(), cell.last.isoformat()


def cells(chosen: Iterable[Cell], heading: Heading) -> Table:
    """Each cell: how many runs, and how they ended."""
    rows = (
        (*_who(cell), cell.simulated, cell.runs, *(cell.figures.get("ends", {}).get(name) for name in ENDS))
        for cell in chosen
    )
    return Table(_columns(heading, (*WHO, "simulated"), ("runs", *ENDS)), tuple(rows))


def steps(chosen: Iterable[Cell], heading: Heading) -> Table:
    """Each step of each cell: how many reached it, and what happened there."""
    rows: list[tuple[Value, ...]] = []
    for cell in chosen:
        reach, figures = dict(cell.figures.get("reach", ())), cell.figures.get("steps", {})
        for step in dict.fromkeys([*reach, *figures]):
            told = figures.get(step, {})
            rows.append(
                (*_who(cell), step, cell.simulated, cell.runs, reach.get(step), *(told.get(name) for name in AT_STEP))
            )
    return Table(_columns(heading, (*WHO, "step", "simulated"), ("runs", "reach", *AT_STEP)), tuple(rows))


def durations(chosen: Iterable[Cell], heading: Heading) -> Table:
    """Each bound of each cell: how many took up to that many minutes."""
    return _by_key(chosen, heading, "durations", "minutes", "count")


def acts(chosen: Iterable[Cell], heading: Heading) -> Table:
    """Each act of each cell: how many said something of that kind."""
    return _by_key(chosen, heading, "acts", "act", "count")


def _by_key(chosen: Iterable[Cell], heading: Heading, group: str, key: str, figure: str) -> Table:
    rows = (
        (*_who(cell), name, cell.simulated, cell.runs, count)
        for cell in chosen
        for name, count in cell.figures.get(group, {}).items()
    )
    return Table(_columns(heading, (*WHO, key, "simulated"), ("runs", figure)), tuple(rows))


def cues(chosen: Iterable[Cell], heading: Heading) -> Table:
    """Each cue of each cell: how many were asked on about it, and how many declined."""
    rows = (
        (*_who(cell), cue, cell.simulated, cell.runs, told.get("probed"), told.get("declined"))
        for cell in chosen
        for cue, told in cell.figures.get("cues", {}).items()
    )
    return Table(_columns(heading, (*WHO, "cue", "simulated"), ("runs", "probed", "declined")), tuple(rows))


def referrals(chosen: Iterable[Cell], heading: Heading, directory: Directory) -> Table:
    """Each referral of each cell: its name and rung, and how many were shown it."""
    rows: list[tuple[Value, ...]] = []
    for cell in chosen:
        for name, count in cell.figures.get("referred", {}).items():
            entry = directory.entries.get(name)
            known = (entry.name, entry.rung) if entry else ("", "")
            rows.append((*_who(cell), name, *known, cell.simulated, cell.runs, count))
    columns = _columns(heading, (*WHO, "referral", "name", "rung", "simulated"), ("runs", "count"))
    return Table(columns, tuple(rows))


def tallies(chosen: Iterable[Tally], heading: Heading) -> Table:
    """Each count of what belongs to no run."""
    rows = (
        (one.kind, one.key, one.first.isoformat(), one.last.isoformat(), one.simulated, one.count) for one in chosen
    )
    return Table(_columns(heading, ("kind", "key", "first", "last", "simulated"), ("count",)), tuple(rows))
