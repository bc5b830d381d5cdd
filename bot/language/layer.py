"""The first layer of safety: patterns that look for danger, and for what takes it away again.

A trigger (`data/safety/crisis.yml` and its sisters) finds words of danger; a scope (`scopes.yml`) around it says that
they are denied, over, a figure of speech or shop talk; grammar says whose danger it is. All of it is data.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.language.index import Index
from bot.language.lexicon import ENDS, SIGNS
from bot.language.normalise import Folding
from bot.language.phrases import Reader
from bot.language.spelling import Spelling
from bot.language.subjects import Persons, Reading
from bot.language.triggers import RISKS, Finding, Hints, Rule, Scope, Text, Watch

# Of each message before, so many characters are read along, and of those so many words.
TAIL = 600
_TAIL_WORDS = 60


class Layer:
    """Everything the data says, read once."""

    def __init__(self, folder: Path) -> None:
        """Read the files of a folder. Raises OSError, YAMLError, KeyError or ValueError when one is missing or wrong."""
        self.fold = Folding(_load(folder, "characters"))
        words = self._folded(_load(folder, "words"))
        reader = Reader(words["classes"], words["common"].split())
        scopes = self._folded(_load(folder, "scopes"))
        self.scopes = [Scope(entry, reader) for entry in scopes["scopes"]]
        self.rules = [
            Rule(risk, entry, reader, self.scopes, scopes["adjuncts"])
            for risk in RISKS
            for entry in self._folded(_load(folder, risk))["rules"]
        ]
        self.hints = Hints(self._folded(_load(folder, "hints")), reader, self.scopes, scopes["adjuncts"])
        self.persons = Persons(reader, self._folded(_load(folder, "persons")))
        self.classes = list(reader.known_classes())
        self.lexicon = reader.lexicon
        for phrase in (*words["together"], *words["fillers"]):
            for word in phrase.split():
                self.lexicon.add(word)
        self.lexicon.close()
        self._kinds: dict[str, list[str]] = defaultdict(list)
        for name in self.classes:
            for word in reader.words_of(name):
                for code in self.lexicon.codes(word) if word not in SIGNS else ():
                    self._kinds[code].append(name)
        self._signs: dict[object, str] = {rule.phrases: f"{rule.risk} {rule.name}" for rule in self.rules}
        self._signs |= {group.phrases: f"hint {group.name}" for group in self.hints.groups}
        self._signs |= {scope.phrases: f"scope {scope.name}" for scope in self.scopes}
        self.phrases = reader.phrases
        self._index = Index(self.phrases)
        self.spelling = Spelling(
            self.lexicon,
            shorthand=words["shorthand"],
            leet=_load(folder, "characters")["leet"],
            near=words["near"].split(),
            real=_load(folder, "real-words")["words"].split(),
            together=words["together"],
            abbreviations=words["abbreviations"].split(),
            after_k=words["after-k"].split(),
            fillers=words["fillers"],
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

    def text(self, codes: str, watch: Watch) -> Text:
        """Words as codes, to look for phrases in."""
        return Text(codes, self._index, watch)

    def codes(self, words: Sequence[str]) -> str:
        """The words as codes, one character each."""
        memo = {word: self.lexicon.code(word) for word in set(words)}
        return "".join(memo[word] for word in words)

    def findings(self, text: Text, spoken_of: Callable[[], str | None] = lambda: None) -> list[Finding]:
        """Every danger in one text. `spoken_of`: of whom was spoken last before. Raises TimeoutError."""
        return self._findings(text, cache(lambda: self.persons.reading(text.codes, text.find, spoken_of())))

    def _findings(self, text: Text, reading: Callable[[], Reading]) -> list[Finding]:
        found = [finding for rule in self.rules for finding in rule.findings(text, reading)]
        return [*found, *self.hints.findings(text, reading)]

    def signs_and_findings(self, text: Text) -> tuple[set[str], list[Finding]]:
        """What the classifier is told of what the patterns see in a text, and every danger that they find in it.

        Raises TimeoutError.
        """
        reading = self.persons.reading(text.codes, text.find)
        signs = {*reading.signs(), *itertools.chain.from_iterable(self._kinds.get(code, ()) for code in text.codes)}
        signs.update(self._signs[home] for home in text.held() if home in self._signs)
        findings = self._findings(text, lambda: reading)
        for finding in findings:
            kind = "aside" if finding.aside else "found"
            signs.update((f"{kind} {finding.risk} {finding.rule}", f"{kind} {finding.risk}.{finding.subject}"))
        return signs, findings

    def across(self, codes: str, seam: int, watch: Watch) -> list[Finding]:
        """Every danger that lies across a place in the words. Raises TimeoutError."""
        text = self.text(codes, watch)
        reading = cache(lambda: self.persons.reading(codes, text.find))
        return [finding for rule in self.rules for finding in rule.findings(text, reading, seam)]


class Earlier:
    """The one or two messages before: what a message may be the end of, and of whom they spoke."""

    def __init__(self, layer: Layer, previous: Sequence[str], watch: Watch) -> None:
        """Read the ends of the last two messages, the oldest first. Raises TimeoutError."""
        self._layer = layer
        self._watch = watch
        words = [layer.words(message[-TAIL:], watch)[-_TAIL_WORDS:] for message in previous[-2:]]
        parts = [layer.codes(message).rstrip(ENDS) for message in words]
        self._parts = [part for part in parts if part]
        self._codes = "".join(self._parts)

    def _reading(self, codes: str) -> Reading:
        return self._layer.persons.reading(codes, self._layer.text(codes, self._watch).find)

    def spoken_of(self) -> str | None:
        """Of whom was spoken last, if anyone but the doctor. Raises TimeoutError."""
        return self._reading(self._codes).last if self._codes else None

    def with_owner(self, finding: Finding, codes: str) -> Finding:
        """A finding without a subject of its own, read with a message before it that broke off after naming someone."""
        if finding.sure or finding.aside or not self._parts or not self._reading(self._parts[-1]).ends_with_someone():
            return finding
        rule = next((r for r in self._layer.rules if (r.risk, r.name) == (finding.risk, finding.rule)), None)
        how = rule.who if rule else "clause"
        shift = len(self._parts[-1])
        reading = self._reading(self._parts[-1] + codes)
        return replace(finding, subject=reading.holder(finding.start + shift, finding.end + shift, how)[0])

    def across_seam(self, codes: str) -> Iterator[Finding]:
        """What begins in the messages before and ends in this one, unless those were dangerous already."""
        if not self._parts or not codes:
            return
        seam = len(self._codes)
        for finding in self._layer.across(self._codes + codes[:_TAIL_WORDS], seam, self._watch):
            within_last = finding.start >= seam - len(self._parts[-1])
            known = self._layer.findings(self._layer.text(self._parts[-1] if within_last else self._codes, self._watch))
            if not finding.aside and finding.risk not in {earlier.risk for earlier in known}:
                yield finding


def _load(folder: Path, name: str) -> Any:
    # Read by the fast parser, not by bot.yaml: this has to be ready long before anything else is.
    return YAML(typ="safe").load(folder / f"{name}.yml")
