"""What follows the crisis panel: a reply by tap or by words, and back to a script only when the doctor says so."""

from __future__ import annotations

import pytest

from bot.dialogue import aftercare
from bot.dialogue.talk import Heard, World
from bot.dialogue.turn import step
from bot.messages import Incoming
from tests.conftest import NOW, Conversation, shown


def after_panel(talk: Conversation, **content: str) -> str:
    """Reply to the panel; gives what the bot says."""
    heard = Heard(Incoming(**content), "vertellen", "geen", NOW, after_crisis=True)
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
