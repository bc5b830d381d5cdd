"""A system of its own that logs all it can, to look for words in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Settings, settings
from bot.store import Store, open_store
from bot.supervision import own


@pytest.fixture(scope="package")
def talkative(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Door, engine and actions, logging at the finest level, whose temporary files can be looked at too."""
    scratch: Path = tmp_path_factory.mktemp("scratch")
    many = {"PAS_MESSAGES_PER_MINUTE": "100000", "PAS_CONVERSATIONS_PER_MINUTE": "100000"}
    with own(settings(), print, PAS_LOG_LEVEL="DEBUG", TMPDIR=str(scratch), **many) as mine:
        (mine.var / "scratch").symlink_to(scratch)
        yield mine


@pytest.fixture
def store(talkative: Settings) -> Iterator[Store]:
    """Its store."""
    opened = open_store(talkative)
    yield opened
    opened.close()
