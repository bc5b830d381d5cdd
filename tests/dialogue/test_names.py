"""What could identify a patient: said once, with the offer to take it out."""

from __future__ import annotations

import pytest

from bot.dialogue import names
from tests.conftest import Conversation

NAMED = "mevrouw Jansen belde over haar dochter"


def at_an_open_question(talk: Conversation) -> str:
    """Lead a talk to the first open question of the script about an error; gives its id."""
    talk.act("start", "fout")
    talk.hear("kort")
    for _ in range(30):
        run = talk.state.run
        assert run is not None and run.at is not None
        if talk.world.library.current("fout").step(run.at).kind == "text":
            return run.at
        talk.hear("1")
    raise AssertionError("no open question")


def answer(talk: Conversation, step: str) -> str:
    """What is kept as the answer to a step."""
    assert talk.state.run is not None
    return talk.state.run.answers[step].text or ""


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        (NAMED, True),
        ("haar nummer is 06-12345678", True),
        ("ik was moe en zag het over het hoofd", False),
        ("het was in Zwolle, op 3 januari", False),
        ("een man van 43", False),
    ],
)
def test_a_name_or_a_number_is_heard_a_place_or_a_date_alone_is_not(text: str, heard: bool) -> None:
    assert names.heard_in(text) is heard


def test_in_a_script_the_answer_is_kept_and_the_offer_comes_before_the_next_question(
    conversation: Conversation,
) -> None:
    step = at_an_open_question(conversation)
    heard = conversation.hear(NAMED)
    assert "te herkennen" in heard and "Vraag" not in heard
    assert answer(conversation, step) == NAMED
    assert "Vraag" in conversation.hear("haal het weg")
    assert conversation.effect == "strike"
    assert "Jansen" not in answer(conversation, step) and "[naam]" in answer(conversation, step)
    assert "belde over haar dochter" in answer(conversation, step)


def test_it_may_stay(conversation: Conversation) -> None:
    step = at_an_open_question(conversation)
    conversation.hear(NAMED)
    assert "Vraag" in conversation.act("ontkennen")
    assert not conversation.effect
    assert answer(conversation, step) == NAMED


def test_it_is_said_once(conversation: Conversation) -> None:
    at_an_open_question(conversation)
    conversation.hear(NAMED)
    conversation.act("ontkennen")
    for _ in range(3):
        assert "te herkennen" not in conversation.hear(NAMED)


def test_a_story_is_met_first_and_leads_on_after_the_offer(conversation: Conversation) -> None:
    heard = conversation.hear(NAMED, "vertellen", "fout")
    assert "te herkennen" in heard and not heard.startswith("In wat je schreef")
    assert "Terugkijken" in conversation.act("bevestigen") or conversation.state.waiting is not None
    assert conversation.effect == "strike"
    assert conversation.state.offered


def test_danger_comes_before_it(conversation: Conversation) -> None:
    at_an_open_question(conversation)
    heard = conversation.hear(NAMED, risks=["crisis.patient"])
    assert "te herkennen" not in heard
