"""Every pattern against texts made to keep it busy: none takes long, whatever a doctor writes."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import regex

from bot.settings import DATA, ROOT
from bot.yaml import load

# How long a pattern may look at one text, in seconds of the processor. What grows with the square of 4,000 letters stays
# well under it; what grows with the cube, or faster, cannot.
LONGEST = 2.0
LENGTHS = (60, 500, 4_000)
PACKAGES = ("bot.language", "bot.anonymiser", "bot.dialogue")
ALONE = ("bot.scripts.inputs", "bot.scripts.own_questions", "bot.matrix.incoming", "bot.matrix.shaping")


# Files with patterns of their own, which are compiled as they are used.
PATTERNS_IN = ("thread", "changes", "reminders", "dates", "own_questions")


# These are bombs: what does not find them finds nothing.
KNOWN = ((re, r"(?:\w+\s?)*!"), (regex, r"(?:\w+\s?)*!"), (regex, r"\p{L}*\p{L}*\p{L}*\p{L}*!"))


# What neither a letter nor a sign is.
NEVER = "\u2603"
SOME = "a1 .-A'\n@é€/,:("


class Sought(NamedTuple):
    """A compiled pattern; overlapped: it is looked for at each place, as phrases over words are."""

    pattern: Any
    overlapped: bool = False


@pytest.mark.long
def test_no_pattern_takes_long_whatever_a_doctor_writes(measured: Callable[[str], None]) -> None:
    command = [sys.executable, "-c", "from tests.faults.attack.test_patterns import tried; tried()"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1_800, check=False)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["letters"] > 150 and found["words"] > 500, "most patterns were not found"
    measured(
        f"{found['letters']} patterns over letters and {found['words']} over words, {found['texts']} texts of up to "
        f"{LENGTHS[-1]} characters; the slowest took {found['slowest'] * 1000:.0f} ms"
    )
    assert sorted(found["over"]) == sorted(pattern for _, pattern in KNOWN)


def tried() -> None:
    """Time every pattern that reads what a doctor wrote against texts that are made to be slow, and print what came of it.
    For a process of its own: what hangs in a pattern is stopped by a signal."""

    def stop(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGVTALRM, stop)
    letters, phrases = over_letters(), over_words()
    known = [Sought(library.compile(pattern)) for library, pattern in KNOWN]
    slowest, texts, over = 0.0, 0, []
    for sought in [*known, *letters, *phrases]:
        took, count = slowest_of(sought)
        texts += count
        if took >= LONGEST:
            over.append(sought.pattern.pattern)
        elif took > slowest:
            slowest = took
    shown = {"letters": len(letters), "words": len(phrases), "texts": texts, "slowest": slowest, "over": over}
    print(json.dumps(shown))


def slowest_of(sought: Sought) -> tuple[float, int]:
    """How long a pattern took over the text that it took longest over, and how many there were. Stops at the first that is
    too long."""
    slowest, count = 0.0, 0
    attacks = list(dict.fromkeys(attacks_on(sought.pattern.pattern)))
    for length in LENGTHS:
        for before, again, after in attacks:
            text = before + again * (length // len(again)) + after
            count += 1
            slowest = max(slowest, timed(sought, text))
            if slowest >= LONGEST:
                return slowest, count
    return slowest, count


def timed(sought: Sought, text: str) -> float:
    """How long all places of a pattern in a text take to find; the longest time allowed when they take longer."""
    began = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
    try:
        if not sought.overlapped:
            for _ in sought.pattern.finditer(text):
                pass
            return time.process_time() - began
        match = sought.pattern.search(text)
        while match:
            match = sought.pattern.search(text, match.start() + 1) if match.start() < len(text) else None
    except TimeoutError:
        return LONGEST
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.process_time() - began


def modules() -> Iterator[ModuleType]:
    """The modules that read what a doctor wrote."""
    for package in PACKAGES:
        found = importlib.import_module(package)
        for one in pkgutil.iter_modules(found.__path__):
            yield importlib.import_module(f"{package}.{one.name}")
    yield from map(importlib.import_module, ALONE)


def over_letters() -> list[Sought]:
    """Every pattern over letters: those of the modules, those that are written where they are used, those in data, and
    those that are made from word lists."""
    found: dict[str, Any] = {}
    for one in made_from_lists():
        found.setdefault(one.pattern, one)
    for module in modules():
        for value in vars(module).values():
            if isinstance(value, re.Pattern | regex.Pattern):
                found.setdefault(value.pattern, value)
        for library, pattern in written_in(Path(module.__file__ or "")):
            if pattern not in found:
                found[pattern] = library.compile(pattern)
    for name in PATTERNS_IN:
        for pattern in texts_in(load(DATA / "language" / f"{name}.yml")):
            # What is put in the place of a match is no pattern.
            if pattern not in found and regex.search(r"[(|?*+\[]|\\[a-z]", pattern):
                found[pattern] = regex.compile(pattern)
    return [Sought(one) for one in found.values()]


def written_in(path: Path) -> Iterator[tuple[ModuleType, str]]:
    """The patterns that stand in a file as they are, with the library that reads them."""
    libraries: dict[str, ModuleType] = {"re": re, "regex": regex}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=("re" | "regex") as name), attr=called),
                args=[ast.Constant(value=str() as pattern), *_],
            ) if called != "escape":
                yield libraries[name], pattern


def texts_in(value: Any) -> Iterator[str]:
    """Every text in what was read from a file, but for its keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)


