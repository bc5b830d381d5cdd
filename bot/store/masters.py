"""The master keys, which wrap the keys of the conversations: from the environment, or from a file of their own.

The first one wraps; the others are still there to unwrap what they wrapped. In the file each stands on a line, in
base64, one that was retired with the moment after it.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path

from bot.files import draft, make_once
from bot.store.sealing import KEY_BYTES, new_key

# A process that read the file just before a rotation may still wrap with the retired key for as long as a turn takes.
RETIRED_FOR = dt.timedelta(hours=1)


class MasterKeyTrouble(Exception):
    """The master keys cannot be used; the message says why, in one line, and holds no key."""


@dataclass(frozen=True)
class Master:
    """A master key. id: a short name, made from the key and telling nothing of it."""

    key: bytes
    retired: dt.datetime | None = None

    @property
    def id(self) -> str:
        """What the wrapped keys name it by."""
        return hashlib.sha256(b"master" + self.key).hexdigest()[:16]


class MasterKeys:
    """The master keys as they stand now; the file is read again when it changed."""

    def __init__(self, path: Path, given: str = "") -> None:
        """given: the keys in base64 with commas between, in place of the file."""
        self._path = path
        self._given = given
        self._read: tuple[int, list[Master]] = (0, [])

    @property
    def in_file(self) -> bool:
        """Whether they come from the file, so that they can be changed here."""
        return not self._given

    @property
    def current(self) -> Master:
        """The one that wraps. Raises MasterKeyTrouble."""
        return self.all()[0]

    def by_id(self, identifier: str) -> Master:
        """The one of this name. Raises MasterKeyTrouble when it is not there."""
        for master in self.all():
            if master.id == identifier:
                return master
        raise MasterKeyTrouble("a key was wrapped with a master key that is not there (any more)")

    def make(self) -> None:
        """Make the file with a new key, when there is none and the environment gives none. Raises MasterKeyTrouble."""
        if self._given or self._path.exists():
            return
        try:
            self._make()
        except OSError as error:
            raise MasterKeyTrouble(f"{self._path} cannot be made: {error.strerror}") from None

    def all(self) -> list[Master]:
        """All of them, the one that wraps first. Raises MasterKeyTrouble."""
        if self._given:
            return [_master(part.strip()) for part in self._given.split(",")]
        try:
            changed = self._path.stat().st_mtime_ns
        except OSError as error:
            raise MasterKeyTrouble(f"{self._path} cannot be read: {error.strerror}") from None
        if changed != self._read[0]:
            self._read = (changed, self._load())
        return self._read[1]

    def rotate(self, now: dt.datetime) -> None:
        """Put a new one first and retire the others. Raises MasterKeyTrouble when they come from the environment."""
        if self._given:
            raise MasterKeyTrouble("the master keys come from PAS_MASTER_KEY: put a new one before the others there")
        retired = [Master(m.key, m.retired or now) for m in self.all()]
        self._write([Master(new_key()), *retired])

    def prune(self, in_use: set[str], now: dt.datetime) -> None:
        """Forget those that were retired long enough ago and wrap nothing any more."""
        if self._given:
            return
        stay = [m for m in self.all() if m.retired is None or m.id in in_use or now - m.retired < RETIRED_FOR]
        if len(stay) < len(self.all()):
            self._write(stay)

    def _load(self) -> list[Master]:
        try:
            mode = self._path.stat().st_mode
            lines = self._path.read_text(encoding="ascii").split("\n")
        except (OSError, UnicodeDecodeError):
            raise MasterKeyTrouble(f"{self._path} cannot be read") from None
        if stat.S_IMODE(mode) & 0o077:
            raise MasterKeyTrouble(f"{self._path} can be read by others: chmod 600 {self._path}")
        found = [_master(line) for line in lines if line.strip()]
        if not found:
            raise MasterKeyTrouble(f"{self._path} holds no key")
        return found

    def _make(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        make_once(self._path, _line(Master(new_key())))

    def _write(self, masters: list[Master]) -> None:
        draft(self._path, "".join(map(_line, masters))).replace(self._path)


def _line(master: Master) -> str:
    moment = f" {master.retired.isoformat()}" if master.retired else ""
    return f"{base64.b64encode(master.key).decode()}{moment}\n"


def _master(line: str) -> Master:
    text, _, moment = line.strip().partition(" ")
    try:
        key = base64.b64decode(text, validate=True)
        retired = dt.datetime.fromisoformat(moment) if moment else None
    except (binascii.Error, ValueError):
        raise MasterKeyTrouble("a master key cannot be read: it must be 32 bytes in base64") from None
    if len(key) != KEY_BYTES:
        raise MasterKeyTrouble("a master key must be 32 bytes in base64 (openssl rand -base64 32)")
    return Master(key, retired)
