"""Is anyone in danger? The first layer: patterns that look for danger, and for what takes it away again.

A trigger (`data/safety/crisis.yml` and its sisters) finds words of danger; a scope (`scopes.yml`) around it says that
they are denied, over, a figure of speech or shop talk; grammar says whose danger it is. Triggers, scopes and persons are
data; this module only walks through them. It needs no model and no database, and never raises: what goes wrong inside,
or takes too long, counts as a crisis.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import regex
from ruamel.yaml import YAML

from bot.language.normalise import Folding
from bot.language.phrases import ENDS, MARKS, Phrase, Reader
from bot.language.spelling import Spelling
from bot.language.subjects import SUBJECTS, WAYS, Persons, Reading

RISKS = ("crisis", "middelen", "onveilig", "patientveiligheid")
SECONDS = 0.25
_DATA = Path(__file__).parents[2] / "data" / "safety"
_LEVELS = ("explicit", "veiled", "weak")
_PLACES = ("before", "after", "over", "sentence", "message")
# A longer text is read in windows that overlap by so much that a dangerous sentence lies within one of them.
_WINDOW, _OVERLAP = 16_000, 600
_SENTENCE = regex.compile(r"[^.!?\n]{0,1000}[.!?\n]*")
# So many words of the messages before are read along.
_TAIL = 60


@dataclass(frozen=True)
class Verdict:
    """What a message says about danger."""

    risk: str
    """crisis, middelen, onveilig, patientveiligheid or geen."""
    subject: str
    """Whose danger: zelf, collega, patient, naaste or geen."""
    panel: bool
    """Whether the crisis panel must be shown at once."""
    rule: str
    """Name of the rule that decided, `failed` or `timeout`; empty for no risk. Never any of the user's words."""


@dataclass(frozen=True)
class Finding:
    """One trigger found in a text, with whose it is."""

    risk: str
    subject: str
    rule: str
    level: str
    sure: bool
    start: int
    end: int

    @property
    def gravity(self) -> tuple[int, bool, int, int]:
        """Sorts the gravest first."""
        return RISKS.index(self.risk), self.subject != "zelf", _LEVELS.index(self.level), self.start


class Watch:
    """Keeps the time limit."""

    def __init__(self, seconds: float) -> None:
        """Start now."""
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left. Raises TimeoutError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def check(self) -> None:
        """Raises TimeoutError when the time is up."""
        self.left()


class Text:
    """Words as codes, and where phrases stand in them."""

    def __init__(self, codes: str, watch: Watch) -> None:
        """Take the codes of the words; phrases are looked for when asked."""
        self.codes = codes
        self._present = set(codes)
        self._watch = watch
        self._found: dict[int, list[tuple[int, int]]] = {}

    def find(self, phrase: Phrase) -> list[tuple[int, int]]:
        """Start and end of every place. Raises TimeoutError when the time is up."""
        if not phrase.may_match(self._present):
            return []
        if id(phrase) not in self._found:
            matches = phrase.expression.finditer(self.codes, overlapped=True, timeout=self._watch.left())
            self._found[id(phrase)] = [match.span() for match in matches]
        return self._found[id(phrase)]


class Scope:
    """What takes the danger out of a trigger."""

    def __init__(self, entry: Mapping[str, Any], reader: Reader) -> None:
        """Read one entry of `scopes.yml`. Raises ValueError or KeyError when it is wrong."""
        _only_keys(entry, "scopes.yml", "name where reach levels risks subjects match except")
        self.name: str = entry["name"]
        self.where: str = entry["where"]
        self._reach: int = entry.get("reach", 0)
        self._levels: Sequence[str] = entry.get("levels", _LEVELS)
        self._risks: Sequence[str] = entry.get("risks", RISKS)
        self._subjects: Sequence[str] = entry.get("subjects", SUBJECTS)
        self.phrases = [reader.phrase(source) for source in entry["match"]]
        self.exceptions = [reader.phrase(source) for source in entry.get("except", ())]
        if self.where not in _PLACES or not set(self._levels) <= set(_LEVELS) or not set(self._risks) <= set(RISKS):
            raise ValueError(f"scopes.yml: {self.name}: no such place, level or risk")
        self._ends = reader.phrase("<einde-bereik>")

    def suits(self, risk: str, level: str) -> bool:
        """Whether the scope is meant for triggers of this risk and level."""
        return risk in self._risks and level in self._levels

    def cancels(self, text: Text, start: int, end: int, subject: str) -> bool:
        """Whether the scope lies over the trigger that stands from start to end."""
        if subject not in self._subjects:
            return False
        places = (place for phrase in self.phrases for place in text.find(phrase))
        return any(self._covers(text, place, start, end) for place in places if not self._excepted(text, place))

    def _excepted(self, text: Text, place: tuple[int, int]) -> bool:
        start, end = place
        return any(a < end and b > start for phrase in self.exceptions for a, b in text.find(phrase))

    def _covers(self, text: Text, place: tuple[int, int], start: int, end: int) -> bool:
        first, last = place
        if self.where == "message":
            return True
        if self.where == "over":
            return first < end and last > start
        if self.where == "before":
            return last <= start and self._near(text, last, start)
        if self.where == "after":
            return first >= end and self._near(text, end, first)
        between = text.codes[min(last, end) : max(first, start)]
        return not any(sign in ENDS for sign in between)

    def _near(self, text: Text, start: int, end: int) -> bool:
        if end - start > self._reach or any(sign in MARKS for sign in text.codes[start:end]):
            return False
        return not any(start <= a < end for a, _ in text.find(self._ends))