def made_from_lists() -> Iterator[Any]:
    """The patterns that objects make when they are made, or first used."""
    made: list[Any] = []
    compilers: dict[Any, Callable[..., Any]] = {re: re.compile, regex: regex.compile}

    def noting(compiler: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*arguments: Any, **named: Any) -> Any:
            made.append(compiler(*arguments, **named))
            return made[-1]

        return noted

    for library, compiler in compilers.items():
        library.compile = noting(compiler)
    try:
        light = importlib.import_module("bot.anonymiser.light")
        safety = importlib.import_module("bot.language.safety")
        rules = light.rules()
        for part in vars(rules).values():
            for name, value in vars(type(part)).items():
                if isinstance(value, cached_property):
                    getattr(part, name)
        for text in ("Mevr. Jansen uit Zwolle belde op 3 januari.", "ik w i l niet meer, 0612345678"):
            light.find(text)
            safety.check(text)
    finally:
        for library, compiler in compilers.items():
            library.compile = compiler
    return iter([one for one in made if not is_of_codes(one.pattern)])


def is_of_codes(pattern: str) -> bool:
    """Whether a pattern is over the codes of words, which are no letters that anyone writes."""
    return any(letter >= "\U00010000" for letter in pattern)


def over_words() -> list[Sought]:
    """Every phrase of the safety layer, over the codes of words."""
    layer = importlib.import_module("bot.language.safety")._layer()
    return [Sought(one, overlapped=True) for one in {phrase.expression for phrase in layer.phrases}]


def attacks_on(pattern: str) -> Iterator[tuple[str, str, str]]:
    """Texts to be slow over: what comes first, what comes again and again, and what comes last and does not fit, with all
    that the pattern wants after it, so that no short cut sees that it cannot fit."""
    parts = parsed(pattern)
    fitting = sample(parts) if parts is not None else ""
    end = NEVER + fitting
    if parts is not None:
        for before, again in repeated(parts, ""):
            yield before, again, end
    for again in (fitting[:-1], fitting, f"{fitting} ", "a", "1", " ", "a ", "1 ", "A. ", "a-", "1-", "a'", "a@a."):
        if again:
            yield "", again, end


def parsed(pattern: str) -> Any:
    """The parts of a pattern; None when it has something that Python's own library does not know."""
    plain = pattern
    for written, letter in ((r"\p{Lu}", "A"), (r"\p{Ll}", "a"), (r"\p{L}", "a"), (r"\p{N}", "1")):
        plain = plain.replace(written, letter)
    plain = re.sub(r"\(\?<([a-z_]+)>", r"(?P<\1>", plain)
    try:
        return importlib.import_module("re._parser").parse(plain)
    except (re.error, RecursionError):
        return None


def sample(parts: Iterable[tuple[Any, Any]], groups: dict[int | None, str] | None = None) -> str:
    """A short text that fits, as far as that can be told part by part."""
    groups, found = {} if groups is None else groups, ""
    for name, value in parts:
        match str(name):
            case "LITERAL":
                found += chr(value)
            case "NOT_LITERAL":
                found += "a" if value != ord("a") else "b"
            case "ANY":
                found += "a"
            case "IN":
                found += one_of(value)
            case "BRANCH":
                found += sample(value[1][0], groups)
            case "SUBPATTERN":
                groups[value[0]] = sample(value[-1], groups)
                found += groups[value[0]]
            case "ATOMIC_GROUP":
                found += sample(value, groups)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                found += sample(value[2], groups) * max(1, value[0])
            case "GROUPREF":
                found += groups.get(value, "")
    return found


def one_of(items: Sequence[tuple[Any, Any]]) -> str:
    """A letter of a set."""
    named = [
        chr(value if str(name) == "LITERAL" else value[0]) for name, value in items if str(name) in ("LITERAL", "RANGE")
    ]
    turned = str(items[0][0]) == "NEGATE"
    return next((letter for letter in [*named, *SOME] if holds(items, letter) != turned), "a")


def holds(items: Sequence[tuple[Any, Any]], letter: str) -> bool:
    """Whether a letter is one of those named in a set."""
    kinds = {
        "DIGIT": letter.isdecimal(),
        "SPACE": letter.isspace(),
        "WORD": letter.isalnum() or letter == "_",
    }
    for name, value in items:
        match str(name):
            case "LITERAL" if value == ord(letter):
                return True
            case "RANGE" if value[0] <= ord(letter) <= value[1]:
                return True
            case "CATEGORY":
                kind = str(value).removeprefix("CATEGORY_")
                if kinds[kind.removeprefix("NOT_")] != kind.startswith("NOT_"):
                    return True
    return False


def repeated(parts: Any, before: str) -> Iterator[tuple[str, str]]:
    """Every part that may come many times, each way in which it may be filled once, with what stands before it."""
    here = before
    for name, value in parts:
        kind = str(name)
        inner = value[2] if kind.endswith("_REPEAT") else value[-1] if kind == "SUBPATTERN" else None
        if kind.endswith("_REPEAT") and value[1] > 9:
            yield from ((here, way) for way in ways(inner) if way)
        if inner is not None:
            yield from repeated(inner, here)
        for way in value[1] if kind == "BRANCH" else ():
            yield from repeated(way, here)
        here += sample([(name, value)])


def ways(parts: Any) -> Iterator[str]:
    """Some ways to fill a part: one of each of its alternatives."""
    yield sample(parts)
    for name, value in parts:
        if str(name) == "SUBPATTERN":
            yield from ways(value[-1])
        elif str(name) == "BRANCH":
            yield from map(sample, value[1][:12])
