"""Two layers, one verdict: either suffices, and what is denied, over or another's turns a stop into a question."""

from __future__ import annotations

import pytest

from bot.language import decision
from bot.language.decision import OWN, Chances, decide
from bot.language.triggers import Finding


def finding(
    label: str, rule: str = "a-rule", level: str = "explicit", *, aside: bool = False, lost: bool = False
) -> Finding:
    """A finding of the patterns."""
    risk, _, subject = label.partition(".")
    return Finding(risk, subject, rule, level, True, 0, 1, aside, lost)


def thinks(**chances: float) -> Chances:
    """What the classifier thinks, the same of the whole as of its parts; ``crisis_zelf=0.9``."""
    known = {name.replace("_", "."): chance for name, chance in chances.items()}
    return Chances(known, known)


UNSURE = thinks(crisis_zelf=0.01, geen=0.4, ontkend=0.1)


def test_nothing_heard_is_no_danger() -> None:
    verdict = decide([], UNSURE)
    assert (verdict.risk, verdict.subject, verdict.panel, verdict.check) == ("geen", "geen", False, False)


def test_what_is_said_outright_suffices_whatever_the_classifier_thinks() -> None:
    assert decide([finding("crisis.zelf")], UNSURE).panel


def test_the_classifier_alone_suffices() -> None:
    verdict = decide([], thinks(crisis_zelf=0.9))
    assert verdict.panel and verdict.rule == "classifier"


def test_after_a_denial_what_is_heard_by_likeness_alone_must_be_clearer() -> None:
    unclear, clear = thinks(crisis_zelf=0.55, geen=0.45), thinks(crisis_zelf=0.95, geen=0.02)
    assert decide([], unclear).panel and not decide([], unclear, surer=True).panel
    assert decide([], clear, surer=True).panel


def test_what_is_not_clear_enough_where_it_must_be_surer_is_near() -> None:
    unclear, clear = thinks(crisis_zelf=0.55, geen=0.45), thinks(crisis_zelf=0.95, geen=0.02)
    assert decide([], unclear, surer=True).near and not decide([], unclear).near
    assert not decide([], clear, surer=True).near and not decide([], UNSURE, surer=True).near
    beside = decide([finding("middelen.zelf")], unclear, surer=True)
    assert beside.near and (beside.risk, beside.subject) == ("middelen", "zelf")


def test_another_danger_must_be_surer_there_too() -> None:
    unclear, clear = thinks(middelen_zelf=0.65, geen=0.5), thinks(middelen_zelf=0.8, geen=0.3)
    assert decide([], unclear).risk == "middelen" and decide([], unclear, surer=True).risk == "geen"
    assert decide([], clear, surer=True).risk == "middelen"


@pytest.mark.parametrize("level", ["explicit", "veiled"])
def test_after_a_denial_what_the_patterns_hear_is_heard_as_before(level: str) -> None:
    assert decide([finding("crisis.zelf", level=level)], thinks(crisis_zelf=0.4, geen=0.6), surer=True).panel


def aloud(whole: float, part: float, sentences: int) -> Chances:
    """A message in which an own crisis is so likely as a whole, and so likely in one of its sentences by itself."""
    rest = {"geen": 1 - whole}
    return Chances({OWN: whole, **rest}, {OWN: part, **rest}, sentences=sentences)


def test_in_a_few_sentences_the_one_makes_plain_what_the_other_means() -> None:
    assert not decide([], aloud(0.1, 0.95, 2)).panel and not decide([], aloud(0.1, 0.95, 3)).panel
    assert decide([], aloud(0.5, 0.95, 2)).panel


def test_among_many_sentences_one_suffices_by_itself() -> None:
    assert decide([], aloud(0.1, 0.95, decision.FEW_SENTENCES + 1)).panel


def test_what_was_read_in_part_only_is_heard_by_its_sentences() -> None:
    assert decide([], Chances({}, {OWN: 0.95, "geen": 0.6}, sentences=2)).panel


def test_without_a_classifier_the_patterns_stand_alone() -> None:
    for level in ("explicit", "veiled", "weak"):
        assert decide([finding("crisis.zelf", level=level)], Chances()).panel


def test_what_is_veiled_needs_the_classifier_not_to_contradict() -> None:
    veiled = [finding("crisis.zelf", level="veiled")]
    assert not decide(veiled, UNSURE).panel
    assert decide(veiled, thinks(crisis_zelf=decision.SURE_WITH_VEILED)).panel


def test_what_is_denied_is_no_danger_and_asks_once() -> None:
    verdict = decide([finding("crisis.zelf", aside=True)], UNSURE)
    assert (verdict.risk, verdict.panel, verdict.check) == ("geen", False, True)


def test_where_nothing_of_a_crisis_is_spoken_of_nothing_is_asked() -> None:
    verdict = decide([], thinks(crisis_zelf=0.01, voorbij=0.9))
    assert (verdict.risk, verdict.check) == ("geen", False)


def test_the_classifier_may_hear_a_denial_that_the_patterns_do_not() -> None:
    verdict = decide([finding("crisis.zelf")], thinks(crisis_zelf=0.3, ontkend=0.98))
    assert (verdict.risk, verdict.panel, verdict.check) == ("geen", False, True)


@pytest.mark.parametrize("aside", ["ontkend", "voorbij"])
def test_what_is_said_outright_is_not_taken_back_by_a_denial_that_is_only_likely(aside: str) -> None:
    assert decide([finding("crisis.zelf")], thinks(crisis_zelf=0.3, **{aside: 0.9})).panel


def test_a_denial_does_not_outweigh_what_is_surer() -> None:
    assert decide([finding("crisis.zelf")], thinks(crisis_zelf=0.95, ontkend=0.9)).panel


def test_another_persons_crisis_is_told_with_its_subject_and_asks_once() -> None:
    verdict = decide([finding("crisis.patient")], UNSURE)
    assert (verdict.risk, verdict.subject, verdict.panel, verdict.check) == ("crisis", "patient", False, True)


def test_someone_already_lost_is_told_and_asks_nothing() -> None:
    verdict = decide([finding("crisis.naaste", lost=True)], UNSURE)
    assert verdict.risks[0].lost and not verdict.check


def test_grammar_names_the_subject_unless_the_classifier_is_far_surer_of_another() -> None:
    assert decide([finding("crisis.patient")], thinks(crisis_naaste=0.2)).subject == "patient"
    assert decide([finding("crisis.patient")], thinks(crisis_naaste=0.9, crisis_patient=0.1)).subject == "naaste"


def test_of_more_dangers_the_label_is_the_gravest_and_the_doctors_own_is_answered_first() -> None:
    verdict = decide([finding("middelen.zelf"), finding("crisis.patient")], UNSURE)
    assert (verdict.risk, verdict.subject) == ("crisis", "patient")
    assert [risk.key for risk in verdict.risks] == ["middelen_zelf", "crisis_patient"]


def test_what_is_heard_beside_the_own_crisis_is_kept() -> None:
    verdict = decide([finding("crisis.zelf"), finding("middelen.zelf")], UNSURE)
    assert verdict.panel and [risk.key for risk in verdict.risks] == ["middelen_zelf"]


@pytest.mark.parametrize("label", ["middelen.zelf", "onveilig.collega", "patientveiligheid.zelf"])
def test_the_classifier_hears_other_dangers_too(label: str) -> None:
    risk, _, subject = label.partition(".")
    verdict = decide([], thinks(**{f"{risk}_{subject}": 0.95}))
    assert (verdict.risk, verdict.subject, verdict.panel, verdict.rule) == (risk, subject, False, "classifier")