class Rule:
    """Triggers of one kind."""

    def __init__(self, risk: str, entry: Mapping[str, Any], reader: Reader, scopes: Sequence[Scope]) -> None:
        """Read one entry of a file of triggers. Raises ValueError or KeyError when it is wrong."""
        _only_keys(entry, f"{risk}.yml", "name level who only gap match unless without")
        self.risk = risk
        self.name: str = entry["name"]
        self.level: str = entry["level"]
        self.who: str = entry.get("who", "clause")
        if self.level not in _LEVELS or self.who not in (*WAYS, *SUBJECTS):
            raise ValueError(f"{risk}.yml: {self.name}: no such level or subject")
        self._only: Sequence[str] = entry.get("only", SUBJECTS)
        gap = str(entry.get("gap", 4))
        self.phrases = [reader.phrase(source, gap) for source in entry["match"]]
        without = set(entry.get("without", ()))
        if not without <= {scope.name for scope in scopes}:
            raise ValueError(f"{risk}.yml: {self.name}: no such scope")
        self.scopes = [scope for scope in scopes if scope.suits(risk, self.level) and scope.name not in without]
        if "unless" in entry:
            own = {"name": f"unless {self.name}", "where": "sentence", "match": entry["unless"]}
            self.scopes.append(Scope(own, reader))

    def findings(self, text: Text, reading: Callable[[], Reading]) -> Iterator[Finding]:
        """What the rule finds in a text. `reading` tells who is named in it, asked only when something is found."""
        for phrase in self.phrases:
            for start, end in text.find(phrase):
                subject, sure = reading().holder(start, end, self.who)
                if subject in self._only and not any(s.cancels(text, start, end, subject) for s in self.scopes):
                    yield Finding(self.risk, subject, self.name, self.level, sure, start, end)


class Hints:
    """Signs that say little alone and enough together."""

    name = "hints"

    def __init__(self, data: Mapping[str, Any], reader: Reader, scopes: Sequence[Scope]) -> None:
        """Read `hints.yml`. Raises ValueError or KeyError when it is wrong."""
        self._enough: int = data["enough"]
        self.groups: list[tuple[int, list[Phrase]]] = []
        for entry in data["groups"]:
            _only_keys(entry, "hints.yml", "name weight match")
            self.groups.append((entry["weight"], [reader.phrase(source) for source in entry["match"]]))
        self.groups.sort(key=lambda group: -abs(group[0]))
        self._scopes = [scope for scope in scopes if scope.suits("crisis", "weak") and scope.where != "before"]

    def findings(self, text: Text, reading: Callable[[], Reading]) -> Iterator[Finding]:
        """At most one finding: that the signs in a text are enough."""
        total, heaviest = 0, 0
        first, last = len(text.codes), 0
        for weight, phrases in self.groups:
            places = [place for phrase in phrases for place in text.find(phrase)]
            if weight > 0:
                places = [place for place in places if self._counts(text, place, reading)]
            if not places:
                continue
            total, heaviest = total + weight, max(heaviest, weight)
            if weight > 0:
                first, last = min(first, places[0][0]), max(last, places[-1][1])
        if total >= self._enough and heaviest > 1:
            yield Finding("crisis", "zelf", self.name, "weak", True, first, last)

    def _counts(self, text: Text, place: tuple[int, int], reading: Callable[[], Reading]) -> bool:
        start, end = place
        if not reading().is_own(start):
            return False
        return not any(scope.cancels(text, start, end, "zelf") for scope in self._scopes)


