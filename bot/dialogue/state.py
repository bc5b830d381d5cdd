"""What is remembered of a talk between two turns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, RootModel

from bot.messages import Risk, ScriptStatus, Section
from bot.scripts.engine import Run


class Waiting(BaseModel):
    """A question of the dialogue itself that waits for a reply.

    key and values say it again; yes and no are what a plain yes or no does; strict: nothing else is taken for a
    reply to the script meanwhile; crisis: it belongs to the crisis panel; choices: what can be chosen, as labels with what
    each does, besides what belongs to its text.
    """

    key: str
    values: dict[str, str] = {}
    yes: str = ""
    no: str = ""
    strict: bool = False
    crisis: bool = False
    choices: list[tuple[str, str]] = []


class Offered(BaseModel):
    """A choice that stands open: its token, its label, and what it does (``word`` or ``word:argument``)."""

    token: str
    label: str
    do: str


class Kept(BaseModel):
    """A reflection as it is kept under a bewaarcode: the run, and what can be read of it without the script."""

    day: dt.date
    title: str
    sections: list[Section]
    run: Run


class Thread(RootModel[dict[str, dict[str, Any]]]):
    """Reflections by the name of their run. Each is read when it is asked for: there are ever more of them in a talk, and a
    turn must not cost more for it."""

    root: dict[str, dict[str, Any]] = {}

    def get(self, name: str) -> Kept | None:
        """The reflection of this run, if there is one. Raises pydantic.ValidationError when it cannot be read."""
        return Kept.model_validate(self.root[name]) if name in self.root else None

    def all(self) -> dict[str, Kept]:
        """Every reflection. Raises pydantic.ValidationError when one cannot be read."""
        return {name: Kept.model_validate(content) for name, content in self.root.items()}

    def put(self, kept: Kept) -> None:
        """Let a reflection stay, in the place of what there is of the same run."""
        self.root[kept.run.name] = kept.model_dump(mode="json", exclude_defaults=True)

    def drop(self, name: str) -> None:
        """Let the reflection of a run go, if there is one."""
        self.root.pop(name, None)

    def __deepcopy__(self, memo: Mapping[int, Any] | None = None) -> Thread:
        """A thread of its own with the same reflections, none of which is ever changed."""
        return Thread(dict(self.root))


class State(BaseModel):
    """The state of one talk. seed makes its wording its own; used counts how often a text was said; after is the
    script that was asked for after this one; held is what was told before the question was there, or beside it, and called what the
    panel was shown for in a script, until the doctor has replied to it; answered
    tells which dangers were answered when, checked whether it was asked if such a thing is about the doctor, and owed
    what was heard beside the doctor's own crisis and is answered after that; asked_consent and told_names tell whether
    it was asked if a coordinator may see pieces, and said that a name was read; noted counts what was noted of each run;
    last_answer is the step that the last message answered, if it did; reminder the day of the reminder that was asked for.
    thread holds, by the name of their run, the reflections that a bewaarcode brought back or whose place another of the
    same script took; looked names those that looking back on was offered; looks_at is the one that is looked back on, shown
    the one that was shown last from the thread."""

    seed: int = 0
    turn: int = 0
    run: Run | None = None
    shelf: dict[str, Run] = {}
    waiting: Waiting | None = None
    offered: list[Offered] = []
    used: dict[str, int] = {}
    misses: int = 0
    after: str = ""
    held: str = ""
    called: str = ""
    answered: dict[str, dt.datetime] = {}
    checked: bool = False
    owed: list[Risk] = []
    asked_consent: bool = False
    told_names: bool = False
    noted: dict[str, int] = {}
    last_answer: str = ""
    reminder: dt.date | None = None
    thread: Thread = Thread()
    looked: list[str] = []
    looks_at: str = ""
    shown: str = ""
    last: dt.datetime | None = None
    status: ScriptStatus | None = None

    @property
    def in_script(self) -> bool:
        """Whether a script is running, so that what comes is taken as said inside it."""
        return self.run is not None and self.run.state == "running"
