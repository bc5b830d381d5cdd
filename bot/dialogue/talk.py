"""The workbench of one turn: the state as it changes, and the replies as they are made."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import regex

from bot.dialogue.state import Kept, Offered, State, Waiting
from bot.messages import (
    Choice,
    Cue,
    Effect,
    Happening,
    Incoming,
    Input,
    InputType,
    KeptHow,
    Kind,
    Link,
    Reply,
    Risk,
    Section,
)
from bot.referrals.coaches import Coaches
from bot.referrals.directory import Directory
from bot.responses import Responses
from bot.scripts.library import Library
from bot.scripts.probes import Probes, read_probes
from bot.scripts.schema import Script
from bot.settings import Settings
from bot.statement import Channel, Statement, read_statement, usual, values

QUOTE_WORDS = 9
# Where something is counted that happened outside a script.
NO_SCRIPT = "geen"


@dataclass(frozen=True)
class World:
    """What a turn may look up: the scripts, the texts and the directory of people; stated: what the privacy statement is
    filled in with."""

    library: Library
    responses: Responses
    directory: Directory
    coaches: Coaches
    probes: Probes = field(default_factory=read_probes)
    statement: Statement = field(default_factory=read_statement)
    stated: Mapping[str, str] = field(default_factory=usual)

    @classmethod
    def read(cls, settings: Settings, coaches: Coaches) -> World:
        """The world of these settings, read from the data of the project."""
        responses = Responses.read()
        stated = values(settings, responses.text("niemand_genoemd"))
        return cls(Library(settings.published), responses, Directory.read(), coaches, stated=stated)


@dataclass(frozen=True)
class Heard:
    """A message as it was heard: what was sent, how it was read, and whether it follows the crisis panel.

    risks: what danger was heard that needs no panel, the doctor's own first (after the panel: what was heard beside it);
    check: whether an own danger was spoken of that is denied, over or someone else's;
    near: whether an own crisis may be meant, too unclear to stop for; cues: what may be asked on about.
    fresh: a random number that nothing else has; opened: the message was a bewaarcode, and this is kept under it (nothing:
    it is not known); kept, consent: whether something of this talk is kept, or may be seen by a coordinator; channel: which
    way it came; corrects: it takes the place of the message before it; called: after the panel, what that was shown for.
    """

    incoming: Incoming
    act: str
    topic: str
    now: dt.datetime
    after_crisis: bool = False
    risks: tuple[Risk, ...] = ()
    check: bool = False
    near: bool = False
    cues: tuple[Cue, ...] = ()
    fresh: str = ""
    opened: tuple[Kept, ...] | None = None
    kept: KeptHow = ""
    consent: bool = False
    channel: Channel = "web"
    corrects: bool = False
    called: str = ""

    @property
    def text(self) -> str:
        """The words of the message, without space around them."""
        return (self.incoming.text or "").strip()


@dataclass
class Talk:
    """The state, the replies so far, and the ways to add one."""

    world: World
    heard: Heard
    state: State
    replies: list[Reply] = field(default_factory=list)
    effect: Effect = ""
    remind: str = ""
    happened: list[Happening] = field(default_factory=list)

    @property
    def script(self) -> Script | None:
        """The script of the run, in the version that it began with."""
        run = self.state.run
        return self.world.library.version(run.script, run.digest) if run else None

    def variant(self, key: str, wordings: Sequence[str]) -> str:
        """The wording whose turn it is; what was said before comes back only when all were said."""
        turn = self.state.used.get(key, 0)
        self.state.used[key] = turn + 1
        return wordings[(self.state.seed + turn) % len(wordings)]

    def say(
        self,
        key: str,
        kind: Kind = "say",
        *,
        links: Iterable[Link] = (),
        options: Iterable[tuple[str, str]] = (),
        **values: object,
    ) -> None:
        """Say one of the texts, with these choices and those that belong to it."""
        turn = self.state.used.get(key, 0)
        self.state.used[key] = turn + 1
        chosen = self.world.responses.pick(key, self.state.seed + turn)
        own = [(b.title.format(**values), b.payload.format(**values)) for b in chosen.buttons]
        self.add(filled(chosen.text, **values), kind, options=[*options, *own], links=links)

    def add(
        self,
        text: str,
        kind: Kind = "say",
        *,
        options: Iterable[tuple[str, str]] = (),
        links: Iterable[Link] = (),
        answer: tuple[InputType, int | None, int | None] | None = None,
        sections: Iterable[Section] = (),
    ) -> None:
        """Add a message; options are labels with what each does, answer the kind of input it asks for; sections are the
        parts of a report."""
        choices = [self._offer(label, do) for label, do in options]
        wanted = None
        if answer:
            wanted = Input(type=answer[0], choices=choices, min=answer[1], max=answer[2])
        elif choices:
            wanted = Input(type="choice", choices=choices)
        self.replies.append(Reply(kind=kind, text=text, input=wanted, links=list(links), sections=list(sections)))

    def _offer(self, label: str, do: str) -> Choice:
        token = f"{self.state.turn}.{len(self.state.offered)}"
        self.state.offered.append(Offered(token=token, label=label, do=do))
        return Choice(token=token, label=label)

    def note(self, what: str, detail: str = "", *, apart: bool = False) -> None:
        """Note that something happened, in the run if there is one (apart: by itself): to be counted, without words."""
        run, script = self.state.run, self.script
        trace, number = "", 0
        name, version, length, step = NO_SCRIPT, 0, "", ""
        if run and run.trace and script and not apart:
            trace, number = run.trace, self.state.noted.get(run.trace, 0) + 1
            self.state.noted[trace] = number
            name, version, length, step = script.name, script.version, str(run.length), run.at or ""
        self.happened.append(
            Happening(
                run=trace, n=number, script=name, version=version, length=length, step=step, what=what, detail=detail
            )
        )

    def question(
        self, key: str, *, yes: str = "", no: str = "", strict: bool = False, crisis: bool = False, **values: str
    ) -> None:
        """Ask something of the dialogue itself, and remember that it waits for a reply."""
        self.ask_waiting(Waiting(key=key, values=values, yes=yes, no=no, strict=strict, crisis=crisis))

    def choosing(self, key: str, options: Iterable[tuple[str, str]]) -> None:
        """Ask for one of these choices, and remember that it waits."""
        self.ask_waiting(Waiting(key=key, no="no", strict=True, choices=list(options)))

    def ask_waiting(self, waiting: Waiting) -> None:
        """Ask such a question, again if need be."""
        self.say(waiting.key, "ask", links=(), options=waiting.choices, **waiting.values)
        self.state.waiting = waiting


def filled(text: str, **values: object) -> str:
    """A text with its places filled in; words that were cut off get no full stop after their ellipsis."""
    return text.format(**values).replace("….", "…")


def quote(text: str) -> str:
    """A few of the doctor's own words to give back: the last short clause, or the beginning with an ellipsis."""
    clauses = [c.strip(" ,;:–-\"'‘’“”") for c in regex.split(r"(?<=[.?!])\s+|\n+|;\s+", text.strip())]
    clauses = [c.rstrip(".!? ") for c in clauses if c.strip(".!? ")]
    fitting = [c for c in clauses if 2 <= len(c.split()) <= QUOTE_WORDS]
    if fitting:
        return fitting[-1]
    words = (clauses[0] if clauses else text).split()
    return " ".join(words[:QUOTE_WORDS]) + (" …" if len(words) > QUOTE_WORDS else "")


def dumps(state: State) -> str:
    """A state as text, to be stored."""
    return state.model_dump_json(exclude_defaults=True)


def loads(text: str) -> State:
    """A stored state. Raises pydantic.ValidationError when it is not one."""
    return State.model_validate(json.loads(text))