class Layer:
    """Everything the data says, read once."""

    def __init__(self, folder: Path) -> None:
        """Read the files of a folder. Raises OSError, YAMLError, KeyError or ValueError when one is missing or wrong."""
        self.fold = Folding(_load(folder, "characters"))
        words = self._folded(_load(folder, "words"))
        reader = Reader(words["classes"], words["common"].split())
        self.scopes = [Scope(entry, reader) for entry in self._folded(_load(folder, "scopes"))["scopes"]]
        self.rules = [
            Rule(risk, entry, reader, self.scopes)
            for risk in RISKS
            for entry in self._folded(_load(folder, risk))["rules"]
        ]
        self.hints = Hints(self._folded(_load(folder, "hints")), reader, self.scopes)
        self.persons = Persons(reader, self._folded(_load(folder, "persons")))
        self.classes = list(reader.known_classes())
        self.lexicon = reader.lexicon
        for phrase in words["together"]:
            for word in phrase.split():
                self.lexicon.add(word)
        self.lexicon.close()
        self.spelling = Spelling(
            self.lexicon,
            shorthand=words["shorthand"],
            leet=_load(folder, "characters")["leet"],
            near=words["near"].split(),
            real=_load(folder, "real-words")["words"].split(),
            together=words["together"],
            abbreviations=words["abbreviations"].split(),
        )

    def _folded(self, part: Any) -> Any:
        if isinstance(part, dict):
            return {self._folded(key): self._folded(value) for key, value in part.items()}
        if isinstance(part, list):
            return [self._folded(value) for value in part]
        return self.fold(part) if isinstance(part, str) else part

    def words(self, text: str, watch: Watch, memo: dict[str, tuple[str, ...]] | None = None) -> list[str]:
        """The words of a text as the phrases know them. Raises TimeoutError."""
        return self.spelling.words(self.fold(text), watch.check, {} if memo is None else memo)

    def codes(self, words: Sequence[str]) -> str:
        """The words as codes, one character each."""
        memo = {word: self.lexicon.code(word) for word in set(words)}
        return "".join(memo[word] for word in words)

    def findings(self, codes: str, watch: Watch, spoken_of: Callable[[], str | None] = lambda: None) -> list[Finding]:
        """Every danger in the words of one text. `spoken_of`: of whom was spoken last before it. Raises TimeoutError."""
        text = Text(codes, watch)
        reading = cache(lambda: self.persons.reading(codes, text.find, spoken_of()))
        return [finding for source in (*self.rules, self.hints) for finding in source.findings(text, reading)]


def check(self) -> None:
    """Raises TimeoutError when the time is up."""
    self.left()


class Text:
    """Words as codes, and where phrases stand in them."""

    def __init__(self, codes: str, watch: Watch) -> None:
        """Take the codes of the words; phrases are looked for when asked."""
        self.codes = codes
        self._present = set(codes)
        self._watch = watch
        self._found: dict[int, list[tuple[int, int]]] = {}

    def find(self, phrase: Phrase) -> list[tuple[int, int]]:
        """Start and end of every place. Raises TimeoutError when the time is up."""
        if not phrase.may_match(self._present):
            return []
        if id(phrase) not in self._found:
            matches = phrase.expression.finditer(self.codes, overlapped=True, timeout=self._watch.left())
            self._found[id(phrase)] = [match.span() for match in matches]
        return self._found[id(phrase)]


