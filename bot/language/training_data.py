"""The training data of the language model, as sentences with their intents."""

from __future__ import annotations

from pathlib import Path

from bot.settings import DATA
from bot.yaml import load


def sentences(folder: Path = DATA / "nlu") -> list[tuple[str, str]]:
    """Every training sentence with its intent."""
    return [
        (line.removeprefix("- ").strip(), block["intent"])
        for path in sorted(folder.rglob("*.yml"))
        for block in load(path)["nlu"]
        for line in block["examples"].splitlines()
    ]
