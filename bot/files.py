"""Files that only their owner can read, written whole or not at all, and work that one process does at a time."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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


@contextmanager
def alone(path: Path, waiting: Callable[[], object]) -> Iterator[None]:
    """Be the only process that holds this file, which is made when it is not there; `waiting` is called first when another
    one holds it. Whoever dies holds nothing any more. Raises OSError."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