class Scope:
    """What takes the danger out of a trigger."""

    def __init__(self, entry: Mapping[str, Any], reader: Reader) -> None:
        """Read one entry of `scopes.yml`. Raises ValueError or KeyError when it is wrong."""
        _only_keys(entry, "scopes.yml", "name where reach levels risks subjects match except")
        self.name: str = entry["name"]
        self.where: str = entry["where"]
        self._reach: int = entry.get("reach", 0)
        self._levels: Sequence[str] = entry.get("levels", _LEVELS)
        self._risks: Sequence[str] = entry.get("risks", RISKS)
        self._subjects: Sequence[str] = entry.get("subjects", SUBJECTS)
        self.phrases = [reader.phrase(source) for source in entry["match"]]
        self.exceptions = [reader.phrase(source) for source in entry.get("except", ())]
        if self.where not in _PLACES or not set(self._levels) <= set(_LEVELS) or not set(self._risks) <= set(RISKS):
            raise ValueError(f"scopes.yml: {self.name}: no such place, level or risk")
        self._ends = reader.phrase("<einde-bereik>")

    def suits(self, risk: str, level: str) -> bool:
        """Whether the scope is meant for triggers of this risk and level."""
        return risk in self._risks and level in self._levels

    def cancels(self, text: Text, start: int, end: int, subject: str) -> bool:
        """Whether the scope lies over the trigger that stands from start to end."""
        if subject not in self._subjects:
            return False
        places = (place for phrase in self.phrases for place in text.find(phrase))
        return any(self._covers(text, place, start, end) for place in places if not self._excepted(text, place))

    def _excepted(self, text: Text, place: tuple[int, int]) -> bool:
        start, end = place
        return any(a < end and b > start for phrase in self.exceptions for a, b in text.find(phrase))

    def _covers(self, text: Text, place: tuple[int, int], start: int, end: int) -> bool:
        first, last = place
        if self.where == "message":
            return True
        if self.where == "over":
            return first < end and last > start
        if self.where == "before":
            return last <= start and self._near(text, last, start)
        if self.where == "after":
            return first >= end and self._near(text, end, first)
        between = text.codes[min(last, end) : max(first, start)]
        return not any(sign in ENDS for sign in between)

    def _near(self, text: Text, start: int, end: int) -> bool:
        if end - start > self._reach or any(sign in MARKS for sign in text.codes[start:end]):
            return False
        return not any(start <= a < end for a, _ in text.find(self._ends))


class Rule:
    """Triggers of one kind."""

    def __init__(self, risk: str, entry: Mapping[str, Any], reader: Reader, scopes: Sequence[Scope]) -> None:
        """Read one entry of a file of triggers. Raises ValueError or KeyError when it is wrong."""
        _only_keys(entry, f"{risk}.yml", "name level who only gap match unless without")
        self.risk = risk
        self.name: str = entry["name"]
        self.level: str = entry["level"]
        self.who: str = entry.get("who", "clause")
        if self.level not in _LEVELS or self.who not in (*WAYS, *SUBJECTS):
            raise ValueError(f"{risk}.yml: {self.name}: no such level or subject")
        self._only: Sequence[str] = entry.get("only", SUBJECTS)
        gap = str(entry.get("gap", 4))
        self.phrases = [reader.phrase(source, gap) for source in entry["match"]]
        without = set(entry.get("without", ()))
        if not without <= {scope.name for scope in scopes}:
            raise ValueError(f"{risk}.yml: {self.name}: no such scope")
        self.scopes = [scope for scope in scopes if scope.suits(risk, self.level) and scope.name not in without]
        if "unless" in entry:
            own = {"name": f"unless {self.name}", "where": "sentence", "match": entry["unless"]}
            self.scopes.append(Scope(own, reader))

    def findings(self, text: Text, reading: Callable[[], Reading]) -> Iterator[Finding]:
        """What the rule finds in a text. `reading` tells who is named in it, asked only when something is found."""
        for phrase in self.phrases:
            for start, end in text.find(phrase):
                subject, sure = reading().holder(start, end, self.who)
                if subject in self._only and not any(s.cancels(text, start, end, subject) for s in self.scopes):
                    yield Finding(self.risk, subject, self.name, self.level, sure, start, end)


class Hints:
    """Signs that say little alone and enough together."""

    name = "hints"

    def __init__(self, data: Mapping[str, Any], reader: Reader, scopes: Sequence[Scope]) -> None:
        """Read `hints.yml`. Raises ValueError or KeyError when it is wrong."""
        self._enough: int = data["enough"]
        self.groups: list[tuple[int, list[Phrase]]] = []
        for entry in data["groups"]:
            _only_keys(entry, "hints.yml", "name weight match")
            self.groups.append((entry["weight"], [reader.phrase(source) for source in entry["match"]]))
        self.groups.sort(key=lambda group: -abs(group[0]))
        self._scopes = [scope for scope in scopes if scope.suits("crisis", "weak") and scope.where != "before"]

    def findings(self, text: Text, reading: Callable[[], Reading]) -> Iterator[Finding]:
        """At most one finding: that the signs in a text are enough."""
        total, heaviest = 0, 0
        first, last = len(text.codes), 0
        for weight, phrases in self.groups:
            places = [place for phrase in phrases for place in text.find(phrase)]
            if weight > 0:
                places = [place for place in places if self._counts(text, place, reading)]
            if not places:
                continue
            total, heaviest = total + weight, max(heaviest, weight)
            if weight > 0:
                first, last = min(first, places[0][0]), max(last, places[-1][1])
        if total >= self._enough and heaviest > 1:
            yield Finding("crisis", "zelf", self.name, "weak", True, first, last)

    def _counts(self, text: Text, place: tuple[int, int], reading: Callable[[], Reading]) -> bool:
        start, end = place
        if not reading().is_own(start):
            return False
        return not any(scope.cancels(text, start, end, "zelf") for scope in self._scopes)


