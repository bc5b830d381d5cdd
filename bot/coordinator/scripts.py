"""The text of the scripts as they were published, found by the number of their version."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import ValidationError

from bot.scripts.library import Library
from bot.scripts.schema import Script


class Texts:
    """The published scripts by name and version. Every method blocks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.library = Library(folder)

    def names(self) -> list[str]:
        """The names of the scripts that are live; none when nothing was published."""
        try:
            return self.library.names()
        except (OSError, ValueError):
            return []

    def current(self, name: str) -> Script | None:
        """The script as it is live; None when there is none of this name, or nothing was published."""
        try:
            return self.library.current(name) if name in self.library.names() else None
        except (OSError, ValueError):
            return None

    def version(self, name: str, version: int | None) -> Script | None:
        """The script of this version (None: that which is live) as it was last published; None when it is not there any
        more."""
        current = self.current(name)
        if version is None or (current and current.version == version):
            return current
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            return None
        found = sorted(self._folder.glob(f"{name}.*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in found:
            try:
                script = self.library.version(name, path.name.split(".")[1])
            except (OSError, ValidationError):
                continue
            if script.version == version:
                return script
        return None
