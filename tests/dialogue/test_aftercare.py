"""What follows the crisis panel: a reply by tap or by words, and back to a script only when the doctor says so."""

from __future__ import annotations

import pytest

from bot.dialogue import aftercare
from bot.dialogue.talk import Heard, World
from bot.dialogue.turn import step
from bot.messages import Incoming
from tests.conftest import NOW, Conversation, shown
from tests.walking import at_each_question, waiting


def after_panel(talk: Conversation, **content: str) -> str:
    """Reply to the panel; gives what the bot says."""
    heard = Heard(Incoming(**content), "vertellen", "geen", NOW, after_crisis=True, **talk.knows)
    talk.outcome = step(talk.state, heard, talk.world)
    return shown([reply.model_dump(mode="json") for reply in talk.outcome.replies])


REPLIES = {
    "Er is iemand bij me": "Goed dat er iemand is",
    "Ik ben alleen": "Dan is bellen nu het belangrijkst",
    "Zo bedoelde ik het niet": "Goed dat je het zegt",
}


@pytest.mark.parametrize("label", REPLIES)
def test_what_the_panel_offers_can_be_tapped(world: World, conversation: Conversation, label: str) -> None:
    wanted = aftercare.panel(world).input
    assert wanted is not None
    token = next(choice.token for choice in wanted.choices if choice.label == label)
    assert REPLIES[label] in after_panel(conversation, choice=token)


@pytest.mark.parametrize("label", REPLIES)
def test_what_the_panel_offers_can_be_typed(conversation: Conversation, label: str) -> None:
    assert REPLIES[label] in after_panel(conversation, text=label)


def test_a_choice_of_the_question_before_the_panel_is_none_of_its_replies(conversation: Conversation) -> None:
    conversation.act("start", "apk")
    conversation.hear("Kort")
    token = conversation.outcome.replies[-1].input
    assert token is not None
    said = after_panel(conversation, choice=token.choices[0].token)
    assert "113" in said or "eerder moment" in said
    assert conversation.state.run is not None and not conversation.state.run.answers


def test_going_on_after_the_panel_is_not_cheerful(world: World, conversation: Conversation) -> None:
    conversation.act("start", "apk")
    conversation.hear("Kort")
    said = after_panel(conversation, text="Verder waar we waren")
    assert "de nummers blijven staan" in said
    assert conversation.state.run is not None and conversation.state.run.state == "running"


LONG = "ik ben er klaar mee, met die hele dag en met dat lab"


def at_words(world: World) -> Conversation:
    """A talk at a question that asks for words, after which the panel comes for what was answered."""
    return next(t for t in at_each_question(world, "apk", "Kort") if waiting(t).kind == "text")


def test_what_was_not_meant_so_is_held_to_become_the_answer(world: World) -> None:
    talk = at_words(world)
    at = waiting(talk).id
    talk.knows["called"] = LONG
    after_panel(talk, text="Zo bedoelde ik het niet")
    assert talk.effect == "denied"
    assert "Je schreef daarnet: ‘Ik ben er klaar mee, met die hele dag" in talk.act("verder").replace("‘ik", "‘Ik")
    talk.act("bevestigen")
    assert talk.state.run is not None and talk.state.run.answers[at].text == LONG


@pytest.mark.parametrize("label", ["Er is iemand bij me", "Ik ben alleen", "Verder waar we waren"])
def test_what_was_meant_is_not_offered_as_an_answer(world: World, label: str) -> None:
    talk = at_words(world)
    talk.knows["called"] = LONG
    after_panel(talk, text=label)
    said = talk.heard if label.startswith("Verder") else after_panel(talk, text="Verder waar we waren")
    assert talk.state.in_script and "Je schreef daarnet" not in said
    assert talk.effect != "denied" and not talk.state.held and not talk.state.called


