"""The page of a script that is being written: the whole script as a coach reads it, and a walk through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.clock import Clock
from bot.referrals.directory import Directory
from bot.responses import Responses
from bot.scripts import engine
from bot.scripts.schema import Length, Script
from bot.writing import HERE, PREFIX
from bot.writing.skeleton import unfilled
from bot.writing.source import Seen
from bot.writing.walk import Given, Walk, summary, walk, write_given
from bot.writing.words import LENGTHS, Words
from bot.yaml import YAMLError


def _directory() -> Directory:
    """Whom a script can refer to; nobody while that file cannot be read, as it may be under someone's hands too."""
    try:
        return Directory.read()
    except (OSError, ValueError, KeyError, TypeError, YAMLError):
        return Directory([])


@dataclass(frozen=True)
class Way:
    """What the page carries of a walk: its length (none: there is no walk) and the answers so far."""

    length: Length | None = None
    given: tuple[Given, ...] = ()


class Page:
    """Draws the page."""

    def __init__(self, name: str, clock: Clock) -> None:
        self._name = name
        self._clock = clock
        self._responses = Responses.read()
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self._templates.globals["t"] = self._text

    def draw(self, seen: Seen, stamp: str, way: Way) -> str:
        """The page as HTML."""
        directory = _directory()
        script = seen.script
        walked = self._walk(script, way) if script else None
        return self._templates.get_template("page.html").render(
            name=self._name,
            stamp=stamp,
            seen=seen,
            script=script,
            words=Words(script, self._responses, directory) if script else None,
            unfilled=unfilled(script) if script else [],
            lengths=LENGTHS,
            walk=walked,
            carried=write_given(walked.given) if walked else "[]",
            trouble=self._trouble(walked) if walked else "",
            ending=self._ending(script, walked, directory) if script and walked and walked.step is None else None,
        )

    def _text(self, key: str, **values: object) -> str:
        return self._responses.text(f"{PREFIX}{key}", **values)

    def _walk(self, script: Script, way: Way) -> Walk | None:
        return walk(script, way.length, way.given, self._clock()) if way.length else None

    def _trouble(self, walked: Walk) -> str:
        """What the bot says when it cannot take an answer."""
        if walked.trouble is None or walked.step is None:
            return ""
        step = walked.step
        key = f"niet_{walked.trouble.replace('-', '_')}"
        return self._responses.text(key, min=step.min or 0, max=step.max or len(step.options))

    def _ending(self, script: Script, walked: Walk, directory: Directory) -> dict[str, Sequence[object]]:
        """What comes at the end of a walk: the report, whom is referred to, what is offered."""
        run, closing = walked.run, script.closing
        named = [one.id for one in closing.refer if engine.holds(one.when, run) is True]
        return {
            "sections": summary(script, walked),
            "people": [directory[name] for name in named if name in directory.entries],
            # One thing is offered after a script, the first that holds.
            "offers": [one.say for one in closing.offers if engine.holds(one.when, run) is True][:1],
        }
