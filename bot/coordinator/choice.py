"""What a coordinator chose to look at, read from the address; it chooses whole cells. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from bot.coordinator.reading import Everything
from bot.store.published import Cell, Tally

REAL, SIMULATED = "echt", "gesimuleerd"
NAMES = ("script", "versie", "lengte", "kanaal", "van", "tot", "soort")


@dataclass(frozen=True)
class Choice:
    """The filters, empty where all is meant. since and until are Mondays: a cell is chosen when all its weeks are within.

    simulated: only what was simulated, or only what was real; the two are never together.
    """

    script: str = ""
    version: int | None = None
    length: str = ""
    channel: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    simulated: bool = False

    def takes(self, cell: Cell) -> bool:
        """Whether a cell is chosen."""
        return (
            self.takes_tally(cell)
            and self.script in ("", cell.script)
            and self.version in (None, cell.version)
            and self.length in ("", cell.length)
            and self.channel in ("", cell.channel)
        )

    def takes_tally(self, one: Cell | Tally) -> bool:
        """Whether the kind (simulated or real) and all the weeks are those that were chosen."""
        return (
            one.simulated == self.simulated
            and (self.since is None or one.first >= self.since)
            and (self.until is None or one.last <= self.until)
        )

    def cells(self, cells: Iterable[Cell]) -> list[Cell]:
        """The cells that are chosen."""
        return [cell for cell in cells if self.takes(cell)]

    def tallies(self, tallies: Iterable[Tally]) -> list[Tally]:
        """The counts that are chosen; they belong to no script, so only weeks and kind choose among them."""
        return [tally for tally in tallies if self.takes_tally(tally)]

    def of(self, script: str) -> Choice:
        """The same choice for one script, of any version."""
        return replace(self, script=script, version=self.version if script == self.script else None)

    def query(self, *without: str) -> str:
        """The choice as the query of an address, with its question mark; empty when nothing was chosen. without: names of
        filters to leave out."""
        values = {
            "script": self.script,
            "versie": "" if self.version is None else str(self.version),
            "lengte": self.length,
            "kanaal": self.channel,
            "van": self.since.isoformat() if self.since else "",
            "tot": self.until.isoformat() if self.until else "",
            "soort": SIMULATED if self.simulated else "",
        }
        kept = {name: value for name, value in values.items() if value and name not in without}
        return f"?{urlencode(kept)}" if kept else ""


def read(query: Mapping[str, str], everything: Everything) -> Choice:
    """The choice in an address. What cannot be read is as if it were not there. When nothing is said about it, what is
    real is chosen; what is simulated only when there is nothing real."""
    kinds = _kinds(everything)
    kind = query.get("soort", "")
    version = query.get("versie", "")
    return Choice(
        script=query.get("script", ""),
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else None,
        length=query.get("lengte", ""),
        channel=query.get("kanaal", ""),
        since=_monday(query.get("van", "")),
        until=_monday(query.get("tot", "")),
        simulated=kind == SIMULATED or (kind != REAL and kinds == {True}),
    )


def _kinds(everything: Everything) -> set[bool]:
    """Whether there is anything that is simulated (True), and anything that is real (False)."""
    return {cell.simulated for cell in everything.cells} | {tally.simulated for tally in everything.tallies}


def _monday(text: str) -> dt.date | None:
    """The Monday of the week of a day; None when it is no day."""
    try:
        day = dt.date.fromisoformat(text)
        return day - dt.timedelta(days=day.weekday())
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True)
class Options:
    """What there is to choose from: each as it stands in the address."""

    scripts: tuple[str, ...]
    versions: tuple[int, ...]
    lengths: tuple[str, ...]
    channels: tuple[str, ...]
    firsts: tuple[dt.date, ...]
    lasts: tuple[dt.date, ...]
    simulated: bool
    real: bool


def options(everything: Everything, choice: Choice) -> Options:
    """What can be chosen, of the kind that is looked at (versions: of the script that is)."""
    cells = [cell for cell in everything.cells if cell.simulated == choice.simulated]
    tallies = [tally for tally in everything.tallies if tally.simulated == choice.simulated]
    both: list[Cell | Tally] = [*cells, *tallies]
    return Options(
        scripts=tuple(sorted({cell.script for cell in cells})),
        versions=tuple(sorted({c.version for c in cells if choice.script in ("", c.script)}, reverse=True)),
        lengths=tuple(sorted({cell.length for cell in cells})),
        channels=tuple(sorted({cell.channel for cell in cells})),
        firsts=tuple(sorted({one.first for one in both})),
        lasts=tuple(sorted({one.last for one in both})),
        simulated=True in _kinds(everything),
        real=False in _kinds(everything),
    )
