"""Patterns over words as data, made into spaCy's matcher patterns.

======================  ===============================================================================
``moet``                the word, whatever its case; ``moet|mag`` one of these words
``=moeten``             any form of the word (by its lemma)
``schaam*``, ``*loos``  words that begin, or end, so
``<ik>``                one of the words of the class ``ik``
``!<ik>``, ``!niet``    a word that is none of these
``*t&!met|niet``        a word that is one of the first and none of the second
``gewoon?``             perhaps
``~3``                  at most three words in between, no sign
``~3!<ik>``             the same, and none of these words
``~~3``                 the same, over signs too
``_``                   any one word
``,``                   a comma or the like
``^ …``, ``… $``        only at the beginning, or the end, of a clause (``^^`` and ``$$``: of the message)
======================  ===============================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import regex
from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

Classes = Mapping[str, str]
TokenPattern = dict[str, Any]
# Of a longer gap the matcher would try every way to fill it; it gets no limit there, the limit is held afterwards.
_SHORT_GAP = 2
_GAP = regex.compile(r"~(~?)(\d+)(?:!(\S+))?")
SIGN = regex.compile(r"[,;:.!?()\-–—…\"“”/]+")
# A word without a star in it.
_PLAIN = regex.compile(r"[\w'’-]+")


@dataclass(frozen=True)
class Span:
    """Words from start to end in a text."""

    start: int
    end: int

    def touches(self, other: Span) -> bool:
        """Whether they share a word."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class _Anchors:
    clause_start: bool
    clause_end: bool
    text_start: bool
    text_end: bool


@dataclass(frozen=True, eq=False)
class _Need:
    """What must stand at one place of a pattern: one of these words, of these lemmas, or what an expression fits."""

    words: frozenset[str] = frozenset()
    lemmas: frozenset[str] = frozenset()
    expression: re.Pattern[str] | None = None


class Words:
    """The words of a text in lower case and their lemmas, in order."""

    def __init__(self, doc: Doc) -> None:
        """The words of a text that was read."""
        self._lower, self._lemmas = [token.lower_ for token in doc], [token.lemma_ for token in doc]
        self.each = frozenset(self._lower)
        self._places: dict[_Need, list[int]] = {}

    def places(self, need: _Need) -> list[int]:
        """Where in the text stands what is needed, in order. Looked for once: many patterns need the same."""
        if need not in self._places:
            self._places[need] = [
                at
                for at, (word, lemma) in enumerate(zip(self._lower, self._lemmas, strict=True))
                if (need.expression.search(word) if need.expression else word in need.words or lemma in need.lemmas)
            ]
        return self._places[need]


@dataclass(frozen=True)
class _Gated:
    """The matcher of one pattern, what must stand in the text for it, in this order, and which of that are words."""

    matcher: Matcher
    needs: Sequence[_Need]
    named: Sequence[frozenset[str]]

    def may_stand_in(self, said: Words) -> bool:
        """Whether all that is needed stands in a text, one after the other."""
        # Most patterns fall here already, and a set is asked in no time.
        for words in self.named:
            if words.isdisjoint(said.each):
                return False
        last = -1
        for need in self.needs:
            last = next((at for at in said.places(need) if at > last), -1)
            if last < 0:
                return False
        return True


class Patterns:
    """A list of patterns, looked for at once."""

    def __init__(self, vocab: Vocab, sources: Sequence[str], classes: Classes) -> None:
        """Compile them. Raises ValueError, naming the pattern, when one cannot be read."""
        # What a matcher costs grows with its patterns, and most of them cannot stand in a text. So each has a matcher of
        # its own, which is run where all that it needs was said.
        self._anywhere: list[_Gated] = []
        self._by_word: dict[str, list[_Gated]] = {}
        self._anchors: dict[int, _Anchors] = {}
        self._gaps: dict[int, dict[int, int]] = {}
        for source in sources:
            try:
                anchors, tokens, gaps = _parse(source, classes)
                self._matcher_for(vocab, tokens).add(source, [tokens])
            except (KeyError, ValueError, IndexError) as error:
                raise ValueError(f"not a pattern: {source!r} ({error})") from error
            self._anchors[vocab.strings[source]] = anchors
            self._gaps[vocab.strings[source]] = gaps

    def _matcher_for(self, vocab: Vocab, tokens: Sequence[TokenPattern]) -> Matcher:
        """Where a pattern belongs; it is found again by the fewest words of which one must stand in the text."""
        needs = [need for need in map(_need, tokens) if need]
        gated = _Gated(Matcher(vocab), needs, [need.words for need in needs if need.words])
        if not gated.named:
            self._anywhere.append(gated)
        for word in min(gated.named, key=len, default=()):
            self._by_word.setdefault(word, []).append(gated)
        return gated.matcher

    def _found(self, doc: Doc, said: Words) -> Iterator[tuple[int, int, int, list[int]]]:
        likely = {id(one): one for word in said.each for one in self._by_word.get(word, ())}
        for gated in (*self._anywhere, *likely.values()):
            if gated.may_stand_in(said):
                yield from gated.matcher(doc, with_alignments=True)

    def find(self, doc: Doc, said: Words, clauses: Sequence[Span]) -> Iterator[Span]:
        """Every place in a text; `said` are its words, `clauses` its parts."""
        starts, ends = {clause.start for clause in clauses}, {clause.end for clause in clauses}
        last = max(ends, default=0)
        for name, start, end, places in self._found(doc, said):
            anchors = self._anchors[name]
            if any(places.count(at) > most for at, most in self._gaps[name].items()):
                continue
            if (anchors.clause_start and start not in starts) or (anchors.clause_end and end not in ends):
                continue
            if (anchors.text_start and start != min(starts)) or (anchors.text_end and end != last):
                continue
            yield Span(start, end)


