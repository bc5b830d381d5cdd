"""YAML files, read once and again when they change, with the place of each part for clear errors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

__all__ = ["YAMLError", "line_of", "load", "load_with_lines"]

_cache: dict[Path, tuple[int, Any]] = {}


def load(path: Path) -> Any:
    """The content of a file as plain Python values, cached until the file changes.

    Raises OSError when it cannot be read and YAMLError when it is not YAML or has a key twice.
    """
    changed = path.stat().st_mtime_ns
    if path not in _cache or _cache[path][0] != changed:
        try:
            content = YAML(typ="safe").load(path)
        except YAMLError:
            # The fast parser does not know all of YAML 1.2; the other one, ten times slower, has the last word.
            content = YAML(typ="safe", pure=True).load(path)
        _cache[path] = (changed, content)
    return _cache[path][1]


def load_with_lines(path: Path) -> Any:
    """The content of a file with line numbers kept inside, for :func:`line_of`. Raises as :func:`load` does."""
    return YAML(typ="rt").load(path)


def line_of(content: Any, place: Sequence[str | int]) -> int:
    """The line (from 1) where a part of a file stands that was read by :func:`load_with_lines`.

    Parts of the place that do not exist in the file (a missing key) give the line of what should hold them.
    """
    line = content.lc.line if hasattr(content, "lc") else 0
    for part in place:
        try:
            marks: Any = getattr(content, "lc", None)
            line = (marks.key if isinstance(content, dict) else marks.item)(part)[0]
            content = content[part]
        except (KeyError, IndexError, AttributeError, TypeError):
            break
    return int(line) + 1
