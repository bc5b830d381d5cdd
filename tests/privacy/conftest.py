"""What tests of the promises share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.settings import Settings
from bot.store import Store, open_store


@pytest.fixture
def store(system: Settings) -> Iterator[Store]:
    """Its store."""
    opened = open_store(system)
    yield opened
    opened.close()
