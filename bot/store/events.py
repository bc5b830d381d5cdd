"""What happens in the scripts, counted as it happens: no words, no time of day, no link to a talk."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from sqlalchemy import Connection, insert
from sqlalchemy.orm import Session

from bot.messages import Happening
from bot.store.tables import Event

WEB = "web"
_ADDED = insert(Event)


def week_of(day: dt.date) -> dt.date:
    """The Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def add_events(
    transaction: Connection | Session, happened: Iterable[Happening], day: dt.date, channel: str = WEB
) -> None:
    """Write down what happened on a day, in this transaction: with the turn itself, or not at all."""
    week = week_of(day)
    rows = [{"id": uuid.uuid4().hex, "week": week, "channel": channel, **one.model_dump()} for one in happened]
    if rows:
        transaction.execute(_ADDED, rows)
