"""The published scripts: every version that a talk may still be in, and which one is current."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from bot.scripts.schema import Script
from bot.yaml import load

CURRENT = "current.json"


def read_script(path: Path) -> Script:
    """The script in a file. Raises OSError, YAMLError or pydantic.ValidationError; a name that is not the file's
    is a ValueError."""
    script = Script.model_validate(load(path)).signed()
    if script.name != path.stem:
        raise ValueError(f"naam-bestand {script.name} {path.stem}")
    return script


def publish(scripts: Iterable[Script], folder: Path) -> None:
    """Make these the current scripts, in one step. Older versions stay for the talks that are in them."""
    current = {}
    for script in scripts:
        _write(
            folder / f"{script.name}.{script.digest}.json", script.model_dump_json(exclude={"digest"}, by_alias=True)
        )
        current[script.name] = script.digest
    _write(folder / CURRENT, json.dumps(current, indent=1, sort_keys=True))


def _write(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it."""
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


class Library:
    """The published scripts of a folder; what was published last is seen at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._scripts: dict[str, Script] = {}
        self._read_at = -1
        self._current: dict[str, str] = {}

    def names(self) -> list[str]:
        """The names of the current scripts. Raises OSError when nothing was ever published."""
        path = self._folder / CURRENT
        changed = path.stat().st_mtime_ns
        if changed != self._read_at:
            self._current = json.loads(path.read_text(encoding="utf-8"))
            self._read_at = changed
        return list(self._current)

    def current(self, name: str) -> Script:
        """The current version of a script. Raises KeyError when there is none of this name."""
        self.names()
        return self.version(name, self._current[name])

    def version(self, name: str, digest: str) -> Script:
        """One version of a script. Raises OSError when it was never published."""
        if digest not in self._scripts:
            text = (self._folder / f"{name}.{digest}.json").read_text(encoding="utf-8")
            self._scripts[digest] = Script.model_validate_json(text).signed()
        return self._scripts[digest]

    def versions(self) -> dict[str, list[Script]]:
        """Every version that was ever published and can still be read, by the name of its script, the newest first."""
        found: dict[str, list[Script]] = {}
        for path in sorted(self._folder.glob("*.*.json")):
            name, digest, _ = path.name.split(".")
            # One that was made before the shape of scripts changed cannot be read any more.
            with contextlib.suppress(ValidationError):
                found.setdefault(name, []).append(self.version(name, digest))
        for versions in found.values():
            versions.sort(key=lambda script: -script.version)
        return found
