"""Where asking on makes sense: the cues of `data/language/cues.yml`, found with spaCy's matcher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import regex
from spacy.language import Language
from spacy.tokens import Doc

from bot.language import dutch
from bot.language.patterns import Patterns, Span, Words, clauses_of, is_sign
from bot.language.words import SHORT, trimmed
from bot.messages import Cue
from bot.settings import DATA
from bot.yaml import load

FILE = DATA / "language" / "cues.yml"
# A quote is no longer than this.
QUOTE_WORDS = 10
# Of a very long answer the beginning is read: what a matcher costs grows with the words.
LONGEST = 1_200
# The same words over and over: nobody answers so, and it would cost a matcher seconds.
_REPEATED = regex.compile(r"\b(\w+(?:\W+\w+){0,3})(?:\W+\1\b){4}", regex.IGNORECASE)
_KEYS = {"match", "except", "unless", "never", "needs"}
# 'k, 't and their like are read without their apostrophe, typographic ones as plain ones.
_CLITIC = regex.compile(r"(?<!\w)['’‘`](?=[ktsnmr]\b)")
_APOSTROPHE = regex.compile(r"[’‘`´]")


@dataclass(frozen=True)
class _Cue:
    """The patterns of one cue."""

    name: str
    match: Patterns
    exceptions: Patterns
    unless: Patterns
    never: Patterns
    needs: Patterns | None


class CueReader:
    """Finds cues in a text."""

    def __init__(self, language: Language, data: Mapping[str, Any]) -> None:
        """Read the patterns. Raises ValueError, naming the pattern, or KeyError when the data are wrong."""
        self._language = language
        self._breaks = frozenset(data["breaks"].split())
        classes: Mapping[str, str] = data["classes"]
        self._cues = []
        for name, entry in data["cues"].items():
            if unknown := set(entry) - _KEYS:
                raise ValueError(f"{name}: no such key: {', '.join(sorted(unknown))}")

            def part(key: str, entry: Mapping[str, Sequence[str]] = entry) -> Patterns:
                return Patterns(language.vocab, entry.get(key) or (), classes)

            needs = part("needs") if entry.get("needs") else None
            self._cues.append(_Cue(name, part("match"), part("except"), part("unless"), part("never"), needs))

    @property
    def names(self) -> list[str]:
        """Every cue, the short answer too."""
        return [*(cue.name for cue in self._cues), SHORT]

    def read(self, text: str) -> list[Cue]:
        """The cues in a text, each once, with the words to quote; whether it is a short answer is not among them."""
        text = text[:LONGEST]
        if _REPEATED.search(text):
            return []
        left_out = {clitic.start() for clitic in _CLITIC.finditer(text)}
        letters = [at for at in range(len(text)) if at not in left_out]
        doc = self._language(_APOSTROPHE.sub("'", "".join(text[at] for at in letters)))
        clauses = clauses_of(doc, self._breaks)
        if not clauses:
            return []
        said = Words(doc)
        found = []
        for cue in self._cues:
            place = self._place(cue, doc, said, clauses)
            if place is not None:
                found.append(Cue(name=cue.name, quote=_quote(text, letters, doc, place, clauses)))
        return found

    def _place(self, cue: _Cue, doc: Doc, said: Words, clauses: Sequence[Span]) -> Span | None:
        """Where a cue stands first, if it does."""
        places = sorted(cue.match.find(doc, said, clauses), key=lambda span: (span.start, -span.end))
        if not places or any(True for _ in cue.never.find(doc, said, clauses)):
            return None
        if cue.needs is not None and not any(True for _ in cue.needs.find(doc, said, clauses)):
            return None
        exceptions = list(cue.exceptions.find(doc, said, clauses))
        against = list(cue.unless.find(doc, said, clauses))
        undone = [clause for clause in clauses if any(clause.touches(span) for span in against)]
        for place in places:
            if not any(place.touches(other) for other in (*exceptions, *undone)):
                return place
        return None


def _quote(text: str, letters: Sequence[int], doc: Doc, place: Span, clauses: Sequence[Span]) -> str:
    """The doctor's words around a place: its sentence part, its clause when that is too long, else what fits, with an
    ellipsis where more came.

    `letters` says where each letter of the doc stands in the text.
    """

    def words(span: Span) -> str:
        last = doc[span.end - 1]
        return trimmed(text[letters[doc[span.start].idx] : letters[last.idx + len(last) - 1] + 1])

    start, end = place.start, place.end
    part = Span(start, end)
    while part.start > 0 and not is_sign(doc[part.start - 1].text):
        part = Span(part.start - 1, part.end)
    while part.end < len(doc) and not is_sign(doc[part.end].text):
        part = Span(part.start, part.end + 1)
    clause = next((c for c in clauses if c.start <= start < c.end), part)
    for span in (part, Span(min(clause.start, start), max(clause.end, end))):
        if span.end - span.start <= QUOTE_WORDS:
            return words(span)
    span = Span(start, min(end, start + QUOTE_WORDS))
    span = Span(span.start, min(clause.end, span.start + QUOTE_WORDS)) if span.end < clause.end else span
    more = any(not is_sign(doc[at].text) for at in range(span.end, clause.end))
    return words(span) + (" …" if more else "")


@cache
def cue_reader(path: Path = FILE) -> CueReader:
    """The reader of the project's cues. Raises as its constructor."""
    return CueReader(dutch.load(), load(path))
