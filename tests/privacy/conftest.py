"""What tests of the promises share."""

from __future__ import annotations

import pytest

from bot.store import Store


@pytest.fixture
def store(system_store: Store) -> Store:
    """The store of the running system."""
    return system_store
