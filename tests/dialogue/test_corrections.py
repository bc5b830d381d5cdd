"""An edit of the last message changes the answer that it gave."""

from __future__ import annotations

from bot.dialogue.talk import World
from tests.conftest import Conversation
from tests.walking import at_each_question, waiting

AGAIN = {"corrects": True}


def at_text(world: World) -> Conversation:
    """A talk at a question that asks for words."""
    return next(t for t in at_each_question(world, "apk", "Kort") if waiting(t).kind == "text")


def answers(talk: Conversation) -> dict[str, str | None]:
    """What was answered."""
    assert talk.state.run is not None
    return {name: given.text for name, given in talk.state.run.answers.items()}


def test_an_edit_of_the_last_answer_changes_it_and_the_talk_goes_on(world: World) -> None:
    talk = at_text(world)
    step = waiting(talk).id
    talk.hear("Het werk met de praktijkverpleegkundige.")
    following = waiting(talk).id
    talk.hear("Het werk met de assistente en de verpleegkundige.", knows=AGAIN)
    assert answers(talk)[step] == "Het werk met de assistente en de verpleegkundige."
    assert waiting(talk).id == following and following not in answers(talk)


def test_an_edit_of_a_choice_changes_the_choice(world: World) -> None:
    talk = next(t for t in at_each_question(world, "apk", "Kort") if waiting(t).kind == "choice")
    step = waiting(talk).id
    talk.hear("1")
    talk.hear("2", knows=AGAIN)
    assert talk.state.run is not None
    chosen = talk.state.run.answers[step].options
    assert chosen == [talk.world.library.current("apk").step(step).options[1].id]


def test_an_edit_of_what_was_no_answer_does_not_become_one(world: World) -> None:
    talk = at_text(world)
    step = waiting(talk).id
    talk.act("waarom")
    talk.hear("waarom vraag je dit", "waarom", knows=AGAIN)
    assert step not in answers(talk) and waiting(talk).id == step
    assert "geen antwoord" in talk.heard


def test_outside_a_script_an_edit_is_a_message_like_any_other(conversation: Conversation) -> None:
    conversation.hear("het was een zware wek")
    assert "Oefening" in conversation.hear("het was een zware week", knows=AGAIN) or conversation.heard
