"""The second layer: learnt from sentences, kept in one file, read with nothing but the standard library."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from statistics import mean

import pytest

from bot.language import classifier_training as training
from bot.language import safety
from bot.language.classifier import SURE_BY_ITSELF, Classifier, features, fingerprint_of
from bot.language.decision import ASIDE, NONE, OWN
from bot.language.examples import examples, fingerprint
from bot.language.triggers import RISKS, Watch
from bot.settings import ROOT, settings

SENTENCES = [
    ("straks ben ik nergens meer", OWN),
    ("ik ben straks nergens meer te vinden", OWN),
    ("nergens wil ik meer zijn", OWN),
    ("straks ben ik op vakantie", "geen"),
    ("ik ben op vakantie in Zweden", "geen"),
    ("straks ga ik op vakantie naar Zweden", "geen"),
]


@pytest.fixture(scope="module")
def small() -> Classifier:
    """A classifier that has learnt a handful of sentences."""
    texts, labels = zip(*SENTENCES, strict=True)
    return training.fit([training.count(texts, lambda text: features(text.split()))], labels)


@pytest.fixture(scope="module")
def trained() -> Path:
    """The project's own classifier, trained if it is due."""
    settings().prepare()
    training.train(settings().classifier, print)
    return settings().classifier


def test_it_learns_what_makes_the_difference(small: Classifier) -> None:
    assert small.chances(features(["ik", "ben", "nergens", "meer"]))[OWN] > 0.5
    assert small.chances(features(["ik", "ben", "op", "vakantie"]))[OWN] < 0.5


def test_as_many_are_expected_as_there_are_whatever_was_looked_at_last() -> None:
    """Of a label of which no neighbours tell."""
    other = "middelen.zelf"
    drawn = random.Random(1)
    words = [f"word{number}" for number in range(40)]
    labels = [other if number % 8 == 0 else "geen" for number in range(1200)]
    texts = [drawn.sample(words[:25] if label == other else words[15:], 5) for label in labels]
    learnt = training.fit(
        [training.count([" ".join(text) for text in texts], lambda text: features(text.split()))], labels
    )
    chances = [learnt.chances(features(text))[other] for text in texts]
    missed = mean(1 - chance for chance, label in zip(chances, labels, strict=True) if label == other)
    alarms = mean(chance for chance, label in zip(chances, labels, strict=True) if label != other)
    assert missed == pytest.approx(alarms, abs=1e-4)


def test_it_is_the_same_after_it_was_kept(small: Classifier, tmp_path: Path) -> None:
    path = tmp_path / "safety.bin"
    small.save(path, "abc")
    found = features(["straks", "ben", "ik", "nergens"])
    assert Classifier.load(path).chances(found) == pytest.approx(small.chances(found), abs=1e-5)
    assert fingerprint_of(path) == "abc"


