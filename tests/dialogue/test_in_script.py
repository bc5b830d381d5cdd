"""What is no answer to the question that waits, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.dialogue.talk import World
from bot.scripts.schema import Step
from tests.conftest import Conversation
from tests.walking import at_each_question, waiting

MOETEN = {"moeten": "ik moet altijd alles zelf doen"}


def at(world: World, name: str, fits: Callable[[Step], bool]) -> Conversation:
    """A talk at the first question of a script that fits."""
    return next(talk for talk in at_each_question(world, name, "Kort") if fits(waiting(talk)))


def at_words(world: World) -> Conversation:
    """A talk at a question that asks for words."""
    return at(world, "apk", lambda step: step.kind == "text")


def test_after_misunderstandings_there_are_choices_and_then_a_person(world: World) -> None:
    talk = at(world, "fout", lambda step: step.kind == "choice" and not step.own)
    talk.hear("de kat zat op de mat")
    talk.hear("tja de kat weer")
    assert {o.do for o in talk.state.offered} >= {"act:overslaan", "act:herhaal", "act:mens"}
    said = talk.hear("nog steeds de kat")
    assert "Coaches voor Medici" in said and "Misschien praat dit makkelijker" in said
    # A person is named once; the way to one stays.
    assert "Coaches voor Medici" not in talk.hear("en toen sliep de kat")
    assert "act:mens" in {o.do for o in talk.state.offered}


def test_who_has_no_day_yet_is_not_sent_to_a_person(world: World) -> None:
    talk = at(world, "apk", lambda step: step.kind == "date")
    assert "dag" in talk.hear("dat weet ik nog niet")
    for said in ("ooit", "als het rustiger is"):
        assert "Coaches voor Medici" not in talk.hear(said)
    assert {o.do for o in talk.state.offered} >= {"act:overslaan", "act:mens"}


@pytest.mark.parametrize("yes", ["ja", "Ja hoor.", "klopt", "Ja graag"])
def test_a_bare_yes_is_no_answer_where_something_is_to_be_told(world: World, yes: str) -> None:
    talk = at_words(world)
    asked = waiting(talk).id
    said = talk.hear(yes, "bevestigen")
    assert "verslaan" in said or "laten liggen" in said
    assert waiting(talk).id == asked and talk.state.run is not None and asked not in talk.state.run.answers
    talk.hear("met de fiets, elke dag langs het water")
    assert talk.state.run is not None and talk.state.run.answers[asked].text == "met de fiets, elke dag langs het water"


def test_a_second_yes_is_met_with_ways_on(world: World) -> None:
    talk = at_words(world)
    talk.hear("ja", "bevestigen")
    talk.hear("ja", "bevestigen")
    assert {o.do for o in talk.state.offered} >= {"act:overslaan", "act:mens"}


def test_a_yes_to_an_answer_that_stands_there_leaves_it(world: World) -> None:
    talk = at_words(world)
    asked = waiting(talk).id
    talk.hear("lopen langs het water")
    talk.act("terug")
    assert waiting(talk).id == asked
    talk.hear("ja", "bevestigen")
    assert waiting(talk).id != asked
    assert talk.state.run is not None and talk.state.run.answers[asked].text == "lopen langs het water"


def test_a_word_that_is_more_than_a_yes_is_an_answer(world: World) -> None:
    talk = at_words(world)
    asked = waiting(talk).id
    talk.hear("prima", "bevestigen")
    assert talk.state.run is not None and talk.state.run.answers[asked].text == "prima"


def test_a_yes_to_a_follow_up_gives_room_once_and_goes_on_the_second_time(world: World) -> None:
    talk = at_words(world)
    asked = waiting(talk).id
    talk.hear("ik moet altijd alles zelf doen", cues=MOETEN)
    assert talk.state.run is not None and talk.state.run.follow_up is not None
    question = talk.state.run.follow_up.text
    said = talk.hear("ja", "bevestigen")
    assert question in said and said != question
    talk.hear("ja", "bevestigen")
    assert talk.state.run is not None and talk.state.run.follow_up is None and waiting(talk).id != asked
    assert talk.state.run.answers[asked].more == [] and not talk.state.run.declined


@pytest.mark.parametrize("said", ["geen idee", "ik zou het niet weten", "lastig te zeggen"])
def test_not_to_know_is_none_of_the_own_words_that_a_list_takes(world: World, said: str) -> None:
    talk = at(world, "apk", lambda step: step.closed and step.own)
    asked = waiting(talk).id
    heard = talk.hear(said, cues={"ontwijken": said})
    assert waiting(talk).id == asked and "sla" in heard.lower()
    talk.hear("een hond van de buren")
    assert talk.state.run is not None and talk.state.run.answers[asked].text == "een hond van de buren"
