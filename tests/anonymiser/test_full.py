"""What deduce and spaCy may add to the light rules."""

from __future__ import annotations

import io
import logging
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from bot.anonymiser.full import Anonymiser, added
from bot.anonymiser.lexicon import lexicon
from bot.anonymiser.spans import Span
from bot.anonymiser.words import words_of
from bot.settings import settings


def parts(text: str, found: str, sure: str = "") -> list[str]:
    """What of a find of another tool is taken, when our own rules found one part of it."""
    start = text.index(found)
    own = [Span(text.index(sure), text.index(sure) + len(sure), "plaats")] if sure else []
    spans = added(Span(start, start + len(found), "naam"), own, words_of(text), lexicon())
    return [text[span.start : span.end] for span in spans]


@pytest.mark.parametrize(
    ("text", "found", "taken"),
    [
        ("Ik sprak Qwertina gisteren.", "Qwertina", ["Qwertina"]),
        ("Ik sprak mevrouw Qwertina.", "mevrouw Qwertina", ["Qwertina"]),
        ("Volgens de NHG-standaard niet.", "NHG-standaard", []),
        ("Ik had Parkinson gemist.", "Parkinson", []),
        ("Rust helpt.", "Rust", []),
        ("Ik heb koorts gemeten.", "koorts", []),
        ("ik sprak fatima gisteren", "fatima", ["fatima"]),
    ],
)
def test_only_what_is_no_ordinary_word_is_taken_from_others(text: str, found: str, taken: list[str]) -> None:
    assert parts(text, found) == taken


def test_what_our_own_rules_found_keeps_its_kind() -> None:
    assert parts("Ik sprak Qwertina Zwolle gisteren.", "Qwertina Zwolle", sure="Zwolle") == ["Qwertina"]


def test_names_that_spacy_finds_are_taken(full: Anonymiser, monkeypatch: pytest.MonkeyPatch) -> None:
    import spacy

    language = spacy.blank("nl")
    patterns = [{"label": "PERSON", "pattern": "Kaarn"}, {"label": "ORG", "pattern": "NHG"}]
    language.add_pipe("entity_ruler").add_patterns(patterns)
    monkeypatch.setattr(full._tagger, "find", lambda text: [])
    text = "Kaarn, dat was raak, vond de NHG."  # one slip away from a word, so the light rules leave it
    assert full.find(text) == []
    monkeypatch.setattr(full, "_spacy", language)
    assert full.find(text) == [Span(0, 5, "naam")]


def test_deduce_writes_nothing_to_standard_output(full: Anonymiser) -> None:
    out = io.StringIO()
    with redirect_stdout(out):
        full.find("Meneer Jansen uit Zwolle")
    assert out.getvalue() == ""
    assert not any(getattr(h, "stream", None) is sys.stdout for h in logging.getLogger().handlers)


def test_what_deduce_built_is_used_again(full: Anonymiser, tmp_path: Path) -> None:
    said: list[str] = []
    first = Anonymiser(tmp_path, settings().tagger, said.append)
    assert said
    said.clear()
    again = Anonymiser(tmp_path, settings().tagger, said.append)
    assert not said
    text = "Meneer Jansen uit Zwolle belde dokter Bakker"
    assert first.find(text) == again.find(text) == full.find(text)


def test_a_half_made_folder_is_made_anew(tmp_path: Path) -> None:
    Anonymiser(tmp_path, settings().tagger)
    home = next(tmp_path.iterdir())
    (home / "ready").unlink()
    (home / "src" / "names" / "lst_prefix" / "items.txt").unlink()
    assert Anonymiser(tmp_path, settings().tagger).find("Meneer Jansen")
