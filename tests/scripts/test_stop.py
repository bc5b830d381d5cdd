"""The STOP script: its mirror is the guideline, whatever was answered, skipped or changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations

import pytest

from bot.messages import Incoming
from bot.scripts import engine
from bot.scripts.engine import Answer, Run
from bot.scripts.inputs import interpret
from bot.scripts.schema import Case, Length
from bot.validation import read_scripts

STOP = next(s for s in read_scripts() if s.name == "stop")
COMPLAINTS = [o.id for o in STOP.step("klachten").options]
SKIPPED = Answer(skipped=True)
LENGTHS: list[Length] = ["kort", "volledig"]

# What can be answered to each criterion: complaints by their number, else the options; always also nothing at all.
CHOICES = {
    "klachten": [Answer(options=COMPLAINTS[:n]) for n in range(len(COMPLAINTS) + 1)],
    **{
        name: [Answer(options=[o.id]) for o in STOP.step(name).options]
        for name in ("macht", "minder", "anders", "uitputting", "duur")
    },
}
CRITERIA = {name: [*given, SKIPPED] for name, given in CHOICES.items()}
# The same with the number of complaints only just too few and just enough.
EDGES = {**CRITERIA, "klachten": [Answer(options=COMPLAINTS[:2]), Answer(options=COMPLAINTS[:3]), SKIPPED]}
VERDICTS = ["onvolledig", "burn-out", "overspanning", "past niet", "past niet"]


def guideline(answers: dict[str, Answer]) -> str:
    """The multidisciplinary guideline, computed apart from the script. Only what can matter has to be known."""
    first = [answers["klachten"], answers["macht"], answers["minder"], answers["anders"]]
    if any(a.skipped for a in first):
        return "onvolledig"
    complaints, powerless, less_able, other = (a.options for a in first)
    strain = len(complaints) >= 3 and powerless == ["ja"] and less_able == ["ja"] and other != ["ja"]
    if not strain:
        return "past niet"
    exhaustion = answers["uitputting"]
    if exhaustion.skipped:
        return "onvolledig"
    if exhaustion.options == ["nee"]:
        return "overspanning"
    since = answers["duur"]
    if since.skipped:
        return "onvolledig"
    return "burn-out" if since.options == ["langer"] else "overspanning"


def verdict(told: list[Case]) -> str | None:
    """Which mirror was held up, if it was among what was told."""
    cases = STOP.step("spiegel").cases
    found = [VERDICTS[i] for i, case in enumerate(cases) for t in told if t is case]
    return found[0] if found else None


def walks(run: Run, criteria: dict[str, list[Answer]]) -> Iterator[tuple[Run, str]]:
    """Every way to the mirror: each criterion that is asked answered in each of the ways given, the rest skipped."""
    assert run.at is not None
    for given in criteria.get(run.at, [SKIPPED]):
        further, told = engine.advance(STOP, engine.answer(STOP, run, given))
        mirror = verdict(told)
        if mirror:
            yield further, mirror
        else:
            yield from walks(further, criteria)


def walk(length: Length, answers: dict[str, Answer]) -> tuple[Run, list[Case]]:
    """A whole run with these answers, the other questions skipped; and all that was told."""
    run, told = engine.begin(STOP, length), []
    while run.at is not None:
        run, now = engine.advance(STOP, engine.answer(STOP, run, answers.get(run.at, SKIPPED)))
        told += now
    return run, told


def chosen(**options: str | list[str]) -> dict[str, Answer]:
    return {name: Answer(options=[o] if isinstance(o, str) else o) for name, o in options.items()}


STRAIN = chosen(klachten=COMPLAINTS[:3], macht="ja", minder="ja", anders="nee")
STRAINED = {**STRAIN, **chosen(uitputting="nee")}
EXHAUSTED = {**STRAIN, **chosen(uitputting="ja", duur="korter")}
BURNT_OUT = {**STRAIN, **chosen(uitputting="ja", duur="langer")}
WELL = chosen(klachten=[], macht="nee", minder="nee", anders="nee")


@pytest.mark.parametrize("length", LENGTHS)
def test_the_mirror_is_the_guideline_for_every_combination_of_answered_and_skipped_criteria(length: Length) -> None:
    seen: dict[str, int] = {}
    for run, mirror in walks(engine.begin(STOP, length), CRITERIA):
        assert mirror == guideline(run.answers), run.answers
        seen[mirror] = seen.get(mirror, 0) + 1
    assert seen == expected_counts()


def expected_counts() -> dict[str, int]:
    """How often each mirror comes out, counted by hand: 10 numbers of complaints or none given, 3 · 3 · 4 others."""
    fitting = 6 * 2  # three to eight complaints, powerless, less able, no other cause or one that explains a part
    all_known = 9 * 2 * 2 * 3
    return {
        "onvolledig": 10 * 3 * 3 * 4 - all_known + fitting * 2,
        "burn-out": fitting,
        "overspanning": fitting * 2,
        "past niet": all_known - fitting,
    }


@pytest.mark.parametrize("length", LENGTHS)
def test_the_mirror_still_is_the_guideline_after_any_one_criterion_was_changed(length: Length) -> None:
    for run, before in walks(engine.begin(STOP, length), EDGES):
        for name in [n for n in EDGES if n in run.answers]:
            for given in EDGES[name]:
                if given.skipped or given == run.answers[name]:
                    continue
                again, told = engine.advance(STOP, engine.answer(STOP, engine.go_to(run, name), given))
                while again.at in EDGES:  # What is asked only now: the worst that can be said.
                    worst = Answer(options=["ja" if again.at == "uitputting" else "langer"])
                    again, more = engine.advance(STOP, engine.answer(STOP, again, worst))
                    told += more
                assert verdict(told) == guideline(again.answers), (before, name, given, run.answers)


@pytest.mark.parametrize("length", LENGTHS)
def test_any_three_complaints_count_and_no_two(length: Length) -> None:
    for three in combinations(COMPLAINTS, 3):
        assert mirror_of(length, {**STRAINED, **chosen(klachten=list(three))}) == "overspanning"
    for two in combinations(COMPLAINTS, 2):
        assert mirror_of(length, {**STRAINED, **chosen(klachten=list(two))}) == "past niet"


def mirror_of(length: Length, answers: dict[str, Answer]) -> str | None:
    run = Run(script=STOP.name, digest=STOP.digest, length=length, answers={**all_skipped(length), **answers})
    return verdict(engine.advance(STOP, run)[1])


def all_skipped(length: Length) -> dict[str, Answer]:
    return {s.id: SKIPPED for s in STOP.steps if s.is_question and s.length in (None, length)}


def test_exhaustion_and_duration_are_asked_only_where_they_can_matter() -> None:
    assert asked("kort", WELL).isdisjoint({"uitputting", "duur"})
    assert asked("kort", STRAINED) & {"uitputting", "duur"} == {"uitputting"}
    assert asked("kort", BURNT_OUT) >= {"uitputting", "duur"}


def asked(length: Length, answers: dict[str, Answer]) -> set[str]:
    return {s.id for s in engine.questions(STOP, walk(length, answers)[0])}


def test_the_words_of_the_mirror_are_recognition_and_name_who_can_judge() -> None:
    incomplete, burnt_out, strained, *others = STOP.step("spiegel").cases
    assert all("onvolledig" in text for text in incomplete.say)
    for case, name in ((burnt_out, "burn-out"), (strained, "overspanning")):
        for text in case.say:
            assert "herkenbaar" in text and name in text and "diagnose" in text
            assert "eigen huisarts" in text and "bedrijfsarts" in text
    assert not any("herkenbaar" in text for case in [incomplete, *others] for text in case.say)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("answers", [STRAINED, EXHAUSTED, BURNT_OUT])
def test_who_recognises_strain_is_shown_to_a_gp_and_an_occupational_physician_first(
    length: Length, answers: dict[str, Answer]
) -> None:
    assert referred(walk(length, answers)[0]) == ["huisarts", "bedrijfsarts", "cvm", "movir"]


@pytest.mark.parametrize("length", LENGTHS)
def test_the_own_gp_is_named_exactly_once_whatever_was_answered(length: Length) -> None:
    for run, mirror in walks(engine.begin(STOP, length), EDGES):
        named = referred(run)
        assert named.count("huisarts") == 1
        assert ("bedrijfsarts" in named) or mirror in ("past niet", "onvolledig")


def referred(run: Run) -> list[str]:
    return [r.id for r in STOP.closing.refer if engine.holds(r.when, run) is True]


@pytest.mark.parametrize(
    ("answers", "phases", "half"),
    [
        (WELL, False, False),
        (STRAINED, True, False),
        (EXHAUSTED, True, True),
        (BURNT_OUT, True, True),
        ({**BURNT_OUT, "duur": SKIPPED}, False, True),
        ({**STRAIN, "uitputting": SKIPPED}, False, False),
    ],
)
@pytest.mark.parametrize("length", LENGTHS)
def test_phases_are_told_with_a_mirror_of_strain_and_working_half_where_exhaustion_is_in_front(
    length: Length, answers: dict[str, Answer], phases: bool, half: bool
) -> None:
    cases = STOP.step("herstel").cases
    told = " ".join(t.say[0] for t in walk(length, answers)[1] if any(t is c for c in cases))
    assert ("CSR" in told, "half ging werken" in told) == (phases, half)


def test_the_short_round_asks_these_questions_in_this_order() -> None:
    assert order("kort", BURNT_OUT) == [
        "algemeen", "werk", "klachten", "macht", "minder", "anders", "uitputting", "duur", "grens", "stop",
        "terugkijken",
    ]  # fmt: skip


def test_the_full_round_asks_these_questions_in_this_order() -> None:
    assert order("volledig", WELL) == [
        "algemeen", "werk", "gezien", "wie", "zegt", "klachten", "macht", "minder", "anders", "geeft", "kost", "grens",
        "doe-al", "aan-wie", "met-welke", "bij-wie", "welke-grens", "offline", "stop", "terugkijken",
    ]  # fmt: skip


def order(length: Length, answers: dict[str, Answer]) -> list[str]:
    return [s.id for s in engine.questions(STOP, walk(length, answers)[0])]


def test_each_signal_that_is_ticked_gets_its_question_about_time_and_rest() -> None:
    ticked = chosen(algemeen=["slaap", "ochtend"], werk=["uitstellen"], gezien=["cynisme"])
    full = ["duur-algemeen.slaap", "duur-algemeen.ochtend", "duur-werk.uitstellen", "duur-gezien.cynisme"]
    assert [name for name in order("volledig", ticked) if "." in name] == full
    assert [name for name in order("kort", ticked) if "." in name] == full[:3]


@pytest.mark.parametrize(
    ("after_rest", "told_of_what_stays"), [("kort-zakt", False), ("lang-zakt", False), ("lang-blijft", True)]
)
def test_what_stays_after_rest_is_given_back(after_rest: str, told_of_what_stays: bool) -> None:
    answers = {**chosen(algemeen=["slaap"], werk=[]), "duur-algemeen.slaap": Answer(options=[after_rest])}
    stays, passes = STOP.step("rust").cases
    told = walk("kort", answers)[1]
    assert any(t is stays for t in told) == told_of_what_stays
    assert any(t is passes for t in told) != told_of_what_stays


def test_who_ticks_nothing_hears_no_figures_and_nothing_about_rest() -> None:
    told = walk("volledig", chosen(algemeen=[], werk=[], gezien=[]))[1]
    assert not any(t is c for name in ("cijfers", "rust") for c in STOP.step(name).cases for t in told)


@pytest.mark.parametrize(
    ("criterion", "typed", "read"),
    [
        ("macht", "ja, ik heb het niet meer in de hand", "ja"),
        ("macht", "dat herken ik", "ja"),
        ("macht", "ja klopt", "ja"),
        ("macht", "neen, zeker niet", "nee"),
        ("macht", "dat herken ik eigenlijk niet", None),
        ("macht", "soms", None),
        ("minder", "ja, thuis vooral niet om aan te zien", "ja"),
        ("minder", "nee, dat klopt niet", "nee"),
        ("minder", "minder", None),
        ("minder", "duidelijk minder", "ja"),
        ("minder", "thuis gaat het, op de praktijk lukt het me niet meer en kan ik veel minder", "ja"),
        ("minder", "niet duidelijk minder", "nee"),
        ("minder", "het gaat nog", "nee"),
        ("minder", "nee, ik zou niet zeggen dat het veel minder is", None),
        ("minder", "ja, het gaat nog net", None),
        ("anders", "nee", "nee"),
        ("anders", "ja", None),
        ("anders", "ja maar niet alles", "deels"),
        ("anders", "een depressie, en dat verklaart alles", "ja"),
        ("uitputting", "heel sterk", "ja"),
        ("uitputting", "ik ben op", "ja"),
        ("uitputting", "niet zo sterk", "nee"),
        ("duur", "al anderhalf jaar", "langer"),
        ("duur", "een maand of drie, nog geen half jaar dus", "korter"),
        ("duur", "niet langer dan een half jaar", "korter"),
        ("duur", "een jaar", "langer"),
        ("duur", "half jaar", None),
    ],
)
def test_a_criterion_is_never_read_the_wrong_way_round(criterion: str, typed: str, read: str | None) -> None:
    given = interpret(STOP.step(criterion), Incoming(text=typed), dt.datetime(2026, 11, 23, 21, 0))
    assert (given.options if isinstance(given, Answer) else None) == ([read] if read else None)


def test_complaints_can_be_typed() -> None:
    def read(typed: str) -> object:
        given = interpret(STOP.step("klachten"), Incoming(text=typed), dt.datetime(2026, 11, 23, 21, 0))
        return given.options if isinstance(given, Answer) else given

    assert read("moe, slaap slecht en prikkelbaar") == ["moe", "slaap", "prikkelbaar"]
    assert read("1, 2 en 8") == ["moe", "slaap", "concentratie"]


@pytest.mark.parametrize("step", ["algemeen", "werk", "gezien", "klachten"])
@pytest.mark.parametrize("typed", ["geen", "niets", "niet", "nee", "geen van deze", "alles", "allemaal"])
def test_a_word_for_none_or_all_is_not_taken_for_one_of_the_signals(step: str, typed: str) -> None:
    given = interpret(STOP.step(step), Incoming(text=typed), dt.datetime(2026, 11, 23, 21, 0))
    assert not isinstance(given, Answer) or len(given.options) != 1
