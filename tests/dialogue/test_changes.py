"""Taking an earlier answer out, and saying which one is meant."""

from __future__ import annotations

import pytest

from bot.dialogue.talk import World
from bot.scripts import engine
from tests.conftest import Conversation
from tests.walking import SCRIPTS, at_each_question, reply_to, waiting


def at_text(world: World, *, after: int = 0) -> Conversation:
    """A talk at a question that asks for words, with so many answers in words before it."""
    talks = (t for t in at_each_question(world, "apk", "Kort") if waiting(t).kind == "text")
    return [next(talks) for _ in range(after + 1)][-1]


def given(talk: Conversation) -> dict[str, engine.Answer]:
    """What was answered."""
    assert talk.state.run is not None
    return {name: one for name, one in talk.state.run.answers.items() if not one.skipped}


@pytest.mark.parametrize(
    "said",
    [
        "haal mijn laatste antwoord weg",
        "schrap dat maar",
        "wat ik net zei hoeft niet in het verslag",
        "dat wil ik terugnemen",
        "oeps per ongeluk, wis het maar",
    ],
)
def test_what_was_just_answered_is_taken_out_and_the_talk_stays_where_it_was(world: World, said: str) -> None:
    talk = at_text(world, after=1)
    at, last = waiting(talk).id, list(given(talk))[-1]
    talk.hear(said, "wijzig")
    assert last not in given(talk) and waiting(talk).id == at
    assert str(SCRIPTS["apk"].step(last).heading) in talk.heard and "Vraag " in talk.heard


def test_nothing_of_it_stands_in_the_report_any_more_also_of_what_was_said_on(world: World) -> None:
    talk = at_text(world)
    step = waiting(talk).id
    talk.hear("ik moet altijd de brandweer zijn", cues={"moeten": "ik moet altijd"})
    talk.hear("dat heb ik van mijn oom de admiraal")
    talk.hear("haal mijn laatste antwoord weg", "wijzig")
    assert step not in given(talk)
    told = talk.act("verslag")
    assert "brandweer" not in told and "admiraal" not in told


def test_while_something_is_asked_on_about_it_too(world: World) -> None:
    talk = at_text(world)
    step = waiting(talk).id
    talk.hear("ik moet altijd de brandweer zijn", cues={"moeten": "ik moet altijd"})
    assert talk.state.run is not None and talk.state.run.follow_up
    talk.hear("wis dat maar", "wijzig")
    assert step not in given(talk) and waiting(talk).id != step and talk.state.run.follow_up is None


def test_an_answer_is_taken_out_by_its_number_and_can_be_given_anew(world: World) -> None:
    talk = at_text(world, after=1)
    at = waiting(talk).id
    talk.hear("haal antwoord 1 weg", "wijzig")
    first = engine.questions(SCRIPTS["apk"], talk.state.run)[0].id if talk.state.run else ""
    assert first not in given(talk) and waiting(talk).id == at
    talk.hear("wijzig vraag 1", "wijzig")
    talk.hear(**reply_to(waiting(talk)))
    assert first in given(talk)


def test_where_none_is_named_those_that_were_answered_can_be_chosen_also_after_a_word_that_is_none(
    world: World,
) -> None:
    talk = at_text(world, after=1)
    at, before = waiting(talk).id, given(talk)
    talk.hear("ik wil een antwoord laten schrappen", "wijzig")
    assert given(talk) == before
    talk.hear("de paarse")
    chosen = next(one for one in talk.state.offered if one.do.startswith("takeout:"))
    talk.hear(choice=chosen.token)
    assert set(before) - set(given(talk)) == {chosen.do.partition(":")[2]} and waiting(talk).id == at


def test_a_choice_of_answers_can_be_left_with_a_no(world: World) -> None:
    talk = at_text(world, after=1)
    at, before = waiting(talk).id, given(talk)
    talk.hear("ik wil een antwoord laten schrappen", "wijzig")
    talk.act("ontkennen")
    assert given(talk) == before and waiting(talk).id == at


def test_what_was_told_where_a_choice_is_asked_for_is_let_go(world: World) -> None:
    talk = next(t for t in at_each_question(world, "apk", "Kort") if waiting(t).kind == "several")
    at = waiting(talk).id
    talk.hear("gisteren liep het spreekuur uit en toen kwam de wethouder ook nog langs")
    assert "wethouder" in talk.state.held
    talk.hear("dat hoeft niet in het verslag", "wijzig")
    assert not talk.state.held and waiting(talk).id == at


def test_after_the_report_an_answer_can_still_be_taken_out_and_the_report_comes_anew(world: World) -> None:
    *_, talk = at_each_question(world, "apk", "Kort")
    assert not talk.state.in_script
    last = list(given(talk))[-1]
    talk.hear("haal het laatste antwoord eruit", "wijzig")
    assert last not in given(talk)
    assert any(reply.kind == "report" for reply in talk.outcome.replies)


@pytest.mark.parametrize(
    "said",
    [
        "verkeerd geklikt",
        "typefout, ik bedoelde iets anders",
        "ik had de vraag verkeerd gelezen",
        "te vroeg verstuurd",
        "dit hoort bij de vorige vraag",
    ],
)
def test_who_slipped_comes_to_the_answer_just_given(world: World, said: str) -> None:
    talk = at_text(world, after=1)
    last = list(given(talk))[-1]
    talk.hear(said, "wijzig")
    assert waiting(talk).id == last and last in given(talk)


def test_what_belongs_to_another_question_is_asked_about(world: World) -> None:
    talk = at_text(world, after=1)
    before = given(talk)
    talk.hear("oeps, dat was het antwoord op een andere vraag", "wijzig")
    assert [one.do for one in talk.state.offered] == [f"change:{name}" for name in before]


def test_a_wish_to_erase_one_answer_is_not_taken_for_a_wish_to_erase_all(world: World) -> None:
    talk = at_text(world, after=1)
    last = list(given(talk))[-1]
    talk.hear("wis mijn laatste antwoord", "vergeten")
    assert last not in given(talk) and "wis alles" in talk.heard


@pytest.mark.parametrize("said", ["wis alles", "haal dat laatste weg uit je geheugen", "verwijder dit hele gesprek"])
def test_a_wish_to_erase_all_still_asks_once_and_takes_nothing_out(world: World, said: str) -> None:
    talk = at_text(world, after=1)
    before = given(talk)
    talk.hear(said, "vergeten")
    assert given(talk) == before and talk.state.waiting
