"""The sentences that the second layer of safety is trained on (`data/safety/examples/`), and whether it was on these."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ruamel.yaml import YAML

from bot import fingerprints
from bot.language.classifier import fingerprint_of
from bot.language.training_data import sentences
from bot.settings import DATA, ROOT

EXAMPLES = DATA / "safety" / "examples"
CODE = (
    "classifier", "classifier_training", "examples", "index", "layer", "lexicon", "neighbours", "normalise", "phrases",
    "spelling", "subjects", "triggers",
)  # fmt: skip


class Example(NamedTuple):
    """A sentence with its label, `risk.subject` or `geen`, and the group of twins that it belongs to."""

    text: str
    label: str
    group: int


def examples(folder: Path = EXAMPLES) -> list[Example]:
    """Every sentence of the folder. Raises OSError or YAMLError."""
    # The fast parser of YAML: these files hold nothing but quoted sentences, and many of them.
    groups = [group for path in sorted(folder.glob("*.yml")) for group in YAML(typ="safe").load(path)]
    return [Example(text, label, number) for number, group in enumerate(groups) for label, text in group.items()]


def ordinary(folder: Path = DATA / "nlu") -> list[str]:
    """What doctors ordinarily say, from the training data of the language model, but for all that is about addiction.

    None of it is danger, once what the patterns hear danger in is left out.
    """
    return [text for text, intent in sentences(folder) if not intent.endswith(".verslaving")]


def fingerprint() -> str:
    """Stands for everything that the classifier is made from: sentences, patterns and code."""
    code = [ROOT / "bot" / "language" / f"{name}.py" for name in CODE]
    return fingerprints.fingerprint([*code, *(DATA / "safety").rglob("*.yml"), *(DATA / "nlu").rglob("*.yml")])


def is_trained(path: Path) -> bool:
    """Whether the classifier at `path` was made from what there is now."""
    return fingerprint_of(path) == fingerprint()
