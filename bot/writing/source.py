"""A script that is being written: as it stands in its file, and as it stood when it could last be drawn."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from bot.scripts.library import read_script
from bot.scripts.probes import FILE as PROBES
from bot.scripts.schema import Script
from bot.settings import DATA
from bot.validation.findings import Finding, finding
from bot.validation.scripts import check_file
from bot.yaml import YAMLError

REFERRALS = DATA / "referrals.yml"


@dataclass(frozen=True)
class Seen:
    """A script as it was seen last. current: whether it is what stands in the file, and not what stood there before."""

    script: Script | None
    findings: tuple[Finding, ...]
    current: bool


class Source:
    """The file of a script, to be read again and again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._drawn: Script | None = None

    def stamp(self) -> str:
        """Stands for what the page is drawn from: another one, and it is to be drawn anew."""
        digest = hashlib.sha256()
        for path in (self.path, REFERRALS, PROBES):
            try:
                digest.update(path.read_bytes())
            except OSError:
                digest.update(b"\0")
        return digest.hexdigest()[:16]

    def read(self) -> Seen:
        """The script, or else what it was when it could last be read, with every mistake that is in the file now."""
        try:
            found = tuple(check_file(self.path, REFERRALS))
        except (OSError, UnicodeError):
            return Seen(self._drawn, (finding(self.path, 1, "weg"),), current=False)
        try:
            self._drawn = read_script(self.path)
        except (OSError, ValueError, ValidationError, YAMLError):
            # What is the matter is among what was found.
            return Seen(self._drawn, found, current=False)
        return Seen(self._drawn, found, current=True)
