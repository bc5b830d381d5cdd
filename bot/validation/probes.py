"""The follow-up questions, and the patterns of the cues that they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from bot.scripts.probes import QUOTE, Probes
from bot.scripts.schema import placeholders
from bot.validation.findings import File, Finding, finding, open_files, stance


def check(path: Path, cues: Path) -> Iterator[Finding]:
    """Every mistake in the follow-up questions, and in the patterns of the cues."""
    names = set()
    for file in open_files([path]):
        if isinstance(file, Finding):
            yield file
            continue
        try:
            probes = Probes.model_validate(file.content)
        except ValidationError as error:
            yield from file.of_shape(error)
            continue
        names = set(probes.cues)
        for name, probe in probes.cues.items():
            yield from stance(file, ("cues", name, "why"), probe.why, "text")
            for index, text in enumerate(probe.ask):
                yield from _wording(file, name, index, text)
    yield from _patterns(cues, names)


def _wording(file: File, name: str, index: int, text: str) -> Iterator[Finding]:
    place = ("cues", name, "ask", index)
    yield from stance(file, place, text, "text", "ask", "open")
    try:
        if placeholders(text) != [QUOTE]:
            yield file.finding(place, "citaat", naam=QUOTE)
    except ValueError:
        yield file.finding(place, "haakjes")


def _patterns(path: Path, names: set[str]) -> Iterator[Finding]:
    """The cues' patterns can be read, and each cue has its questions."""
    from bot.language.cues import cue_reader

    try:
        known = set(cue_reader(path).names)
    except (KeyError, ValueError) as error:
        yield finding(path, 1, "patroon", reden=str(error))
        return
    for name in sorted(known ^ names):
        yield finding(path, 1, "signaal", naam=name)
