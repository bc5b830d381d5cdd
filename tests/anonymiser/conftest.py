"""The full anonymiser, made once: deduce's lookup structures are built in some seconds and kept for the session."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.anonymiser.full import Anonymiser
from bot.settings import settings

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Anonymiser:
    """deduce, spaCy's names where they are, and the light rules."""
    return Anonymiser(tmp_path_factory.mktemp("deduce"), settings().tagger)
