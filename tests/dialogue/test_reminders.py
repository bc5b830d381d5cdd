"""A reminder is offered and set in a messenger, and only there."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.dialogue.talk import World
from tests.conftest import Conversation
from tests.walking import at_each_question, reply_to, waiting

MATRIX = {"channel": "matrix"}
# The clock of these talks stands at Monday the 23rd of November 2026, 22 h in Amsterdam.
THURSDAY = dt.date(2026, 12, 3)


def finished(world: World, name: str = "apk", **knows: object) -> Conversation:
    """A talk in which a script was just done."""
    talk = Conversation(world)
    talk.knows = knows
    talk.act("start", name)
    talk.hear("Kort")
    for _ in range(60):
        if not talk.state.in_script:
            return talk
        talk.hear(**reply_to(waiting(talk)))
    raise AssertionError("the script has no end")


def test_after_a_script_with_a_day_the_doctor_is_asked_about_a_reminder(world: World) -> None:
    talk = finished(world, **MATRIX)
    assert "Zal ik je die dag hier een bericht sturen" in talk.heard
    talk.hear("ja graag", "bevestigen")
    day = next(a.date for a in talk.state.run.answers.values() if a.date)  # type: ignore[union-attr]
    assert talk.outcome.remind == str(day)
    assert "tussen 8 en 20 uur" in talk.heard and "bewaar" in talk.heard.lower()


def test_who_wants_none_gets_none_and_the_talk_goes_on(world: World) -> None:
    talk = finished(world, **MATRIX)
    talk.hear("nee", "ontkennen")
    assert talk.outcome.remind == "" and "dan stuur ik niets" in talk.heard


def test_on_the_page_it_is_not_asked(world: World) -> None:
    assert "bericht sturen" not in finished(world).heard


def test_another_day_may_be_named_in_reply(world: World) -> None:
    talk = finished(world, **MATRIX)
    talk.hear("liever volgende week donderdag")
    assert talk.outcome.remind == str(THURSDAY)


@pytest.mark.parametrize(
    "said",
    [
        "herinner me volgende week donderdag",
        "Herinner mij er volgende week donderdag aan",
        "kun je me volgende week donderdag herinneren?",
        "stuur me volgende week donderdag een herinnering",
        "zet een herinnering voor 3 december",
        "Herinnering op 3-12-2026 graag",
    ],
)
def test_a_reminder_can_be_asked_for_in_words(conversation: Conversation, said: str) -> None:
    conversation.knows = dict(MATRIX)
    conversation.hear(said)
    assert conversation.outcome.remind == str(THURSDAY)
    assert "03-12-2026" in conversation.heard


def test_without_a_day_it_is_asked_which(conversation: Conversation) -> None:
    conversation.knows = dict(MATRIX)
    conversation.hear("kun je me een herinnering sturen?")
    assert "Op welke dag" in conversation.heard
    conversation.hear("over twee weken")
    assert conversation.outcome.remind == "2026-12-07"


def test_on_the_page_the_calendar_file_is_named_instead(conversation: Conversation) -> None:
    conversation.hear("herinner me volgende week donderdag")
    assert conversation.outcome.remind == "" and "agenda" in conversation.heard


@pytest.mark.parametrize("said", ["herinner me gisteren", "herinner me over 9 jaar"])
def test_a_day_that_cannot_be_is_told(conversation: Conversation, said: str) -> None:
    conversation.knows = dict(MATRIX)
    conversation.hear(said)
    assert conversation.outcome.remind == "" and "vanaf morgen" in conversation.heard


def test_in_a_script_it_is_set_and_the_question_stays(world: World) -> None:
    talk = next(at_each_question(world, "apk", "Kort"))
    talk.knows = dict(MATRIX)
    before = waiting(talk).id
    talk.hear("herinner me volgende week donderdag")
    assert talk.outcome.remind == str(THURSDAY) and waiting(talk).id == before


def test_an_answer_that_speaks_of_remembering_stays_an_answer(world: World) -> None:
    walk = at_each_question(world, "apk", "Kort")
    talk = next(t for t in walk if waiting(t).kind == "text")
    talk.knows = dict(MATRIX)
    step = waiting(talk).id
    talk.hear("herinner me vooral aan die patiënt die me bedankte")
    assert talk.outcome.remind == "" and step in talk.state.run.answers  # type: ignore[union-attr]


@pytest.mark.parametrize("said", ["geen herinnering", "toch geen herinnering meer", "Verwijder mijn herinnering"])
def test_it_can_be_taken_back(conversation: Conversation, said: str) -> None:
    conversation.knows = dict(MATRIX)
    conversation.hear("herinner me volgende week donderdag")
    conversation.hear(said)
    assert conversation.outcome.remind == "drop" and "geen herinnering" in conversation.heard


def test_erasing_takes_the_reminder_too_unless_the_doctor_keeps_it(conversation: Conversation) -> None:
    conversation.knows = dict(MATRIX)
    conversation.hear("herinner me volgende week donderdag")
    conversation.act("vergeten")
    assert "ook je herinnering" in conversation.heard
    before = conversation.state.model_copy(deep=True)
    conversation.hear("ja, wis alles", "bevestigen")
    assert (conversation.effect, conversation.outcome.remind) == ("erase", "drop")
    conversation.outcome.state = before
    conversation.hear("Wis het gesprek, laat de herinnering staan", "vergeten")
    assert (conversation.effect, conversation.outcome.remind) == ("erase", "keep")
