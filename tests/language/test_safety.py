"""The first safety layer: what must be heard, what must not be, and that it always answers in time."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.language import safety
from bot.language.index import Index
from bot.language.layer import Layer
from bot.language.phrases import Phrase, Reader
from bot.language.safety import Verdict, check
from bot.language.spelling import _one_slip
from bot.language.subjects import SUBJECTS
from bot.language.triggers import RISKS, Scope, Text, Watch

CASES = Path(__file__).parent / "safety"
ROOT = Path(__file__).parents[2]
FILLER = "Vandaag was het weer een drukke dag, met veel patiënten en weinig tijd om even te gaan zitten. "


def cases(*names: str) -> list[dict[str, Any]]:
    """The cases of these files, of all but the known failures when none is named."""
    files = [CASES / f"{name}.yml" for name in names] or [
        path for path in sorted(CASES.glob("*.yml")) if path.stem not in ("missed", "frames")
    ]
    return [case for path in files for case in YAML(typ="safe").load(path)]


def framed() -> Iterator[dict[str, Any]]:
    """The cases of frames.yml: every filling in every frame."""
    for entry in YAML(typ="safe").load(CASES / "frames.yml"):
        for frame in entry["frames"]:
            for filling in entry["fillings"]:
                yield {"text": frame.format(filling), "risk": entry["risk"], "subject": entry["subject"]}


def name(case: dict[str, Any]) -> str:
    """A case as pytest shows it."""
    return f"{case['risk']}-{case['subject']}: {case['text']}"


def heard(case: dict[str, Any]) -> tuple[str, str]:
    """Risk and subject that the layer hears in a case."""
    verdict = check(case["text"], case.get("previous", ()))
    return verdict.risk, verdict.subject


@pytest.fixture(scope="module", autouse=True)
def _prepared() -> None:
    safety.prepare()


# -- what is heard ----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases(), ids=name)
def test_risk_and_subject_are_heard(case: dict[str, Any]) -> None:
    verdict = check(case["text"], case.get("previous", ()))
    assert (verdict.risk, verdict.subject) == (case["risk"], case["subject"]), verdict.rule


@pytest.mark.parametrize("case", framed(), ids=name)
def test_word_order_and_what_stands_around_it_do_not_matter(case: dict[str, Any]) -> None:
    assert heard(case) == (case["risk"], case["subject"])


@pytest.mark.parametrize("case", cases("missed"), ids=name)
def test_a_known_failure_that_is_mended_is_moved_to_where_it_belongs(case: dict[str, Any]) -> None:
    assert heard(case) != (case["risk"], case["subject"])


def test_every_label_has_its_cases() -> None:
    counted = Counter((case["risk"], case["subject"]) for case in cases())
    assert sum(counted.values()) >= 250
    assert counted["geen", "geen"] >= 100, "hard negatives"
    assert {risk for risk, _ in counted} == {*RISKS, "geen"}
    assert {subject for risk, subject in counted if risk == "crisis"} == set(SUBJECTS)


def test_the_panel_is_for_the_writers_own_crisis_only() -> None:
    for case in cases():
        verdict = check(case["text"], case.get("previous", ()))
        assert verdict.panel == ((verdict.risk, verdict.subject) == ("crisis", "zelf")), case["text"]


def test_a_rule_is_named_and_never_quotes_the_writer() -> None:
    layer = safety._layer()
    known = {rule.name for rule in layer.rules} | {layer.hints.name, ""}
    for case in cases():
        verdict = check(case["text"], case.get("previous", ()))
        assert verdict.rule in known
        assert bool(verdict.rule) == (verdict.risk != "geen")


def test_the_gravest_risk_wins_and_the_writers_own_before_anothers() -> None:
    assert check("ik drink elke avond een fles wijn en ik wil dood").risk == "crisis"
    assert check("een patiënt heeft me bedreigd en ik drink elke avond een fles wijn").risk == "middelen"
    assert check("mijn patiënt wil dood en ik wil zelf ook dood").subject == "zelf"


# -- messages before --------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("crisis_explicit", "crisis_veiled"), ids=name)
def test_what_was_dangerous_before_is_not_dangerous_again(case: dict[str, Any]) -> None:
    assert check("dank je wel, tot morgen", [case["text"]]).risk == "geen"


def test_only_the_last_two_messages_are_read_along() -> None:
    assert check("meer leven", ["ik wil niet", "hm", "tja"]).risk == "geen"


# -- whatever is typed, it answers, in time ---------------------------------------------------------

ODD = [
    "",
    " ",
    "\x00",
    "\ud800",
    "\ud83d",
    "ik wil d\ud800ood",
    "😀" * 500,
    "/restart",
    "/",
    "'",
    '"' * 300,
    "(" * 300,
    "*" * 300,
    "a\u0301" * 500,
    "ﷺ" * 500,
    "\n" * 500,
    "1" * 500,
    "niet " * 500,
    "𝐢𝐤",
]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_input_gets_an_answer(text: str) -> None:
    verdict = check(text)
    assert verdict.rule not in ("failed", "timeout")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(exclude_categories=()), max_size=400), st.lists(st.text(max_size=60), max_size=3))
def test_any_text_gets_an_answer_in_time(text: str, previous: list[str]) -> None:
    began = time.thread_time()
    verdict = check(text, previous)
    assert time.thread_time() - began < safety.SECONDS * 2
    assert verdict.rule not in ("failed", "timeout")
    assert verdict.risk in (*RISKS, "geen")
    assert verdict.subject in (*SUBJECTS, "geen")


@pytest.mark.parametrize("at", [0, 1, 1_999, 5_000, 9_999])
def test_a_dangerous_sentence_in_a_megabyte_is_found_wherever_it_is(at: int) -> None:
    sentences = [FILLER] * 10_000
    sentences[at] = "Eerlijk gezegd wil ik dood. "
    began = time.thread_time()
    verdict = check("".join(sentences))
    assert verdict.panel
    assert verdict.rule == "wants-death"
    assert time.thread_time() - began < safety.SECONDS * 2


@pytest.mark.parametrize("at", [0, 150, 250, 399])
def test_a_dangerous_sentence_among_hundreds_that_differ_is_found_wherever_it_is(
    monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    monkeypatch.setattr(safety, "SECONDS", 60.0)
    sentences = [f"Op dag {n} was het druk. {FILLER}" for n in range(400)]
    sentences[at] = "Eerlijk gezegd wil ik dood. "
    text = "".join(sentences)
    assert len(text) > 2 * safety._WINDOW
    assert check(text).rule == "wants-death"


@pytest.mark.parametrize(
    ("first", "left"),
    [
        ("Mijn patiënt wil dood.", ("crisis", "patient")),
        ("Ik drink elke avond twee flessen wijn.", ("middelen", "zelf")),
    ],
)
def test_another_danger_at_the_beginning_of_a_long_text_does_not_end_the_reading(
    monkeypatch: pytest.MonkeyPatch, first: str, left: tuple[str, str]
) -> None:
    # Out of time there would be a panel too.
    monkeypatch.setattr(safety, "SECONDS", 60.0)
    begun = f"{first} " + "".join(f"Op dag {n} was het druk. " for n in range(2_000))
    assert len(begun) > 2 * safety._WINDOW
    assert check(begun + "En ik wil zelf ook dood.").panel
    verdict = check(begun + "Daarna ging ik naar huis.")
    assert (verdict.risk, verdict.subject) == left


MEGABYTES = [FILLER * 10_000, "a" * 1_000_000, " " * 1_000_000, "a b " * 250_000, "." * 1_000_000]


@pytest.mark.parametrize("text", MEGABYTES, ids=range(len(MEGABYTES)))
def test_a_megabyte_without_danger_is_no_danger(text: str) -> None:
    assert check(text) == Verdict("geen", "geen", False, "")


def test_a_danger_across_the_edge_of_a_window_is_found() -> None:
    for shift in range(0, 60, 7):
        words = "woord " * ((safety._WINDOW - 20) // 6) + "x" * shift
        assert check(words + " ik wil niet meer leven " + "woord " * 5_000).panel


def test_out_of_time_counts_as_a_crisis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safety, "SECONDS", 0.0)
    assert check("goedemorgen") == Verdict("crisis", "zelf", True, "timeout")


def test_a_failure_inside_counts_as_a_crisis(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError

    monkeypatch.setattr(safety, "_layer", broken)
    assert check("goedemorgen") == Verdict("crisis", "zelf", True, "failed")


@pytest.mark.parametrize("text", [None, 3, b"ik wil dood", ["ik wil dood"]])
def test_what_is_no_text_counts_as_a_crisis(text: Any) -> None:
    assert check(text) == Verdict("crisis", "zelf", True, "failed")


def test_it_stands_by_itself() -> None:
    program = (
        "import sys; from bot.language.safety import check; assert check('ik wil dood').panel; "
        "print(*{'spacy', 'rasa', 'sklearn', 'numpy', 'tensorflow', 'sqlalchemy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


# -- the data ---------------------------------------------------------------------------------------


def scopes() -> Iterator[Scope]:
    """Every scope, those of single rules too, once."""
    layer = safety._layer()
    yield from layer.scopes
    for rule in layer.rules:
        yield from (scope for scope in rule.scopes if scope not in layer.scopes)


def phrases() -> Iterator[tuple[str, Phrase]]:
    """Every phrase in the data, with where it stands."""
    layer = safety._layer()
    for rule in layer.rules:
        yield from ((f"{rule.risk}: {rule.name}", phrase) for phrase in rule.phrases)
    for scope in scopes():
        yield from ((f"scope {scope.name}", phrase) for phrase in (*scope.phrases, *scope.exceptions))
    for group in layer.hints.groups:
        yield from (("hints", phrase) for phrase in group.phrases)
    yield from layer.persons.phrases()


def test_every_pattern_compiles() -> None:
    for where, phrase in phrases():
        assert phrase.expression.pattern, where


def test_every_pattern_is_used_by_a_case() -> None:
    layer, watch = safety._layer(), Watch(600)
    told = [text for case in cases() + cases("missed") for text in (case["text"], *case.get("previous", ()))]
    texts = [layer.text(layer.codes(layer.words(text, watch)), watch) for text in told]
    unused = [f"{where}: {phrase.source}" for where, phrase in phrases() if not any(map(phrase_in(phrase), texts))]
    assert not unused, "\n".join(unused)


def phrase_in(phrase: Phrase) -> Any:
    """A test whether a text holds the phrase."""
    return lambda text: bool(text.find(phrase))


def test_every_real_word_guards_a_key_word() -> None:
    layer = safety._layer()
    words = YAML(typ="safe").load(ROOT / "data" / "safety" / "words.yml")
    near = [layer.fold(word) for word in words["near"].split()]
    for real in layer.spelling.real:
        assert real not in near
        assert any(_one_slip(real, word) for word in near), real


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("<nergens>", "no class nergens"),
        ("(dood", "not a phrase"),
        ("dood)", "not a phrase"),
        ("", "not a phrase"),
        ("dood | ", "not a phrase"),
        ("~x dood", "not a phrase"),
        ("do-od", "no word: do-od"),
    ],
)
def test_a_wrong_phrase_is_named(source: str, problem: str) -> None:
    with pytest.raises(ValueError, match="not a phrase") as raised:
        Reader({"wil": "wil wou"}).phrase(source)
    assert problem in str(raised.value)


def test_a_class_that_contains_itself_is_named() -> None:
    with pytest.raises(ValueError, match="wil contains itself"):
        Reader({"wil": ["ik <wil>"]}).phrase("<wil>")


def test_a_phrase_that_takes_no_word_is_found_once_at_the_end() -> None:
    reader = Reader({})
    phrase, _ = reader.phrase("$"), reader.phrase("dood")
    reader.lexicon.close()
    text = Text(reader.lexicon.code("dood"), Index([phrase]), Watch(1))
    assert text.find(phrase) == [(1, 1)]


def found(source: str, text: str, gap: str = "4") -> bool:
    """Whether a phrase is found in a text of plain words."""
    reader = Reader({"niet": "niet", "grens": "dat", "wil": "wil wou"})
    phrase = reader.phrase(source, gap)
    reader.lexicon.close()
    codes = "".join(reader.lexicon.code(word) for word in text.split())
    return phrase in Index([phrase]).candidates(codes) and bool(phrase.expression.search(codes))


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("ik <wil> dood", "ik wou dood", True),
        ("ik <wil> dood", "ik zou dood", False),
        ("ik ~2 dood", "ik wil echt dood", True),
        ("ik ~2 dood", "ik wil heel echt dood", False),
        ("ik ~2 dood", "ik wil niet dood", False),
        ("ik ~2 dood", "ik wil , dood", False),
        ("ik ~,3 dood", "ik wil , niet dood", True),
        ("ik ~,3 dood", "ik wil . dood", False),
        ("ik ~.3 dood", "ik wil . dood", True),
        ("dood & <wil>", "wil ik dood", True),
        ("dood & <wil>", "dood wil ik", True),
        ("dood & <wil>", "dood . wil ik", False),
        ("suicid*", "suicidaal", True),
        ("*moord", "zelfmoord", True),
        ("^ dood", "dood moe", True),
        ("^ dood", "ik dood", False),
        ("dood $", "ik dood .", True),
        ("dood $", "dood moe", False),
        ("dood ;", "dood , moe", True),
        ("dood not:moe", "dood moe", False),
        ("dood not:moe", "dood ziek", True),
        ("notafter:de dood", "de dood", False),
        ("notafter:de dood", "een dood", True),
        ("ik echt? dood", "ik dood", True),
        ("ik (echt | heel erg)? dood", "ik heel erg dood", True),
        ("# pillen", "20 pillen", True),
        ("ik _ dood", "ik ga dood", True),
    ],
)
def test_phrases_say_what_they_mean(source: str, text: str, expected: bool) -> None:
    assert found(source, text) == expected


@pytest.mark.parametrize("length", [1, 4_000, 16_000, 16_001, 31_400, 31_401, 60_000])
def test_a_text_is_read_in_windows_that_overlap_and_in_no_more_than_it_takes(length: int) -> None:
    text = "".join(f"{n:07} " for n in range(length // 8 + 1))[:length]
    windows = list(safety._windows(text))
    step = safety._WINDOW - safety._OVERLAP
    assert [text[n * step : n * step + safety._WINDOW] for n in range(len(windows))] == windows
    assert windows[-1] and text.endswith(windows[-1])
    assert len(windows) == 1 or not text.endswith(windows[-2])


def test_every_pattern_can_be_compiled_before_it_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = Layer(safety._DATA)
    assert not any("expression" in vars(phrase) for phrase in layer.phrases)
    monkeypatch.setattr(safety, "_layer", lambda: layer)
    safety.compile_all()
    assert all("expression" in vars(phrase) for phrase in layer.phrases)
