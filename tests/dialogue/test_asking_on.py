"""Asking on: with the doctor's own words, now and then, and never against their will."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.dialogue.talk import World
from bot.scripts.probes import read_probes
from tests.conftest import Conversation
from tests.walking import SCRIPTS, at_each_question, waiting

PROBES = read_probes()
# Answers to the first questions of the short APK, up to the first open one that may be asked on about.
CUES = {"moeten": "ik moet er altijd zijn"}


def at_open_question(world: World, length: str = "Kort", allowing: str = "moeten") -> Conversation:
    """A talk at the first open question of the APK where the bot may ask on about a cue."""
    for talk in at_each_question(world, "apk", length):
        step = waiting(talk)
        if step.probes and allowing in step.probes.allow:
            return talk
    raise AssertionError("no such question")


@pytest.fixture
def asked(world: World) -> Conversation:
    """A talk in which the bot has just asked on."""
    talk = at_open_question(world)
    talk.hear("ik moet er altijd zijn, dat hoort zo", cues=CUES)
    return talk


def follow_up(talk: Conversation) -> bool:
    run = talk.state.run
    return run is not None and run.follow_up is not None


def test_the_doctors_words_come_back_with_one_question(asked: Conversation) -> None:
    replies = asked.outcome.replies
    assert [r.kind for r in replies] == ["reflect"]
    assert "‘Ik moet er altijd zijn.’" in replies[0].text
    assert replies[0].text.count("?") <= 1


def test_words_that_were_cut_end_with_an_ellipsis_and_no_full_stop(world: World) -> None:
    talk = at_open_question(world)
    said = talk.hear("ik moet alles", cues={"moeten": "ik moet van mezelf elke avond …"})
    assert "‘Ik moet van mezelf elke avond …’" in said


def test_the_answer_is_kept_whatever_comes_of_it(asked: Conversation) -> None:
    run = asked.state.run
    assert run is not None and run.at is not None
    assert run.answers[run.at].text == "ik moet er altijd zijn, dat hoort zo"


def test_what_is_said_on_stands_with_the_answer_and_in_the_report(asked: Conversation) -> None:
    at = waiting(asked).id
    asked.hear("van mijn vader, die was er ook altijd")
    run = asked.state.run
    assert run is not None and run.at != at
    assert run.answers[at].more == ["van mijn vader, die was er ook altijd"]
    assert "van mijn vader" in asked.act("verslag")


@pytest.mark.parametrize("act", ["ontkennen", "overslaan", "verder"])
def test_one_word_puts_it_aside_for_the_rest_of_the_script(asked: Conversation, act: str) -> None:
    at = waiting(asked).id
    said = asked.act(act)
    run = asked.state.run
    assert run is not None and run.at != at and run.answers[at].text
    assert "Vraag" in said
    asked.hear("ik moet ook altijd klaarstaan", cues=CUES)
    assert not follow_up(asked)


def test_at_most_one_follow_up_an_answer(asked: Conversation) -> None:
    asked.hear("ik moet dat van mezelf", cues=CUES)
    assert not follow_up(asked)


@pytest.mark.parametrize(("length", "most"), [("Kort", PROBES.limits.kort), ("Volledig", PROBES.limits.volledig)])
def test_no_more_follow_ups_than_the_length_allows_and_none_twice(world: World, length: str, most: int) -> None:
    talk = at_open_question(world, length)
    cues = dict.fromkeys(PROBES.cues, "altijd maar door")
    asked: list[str] = []
    for _ in range(60):
        if not talk.state.in_script:
            break
        step = waiting(talk)
        talk.hear("1" if step.kind == "choice" else "nou ja", cues=cues)
        if follow_up(talk):
            asked.append(talk.outcome.replies[-1].text)
            talk.hear("zo is het")
        elif step.kind in ("several", "scale", "date") and talk.state.in_script and waiting(talk).id == step.id:
            talk.act("overslaan")
    assert len(asked) == len(set(asked)) <= most
    assert asked


def test_where_the_script_does_not_allow_it_nothing_is_asked_on(world: World) -> None:
    for talk in at_each_question(world, "fout", "Kort"):
        step = waiting(talk)
        if step.kind == "text" and step.probes is None:
            talk.hear("ik moet dat van mezelf", cues=CUES)
            assert not follow_up(talk)
            return
    raise AssertionError("no such question")


def test_in_the_first_days_after_an_error_nothing_is_asked_on_about_lessons(world: World) -> None:
    first_days = [s for s in SCRIPTS["fout"].steps if s.id in ("houvast", "durf", "slaap", "vanavond")]
    assert first_days
    for step in first_days:
        assert not step.probes or not {"oplossing", "oordeel", "ander", "kort"} & set(step.probes.allow)


def test_why_and_another_wording_belong_to_the_follow_up(asked: Conversation) -> None:
    first = asked.outcome.replies[-1].text
    said = asked.act("waarom")
    assert PROBES.cues["moeten"].why in said and first in said
    other = asked.act("herhaal")
    assert other != first and "Ik moet er altijd zijn" in other
    assert follow_up(asked)


@pytest.mark.parametrize("act", ["uitleg", "privacy", "voortgang", "groet", "bedankt", "menu", "buiten_bereik"])
def test_an_aside_comes_back_to_the_follow_up(asked: Conversation, act: str) -> None:
    question = asked.outcome.replies[-1].text
    assert question in asked.act(act)
    assert follow_up(asked)


def test_back_goes_to_the_question_that_it_is_about(asked: Conversation) -> None:
    at = waiting(asked).id
    said = asked.act("terug")
    assert waiting(asked).id == at and not follow_up(asked)
    assert "ik moet er altijd zijn" in said


def test_pausing_and_coming_back_leads_to_the_follow_up(asked: Conversation) -> None:
    question = asked.outcome.replies[-1].text
    asked.act("pauze")
    assert not asked.state.in_script
    asked.now += dt.timedelta(days=3)
    asked.hear("hallo", "groet")
    assert question in asked.act("verder") or question in asked.hear("ja", "bevestigen")


def test_stopping_and_going_on_after_all_keeps_the_follow_up(asked: Conversation) -> None:
    question = asked.outcome.replies[-1].text
    asked.act("stoppen")
    assert question in asked.hear("toch doorgaan")


def test_another_script_in_between_keeps_the_follow_up_with_its_own(asked: Conversation) -> None:
    asked.act("start", "fout")
    asked.hear("nu")
    asked.hear("Kort")
    run = asked.state.run
    assert run is not None and run.script == "fout" and run.follow_up is None
    assert asked.state.shelf["apk"].follow_up is not None


def test_every_cue_of_the_scripts_has_questions_that_quote() -> None:
    for probe in PROBES.cues.values():
        assert all("{citaat}" in text for text in probe.ask)
