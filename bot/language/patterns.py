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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class _Gated:
    """The matcher of one pattern, and sets of words: one of each must stand in the text."""

    matcher: Matcher
    needed: Sequence[frozenset[str]]


class Patterns:
    """A list of patterns, looked for at once."""

    def __init__(self, vocab: Vocab, sources: Sequence[str], classes: Classes) -> None:
        """Compile them. Raises ValueError, naming the pattern, when one cannot be read."""
        # What a matcher costs grows with its patterns, and most of them cannot stand in a text: those that need some
        # words have a matcher of their own, which is run where these are said.
        self._always = Matcher(vocab)
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
        needed = [frozenset(words) for words in map(_needed, tokens) if words]
        if not needed:
            return self._always
        gated = _Gated(Matcher(vocab), needed)
        for word in min(needed, key=len):
            self._by_word.setdefault(word, []).append(gated)
        return gated.matcher

    def _found(self, doc: Doc, words: frozenset[str]) -> Iterator[tuple[int, int, int, list[int]]]:
        likely = {id(one): one for word in words for one in self._by_word.get(word, ())}
        if len(self._always):
            yield from self._always(doc, with_alignments=True)
        for gated in likely.values():
            if not any(words.isdisjoint(needed) for needed in gated.needed):
                yield from gated.matcher(doc, with_alignments=True)

    def find(self, doc: Doc, words: frozenset[str], clauses: Sequence[Span]) -> Iterator[Span]:
        """Every place in a text; `words` are its words in lower case, `clauses` its parts."""
        starts, ends = {clause.start for clause in clauses}, {clause.end for clause in clauses}
        last = max(ends, default=0)
        for name, start, end, places in self._found(doc, words):
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


def _needed(token: TokenPattern) -> Sequence[str] | None:
    """The words of which one must stand where this token stands; None when that cannot be told."""
    lower = token.get("LOWER")
    if "OP" in token or lower is None:
        return None
    return [lower] if isinstance(lower, str) else lower.get("IN")


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
