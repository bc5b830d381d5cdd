"""The directory of people and lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from bot.referrals.directory import Entry
from bot.validation.findings import Finding, open_files, stance


def check(path: Path) -> Iterator[Finding]:
    """Every mistake in the directory."""
    for file in open_files([path]):
        if isinstance(file, Finding):
            yield file
            continue
        for index, raw in enumerate(file.content["entries"]):
            try:
                entry = Entry.model_validate(raw)
            except ValidationError as error:
                yield from file.of_shape(error, ("entries", index))
                continue
            yield from stance(file, ("entries", index), f"{entry.what} {entry.whom}", "text")
