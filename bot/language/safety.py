"""Is anyone in danger? Two layers: patterns (`layer.py`), and a small classifier (`classifier.py`); either suffices.

It needs no model of the engine and no database, and :func:`check` never raises: what goes wrong inside, or takes too
long, counts as a crisis. Without the classifier's file the patterns stand alone.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import regex

from bot.language.classifier import Classifier, features, letters
from bot.language.decision import ASIDE, NONE, OWN, Chances, Verdict, decide
from bot.language.layer import TAIL, Earlier, Layer
from bot.language.lexicon import ENDS, MARKS
from bot.language.triggers import Finding, Text, Watch

__all__ = ["NONE", "Verdict", "check", "prepare", "version"]

SECONDS = 0.25
_DATA = Path(__file__).parents[2] / "data" / "safety"
# A longer text is read in windows that overlap by so much that a dangerous sentence lies within one of them.
_WINDOW, _OVERLAP = 16_000, TAIL
# What ends a sentence says no more the twentieth time.
_SENTENCE = regex.compile(r"([^.!?\n]{0,1000}[.!?\n]{0,20})[.!?\n]*")
# So many words and sentences of a message are read by the classifier; a talk's messages are shorter.
_WORDS, _SENTENCES = 900, 60
# Features that say that the patterns saw a sign of a crisis, however small.
_SIGNS = ("!hint ", "!crisis ")
# A sentence of fewer words is read with the whole only.
_SHORTEST = 3
# How words are read and the letters in them, by word, of the sentences for training only: nothing a doctor writes gets in here.
_SPELT: dict[str, tuple[str, ...]] = {}
_LETTERS = cache(letters)


class _Loaded:
    """The classifier in use, once one was loaded."""

    classifier: Classifier | None = None


def check(text: str, previous: Sequence[str] = (), *, surer: bool = False) -> Verdict:
    """Read a message for danger.

    `previous` are the one or two messages before it, the oldest first: what begins in them and ends in this message
    counts too, what was dangerous in them by itself does not count again. surer: what is heard by nothing but likeness must be
    clearer than elsewhere. Never raises: whatever goes wrong, or takes longer than a quarter of a second, is a crisis.
    """
    try:
        return _verdict(_layer(), text, previous, Watch(SECONDS), surer=surer)
    except TimeoutError:
        return Verdict("crisis", "zelf", True, "timeout")
    except Exception:
        return Verdict("crisis", "zelf", True, "failed")


def prepare(classifier: Path | None = None) -> bool:
    """Read the data and load the classifier now; for whoever starts up.

    Whether a classifier is in use. Raises OSError, YAMLError, KeyError or ValueError when the patterns are missing or
    wrong; a classifier that is missing or damaged is left out.
    """
    _layer()
    if classifier is not None:
        try:
            _Loaded.classifier = Classifier.load(classifier)
        except (OSError, ValueError, KeyError, EOFError, TypeError, OverflowError):
            _Loaded.classifier = None
    # What is loaded stays: a collection of garbage that walks through all of it takes longer than a message may.
    gc.freeze()
    return _Loaded.classifier is not None


def compile_all() -> None:
    """Compile every pattern now, which takes a second and more: otherwise each is when it is first looked for. Raises as
    :func:`prepare`, and re.error."""
    for phrase in _layer().phrases:
        _ = phrase.expression
    gc.freeze()


def forget() -> None:
    """Leave the classifier out again, so that the patterns stand alone."""
    _Loaded.classifier = None


@cache
def version() -> str:
    """Stands for the patterns and sentences that danger is heard by. Raises OSError."""
    digest = hashlib.sha256()
    for path in sorted(_DATA.rglob("*.yml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class Explanation(NamedTuple):
    """Why a message was read as it was: what the patterns found on which words, and what the classifier thought of it."""

    findings: list[tuple[Finding, str]]
    chances: Mapping[str, float]
    reasons: list[str]
    alike: float = 0.0
    """What the sentences most like it say of an own crisis, in log odds."""


def explain(text: str) -> Explanation:
    """Why a message by itself is read as it is. For whoever tends the data; raises as :func:`prepare`."""
    layer, watch = _layer(), Watch(60)
    words = layer.words(text, watch)
    read = layer.text(layer.codes(words), watch)
    found = sorted(layer.findings(read), key=lambda finding: finding.gravity)
    chances = _chances(layer, words, read, watch).highest
    likeliest = max((label for label in chances if label != NONE), key=chances.__getitem__, default="")
    reasons: list[str] = []
    alike = 0.0
    if _Loaded.classifier and likeliest:
        known_by = features(words, layer.signs_and_findings(read)[0])
        reasons, alike = _Loaded.classifier.reasons(known_by, likeliest), _Loaded.classifier.alike(known_by)
    return Explanation([(f, " ".join(words[f.start : f.end])) for f in found], chances, reasons, alike)


def features_of(text: str) -> set[str]:
    """What the classifier knows a text by. For training; raises as :func:`prepare`."""
    return _features_and_findings(text)[0]


def features_of_harmless(text: str) -> set[str] | None:
    """The same, or None when the patterns hear danger in the text. For training; raises as :func:`prepare`."""
    features, findings = _features_and_findings(text)
    return features if decide(findings, Chances()).risk == NONE else None


def _features_and_findings(text: str) -> tuple[set[str], list[Finding]]:
    layer, watch = _layer(), Watch(60)
    words = layer.words(text, watch, _SPELT)
    signs, findings = layer.signs_and_findings(layer.text(layer.codes(words), watch))
    return features(words, signs, _LETTERS), findings


def _verdict(layer: Layer, text: str, previous: Sequence[str], watch: Watch, *, surer: bool) -> Verdict:
    earlier = Earlier(layer, previous, watch)
    findings: list[Finding] = []
    memo: dict[str, tuple[str, ...]] = {}
    first: tuple[list[str], Text] | None = None
    for window in _windows(text):
        words = layer.words(window, watch, memo)
        read = layer.text(layer.codes(words), watch)
        if first is None or set(first[0]) <= set(MARKS):
            first = words, read
        findings += layer.findings(read, earlier.spoken_of)
        if any(_is_own_crisis(finding) for finding in findings):
            break
    assert first is not None
    words, read = first
    findings = [earlier.with_owner(finding, read.codes) for finding in findings]
    findings += earlier.across_seam(read.codes)
    return decide(findings, _chances(layer, words, read, watch), surer=surer)


def _is_own_crisis(finding: Finding) -> bool:
    return finding.risk == "crisis" and finding.subject == "zelf" and finding.sure and not finding.aside


def _chances(layer: Layer, words: Sequence[str], read: Text, watch: Watch) -> Chances:
    """What the classifier thinks of the text, and of each sentence of it. `read` is the text as the patterns have read it.

    What begins in the messages before is left to the patterns: joined to what was said before, the classifier heard little
    more and alarmed for short answers (`docs/adr/0003-two-layers-of-safety.md`).
    """
    classifier = _Loaded.classifier
    if classifier is None or not words:
        return Chances()

    def known_by(part: Sequence[str]) -> set[str]:
        seen = read if len(part) == len(words) else layer.text(layer.codes(part), watch)
        return features(part, layer.signs_and_findings(seen)[0])

    found = [known_by(part) for part in _parts(words[:_WORDS])]
    whole, *parts = map(classifier.chances, found)
    highest = {label: max([chance, *(part[label] for part in parts)]) for label, chance in whole.items()}
    stands = (
        part.get(OWN, 0.0)
        for part in (whole, *parts)
        if part.get(OWN, 0.0) > max(part.get(label, 0.0) for label in ASIDE)
    )
    # Of what was read in part only it cannot be said that it is, as a whole, a denial.
    read_whole = len(words) <= _WORDS and sum(word in ENDS for word in words) <= _SENTENCES
    return Chances(
        whole if read_whole else {},
        highest,
        standing=max(stands, default=0.0),
        sign=any(name.startswith(_SIGNS) for part in found for name in part),
        sentences=len(parts),
    )


def _parts(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """The whole, and each of its sentences when it has more than one."""
    yield words
    ends = [at + 1 for at, word in enumerate(words) if word in ENDS][:_SENTENCES]
    sentences = [words[start:end] for start, end in zip([0, *ends], [*ends, len(words)], strict=True)]
    sentences = [sentence for sentence in sentences if len(sentence) > _SHORTEST]
    if len(sentences) > 1:
        yield from sentences


def _windows(text: str) -> Iterator[str]:
    """The text in parts of bounded size; of a long one each different line or sentence once."""
    if len(text) > _WINDOW:
        text = "".join(dict.fromkeys(_SENTENCE.findall(text)))
    for start in range(0, max(len(text) - _OVERLAP, 1), _WINDOW - _OVERLAP):
        yield text[start : start + _WINDOW]


@cache
def _layer() -> Layer:
    return Layer(_DATA)
