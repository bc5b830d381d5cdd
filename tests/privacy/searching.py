"""Looking for marked words in every place where a running system could have left them."""

from __future__ import annotations

import base64
import os
import secrets
import urllib.parse
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.settings import Settings


def marked() -> str:
    """A word that stands nowhere else."""
    return "kanarie" + secrets.token_hex(8)


def forms(word: str) -> dict[str, bytes]:
    """A word as it may be written: in other encodings, and inside longer texts that were encoded."""
    plain = word.encode()
    found = {
        "plain": plain,
        "capitals": plain.upper(),
        "utf-16": word.encode("utf-16-le"),
        "hex": plain.hex().encode(),
        "url": urllib.parse.quote(word).encode(),
        "backwards": plain[::-1],
    }
    for shift in range(3):
        # What the letters around it decide is cut off.
        inner = base64.b64encode(b"x" * shift + plain)[4 if shift else 0 :]
        found[f"base64 at {shift}"] = inner[: len(inner) - 4]
    return found


def places(system: Settings) -> Iterator[tuple[str, bytes]]:
    """Every file of a running system, and what its processes were started with."""
    for folder, names, files in os.walk(system.var, followlinks=True):
        # The trained models were there before the talk.
        names[:] = [name for name in names if name != "models"]
        for path in (Path(folder) / name for name in files):
            if path.is_file():
                yield str(path), path.read_bytes()
    for process in processes(system):
        for name in ("cmdline", "environ"):
            yield f"{process}/{name}", (process / name).read_bytes()


def processes(system: Settings) -> list[Path]:
    """The processes of a system, found by the state folder in their environment."""
    mark = f"PAS_VAR={system.var}".encode()
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and int(process.name) != os.getpid():
                environment = (process / "environ").read_bytes()
                if mark in environment.split(b"\0"):
                    found.append(process)
        except OSError:
            continue
    return found


def hits(system: Settings, words: Iterable[str]) -> list[str]:
    """Where one of these words stands, in any form."""
    looked = [(word, name, form) for word in words for name, form in forms(word).items()]
    return [
        f"{place}: {name} of {word}"
        for place, content in places(system)
        for word, name, form in looked
        if form in content
    ]
