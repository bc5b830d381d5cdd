"""Teaching the bot by a sentence of one's own: whether it may, and the lessons as the files that the project is built on.
Pure, but for reading those files."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import regex

from bot.language import evaluation
from bot.language.labels import intent_of
from bot.language.reading import NO_TOPIC
from bot.scripts.inputs import plain
from bot.settings import DATA
from bot.store.lessons import LONGEST, Lesson

# So many words in a row are a doctor's own.
OWN_WORDS = 5
# A piece of so few words is told by anyone.
_ANYONES = 2
_BRACKETS = regex.compile(r"[\[\]{}()]")
_BEGINS = regex.compile(r"[\p{L}\p{N}'‘’\"“”]")
# An example of data/nlu, or the text of a case in tests/language.
_SENTENCE = regex.compile(r'^ +- (?!intent:)(.+)$|^- \{text: "(.+?)", context:', regex.M)
_WORD = regex.compile(r"[\p{L}\p{N}]+")


def tidy(text: str) -> str:
    """A sentence on one line, with single spaces."""
    return " ".join(text.split())


def mistake(sentence: str) -> str:
    """What a sentence cannot be an example for, as the key of its text; empty when it can. The rules are those of
    bot/validation/nlu.py, and a sentence that the project has already teaches nothing."""
    if not regex.search(r"\p{L}{2}", sentence):
        return "leeg"
    if len(sentence) > LONGEST:
        return "lang"
    begins = _BEGINS.match(sentence) and not sentence.casefold().startswith("intent:")
    if not begins or _BRACKETS.search(sentence) or not sentence.isprintable():
        return "tekens"
    return "bekend" if plain(sentence) in known() else ""


def borrowed(sentence: str, piece: str) -> bool:
    """Whether a sentence takes five words in a row from a piece, or is the piece."""
    mine, theirs = _words(sentence), _words(piece)
    if mine == theirs and len(theirs) > _ANYONES:
        return True
    return bool(_runs(mine) & _runs(theirs))


def known() -> frozenset[str]:
    """Every sentence that the bot learns from or is tested with already, as :func:`bot.scripts.inputs.plain` gives it."""
    files = [*sorted((DATA / "nlu").rglob("*.yml")), evaluation.FOLDER / "acts.yml"]
    return _known(tuple((file, file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=1)
def _known(files: tuple[tuple[Path, int], ...]) -> frozenset[str]:
    # By line, as bot/validation/nlu.py does: reading these as YAML takes seconds.
    texts = (file.read_text(encoding="utf-8") for file, _ in files)
    return frozenset(plain(next(filter(None, found.groups()))) for text in texts for found in _SENTENCE.finditer(text))


def new(lessons: Iterable[Lesson]) -> list[Lesson]:
    """The lessons that the project does not have yet, each sentence once, in the order of their labels."""
    here = known()
    by_sentence = {plain(one.sentence): one for one in lessons}
    found = [one for same, one in by_sentence.items() if same not in here]
    return sorted(found, key=lambda one: (one.act, one.topic, one.context, one.sentence))


def as_examples(lessons: Sequence[Lesson], heading: str) -> str:
    """The lessons to learn from, in the shape of ``data/nlu/*.yml``, under a heading."""
    by_intent: dict[str, list[str]] = {}
    for one in lessons:
        if one.use == "leren":
            by_intent.setdefault(intent_of(one.act, one.topic, one.context), []).append(one.sentence)
    rows = [f"# {heading}", 'version: "3.1"', "nlu:" if by_intent else "nlu: []"]
    for intent, told in by_intent.items():
        rows += [f"- intent: {intent}", "  examples: |", *(f"    - {sentence}" for sentence in told)]
    return "\n".join(rows) + "\n"


def as_cases(lessons: Sequence[Lesson], heading: str) -> str:
    """The lessons to test with, in the shape of ``tests/language/acts.yml``, under a heading."""
    rows = []
    for one in lessons:
        if one.use == "toetsen":
            # JSON is YAML: whatever stands in a sentence, it stays one.
            text = json.dumps(one.sentence, ensure_ascii=False)
            about = f", topic: {one.topic}" if one.topic != NO_TOPIC else ""
            rows.append(f"- {{text: {text}, context: {one.context}, act: {one.act}{about}}}")
    return "\n".join([f"# {heading}", *(rows or ["[]"])]) + "\n"


def _words(text: str) -> list[str]:
    plainly = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(c for c in plainly if unicodedata.category(c) not in ("Mn", "Cf")))


def _runs(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[n : n + OWN_WORDS]) for n in range(len(words) - OWN_WORDS + 1)}
