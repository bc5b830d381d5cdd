"""Which step of its history a database is at, and whether this code can work with that. Light: without Alembic."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, MetaData, inspect, text

from bot.store.masters import MasterKeyTrouble
from bot.store.tables import Base, KeyBase

FOLDER = Path(__file__).resolve().parent / "migrations"
VERSION_TABLE = "alembic_version"
# A step is called by its number; one that older code can work with says since which step.
_STEP = re.compile(r"(?P<number>\d{4})(?:_since_(?P<since>\d{4}))?")


class SchemaTrouble(MasterKeyTrouble):
    """The tables of a database are not what this code can work with; the message says why, in one line."""


@dataclass(frozen=True)
class History:
    """The steps of one of the databases. name: its folder among the migrations, called by the setting of its address."""

    name: str
    setting: str
    metadata: MetaData

    @property
    def folder(self) -> Path:
        """Where its steps are."""
        return FOLDER / self.name

    @cached_property
    def head(self) -> str:
        """The last step that this code knows."""
        return max(path.stem.removeprefix("r") for path in self.folder.glob("r[0-9]*.py"))


MAIN = History("main", "PAS_DATABASE", Base.metadata)
KEYS = History("keys", "PAS_KEY_DATABASE", KeyBase.metadata)


@dataclass(frozen=True)
class State:
    """Where a database is. step: None when it was never migrated; usable: this code can work with it as it is."""

    step: str | None
    usable: bool


def number_of(step: str) -> int:
    """The number of a step."""
    return int(step[:4])


def state(connection: Connection, history: History) -> State:
    """Where a database is. Raises SchemaTrouble when it is ahead of this code and older code cannot work with it."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return State(None, usable=False)
    step = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - our own name.
    if step is None:
        return State(None, usable=False)
    read = _STEP.fullmatch(step)
    if read is None:
        raise SchemaTrouble(f"{history.setting} was not made by this project: its tables are at step {step}")
    ahead = int(read["number"]) > number_of(history.head)
    if ahead and int(read["since"] or read["number"]) > number_of(history.head):
        raise SchemaTrouble(
            f"{history.setting} is newer than this code: its tables are at step {step}, this code knows {history.head}"
        )
    return State(step, usable=ahead or step == history.head)