def test_a_damaged_file_is_no_classifier(small: Classifier, tmp_path: Path) -> None:
    path = tmp_path / "safety.bin"
    small.save(path, "abc")
    whole = path.read_bytes()
    for damaged in (b"", b"{}\n", whole[:40], whole[: len(whole) // 2], b"\xff" + whole):
        path.write_bytes(damaged)
        with pytest.raises((ValueError, KeyError, EOFError, OSError)):
            Classifier.load(path)


def test_without_its_file_the_patterns_stand_alone(tmp_path: Path) -> None:
    try:
        assert not safety.prepare(tmp_path / "nothing.bin")
        assert safety.check("ik wil dood").panel
        assert safety.check("goedemorgen").risk == "geen"
    finally:
        safety.forget()


def test_a_denial_at_the_beginning_of_a_long_text_does_not_hide_what_is_said_outright_at_its_end(trained: Path) -> None:
    try:
        assert safety.prepare(trained)
        denial = "Nee, ik denk niet aan zelfmoord, welnee, daarvoor ben ik te dol op het leven. "
        assert safety.check(denial).risk == "geen"
        assert safety.check("".join(f"{n}. {denial}" for n in range(400)) + "Eerlijk gezegd wil ik dood.").panel
    finally:
        safety.forget()


def test_the_sentences_most_like_it_make_the_doctors_own_crisis_likelier_or_less_likely(
    small: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = features(["straks", "ben", "ik", "nergens"])
    by_itself = small.chances(found)
    monkeypatch.setattr(small._neighbours, "log_odds", lambda known, squares: 2.0)
    assert small.alike(found) == 2.0
    told = small.chances(found)
    assert told[OWN] > by_itself[OWN] and told[NONE] == by_itself[NONE]


def test_what_is_sure_by_itself_is_not_looked_for_among_the_neighbours(
    small: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does anything alike take it away again."""
    monkeypatch.setattr(small, "_biases", [SURE_BY_ITSELF + 9] * len(small.labels))
    sure = small.chances(features(["vakantie"]))
    monkeypatch.setattr(small._neighbours, "log_odds", lambda known, squares: -9.0)
    assert small.chances(features(["vakantie"])) == sure


def test_it_says_what_it_decided_on(small: Classifier) -> None:
    assert any("nergens" in reason for reason in small.reasons(features(["ik", "ben", "nergens"]), OWN))


def test_it_runs_where_the_engines_libraries_are_not(trained: Path) -> None:
    program = (
        f"import sys; from pathlib import Path; from bot.language import safety; "
        f"assert safety.prepare(Path({str(trained)!r})); assert safety.check('ik wil niet meer wakker worden').panel; "
        "print(*{'spacy', 'rasa', 'sklearn', 'numpy', 'scipy', 'tensorflow', 'sqlalchemy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_it_is_trained_again_only_when_its_sentences_changed(trained: Path) -> None:
    assert fingerprint_of(trained) == fingerprint()
    assert training.train(trained, print) is False


# -- the sentences ----------------------------------------------------------------------------------


def test_there_are_enough_sentences_most_of_them_in_pairs_of_danger_and_its_twin() -> None:
    known = examples()
    assert len(known) >= 3_000
    groups = Counter(example.group for example in known)
    assert sum(1 for example in known if groups[example.group] > 1) > len(known) / 2


def test_every_sentence_has_a_label_of_the_contract_and_stands_under_one_only() -> None:
    labels: dict[str, str] = {}
    for example in examples():
        risk, _, subject = example.label.partition(".")
        assert (risk in RISKS and subject in ("zelf", "collega", "patient", "naaste")) or example.label in (
            "geen",
            *ASIDE,
        )
        assert labels.setdefault(example.text.casefold(), example.label) == example.label, example.text


def test_a_sure_denial_does_not_hide_another_sentence_that_says_it_outright(trained: Path) -> None:
    try:
        assert safety.prepare(trained)
        denial = "Nee, ik denk niet aan zelfmoord, daarvoor ben ik te dol op het leven."
        assert not safety.check(denial).panel
        assert safety.check(f"{denial} Eerlijk gezegd wil ik dood.").panel
        assert safety.check(f"Eerlijk gezegd wil ik dood. {denial}").panel
    finally:
        safety.forget()


# -- how a message is given to it ----------------------------------------------------------------------


class Orchard:
    """A classifier that hears danger in apples, and a sure denial in pears, also where there are apples too."""

    def chances(self, found: set[str]) -> dict[str, float]:
        pear, apple = (any(word in name for name in found) for word in ("peer", "appe"))
        chances = {OWN: 0.01, ASIDE[0]: 0.01, NONE: 0.98}
        if pear:
            return {**chances, ASIDE[0]: 0.97, OWN: 0.2}
        return {**chances, OWN: 0.97} if apple else chances

    def reasons(self, found: set[str], label: str) -> list[str]:
        return [label]

    def alike(self, found: set[str]) -> float:
        return 1.5


@pytest.fixture
def orchard(monkeypatch: pytest.MonkeyPatch) -> None:
    """The layer with that classifier, and all the time that it needs."""
    monkeypatch.setattr(safety._Loaded, "classifier", Orchard())
    monkeypatch.setattr(safety, "SECONDS", 60.0)


PEAR, APPLE = "Ik at een peer bij het ontbijt. ", "Daarna nam ik nog een appel. "
OUTRIGHT = "Eerlijk gezegd wil ik dood. "


@pytest.mark.usefixtures("orchard")
def test_the_whole_and_each_of_its_sentences_are_read() -> None:
    seen = safety.explain(PEAR + APPLE)
    assert (seen.chances[ASIDE[0]], seen.chances[OWN]) == (0.97, 0.97)
    # As one sentence it is a denial only.
    assert safety.explain(f"{PEAR} {APPLE}".replace(".", ",")).chances[OWN] == 0.2


@pytest.mark.usefixtures("orchard")
def test_a_sentence_of_two_words_is_read_with_the_whole_only() -> None:
    assert safety.explain(f"{PEAR}Nu appels.").chances[OWN] == 0.2
    assert safety.explain(f"{PEAR}Nu weer appels.").chances[OWN] == 0.97


@pytest.mark.usefixtures("orchard")
def test_a_denial_puts_aside_what_is_said_outright_unless_a_sentence_stands_by_itself() -> None:
    assert not safety.check(PEAR + OUTRIGHT).panel
    assert safety.check(PEAR + OUTRIGHT + APPLE).panel
    assert safety.check(OUTRIGHT).panel


@pytest.mark.usefixtures("orchard")
@pytest.mark.parametrize(("sentences", "panel"), [(60, False), (61, True)])
def test_of_what_has_more_sentences_than_are_read_it_is_not_believed_that_it_is_a_denial(
    sentences: int, panel: bool
) -> None:
    assert safety.check(OUTRIGHT + PEAR * (sentences - 1)).panel is panel


@pytest.mark.usefixtures("orchard")
@pytest.mark.parametrize(("words", "panel"), [(900, False), (901, True)])
def test_of_what_has_more_words_than_are_read_it_is_not_believed_that_it_is_a_denial(words: int, panel: bool) -> None:
    begun = f"{PEAR}{OUTRIGHT}"
    read = len(safety._layer().words(begun, Watch(60)))
    assert safety.check(begun + "dag " * (words - read)).panel is panel


class Recorder:
    """A classifier that finds nothing of anything, and remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[set[str]] = []

    def chances(self, found: set[str]) -> dict[str, float]:
        self.given.append(found)
        return {NONE: 0.9}


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """The layer with that classifier."""
    classifier = Recorder()
    monkeypatch.setattr(safety._Loaded, "classifier", classifier)
    return classifier


MEDICINE, WISH = "De pillen heb ik geteld", "Ik wil er niet meer zijn"


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        (MEDICINE, []),
        (f"{MEDICINE}.", []),
        (f"Dag. {MEDICINE}.", []),
        (f"Nou ja. {WISH}", []),
        (f"{MEDICINE}. {WISH}", [f"{MEDICINE}.", WISH]),
        (f"{MEDICINE}. {WISH}.", [f"{MEDICINE}.", f"{WISH}."]),
        (f"{MEDICINE}! Dag. {WISH}?", [f"{MEDICINE}!", f"{WISH}?"]),
        (f"Ja. {MEDICINE}. {WISH}. {APPLE}", [f"{MEDICINE}.", f"{WISH}.", APPLE]),
    ],
)
def test_a_sentence_is_given_as_if_it_stood_by_itself(recorder: Recorder, said: str, parts: list[str]) -> None:
    assert not safety.explain(said).reasons
    assert recorder.given == [safety.features_of(one) for one in (said, *parts)]


def test_of_sentences_only_the_first_sixty_and_what_is_left_are_given_by_themselves(recorder: Recorder) -> None:
    safety.explain("".join(f"Op dag {n} was het druk. " for n in range(70)))
    assert len(recorder.given) == 1 + 61


def test_without_a_label_for_an_own_crisis_nothing_is_one(recorder: Recorder) -> None:
    assert safety.check(f"{MEDICINE}. Daarna ben ik gaan slapen.").risk == NONE
    assert len(recorder.given) == 3


def test_what_is_harmless_is_known_by_what_it_is_made_of_and_danger_is_not_given_for_harmless() -> None:
    harmless = "Vandaag was het druk op het spreekuur."
    assert safety.features_of_harmless(harmless) == safety.features_of(harmless)
    for danger in ("Ik wil dood.", "Mijn patiënt wil dood.", "Ik drink elke avond een fles wijn."):
        assert safety.features_of_harmless(danger) is None


@pytest.mark.usefixtures("orchard")
def test_it_is_told_why_the_gravest_first_and_with_the_words() -> None:
    seen = safety.explain("Ik drink te veel, en ik wil dood.")
    gravities = [finding.gravity for finding, _ in seen.findings]
    assert len(gravities) > 1 and gravities == sorted(gravities)
    assert any("dood" in words and finding.risk == "crisis" for finding, words in seen.findings)
    assert safety.explain(APPLE).reasons == [OWN] and safety.explain(PEAR).reasons == [ASIDE[0]]
    assert safety.explain(APPLE).alike == 1.5


def test_without_a_classifier_there_are_no_chances_and_no_reasons() -> None:
    seen = safety.explain("Ik wil dood.")
    assert (seen.chances, seen.reasons) == ({}, []) and seen.findings


def test_the_patterns_and_sentences_have_a_name_of_twelve_signs_which_goes_with_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "rules.yml").write_text("- een regel\n", encoding="utf-8")
    mine = safety.version.__wrapped__()
    monkeypatch.setattr(safety, "_DATA", tmp_path)
    other = safety.version.__wrapped__()
    (tmp_path / "rules.yml").write_text("- een andere regel\n", encoding="utf-8")
    names = {mine, other, safety.version.__wrapped__()}
    assert len(names) == 3 and all(len(name) == 12 and int(name, 16) for name in names)


def test_what_shows_nothing_at_the_beginning_of_a_long_text_hides_nothing_from_the_classifier(trained: Path) -> None:
    said = "Ik heb alles geregeld, de brieven liggen klaar en niemand hoeft straks nog iets voor me te doen."
    nothing = "".join(f"{' ' * width}\n" for width in range(1, 240))
    try:
        assert safety.prepare(trained)
        assert len(nothing) > 16_000 and safety.check(said).panel
        verdict = safety.check(nothing + said)
        assert verdict.panel and verdict.rule not in ("failed", "timeout")
    finally:
        safety.forget()
