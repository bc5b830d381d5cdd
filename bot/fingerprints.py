"""What was made from files of the project is made again when they have changed: a few letters stand for what is in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from bot.settings import ROOT


def fingerprint(paths: Iterable[Path], *more: str) -> str:
    """Stands for what is in these files of the project, and for whatever else is named. Raises OSError."""
    digest = hashlib.sha256("\0".join(more).encode())
    for path in sorted(paths):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
