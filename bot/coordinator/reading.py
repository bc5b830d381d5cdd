"""What is published, read once and kept until something is published again."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Engine as Database

from bot.store.published import Cell, Published, Tally


@dataclass(frozen=True)
class Everything:
    """All that is published, the oldest first."""

    cells: tuple[Cell, ...]
    tallies: tuple[Tally, ...]


class Reader:
    """Reads what is published. Every method blocks."""

    def __init__(self, published: Published) -> None:
        self._published = published
        self._kept: tuple[tuple[object, ...], Everything] | None = None

    def read(self) -> Everything:
        """Everything there is now. Raises sqlalchemy.exc.SQLAlchemyError when the database cannot be read."""
        stamp, kept = self._published.stamp(), self._kept
        if kept is None or kept[0] != stamp:
            found = Everything(tuple(self._published.cells()), tuple(self._published.tallies()))
            kept = self._kept = (stamp, found)
        return kept[1]


_readers: WeakKeyDictionary[Database, Reader] = WeakKeyDictionary()


def reader_of(database: Database) -> Reader:
    """The one reader of a database, so that its pages share what was read."""
    if database not in _readers:
        _readers[database] = Reader(Published(database))
    return _readers[database]