def test_it_is_held_also_when_more_was_said_before_the_denial(world: World) -> None:
    talk = at_words(world)
    talk.knows["called"] = LONG
    after_panel(talk, text="wat zeg je nou")
    talk.hear("zo bedoelde ik het niet", "ontkennen", knows={"called": ""})
    assert "Je schreef daarnet" in talk.act("verder")


def test_what_was_said_to_something_asked_on_about_is_held_for_that(world: World) -> None:
    talk = at_words(world)
    at = waiting(talk).id
    talk.hear("ik moet altijd alles zelf doen", cues={"moeten": "ik moet altijd alles zelf doen"})
    assert talk.state.run is not None and talk.state.run.follow_up
    talk.knows["called"] = LONG
    after_panel(talk, text="Zo bedoelde ik het niet")
    assert "Je schreef daarnet" in talk.act("verder")
    talk.act("bevestigen")
    assert talk.state.run is not None and talk.state.run.answers[at].more == [LONG] and not talk.state.held


def test_what_was_said_anew_to_something_asked_on_about_takes_the_place_of_what_is_held(world: World) -> None:
    talk = at_words(world)
    at = waiting(talk).id
    talk.hear("ik moet altijd alles zelf doen", cues={"moeten": "ik moet altijd alles zelf doen"})
    talk.knows["called"] = LONG
    after_panel(talk, text="Zo bedoelde ik het niet")
    talk.act("verder")
    talk.hear("ik bedoel dat ik het zat ben", "vertellen")
    assert talk.state.run is not None and talk.state.run.answers[at].more == ["ik bedoel dat ik het zat ben"]
    assert not talk.state.held


@pytest.mark.parametrize(("said", "stands"), [(LONG, [LONG]), ("ik wil weg", [])])
def test_what_was_told_beside_a_closed_question_stands_with_its_answer(
    world: World, said: str, stands: list[str]
) -> None:
    talk = next(t for t in at_each_question(world, "apk", "Kort") if waiting(t).kind == "choice")
    at = waiting(talk).id
    talk.knows["called"] = said
    after_panel(talk, text="Zo bedoelde ik het niet")
    talk.act("verder")
    talk.hear("1")
    assert talk.state.run is not None and talk.state.run.answers[at].more == stands


def test_what_came_where_the_answer_was_there_already_is_not_taken_for_the_next_one(world: World) -> None:
    talk = at_words(world)
    at = waiting(talk).id
    talk.hear("een patiënt van me wil dood", risks=["crisis.patient"])
    assert talk.state.run is not None and talk.state.run.due
    talk.knows["called"] = LONG
    after_panel(talk, text="Zo bedoelde ik het niet")
    assert "Je schreef daarnet" not in talk.act("verder") and not talk.state.held
    assert waiting(talk).id != at


@pytest.mark.parametrize(("said", "act"), [("nee", "ontkennen"), ("ja", "bevestigen"), ("ik ben zo moe", "vertellen")])
def test_whether_someone_is_there_is_not_asked_again_once_it_was_answered(
    conversation: Conversation, said: str, act: str
) -> None:
    assert "iemand bij je?" in after_panel(conversation, text="ik weet het niet")
    after_panel(conversation, text="mijn man is er")
    conversation.hear(said, act)
    assert "113" in conversation.heard and "als je dat wel wilt" in conversation.heard
    assert "iemand bij je?" not in conversation.heard
    assert "Goed dat er iemand is" not in conversation.heard


def test_who_says_later_to_be_alone_is_heard(conversation: Conversation) -> None:
    after_panel(conversation, text="mijn man is er")
    conversation.hear("nu ben ik alleen", "vertellen")
    assert "Dan is bellen nu het belangrijkst" in conversation.heard


def test_a_title_that_is_typed_after_the_panel_begins_no_script(conversation: Conversation) -> None:
    after_panel(conversation, text="mijn man is er")
    conversation.hear("stop signalen", "stoppen")
    assert "113" in conversation.heard and "Hoeveel tijd" not in conversation.heard
