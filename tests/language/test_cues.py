"""Cues: heard in many wordings, not in their look-alikes, and quoted in the doctor's own words."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from bot.language import dutch
from bot.language.cues import FILE, CueReader, cue_reader
from bot.language.words import short
from bot.settings import ROOT
from bot.yaml import load

DEVELOPMENT = load(ROOT / "tests" / "language" / "cues_dev.yml")
# How well the patterns must do on the sentences that they were made with; on others `make evaluate` tells.
LEAST_F1 = 0.9


@pytest.fixture(scope="module")
def reader() -> CueReader:
    """The project's own patterns."""
    return cue_reader()


def names(reader: CueReader, text: str) -> set[str]:
    return {cue.name for cue in reader.read(text)}


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("daar wil ik niet over nadenken", "ontwijken"),
        ("tja, lastig te zeggen", "ontwijken"),
        ("het valt wel mee", "bagatelliseren"),
        ("het gaat nog wel", "bagatelliseren"),
        ("hoe kon ik zo stom zijn", "zelfverwijt"),
        ("ik had het moeten zien", "zelfverwijt"),
        ("ik moet er altijd zijn", "moeten"),
        ("een huisarts hoort bereikbaar te zijn", "moeten"),
        ("het lukt me nooit", "absoluut"),
        ("je kunt ze toch niet laten zitten", "men"),
        ("een huisarts hoort bereikbaar te zijn", "men"),
        ("die patiënt zeurt altijd", "ander"),
        ("ik ga gewoon strakker plannen", "oplossing"),
        ("dat was gewoon fout van haar", "oordeel"),
        ("ik voel me leeg", "gevoel"),
        ("een knoop in mijn maag", "gevoel"),
    ],
)
def test_each_cue_is_heard_as_the_contract_has_it(reader: CueReader, text: str, cue: str) -> None:
    assert cue in names(reader, text)


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("ik moet niets meer", "moeten"),
        ("bang was ik niet", "gevoel"),
        ("op maandag ben ik altijd vrij", "absoluut"),
        ("ik moet om acht uur beginnen", "moeten"),
        ("hij had een knobbel en pijn op de borst", "gevoel"),
        ("ik volg een cursus over angst", "gevoel"),
        ("ik had het moeten zien", "moeten"),
    ],
)
def test_what_only_looks_like_a_cue_is_none(reader: CueReader, text: str, cue: str) -> None:
    assert cue not in names(reader, text)


def test_the_quote_is_the_doctors_own_words(reader: CueReader) -> None:
    text = "Vandaag was druk. Ik moet er altijd zijn, anders valt alles om."
    quotes = {cue.name: cue.quote for cue in reader.read(text)}
    assert quotes["moeten"] == "Ik moet er altijd zijn"


def test_a_quote_that_was_cut_says_that_more_came(reader: CueReader) -> None:
    long = "ik moet van mezelf elke avond alle uitslagen van die dag nog een keer helemaal nakijken"
    quoted = next(cue.quote for cue in reader.read(long) if cue.name == "moeten")
    assert quoted.endswith(" …") and long.startswith(quoted.removesuffix(" …"))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_an_answer_and_every_quote_stands_in_it(text: str) -> None:
    for cue in cue_reader().read(text):
        assert " ".join(text.split()).find(cue.quote.removesuffix(" …")) >= 0


def test_a_short_answer_has_at_most_four_words() -> None:
    assert short("moe") and short("mijn gezin, vooral dat")
    assert short("mijn gezin en dan de rest") is None
    assert short("…") is None


def test_the_patterns_do_what_they_were_made_for(reader: CueReader) -> None:
    right = taken = meant = 0
    for case in DEVELOPMENT:
        wanted, got = set(case["cues"]) - {"kort"}, names(reader, case["text"])
        right, taken, meant = right + len(wanted & got), taken + len(got), meant + len(wanted)
    assert 2 * right / (taken + meant) >= LEAST_F1


@pytest.mark.parametrize("wrong", ["", "<nergens> dood", "=moeten|mag", "!=moeten"])
def test_a_wrong_pattern_is_named(wrong: str) -> None:
    data = {"breaks": "", "classes": {}, "cues": {"moeten": {"match": [wrong]}}}
    with pytest.raises(ValueError, match="not a pattern"):
        CueReader(spacy.blank("nl"), data)


def test_an_unknown_key_is_named() -> None:
    data = {"breaks": "", "classes": {}, "cues": {"moeten": {"mach": ["ik moet"]}}}
    with pytest.raises(ValueError, match="mach"):
        CueReader(spacy.blank("nl"), data)


# -- with a trained Dutch ---------------------------------------------------------------------------


@pytest.fixture
def stand_in(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Language:
    """A small pipeline under the name of the trained one: a tagger's place, lemmas, no parser; loaded as that is."""
    language = spacy.blank("nl")
    language.add_pipe("sentencizer", name="parser")
    language.add_pipe("lemmatizer", config={"mode": "lookup"})
    language.initialize()
    package = tmp_path_factory.mktemp("site")
    language.meta["name"] = "core_news_sm"
    (package / "nl_core_news_sm").mkdir()
    language.to_disk(package / "nl_core_news_sm" / "nl_core_news_sm-3.8.0")
    (package / "nl_core_news_sm" / "meta.json").write_text('{"lang": "nl", "name": "core_news_sm", "version": "3.8.0"}')
    (package / "nl_core_news_sm" / "__init__.py").write_text(
        "from pathlib import Path\nfrom spacy.util import load_model_from_init_py\n__version__ = '3.8.0'\n"
        "def load(**overrides):\n    return load_model_from_init_py(__file__, **overrides)\n"
    )
    info = package / "nl_core_news_sm-3.8.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: nl-core-news-sm\nVersion: 3.8.0\n")
    monkeypatch.syspath_prepend(str(package))
    dutch.load.cache_clear()
    yield dutch.load()
    dutch.load.cache_clear()


def test_the_trained_dutch_is_used_when_it_is_installed(stand_in: Language) -> None:
    assert dutch.name() == dutch.TRAINED
    assert stand_in.meta["name"] == "core_news_sm" and "parser" not in stand_in.pipe_names
    assert dutch.lemmas(["patiënten", "liep"]) == ["patiënt", "lopen"]


def test_the_cues_are_heard_with_the_trained_dutch_too(stand_in: Language) -> None:
    reader = CueReader(stand_in, load(FILE))
    assert names(reader, "ik moet er altijd zijn") >= {"moeten", "absoluut"}


def test_validate_says_which_dutch_is_in_use(stand_in: Language) -> None:
    from bot.validation import notes

    assert any("nl_core_news_sm, met woordvormen" in note for note in notes())
