"""What stands on a page: pictures, each with the same figures in a table."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import Request

from bot.coordinator.choice import Choice, Options, options, read
from bot.coordinator.context import Context
from bot.coordinator.figures import Told
from bot.coordinator.reading import Everything, reader_of
from bot.coordinator.scripts import Texts
from bot.coordinator.words import Words
from bot.scripts.schema import Script
from bot.store.published import Cell, Tally


@dataclass(frozen=True)
class Seen:
    """A cell of a table on a page: what it says and, if it leads somewhere, where; partial: a sum of only some of the cells
    that were looked at; withheld: it is not told, and stands as the open dot that it is in the picture."""

    text: str
    href: str = ""
    figure: bool = True
    partial: bool = False
    withheld: bool = False


@dataclass(frozen=True)
class Shown:
    """A picture and its table. summary: the picture in a sentence or two; exports: tables that can be taken along."""

    title: str
    summary: str
    svg: str | None
    headings: tuple[str, ...]
    rows: tuple[tuple[Seen, ...], ...]
    exports: tuple[str, ...] = ()
    note: str = ""

    @property
    def partial(self) -> bool:
        """Whether a figure of it is of only some of the cells that were looked at."""
        return any(seen.partial for row in self.rows for seen in row)


@dataclass(frozen=True)
class Look:
    """One look at a page: everything there is, what was chosen of it, and how to say it."""

    everything: Everything
    choice: Choice
    options: Options
    words: Words
    texts: Texts
    cells: list[Cell] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)

    def script(self, name: str) -> Script | None:
        """The script that was looked at: of the chosen version, or as it is live."""
        return self.texts.version(name, self.choice.version if name == self.choice.script else None)

    def title(self, name: str) -> str:
        """What a script is called."""
        script = self.script(name) or self.texts.current(name)
        return script.title if script else name


def look(context: Context, request: Request) -> Look:
    """What this address asks for. Blocks. Raises sqlalchemy.exc.SQLAlchemyError."""
    everything = reader_of(context.database).read()
    choice = read(request.query_params, everything)
    return Look(
        everything,
        choice,
        options(everything, choice),
        Words(context.text, context.responses, context.settings.smallest),
        context.texts,
        choice.cells(everything.cells),
        choice.tallies(everything.tallies),
    )


def figure(text: str) -> Seen:
    """A figure in a table."""
    return Seen(text)


def share(words: Words, told: Told | None) -> Seen:
    """A sum of runs in a table."""
    return Seen(words.told(told), partial=bool(told and told.partial), withheld=told is None)


def times(words: Words, told: Told | None) -> Seen:
    """A sum of times in a table."""
    return Seen(words.times(told), partial=bool(told and told.partial), withheld=told is None)


def label(text: str, href: str = "") -> Seen:
    """Words in a table."""
    return Seen(text, href, figure=False)
