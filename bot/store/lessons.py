"""The sentences that coordinators wrote to teach the bot: their own words, never a doctor's."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy import Engine as Database
from sqlalchemy import delete, select

from bot.store.database import rows_changed, sessions
from bot.store.events import week_of
from bot.store.tables import LessonRow

LONGEST = 200
Use = Literal["leren", "toetsen"]


class Lesson(BaseModel):
    """A sentence with the labels that it must get, where it is said (outside a script, or in one), and what it is for:
    to learn from or to test with. Never both: what was learnt by heart tests nothing."""

    sentence: str = Field(min_length=2, max_length=LONGEST)
    act: str
    topic: str
    context: Literal["idle", "script"]
    use: Use = "leren"


class Lessons:
    """The repository of the lessons. Every method blocks, and raises sqlalchemy.exc.SQLAlchemyError."""

    def __init__(self, database: Database) -> None:
        self._sessions = sessions(database)

    def add(self, lesson: Lesson, day: dt.date) -> None:
        """Keep a lesson; of the day only its week is kept."""
        with self._sessions.begin() as session:
            session.add(LessonRow(id=uuid.uuid4().hex, week=week_of(day), **lesson.model_dump()))

    def all(self) -> dict[str, Lesson]:
        """Every lesson by its id, in random order."""
        with self._sessions() as session:
            rows = session.scalars(select(LessonRow).order_by(LessonRow.id)).all()
        return {row.id: Lesson.model_validate(row, from_attributes=True) for row in rows}

    def remove(self, identifier: str) -> bool:
        """Throw a lesson away. Whether it was there."""
        with self._sessions.begin() as session:
            return rows_changed(session.execute(delete(LessonRow).where(LessonRow.id == identifier))) > 0