class Layer:
    """Everything the data says, read once."""

    def __init__(self, folder: Path) -> None:
        """Read the files of a folder. Raises OSError, YAMLError, KeyError or ValueError when one is missing or wrong."""
        self.fold = Folding(_load(folder, "characters"))
        words = self._folded(_load(folder, "words"))
        reader = Reader(words["classes"], words["common"].split())
        self.scopes = [Scope(entry, reader) for entry in self._folded(_load(folder, "scopes"))["scopes"]]
        self.rules = [
            Rule(risk, entry, reader, self.scopes)
            for risk in RISKS
            for entry in self._folded(_load(folder, risk))["rules"]
        ]
        self.hints = Hints(self._folded(_load(folder, "hints")), reader, self.scopes)
        self.persons = Persons(reader, self._folded(_load(folder, "persons")))
        self.classes = list(reader.known_classes())
        self.lexicon = reader.lexicon
        for phrase in words["together"]:
            for word in phrase.split():
                self.lexicon.add(word)
        self.lexicon.close()
        self.spelling = Spelling(
            self.lexicon,
            shorthand=words["shorthand"],
            leet=_load(folder, "characters")["leet"],
            near=words["near"].split(),
            real=_load(folder, "real-words")["words"].split(),
            together=words["together"],
            abbreviations=words["abbreviations"].split(),
        )

    def _folded(self, part: Any) -> Any:
        if isinstance(part, dict):
            return {self._folded(key): self._folded(value) for key, value in part.items()}
        if isinstance(part, list):
            return [self._folded(value) for value in part]
        return self.fold(part) if isinstance(part, str) else part

    def words(self, text: str, watch: Watch, memo: dict[str, tuple[str, ...]] | None = None) -> list[str]:
        """The words of a text as the phrases know them. Raises TimeoutError."""
        return self.spelling.words(self.fold(text), watch.check, {} if memo is None else memo)

    def codes(self, words: Sequence[str]) -> str:
        """The words as codes, one character each."""
        memo = {word: self.lexicon.code(word) for word in set(words)}
        return "".join(memo[word] for word in words)

    def findings(self, codes: str, watch: Watch, spoken_of: Callable[[], str | None] = lambda: None) -> list[Finding]:
        """Every danger in the words of one text. `spoken_of`: of whom was spoken last before it. Raises TimeoutError."""
        text = Text(codes, watch)
        reading = cache(lambda: self.persons.reading(codes, text.find, spoken_of()))
        return [finding for source in (*self.rules, self.hints) for finding in source.findings(text, reading)]

    def subject_of(self, codes: str, finding: Finding, shift: int, watch: Watch) -> str:
        """Whose a finding is when its text is read with what went before it."""
        rule = next(rule for rule in self.rules if rule.name == finding.rule and rule.risk == finding.risk)
        reading = self.persons.reading(codes, Text(codes, watch).find)
        return reading.holder(finding.start + shift, finding.end + shift, rule.who)[0]


def check(text: str, previous: Sequence[str] = ()) -> Verdict:
    """Read a message for danger.

    `previous` are the one or two messages before it, the oldest first: what begins in them and ends in this message
    counts too, what was dangerous in them by itself does not count again. Never raises: whatever goes wrong, or takes
    longer than a quarter of a second, is a crisis.
    """
    try:
        layer = _layer()
        return _verdict(layer, text, previous, Watch(SECONDS))
    except TimeoutError:
        return Verdict("crisis", "zelf", True, "timeout")
    except Exception:
        return Verdict("crisis", "zelf", True, "failed")


def prepare() -> None:
    """Read the data and compile every pattern now instead of on first use; for whoever starts up or validates.

    Raises OSError, YAMLError, KeyError, ValueError or regex.error when the data are missing or wrong.
    """
    layer = _layer()
    scoped = [phrase for scope in layer.scopes for phrase in (*scope.phrases, *scope.exceptions)]
    ruled = [phrase for rule in layer.rules for phrase in rule.phrases]
    ruled += [phrase for _, phrases in layer.hints.groups for phrase in phrases]
    for phrase in scoped + ruled + [phrase for _, phrase in layer.persons.phrases()]:
        phrase.may_match(frozenset(phrase.expression.pattern))