def clauses_of(doc: Doc, breaks: frozenset[str]) -> list[Span]:
    """The clauses of a text: between signs, and before words that begin a new one; without the signs."""
    found: list[Span] = []
    start = 0
    for at in range(len(doc) + 1):
        ended = at == len(doc) or is_sign(doc[at].text)
        if ended or (doc[at].lower_ in breaks and at > start):
            if at > start:
                found.append(Span(start, at))
            start = at + 1 if ended else at
    return found


def is_sign(text: str) -> bool:
    """Whether a token is punctuation only."""
    return SIGN.fullmatch(text) is not None


def _parse(source: str, classes: Classes) -> tuple[_Anchors, list[TokenPattern], dict[int, int]]:
    """The anchors, the pattern, and by place in it the longest gap where the matcher itself sets no limit."""
    words = source.split()
    anchors = _Anchors(words[0] == "^", words[-1] == "$", words[0] == "^^", words[-1] == "$$")
    words = [word for word in words if word not in ("^", "$", "^^", "$$")]
    if not words:
        raise ValueError("empty")
    gaps = {at: int(gap[2]) for at, word in enumerate(words) if (gap := _GAP.fullmatch(word))}
    tokens = [_token(word, classes) for word in words]
    return anchors, tokens, {at: most for at, most in gaps.items() if tokens[at]["OP"] == "*"}


def _token(word: str, classes: Classes) -> TokenPattern:
    if gap := _GAP.fullmatch(word):
        within = {} if gap[1] else {"TEXT": {"NOT_IN": list(_SIGNS)}}
        without = {"LOWER": {"NOT_IN": _atoms(gap[3], classes)}} if gap[3] else {}
        return {**within, **without, "OP": f"{{0,{gap[2]}}}" if int(gap[2]) <= _SHORT_GAP else "*"}
    optional = {"OP": "?"} if len(word) > 1 and word.endswith("?") else {}
    word = word.removesuffix("?") if optional else word
    if word == "_":
        return {"IS_PUNCT": False, **optional}
    if word == ",":
        return {"TEXT": {"IN": list(_SIGNS)}, **optional}
    if word.startswith("!"):
        return {"LOWER": _none_of(word[1:], classes), **optional}
    word, _, others = word.partition("&!")
    atoms = _atoms(word, classes)
    lemmas = [atom[1:] for atom in atoms if atom.startswith("=")]
    if lemmas:
        if others or len(lemmas) != len(atoms):
            raise ValueError("words and lemmas do not go together in one place")
        return {"LEMMA": {"IN": lemmas}, **optional}
    if others:
        return {"LOWER": {"REGEX": f"^{_shut_out(others, classes)}(?:{_any_of(atoms)})$"}, **optional}
    if not all(_PLAIN.fullmatch(atom) for atom in atoms):
        return {"LOWER": {"REGEX": f"^(?:{_any_of(atoms)})$"}, **optional}
    return {"LOWER": {"IN": atoms} if len(atoms) > 1 else atoms[0], **optional}


def _need(token: TokenPattern) -> _Need | None:
    """What must stand where this token stands; None when it may be left out, or when that cannot be told by its word."""
    if "OP" in token:
        return None
    if lemma := token.get("LEMMA"):
        return _needed("LEMMA", tuple(lemma["IN"]))
    match token.get("LOWER"):
        case str(word):
            return _needed("LOWER", (word,))
        case {"IN": words}:
            return _needed("LOWER", tuple(words))
        case {"REGEX": expression}:
            return _needed("REGEX", (expression,))
        case _:
            return None


@cache
def _needed(what: str, which: tuple[str, ...]) -> _Need:
    """What a place of a pattern needs; the same thing for all patterns that need the same."""
    match what:
        case "LOWER":
            return _Need(words=frozenset(which))
        case "LEMMA":
            return _Need(lemmas=frozenset(which))
        case _:
            return _Need(expression=re.compile(which[0]))


def _none_of(word: str, classes: Classes) -> TokenPattern:
    """A word, and none of these."""
    atoms = _atoms(word, classes)
    if all(_PLAIN.fullmatch(atom) for atom in atoms):
        return {"NOT_IN": [*atoms, *_SIGNS]}
    return {"REGEX": f"^{_shut_out(word, classes)}[\\w'’]"}


def _shut_out(word: str, classes: Classes) -> str:
    atoms = _atoms(word, classes)
    if any(atom.startswith("=") for atom in atoms):
        raise ValueError("no lemma after !")
    return f"(?!(?:{_any_of(atoms)})$)"


def _atoms(word: str, classes: Classes) -> list[str]:
    return [atom for part in word.split("|") for atom in _expanded(part, classes)]


def _any_of(atoms: Sequence[str]) -> str:
    return "|".join(map(_expression, atoms))


def _expanded(part: str, classes: Classes) -> list[str]:
    if part.startswith("<") and part.endswith(">"):
        return [atom for word in classes[part[1:-1]].split() for atom in _expanded(word, classes)]
    return [part]


def _expression(atom: str) -> str:
    return regex.escape(atom.strip("*")).join(
        ("\\w*" if atom.startswith("*") else "", "[\\w'’-]*" if atom.endswith("*") else "")
    )


_SIGNS = (",", ";", ":", ".", "!", "?", "(", ")", "-", "–", "—", "…", "...", '"', "“", "”", "/")
