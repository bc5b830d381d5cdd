"""Looking back on what was intended: when its day has come, when a bewaarcode brings it back, or when asked."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.dialogue.state import Kept
from bot.dialogue.talk import World
from bot.dialogue.thread import reflections
from tests.conftest import NOW, Conversation

INTENDED = "op dinsdag om vijf uur weg"
DAYS = 21


def with_an_intention(talk: Conversation, name: str = "grenzen") -> Conversation:
    """A talk in which a script was led to its end, with one intention and a day to look back on it."""
    talk.act("start", name)
    talk.hear("kort")
    while talk.state.in_script:
        run, script = talk.state.run, talk.world.library.current(name)
        assert run is not None and run.at is not None
        if run.at == script.closing.experiment:
            talk.hear(INTENDED)
            if talk.state.run and talk.state.run.follow_up:
                talk.act("overslaan")
        elif run.at == script.closing.look_back:
            talk.hear("over drie weken")
        else:
            talk.act("overslaan")
    talk.act("ontkennen")
    return talk


def later(talk: Conversation, days: int) -> Conversation:
    talk.now += dt.timedelta(days=days)
    return talk


def test_on_the_day_what_was_intended_is_said_and_looking_back_offered(conversation: Conversation) -> None:
    later(with_an_intention(conversation), DAYS)
    heard = conversation.act("groet")
    assert "Op dinsdag om vijf uur weg" in heard or INTENDED in heard
    assert "Hoeveel tijd" in conversation.act("bevestigen")
    assert f"‘{INTENDED}’" in conversation.hear("kort")
    run = conversation.state.run
    assert run is not None and run.script == "terugblik" and run.at == "kwam"


def test_before_the_day_nothing_is_said_of_it(conversation: Conversation) -> None:
    later(with_an_intention(conversation), DAYS - 2)
    assert "terugkijken" not in conversation.act("groet")


def test_who_comes_with_a_story_is_met_with_that_first(conversation: Conversation) -> None:
    later(with_an_intention(conversation), DAYS + 1)
    assert "terugkijken" not in conversation.hear("er ging vanmiddag iets mis bij een patiënt", "vertellen", "fout")


def test_it_is_offered_once(conversation: Conversation) -> None:
    later(with_an_intention(conversation), DAYS)
    conversation.act("groet")
    conversation.act("ontkennen")
    assert INTENDED not in later(conversation, 1).act("groet")


def test_who_says_yes_to_a_reminder_is_not_asked_again(conversation: Conversation) -> None:
    later(with_an_intention(conversation), DAYS)
    assert "Hoeveel tijd" in conversation.act("bevestigen")


def test_a_reminder_that_was_asked_for_in_words_leads_there_too(conversation: Conversation) -> None:
    conversation.knows = {"channel": "matrix"}
    conversation.hear("herinner me over drie weken")
    assert "Hoeveel tijd" in later(conversation, DAYS).act("bevestigen")


def test_a_day_of_danger_is_no_day_for_it(conversation: Conversation) -> None:
    later(with_an_intention(conversation), DAYS)
    conversation.act("crisis")
    assert INTENDED not in conversation.act("groet")


@pytest.mark.parametrize(
    "said",
    ["ik wil terugkijken", "Terugblik", "ik wil even terugkijken op mijn voornemen", "hoe ging het met mijn plan?"],
)
def test_it_can_be_asked_for(conversation: Conversation, said: str) -> None:
    with_an_intention(conversation)
    conversation.hear(said)
    assert INTENDED in conversation.hear("kort")


def test_with_nothing_to_look_back_on_it_begins_with_the_intention(conversation: Conversation) -> None:
    conversation.hear("ik wil terugkijken")
    assert "Vraag 1 " in conversation.hear("kort")
    conversation.hear("vroeger naar huis")
    assert "vroeger naar huis" in conversation.heard


def test_looking_back_has_a_report_of_its_own_with_the_intention_in_it(conversation: Conversation) -> None:
    with_an_intention(conversation)
    conversation.hear("ik wil terugkijken")
    conversation.hear("kort")
    conversation.hear("het kwam er niet van")
    while conversation.state.in_script:
        conversation.act("overslaan")
    report = next(reply for reply in conversation.outcome.replies if reply.kind == "report")
    assert [part.heading for part in report.sections] == ["Wat ik me voornam", "Wat ervan kwam"]
    assert report.sections[0].text == INTENDED


def test_a_code_brings_the_intention_back(world: World) -> None:
    before = with_an_intention(Conversation(world))
    kept = [
        Kept.model_validate(one.model_dump(mode="json"))
        for one in reflections(world.library, before.state, before.now).values()
    ]
    after = Conversation(world)
    after.knows = {"opened": tuple(kept), "kept": "opened"}
    heard = after.hear("zes woorden die samen een code zijn")
    after.knows = {"kept": "opened"}
    assert INTENDED in heard and "Kijken wat daarvan kwam" in heard
    after.hear("Kijken wat daarvan kwam")
    assert INTENDED in after.hear("kort")


def test_a_second_time_the_first_stands_beside_it(conversation: Conversation) -> None:
    with_an_intention(conversation, "stop")
    later(conversation, 200)
    conversation.act("start", "stop")
    conversation.hear("kort")
    while conversation.state.in_script:
        run, script = conversation.state.run, conversation.world.library.current("stop")
        assert run is not None and run.at is not None
        if run.at == script.closing.experiment:
            conversation.hear("op vrijdag niets plannen")
            if conversation.state.run and conversation.state.run.follow_up:
                conversation.act("overslaan")
        else:
            conversation.act("overslaan")
    report = next(reply for reply in conversation.outcome.replies if reply.kind == "report")
    part = next(part for part in report.sections if part.text == "op vrijdag niets plannen")
    assert part.earlier == INTENDED
    assert f"De vorige keer: {INTENDED}" in report.text


def test_the_first_of_two_stays_in_the_thread(conversation: Conversation) -> None:
    with_an_intention(conversation)
    later(conversation, 5)
    with_an_intention(conversation)
    found = reflections(conversation.world.library, conversation.state, conversation.now).values()
    assert sorted(kept.day for kept in found) == [NOW.date(), NOW.date() + dt.timedelta(days=5)]


def test_what_is_looked_at_again_keeps_its_day(conversation: Conversation) -> None:
    with_an_intention(conversation)
    later(conversation, 40)
    [kept] = reflections(conversation.world.library, conversation.state, conversation.now).values()
    assert kept.day == NOW.date()
