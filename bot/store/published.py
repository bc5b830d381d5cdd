"""What a coordinator may see: cells of at least five runs, published once, and counts of what belongs to no run."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Engine as Database
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.store.database import sessions
from bot.store.tables import CellRow, TallyRow


class Cell(BaseModel):
    """At least five runs of one script, version, length and channel that ended in the weeks from first to last (Mondays).

    figures: what is told of them. A number is left out (None) where it, or what is left of the whole, would be under five;
    a step, act, referral or cue of which nothing is told is not there at all, so that none can be told from a few.

    - `reach`: pairs of a step and how many came that far, in the order of the script, as far as it can be told;
    - `steps`: by step, how many runs `skipped`, asked `why`, had it `rephrased`, were `misunderstood`, went `back` or `changed`
      an answer there, and were `probed` (asked on about) there;
    - `ends`: how many `finished`, `left` (chose to stop), `paused` at least once, `resumed` after that;
    - `durations`: by bound in minutes, how many took up to that; `referred`: by referral, how many were shown it;
    - `cues`: by cue, how many were `probed` on it and how many `declined`; `acts`: by act, how many said something of that kind.
    """

    script: str
    version: int
    length: str
    channel: str
    first: dt.date
    last: dt.date
    runs: int
    simulated: bool = False
    figures: dict[str, Any]


class Tally(BaseModel):
    """How often something happened outside a run in some weeks: kind is `panel`, `referred` or `act`; key says which."""

    kind: str
    key: str
    first: dt.date
    last: dt.date
    count: int
    simulated: bool = False


class Published:
    """The repository of what is published. Every method blocks."""

    def __init__(self, database: Database) -> None:
        self._sessions = sessions(database)

    def stamp(self) -> tuple[object, ...]:
        """Something that changes when anything is published or taken back: what was read may be kept until then."""
        parts = [(func.count(table.id), func.min(table.id), func.max(table.id)) for table in (CellRow, TallyRow)]
        with self._sessions() as session:
            return tuple(value for part in parts for value in session.execute(select(*part)).one())

    def cells(self) -> list[Cell]:
        """Every cell, the oldest first."""
        with self._sessions() as session:
            rows = session.scalars(select(CellRow).order_by(CellRow.first, CellRow.id)).all()
        return [Cell.model_validate(row, from_attributes=True) for row in rows]

    def tallies(self) -> list[Tally]:
        """Every count, the oldest first."""
        with self._sessions() as session:
            rows = session.scalars(select(TallyRow).order_by(TallyRow.first, TallyRow.id)).all()
        return [Tally.model_validate(row, from_attributes=True) for row in rows]


def add_published(session: Session, cells: Iterable[Cell], tallies: Iterable[Tally]) -> None:
    """Publish these, in this transaction."""
    session.add_all(CellRow(id=uuid.uuid4().hex, **cell.model_dump()) for cell in cells)
    session.add_all(TallyRow(id=uuid.uuid4().hex, **tally.model_dump()) for tally in tallies)