def explain(text: str) -> list[Finding]:
    """Every finding in a message by itself, for tests and for whoever tends the data. Raises as :func:`prepare`."""
    layer, watch = _layer(), Watch(60)
    return sorted(layer.findings(layer.codes(layer.words(text, watch)), watch), key=lambda f: f.gravity)


def _verdict(layer: Layer, text: str, previous: Sequence[str], watch: Watch) -> Verdict:
    earlier = Earlier(layer, previous, watch)
    findings: list[Finding] = []
    memo: dict[str, tuple[str, ...]] = {}
    first = ""
    for window in _windows(text):
        codes = layer.codes(layer.words(window, watch, memo))
        first = first or codes
        findings += layer.findings(codes, watch, earlier.spoken_of)
        if any(finding.risk == "crisis" and finding.subject == "zelf" and finding.sure for finding in findings):
            break
    findings = [earlier.with_owner(finding, first) for finding in findings]
    findings += earlier.across_seam(first)
    if not findings:
        return Verdict("geen", "geen", False, "")
    gravest = min(findings, key=lambda finding: finding.gravity)
    panel = gravest.risk == "crisis" and gravest.subject == "zelf"
    return Verdict(gravest.risk, gravest.subject, panel, gravest.rule)


class Earlier:
    """The one or two messages before: what a message may be the end of, and of whom they spoke."""

    def __init__(self, layer: Layer, previous: Sequence[str], watch: Watch) -> None:
        """Read the ends of the last two messages, the oldest first. Raises TimeoutError."""
        self._layer = layer
        self._watch = watch
        words = [layer.words(message[-_OVERLAP:], watch)[-_TAIL:] for message in previous[-2:]]
        parts = [layer.codes(message).rstrip(ENDS) for message in words]
        self._parts = [part for part in parts if part]
        self._codes = "".join(self._parts)

    def _reading(self, codes: str) -> Reading:
        return self._layer.persons.reading(codes, Text(codes, self._watch).find)

    def spoken_of(self) -> str | None:
        """Of whom was spoken last, if anyone but the doctor. Raises TimeoutError."""
        return self._reading(self._codes).last if self._codes else None

    def with_owner(self, finding: Finding, codes: str) -> Finding:
        """A finding without a subject of its own, read with a message before it that broke off after naming someone."""
        if finding.sure or not self._parts or not self._reading(self._parts[-1]).ends_with_someone():
            return finding
        rule = next((r for r in self._layer.rules if (r.risk, r.name) == (finding.risk, finding.rule)), None)
        if rule is None:
            return finding
        shift = len(self._parts[-1])
        reading = self._reading(self._parts[-1] + codes)
        return replace(finding, subject=reading.holder(finding.start + shift, finding.end + shift, rule.who)[0])

    def across_seam(self, codes: str) -> Iterator[Finding]:
        """What begins in the messages before and ends in this one, unless those were dangerous already."""
        if not self._parts or not codes:
            return
        seam = len(self._codes)
        for finding in self._layer.findings(self._codes + codes[:_TAIL], self._watch):
            if finding.start < seam < finding.end:
                within_last = finding.start >= seam - len(self._parts[-1])
                known = self._layer.findings(self._parts[-1] if within_last else self._codes, self._watch)
                if finding.risk not in {earlier.risk for earlier in known}:
                    yield finding


def _windows(text: str) -> Iterator[str]:
    """The text in parts of bounded size; of a long one each different line or sentence once."""
    if len(text) > _WINDOW:
        text = "".join(dict.fromkeys(_SENTENCE.findall(text)))
    for start in range(0, max(len(text) - _OVERLAP, 1), _WINDOW - _OVERLAP):
        yield text[start : start + _WINDOW]


def _only_keys(entry: Mapping[str, Any], file: str, keys: str) -> None:
    wrong = set(entry) - set(keys.split())
    if wrong:
        raise ValueError(f"{file}: {entry.get('name')}: no such key: {', '.join(sorted(wrong))}")


def _load(folder: Path, name: str) -> Any:
    # Read by the fast parser, not by bot.yaml: this has to be ready long before anything else is.
    return YAML(typ="safe").load(folder / f"{name}.yml")


@cache
def _layer() -> Layer:
    return Layer(_DATA)
