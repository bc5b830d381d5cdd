"""The messages of a talk, as they travel between the doctor, the door and the dialogue."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

# What the door does once a turn is stored: throw the talk away (with what it kept under a code), keep what was written
# under a code (a new one), note consent or its end, take out what could identify someone, or take one reflection out of
# what is kept ("drop:" and its name).
Effect = Annotated[
    str, Field(pattern=r"^(|erase|erase_kept|keep|keep_new|consent|no_consent|strike|denied|drop:[0-9a-f]*)$")
]
# Whether something of a talk is kept: under a code that was made in it, or that opened it.
KeptHow = Literal["", "made", "opened"]
# What a turn asks of the client of a messenger about reminders, beside a day (ISO) to set one for: to forget what was set,
# or to keep it although the talk is thrown away.
DROP_REMINDER, KEEP_REMINDER = "drop", "keep"
Kind = Literal["say", "ask", "reflect", "refer", "crisis", "report", "error"]
InputType = Literal["text", "choice", "several", "scale", "date", "lines"]


class Choice(BaseModel):
    """Something that can be chosen: an opaque token and the words on the button."""

    token: str
    label: str


class Input(BaseModel):
    """What kind of answer a question asks for; min and max bound a scale or the number of choices."""

    type: InputType
    choices: list[Choice] = []
    min: int | None = None
    max: int | None = None


class Link(BaseModel):
    """Something to dial, mail or open."""

    label: str
    href: str


class Line(BaseModel):
    """One line of a verbatim: who speaks, what was said, and what was not."""

    model_config = ConfigDict(extra="forbid")

    who: str
    said: str
    unsaid: str = ""


class Mark(BaseModel):
    """One option that was chosen the last time, now, or both."""

    model_config = ConfigDict(frozen=True)

    label: str
    then: bool
    now: bool


class Measure(BaseModel):
    """A number on a scale, with its highest and, if there was one, that of the last time."""

    model_config = ConfigDict(frozen=True)

    value: int
    highest: int
    before: int | None = None


class Section(BaseModel):
    """A part of a report: what it is about, and the doctor's own words.

    lines: of a verbatim; earlier: what was answered the last time; marks: the options of then and now; measure: on a scale.
    """

    model_config = ConfigDict(frozen=True)

    heading: str
    text: str
    lines: list[Line] = []
    earlier: str = ""
    marks: list[Mark] = []
    measure: Measure | None = None


class Reply(BaseModel):
    """One message of the bot, not yet numbered. sections: a report in parts, which its text has one after another.

    code: a bewaarcode, which is shown once: such a message is never stored.
    """

    kind: Kind
    text: str
    input: Input | None = None
    links: list[Link] = []
    sections: list[Section] = []
    code: str | None = None


class ScriptStatus(BaseModel):
    """Where the running or last script stands: step counts from one to of."""

    name: str
    step: int
    of: int
    state: Literal["running", "paused", "done"]


class Risk(BaseModel):
    """A danger that was heard: which, whose, and whether that person was already lost to it. Never the words."""

    model_config = ConfigDict(frozen=True)

    risk: str
    subject: str
    lost: bool = False

    @property
    def key(self) -> str:
        """What the texts and people for it are found by."""
        return f"{'verlies' if self.lost else self.risk}_{self.subject}"


class Happening(BaseModel):
    """Something that happened in a script, to be counted: no words of the doctor.

    run: a random number that this run alone has; n its place in the run; detail: which cue, person or length of time.
    """

    model_config = ConfigDict(frozen=True)

    run: str
    n: int
    script: str
    version: int
    length: str
    step: str
    what: str
    detail: str = ""


class Cue(BaseModel):
    """Something worth asking on about: its name, and the doctor's words that it was heard in."""

    model_config = ConfigDict(frozen=True)

    name: str
    quote: str


class Incoming(BaseModel):
    """What a doctor sent: exactly one of these is set. An empty text is an (empty) message too."""

    model_config = ConfigDict(extra="forbid")

    text: str | None = None
    choice: str | None = None
    choices: list[str] | None = None
    value: int | None = None
    date: dt.date | None = None
    lines: list[Line] | None = None
