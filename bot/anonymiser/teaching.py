"""Teaches the tagger by the examples of `data/anonymiser/examples/`: one text a line, ``[[kind|words]]`` in it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bot import fingerprints
from bot.anonymiser.lexicon import FOLDER, lexicon
from bot.anonymiser.spans import Span
from bot.anonymiser.tagger import KINDS, OUTSIDE, Features
from bot.anonymiser.words import Word

EXAMPLES = FOLDER / "examples"
_MARKED = re.compile(r"\[\[(\w+)\|(.*?)\]\]")
_CODE = ("tagger", "teaching", "lexicon", "words")
# By the averaged perceptron, so often through all texts: it finds as much as L-BFGS does in fifty rounds, in a third of the time.
_ROUNDS = 20
# Half of the texts are learnt in small letters too, and a fifth of the names as if no list had them.
_LOWERED, _UNLISTED = 0.5, 0.2
_SEED = 20261126


class Marked(NamedTuple):
    """A text, and what in it could identify someone."""

    text: str
    spans: tuple[Span, ...]


def examples(folder: Path = EXAMPLES) -> Iterator[Marked]:
    """Every text of the folder. Raises OSError, or ValueError with file and line when a mark is no kind."""
    for path in sorted(folder.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                try:
                    yield unmarked(line)
                except ValueError:
                    raise ValueError(f"{path.name}:{number}") from None


def unmarked(line: str) -> Marked:
    """A line without its marks, and where they stood. Raises ValueError when a mark is no kind."""
    text, spans, at = "", [], 0
    for match in _MARKED.finditer(line):
        text += line[at : match.start()]
        spans.append(Span(len(text), len(text) + len(match[2]), match[1]))
        text, at = text + match[2], match.end()
    return Marked(text + line[at:], tuple(spans))


def fingerprint() -> str:
    """Stands for everything that the tagger is made from."""
    code = [Path(__file__).parent / f"{name}.py" for name in _CODE]
    return fingerprints.fingerprint([*code, *EXAMPLES.glob("*.txt"), *FOLDER.glob("*.yml")])


def is_taught(path: Path) -> bool:
    """Whether the tagger at `path` was made from what there is now. Raises OSError."""
    mark = _mark(path)
    return path.exists() and mark.exists() and mark.read_text(encoding="ascii") == fingerprint()


def _mark(path: Path) -> Path:
    return path.with_suffix(".made")


def teach(path: Path, say: Callable[[str], None]) -> bool:
    """Teach the tagger and write it to `path`, if what it is made from has changed. Whether it was taught.

    Raises OSError when the file cannot be written.
    """
    import pycrfsuite

    if is_taught(path):
        return False
    wanted = fingerprint()
    texts = list(examples())
    say(f"teaching the anonymiser: {len(texts)} texts, this takes a minute …")
    features, chance = Features(lexicon()), random.Random(_SEED)
    trainer = pycrfsuite.Trainer(verbose=False, algorithm="ap")
    for marked in texts:
        for text in _ways_to_write(marked.text, chance):
            words = features.words(text)
            if words:
                labels = labels_of(words, marked.spans)
                trainer.append(features.of(text, words, _hidden(words, labels, chance)), labels)
    trainer.set_params({"max_iterations": _ROUNDS, "feature.minfreq": 2, "feature.possible_transitions": True})
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    trainer.train(str(part))
    part.replace(path)
    _mark(path).write_text(wanted, encoding="ascii")
    say("teaching the anonymiser: done")
    return True


def labels_of(words: Sequence[Word], spans: Sequence[Span]) -> list[str]:
    """The label of each word: the first or a next word of a kind that the tagger learns, or nothing."""
    labels = [OUTSIDE] * len(words)
    for span in spans:
        inside = [at for at, word in enumerate(words) if span.start < word.end and word.start < span.end]
        if span.kind in KINDS:
            for at in inside:
                labels[at] = f"{'B' if at == inside[0] else 'I'}-{span.kind}"
    return labels


def _ways_to_write(text: str, chance: random.Random) -> Iterator[str]:
    yield text
    lowered = text.lower()
    if chance.random() < _LOWERED and lowered != text and len(lowered) == len(text):
        yield lowered


def _hidden(words: Sequence[Word], labels: Sequence[str], chance: random.Random) -> set[int]:
    """Which names and places are learnt as if no list had them: so what stands around them counts too."""
    return {
        at
        for at, (word, label) in enumerate(zip(words, labels, strict=True))
        if label[2:] in ("naam", "plaats") and chance.random() < _UNLISTED and not word.text.isdecimal()
    }
