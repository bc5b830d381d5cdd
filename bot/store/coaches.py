"""The coaches in the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.referrals.coaches import Coach, CoachList
from bot.store.tables import CoachRow


class StoredCoaches:
    """The imported directory. When the database does not answer there are none, and the talk goes on."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def replace(self, coaches: Sequence[Coach]) -> None:
        """Put these in the place of all that were there, at once. Raises sqlalchemy.exc.SQLAlchemyError."""
        with self._sessions.begin() as session:
            session.execute(delete(CoachRow))
            session.add_all(CoachRow(content=coach.model_dump_json()) for coach in coaches)

    def all(self) -> list[Coach]:
        """Every coach, in the order of the file that was imported."""
        return self._all().all()

    def any(self) -> bool:
        """Whether there are any."""
        return self._all().any()

    def find(self, theme: str, region: str, form: str) -> list[Coach]:
        """Those who fit, the best first."""
        return self._all().find(theme, region, form)

    def _all(self) -> CoachList:
        try:
            with self._sessions() as session:
                rows = session.scalars(select(CoachRow.content).order_by(CoachRow.id)).all()
        except SQLAlchemyError:
            return CoachList()
        return CoachList([Coach.model_validate_json(row) for row in rows])
