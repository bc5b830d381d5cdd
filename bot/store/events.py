"""What happens in the scripts, counted as it happens: no words, no time of day, no link to a talk."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from sqlalchemy.orm import Session

from bot.messages import Happening
from bot.store.tables import Event

WEB = "web"


def week_of(day: dt.date) -> dt.date:
    """The Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def add_events(session: Session, happened: Iterable[Happening], day: dt.date, channel: str = WEB) -> None:
    """Write down what happened on a day, in this transaction: with the turn itself, or not at all."""
    week = week_of(day)
    session.add_all(
        Event(id=uuid.uuid4().hex, week=week, channel=channel, **happening.model_dump()) for happening in happened
    )
