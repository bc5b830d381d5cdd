"""The people and lines a doctor can turn to, from ``data/referrals.yml``."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import holidays
from pydantic import BaseModel, ConfigDict, Field

from bot.messages import Link
from bot.settings import DATA
from bot.yaml import load

ZONE = ZoneInfo("Europe/Amsterdam")
CRISIS_RUNG = 6
STALE_AFTER = dt.timedelta(days=183)


@cache
def _holidays() -> holidays.HolidayBase:
    """The public holidays of the Netherlands; on them nobody is expected to answer."""
    return holidays.country_holidays("NL")


class Hours(BaseModel):
    """Opening hours on some days of the week (0 is Monday), local time in Amsterdam."""

    model_config = ConfigDict(extra="forbid")

    days: list[Annotated[int, Field(ge=0, le=6)]]
    from_: dt.time = Field(alias="from")
    to: dt.time


class Contact(BaseModel):
    """A way to reach someone: the words on it and where it leads (``tel:``, ``mailto:`` or ``https:``).

    short: what it is called on top of the page, where the numbers for an emergency always stand.
    """

    model_config = ConfigDict(extra="forbid")

    label: str = Field(min_length=1)
    short: str = ""
    href: str = Field(pattern=r"^(tel:[0-9+]+|mailto:[^@ ]+@[^@ ]+|https://\S+)$")


class Entry(BaseModel):
    """One person, line or organisation."""

    model_config = ConfigDict(extra="forbid")

    id: str
    name: str = Field(min_length=1)
    rung: int = Field(ge=1, le=6)
    what: str = Field(min_length=1)
    whom: str = Field(min_length=1)
    topics: list[str] = []
    danger: list[str] = []
    search: dict[str, str] = {}
    contacts: list[Contact] = []
    hours: Literal["unknown", "always", "web"] | list[Hours]
    cost: str = Field(min_length=1)
    confidential: str = Field(min_length=1)
    source: str = Field(min_length=1)
    checked: dt.date | None

    def term(self, topic: str) -> str:
        """What to search for there, for a topic; empty when nothing needs to be searched for."""
        return self.search.get(topic, self.search.get("geen", ""))

    def is_open(self, now: dt.datetime) -> bool:
        """Whether someone can be reached at this moment; False where the hours are not known."""
        if isinstance(self.hours, str):
            return self.hours == "always"
        local = now.astimezone(ZONE)
        if local.date() in _holidays():
            return False
        return any(local.weekday() in h.days and h.from_ <= local.time() < h.to for h in self.hours)

    def links(self) -> list[Link]:
        """The ways to reach this entry, as links."""
        return [Link(label=c.label, href=c.href) for c in self.contacts]


class Directory:
    """All entries by id."""

    def __init__(self, entries: list[Entry]) -> None:
        self.entries = {entry.id: entry for entry in entries}

    @classmethod
    def read(cls, path: Path = DATA / "referrals.yml") -> Directory:
        """Read the file. Raises pydantic.ValidationError when an entry has a bad shape."""
        return cls([Entry.model_validate(entry) for entry in load(path)["entries"]])

    def __getitem__(self, identifier: str) -> Entry:
        return self.entries[identifier]

    def for_topic(self, topic: str) -> list[Entry]:
        """Whom to name for a topic, nearest rung first; those for any topic when none fits it."""
        fitting = [e for e in self.entries.values() if topic in e.topics]
        return sorted(fitting or [e for e in self.entries.values() if "geen" in e.topics], key=lambda e: e.rung)

    def for_danger(self, key: str) -> list[Entry]:
        """Whom to name when this danger (`risk_subject`, or `verlies_subject`) was heard, nearest rung first."""
        return sorted((e for e in self.entries.values() if key in e.danger), key=lambda e: e.rung)

    def crisis(self) -> list[Entry]:
        """Whom to call when someone is in danger now."""
        return [e for e in self.entries.values() if e.rung == CRISIS_RUNG]

    def stale(self, today: dt.date) -> list[Entry]:
        """The entries that nobody checked in half a year."""
        return [e for e in self.entries.values() if e.checked is None or today - e.checked > STALE_AFTER]
