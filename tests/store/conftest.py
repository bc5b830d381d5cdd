"""A store on databases and keys of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.messages import Reply
from bot.settings import Settings
from bot.store import Store, open_store
from bot.store.conversations import Known

TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 21, 0, tzinfo=dt.UTC)


def said(text: str) -> list[Reply]:
    """What the bot says."""
    return [Reply(kind="say", text=text)]


def begun(store: Store, text: str = "welkom", day: dt.date = TODAY) -> Known:
    """A talk that has just begun."""
    token, _ = store.conversations.create(said(text), {"state": "begin"}, day)
    return store.conversations.by_token(token)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a state folder of their own."""
    chosen = Settings(var=tmp_path)
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
