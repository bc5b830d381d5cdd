"""Throwing away what was kept long enough. A run that is stopped half-way does no harm: the next one does the rest."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass

from sqlalchemy import delete

from bot.store import Store
from bot.store.channels import forget_rooms
from bot.store.conversations import UnknownConversation
from bot.store.database import scrub, sessions
from bot.store.masters import MasterKeyTrouble
from bot.store.sealing import SealBroken
from bot.store.tables import AuditRow

logger = logging.getLogger(__name__)

# The key of a talk is made a moment before its row: one without a row is left over only when it is older than this.
ORPHANED = dt.timedelta(days=2)
# How long it is known who looked at what on the dashboard.
LOG_KEPT = dt.timedelta(days=365)


@dataclass(frozen=True)
class Swept:
    """How much was thrown away: talks, and sets of kept reflections."""

    talks: int
    kept: int


def sweep(store: Store, now: dt.datetime, days: int) -> Swept:
    """Throw away what was not spoken in for so many days, what lost its key or its row, links of other days, pieces older
    than any talk, what was kept and not opened for 26 months, reminders that could not be sent, and what the dashboard's
    log has of more than a year ago; forget rooms that no talk can be in any more, and master keys that are done with.

    Raises what the store raises when it cannot be used.
    """
    store.check()
    today = now.astimezone(dt.UTC).date()
    oldest = today - dt.timedelta(days=days)
    talks = 0
    for identifier in sorted(_left_over(store, today) | set(store.conversations.expired(oldest))):
        if not _spoken_since(store, identifier, oldest):
            talks += _erased(store, identifier)
    store.conversations.drop_links(today)
    store.pieces.drop(oldest - dt.timedelta(weeks=1))
    kept = store.keeping.drop_unopened(today)
    store.reminders.drop_late(today)
    forget_rooms(store.database, oldest)
    _shorten_log(store, now)
    _tidy(store, now)
    scrub(store.key_database, full=True)
    scrub(store.database)
    return Swept(talks, kept)


def _shorten_log(store: Store, now: dt.datetime) -> None:
    """Throw away who looked at what, when that is long ago."""
    with sessions(store.database).begin() as session:
        oldest = now.astimezone(dt.UTC).replace(tzinfo=None) - LOG_KEPT
        session.execute(delete(AuditRow).where(AuditRow.at < oldest))


def _left_over(store: Store, today: dt.date) -> set[str]:
    """Talks without a key, and old keys without a talk."""
    rows, keys = store.conversations.all(), store.keys.all(dt.date.max)
    return (rows - keys) | (store.keys.all(today - ORPHANED) - rows)


def _erased(store: Store, identifier: str) -> bool:
    """Erase a talk. Whether that was done: what is the matter with one must not keep the others."""
    try:
        store.conversations.erase(identifier)
    except Exception as error:  # noqa: BLE001 - whatever it is, the next run tries again.
        logger.error("a talk was not thrown away: %s", type(error).__name__)
        return False
    return True


def _spoken_since(store: Store, identifier: str, oldest: dt.date) -> bool:
    """Whether a talk with a key had a message since, while this run was at work."""
    try:
        return store.keys.has(identifier) and store.conversations.last_day(identifier) >= oldest
    except UnknownConversation:
        return False


def _tidy(store: Store, now: dt.datetime) -> None:
    try:
        store.keys.tidy(now)
    except (MasterKeyTrouble, SealBroken) as trouble:
        # What can be thrown away goes also where the master key is lost.
        logger.error("the master keys: %s", type(trouble).__name__)
