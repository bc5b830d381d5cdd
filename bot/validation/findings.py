"""A mistake: where it is and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import regex
from pydantic import ValidationError

from bot.responses import Responses
from bot.settings import DATA, ROOT
from bot.yaml import YAMLError, line_of, load, load_with_lines

Place = tuple[str | int, ...]
# Mistakes about what leads to what: a step to another, and that to its option.
LEADING = ("step-reference", "step-each", "option-unknown")


@dataclass(frozen=True)
class Finding:
    """One mistake. Printed as ``file:line: what is wrong and what to do``."""

    path: Path
    line: int
    says: str

    def __str__(self) -> str:
        shown = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{shown}:{self.line}: {self.says}"


@cache
def texts() -> Responses:
    """The texts of the validator itself."""
    return Responses.read(DATA / "responses") if _readable() else _own()


def _readable() -> bool:
    try:
        Responses.read(DATA / "responses")
    except (ValueError, YAMLError, TypeError, KeyError, AttributeError):
        return False
    return True


def _own() -> Responses:
    """Only the validator's own file, for when another one cannot be read."""
    own = load(DATA / "responses" / "validatie.yml")["responses"]
    from bot.responses import PREFIX, Variant

    return Responses({k.removeprefix(PREFIX): [Variant.model_validate(v) for v in vs] for k, vs in own.items()})


def finding(path: Path, line: int, key: str, **values: object) -> Finding:
    """A finding with one of the validator's texts."""
    return Finding(path, line, texts().text(f"mis_{key}", **values))


class File:
    """A YAML file under inspection: its content, and a finding for any place in it."""

    def __init__(self, path: Path) -> None:
        """Read a file. Raises Unreadable with the finding when it is no YAML."""
        self.path = path
        try:
            self.content: Any = load(path)
        except YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            reason = getattr(error, "problem", None) or type(error).__name__
            raise Unreadable(finding(path, mark.line + 1 if mark else 1, "yaml", reden=reason)) from None

    @cached_property
    def _lines(self) -> Any:
        """The content with its lines, which takes ten times as long to read: for files with a mistake only."""
        try:
            return load_with_lines(self.path)
        except YAMLError:
            # The two parsers do not agree on everything; without lines a mistake is told of the first one.
            return None

    def finding(self, place: Place, key: str, **values: object) -> Finding:
        """A finding for a part of this file."""
        return finding(self.path, line_of(self._lines, place), key, **values)

    def of_shape(self, error: ValidationError, inside: Place = ()) -> Iterator[Finding]:
        """The findings for what pydantic found wrong with the content."""
        for wrong in error.errors():
            place = (*inside, *wrong["loc"])
            name = str(place[-1]) if place else ""
            match wrong["type"]:
                case "extra_forbidden":
                    yield self.finding(place, "onbekende_sleutel", naam=name)
                case "missing":
                    yield self.finding(place, "ontbreekt", naam=name)
                case "literal_error":
                    yield self.finding(place, "waarde", naam=name, toegestaan=wrong["ctx"]["expected"])
                case "value_error":
                    code, _, about = str(wrong["ctx"]["error"]).partition(" ")
                    key = code.replace("-", "_")
                    known = f"mis_{key}" in texts()
                    place = place or (("closing",) if code == "closing-step" else self._step_named(about))
                    if code in LEADING:
                        about = about.replace(" ", " → ")
                    yield self.finding(place, key if known else "vorm", naam=about, reden=str(wrong["ctx"]["error"]))
                case _:
                    yield self.finding(place, "vorm", reden=f"{name}: {wrong['msg']}")

    def _step_named(self, about: str) -> Place:
        """Where the step, or the closing, stands that a mistake of the whole script is about."""
        if about.partition(" ")[0] == "closing":
            return ("closing",)
        for index, step in enumerate(self.content["steps"]):
            if step["id"] == about.partition(" ")[0]:
                return ("steps", index)
        return ()


class Unreadable(Exception):
    """A file that cannot be read at all; carries the finding."""

    def __init__(self, found: Finding) -> None:
        super().__init__(str(found))
        self.found = found


def stance(file: File, place: Place, text: str, *kinds: str) -> Iterator[Finding]:
    """What is against the stance in a text; kinds: which of the rules count for it."""
    rules = load(DATA / "language" / "stance.yml")
    for kind in kinds:
        for rule in rules[kind]:
            if regex.search(rule["pattern"], text, flags=regex.VERSION1):
                yield file.finding(place, rule["says"])


def open_files(paths: Iterable[Path]) -> Iterator[File | Finding]:
    """Each file, or the finding that it cannot be read."""
    for path in paths:
        try:
            yield File(path)
        except Unreadable as error:
            yield error.found
