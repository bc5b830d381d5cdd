"""How often danger was heard: by day, kind and version of the rules, and nothing else."""

from __future__ import annotations

import datetime as dt
import logging

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.store.database import rows_changed
from bot.store.tables import Signal

logger = logging.getLogger(__name__)


class Signals:
    """The counts. What cannot be counted is let go: counting never stands in the way of an answer."""

    def __init__(self, sessions: sessionmaker[Session], version: str) -> None:
        """Count as heard by this version of the rules."""
        self._sessions = sessions
        self._version = version

    def add(self, risk: str, subject: str, day: dt.date) -> None:
        """Count one. Never raises."""
        try:
            self._add({"day": day, "risk": risk, "subject": subject, "version": self._version})
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
            # Another door was first on this day.
            with self._sessions.begin() as session:
                session.execute(counted)

    def counts(self, day: dt.date) -> dict[tuple[str, str], int]:
        """How often each kind was heard on a day. Raises sqlalchemy.exc.SQLAlchemyError."""
        with self._sessions() as session:
            found = session.execute(select(Signal.risk, Signal.subject, Signal.count).where(Signal.day == day)).all()
        return {(risk, subject): count for risk, subject, count in found}
