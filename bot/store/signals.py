"""How often danger was heard: by week, kind and version of the rules, and nothing else."""

from __future__ import annotations

import datetime as dt
import logging

from sqlalchemy import Engine as Database
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot.store.database import rows_changed, sessions
from bot.store.events import week_of
from bot.store.tables import Signal

logger = logging.getLogger(__name__)


class Signals:
    """The counts. What cannot be counted is let go: counting never stands in the way of an answer."""

    def __init__(self, database: Database, version: str) -> None:
        """Count as heard by this version of the rules."""
        self._sessions = sessions(database)
        self._version = version

    def add(self, risk: str, subject: str, day: dt.date) -> None:
        """Count one. Never raises."""
        try:
            self._add({"week": week_of(day), "risk": risk, "subject": subject, "version": self._version})
        except SQLAlchemyError as error:
            logger.error("a signal was not counted: %s", type(error).__name__)

    def _add(self, row: dict[str, object]) -> None:
        same = [getattr(Signal, name) == value for name, value in row.items()]
        counted = update(Signal).where(*same).values(count=Signal.count + 1)
        with self._sessions.begin() as session:
            if rows_changed(session.execute(counted)):
                return
        try:
            with self._sessions.begin() as session:
                session.execute(insert(Signal).values(**row, count=1))
        except IntegrityError:
            # Another door was first in this week.
            with self._sessions.begin() as session:
                session.execute(counted)

    def counts(self, day: dt.date) -> dict[tuple[str, str], int]:
        """How often each kind was heard in the week of a day. Raises sqlalchemy.exc.SQLAlchemyError."""
        with self._sessions() as session:
            wanted = select(Signal.risk, Signal.subject, Signal.count).where(Signal.week == week_of(day))
            found = session.execute(wanted).all()
        return {(risk, subject): count for risk, subject, count in found}
