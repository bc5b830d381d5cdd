"""The evaluation sets: large enough, wide enough, and nothing of them in what anything was built on."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.language import evaluation
from bot.language.examples import examples
from bot.language.training_data import sentences
from bot.scripts.inputs import plain
from bot.settings import ROOT
from bot.yaml import load

BUILT_ON = ("cues_dev", "safety/crisis_explicit", "safety/crisis_veiled", "safety/crisis_others", "safety/none")
CUES = {
    "kort", "ontwijken", "bagatelliseren", "zelfverwijt", "moeten", "absoluut", "men", "ander", "oplossing", "oordeel",
    "gevoel",
}  # fmt: skip


@pytest.fixture(scope="module")
def built_on() -> set[str]:
    """Every sentence that a part of the language layer was made with."""
    told = [text for text, _ in sentences()] + [example.text for example in examples()]
    told += [case["text"] for name in BUILT_ON for case in load(ROOT / "tests" / "language" / f"{name}.yml")]
    return {plain(text) for text in told}


@pytest.mark.parametrize("cases", [evaluation.acts, evaluation.dangers, evaluation.cues])
def test_no_sentence_of_a_set_was_built_on(cases: object, built_on: set[str]) -> None:
    assert callable(cases)
    # What everybody types (a greeting, 'nee') cannot but stand in both; a sentence can.
    both = [case.text for case in cases() if plain(case.text) in built_on and len(plain(case.text).split()) > 3]
    assert not both


def test_the_sets_are_large_enough_and_hold_every_label() -> None:
    dangers, acts, cues = evaluation.dangers(), evaluation.acts(), evaluation.cues()
    assert len(dangers) >= 300 and len({case.kind for case in dangers}) >= 19
    assert len(acts) >= 400
    assert len(cues) >= 250
    assert {cue for case in cues for cue in case.meant["cues"]} == CUES
    assert min(Counter(cue for case in cues for cue in case.meant["cues"]).values()) >= 20
