"""The doctor's own overview: everything that was done, to read or to take away, one by one."""

from __future__ import annotations

import pytest

from tests.conftest import Conversation
from tests.dialogue.test_looking_back import INTENDED, later, with_an_intention


def offered(talk: Conversation) -> list[str]:
    """The labels of what can be chosen now."""
    return [choice.label for reply in talk.outcome.replies if reply.input for choice in reply.input.choices]


def with_two(talk: Conversation) -> Conversation:
    with_an_intention(talk, "grenzen")
    return with_an_intention(later(talk, 3), "stop")


@pytest.mark.parametrize("said", ["mijn overzicht", "wat heb ik hier gedaan?", "laat mijn verslagen zien", "overzicht"])
def test_it_shows_all_the_newest_first(conversation: Conversation, said: str) -> None:
    with_two(conversation).hear(said)
    labels = offered(conversation)
    assert len(labels) == 2 and labels[0].startswith("STOP") and labels[1].startswith("Balans en grenzen")


def test_with_nothing_done_it_says_so(conversation: Conversation) -> None:
    assert "nog niets" in conversation.hear("mijn overzicht")


def test_in_a_script_the_words_are_an_answer(conversation: Conversation) -> None:
    conversation.act("start", "grenzen")
    conversation.hear("kort")
    conversation.hear("het overzicht")
    run = conversation.state.run
    assert run is not None and run.answers["vandaag"].text == "het overzicht"


def test_one_can_be_read(conversation: Conversation) -> None:
    with_two(conversation).hear("mijn overzicht")
    assert INTENDED in conversation.hear("2")
    assert conversation.state.shown


def test_one_can_be_taken_away_and_the_other_stays(conversation: Conversation) -> None:
    with_two(conversation).hear("mijn overzicht")
    conversation.hear("2")
    conversation.hear("weghalen")
    heard = conversation.hear("ja, haal weg")
    assert conversation.effect.startswith("drop:") and len(conversation.effect) > 20
    assert "is weg" in heard and "Balans en grenzen" not in heard
    assert "grenzen" not in conversation.state.model_dump_json(include={"shelf", "thread", "run"})


def test_who_doubts_keeps_it(conversation: Conversation) -> None:
    with_two(conversation).hear("mijn overzicht")
    conversation.hear("1")
    conversation.hear("weghalen")
    conversation.act("ontkennen")
    assert conversation.effect == "" and len(offered(conversation)) == 2


def test_after_reading_an_older_one_a_new_reflection_has_its_own_report(conversation: Conversation) -> None:
    with_two(conversation).hear("mijn overzicht")
    conversation.hear("2")
    conversation.act("start", "team")
    conversation.hear("kort")
    assert conversation.state.shown == ""
