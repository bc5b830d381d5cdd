"""Throwing away what was kept long enough. A run that is stopped half-way does no harm: the next one does the rest."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.store import Store

# The key of a talk is made a moment before its row: one without a row is left over only when it is older than this.
ORPHANED = dt.timedelta(days=2)


@dataclass(frozen=True)
class Swept:
    """How much was thrown away: talks, and sets of kept reflections."""

    talks: int
    kept: int


def sweep(store: Store, now: dt.datetime, days: int) -> Swept:
    """Throw away what was not spoken in for so many days, what lost its key or its row, links that expired, and what was
    kept and not opened for 26 months. Raises what the store raises when it cannot be used."""
    conversations, keys = store.conversations, store.keys
    today = now.astimezone(dt.UTC).date()
    old = set(conversations.expired(today - dt.timedelta(days=days)))
    rows = conversations.all()
    everyone = keys.all(today + dt.timedelta(days=1))
    left_over = (rows - everyone) | (keys.all(today - ORPHANED) - rows)
    for identifier in sorted(old | left_over):
        conversations.erase(identifier)
    conversations.drop_links(today)
    keys.tidy(now)
    return Swept(len(old | left_over), store.keeping.drop_unopened(today))
