"""Files that only their owner can read, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def draft(path: Path, text: str) -> Path:
    """A file beside a path with this text (ASCII), safely on the disk, to be put in its place. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def make_once(path: Path, text: str) -> None:
    """Make a file with this text where there is none: of several processes that start at once, one makes it. Raises
    OSError."""
    made = draft(path, text)
    try:
        # A link fails when the file is there.
        with suppress(FileExistsError):
            os.link(made, path)
    finally:
        made.unlink()
