"""Danger that needs no panel: each kind is answered, the doctor's own first, and the talk does not lose its place."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.dialogue.talk import World
from tests.conftest import Conversation, risk_of
from tests.walking import at_each_question, waiting

# Each danger with what must be said or shown.
BRANCHES = {
    "crisis.patient": ["zwaar werk", "crisisdienst"],
    "crisis.collega": ["bij de naam", "113", "tel:112"],
    "crisis.naaste": ["bij de naam", "113", "tel:112"],
    "verlies.patient": ["verdrietig", "113"],
    "verlies.collega": ["erg", "slachtofferhulp"],
    "verlies.naaste": ["Gecondoleerd", "slachtofferhulp"],
    "middelen.zelf": ["niet de enige dokter", "tel:09000168", "eigen huisarts"],
    "middelen.collega": ["zag", "tel:09000168"],
    "middelen.naaste": ["ABS-artsen", "tel:09000168"],
    "onveilig.zelf": ["veiligheid", "112", "tel:09008844", "praktijk of werkgever"],
    "onveilig.collega": ["112", "tel:09008844"],
    "onveilig.naaste": ["112", "tel:08002000"],
    "patientveiligheid.zelf": ["uit handen", "huisartsenpost"],
    "patientveiligheid.collega": ["patiënt", "huisartsenpost"],
}
OWN_QUESTION = {
    "middelen.zelf": "nog patiënten",
    "onveilig.zelf": "veilige plek",
    "patientveiligheid.zelf": "van je overnemen",
}


@pytest.mark.parametrize("name", BRANCHES)
def test_each_danger_is_met_and_shows_the_way(conversation: Conversation, name: str) -> None:
    said = conversation.hear("dit en dat", risks=[name])
    for wanted in BRANCHES[name]:
        assert wanted in said, said
    assert "refer" in [r.kind for r in conversation.outcome.replies]
    assert conversation.state.waiting is not None, "it ends with a question"
    assert not conversation.state.in_script


@pytest.mark.parametrize("name", OWN_QUESTION)
def test_the_doctors_own_danger_asks_what_is_needed_now(conversation: Conversation, name: str) -> None:
    assert OWN_QUESTION[name] in conversation.hear("dit en dat", risks=[name])


@pytest.mark.parametrize(
    ("name", "reply", "wanted"),
    [
        ("middelen.zelf", "ja ik heb nog dienst", "overgenomen"),
        ("middelen.zelf", "Nee, nu niet", "ruimte"),
        ("middelen.zelf", "zeg ik liever niet", "Dat mag"),
        ("onveilig.zelf", "nee", "112"),
        ("onveilig.zelf", "ja", "Goed om te weten"),
        ("patientveiligheid.zelf", "niemand", "wie de dienst regelt"),
        ("patientveiligheid.zelf", "mijn maat", "Bel diegene"),
        ("patientveiligheid.zelf", "ik ben al gestopt", "niet meer door"),
    ],
)
def test_each_reply_is_answered(conversation: Conversation, name: str, reply: str, wanted: str) -> None:
    conversation.hear("dit en dat", risks=[name])
    assert wanted in conversation.hear(reply, {"nee": "ontkennen", "ja": "bevestigen"}.get(reply, "vertellen"))
    assert conversation.state.offered, "a dead end"


@pytest.mark.parametrize("name", BRANCHES)
def test_in_a_script_the_answer_is_kept_and_the_next_question_waits(world: World, name: str) -> None:
    talk = next(t for t in at_each_question(world, "fout", "Volledig") if waiting(t).id == "gebeurde")
    said = talk.hear("zo ging het", risks=[name])
    run = talk.state.run
    assert run is not None and run.answers["gebeurde"].text == "zo ging het"
    assert "Vraag" not in said
    after = talk.hear("het raakt me")
    run = talk.state.run
    assert run is not None and run.at != "gebeurde"
    assert "Vraag" in after
    assert run.answers["gebeurde"].more == ["het raakt me"]


@pytest.mark.parametrize("name", OWN_QUESTION)
def test_in_a_script_a_chosen_reply_leads_on_to_the_next_question(world: World, name: str) -> None:
    talk = next(t for t in at_each_question(world, "fout", "Volledig") if waiting(t).id == "gebeurde")
    talk.hear("zo ging het", risks=[name])
    assert "Vraag" in talk.act("ontkennen")


@pytest.mark.parametrize("act", ["overslaan", "verder", "waarom", "uitleg", "pauze", "mens", "stoppen"])
def test_the_doctor_stays_in_charge_while_danger_is_spoken_of(world: World, act: str) -> None:
    talk = next(t for t in at_each_question(world, "fout", "Volledig") if waiting(t).id == "gebeurde")
    talk.hear("zo ging het", risks=["crisis.patient"])
    assert talk.act(act)
    run = talk.state.run
    assert run is not None and run.answers["gebeurde"].text == "zo ging het"
    if act == "pauze":
        assert "Vraag" in talk.act("verder")


def test_the_same_danger_is_not_answered_twice_on_a_day(conversation: Conversation) -> None:
    conversation.hear("mijn patiënt", risks=["crisis.patient"])
    conversation.act("ontkennen")
    assert "zwaar werk" not in conversation.hear("die patiënt weer", risks=["crisis.patient"])
    conversation.now += dt.timedelta(days=2)
    assert "zwaar werk" in conversation.hear("die patiënt weer", risks=["crisis.patient"])


def test_of_several_dangers_the_doctors_own_is_answered_first(conversation: Conversation) -> None:
    said = conversation.hear("van alles", risks=["middelen.zelf", "crisis.patient"])
    assert said.index("niet de enige dokter") < said.index("zwaar werk")
    assert "nog patiënten" in said


def test_a_wish_for_a_person_is_answered_beside_the_danger(conversation: Conversation) -> None:
    said = conversation.hear("ik wil een coach, ik drink te veel", "mens", "coaching", risks=["middelen.zelf"])
    assert "tel:09000168" in said and "coachesvoormedici.nl" in said


# -- the gentle check -------------------------------------------------------------------------------

CHECK = "denk jij zelf ook weleens aan zelfdoding"


def test_another_persons_crisis_leads_to_one_gentle_check(conversation: Conversation) -> None:
    assert CHECK in conversation.hear("mijn patiënt wil dood", risks=["crisis.patient"], check=True)
    conversation.act("ontkennen")
    said = conversation.hear("mijn collega ook", risks=["crisis.collega"], check=True)
    assert CHECK not in said


def test_what_is_denied_or_over_leads_to_a_gentle_check_and_after_a_no_the_story_goes_on(
    conversation: Conversation,
) -> None:
    assert CHECK in conversation.hear("ik wil niet dood, ik ben moe", topic="stop", check=True)
    said = conversation.act("ontkennen")
    assert "rusten" in said
    assert "stopsignalen" in conversation.hear("gewoon zwaar", topic="geen") + conversation.heard


def test_yes_to_the_gentle_check_shows_the_panel(conversation: Conversation) -> None:
    conversation.hear("mijn patiënt wil dood", risks=["crisis.patient"], check=True)
    said = conversation.act("bevestigen")
    assert "crisis" in [r.kind for r in conversation.outcome.replies]
    assert "tel:113" in said and "tel:112" in said
    assert conversation.state.waiting is not None and conversation.state.waiting.crisis


def test_in_a_script_yes_to_the_gentle_check_stops_the_script(world: World) -> None:
    talk = next(t for t in at_each_question(world, "fout", "Volledig") if waiting(t).id == "gebeurde")
    talk.hear("zo ging het", check=True)
    talk.act("bevestigen")
    assert not talk.state.in_script
    assert talk.state.run is not None and talk.state.run.state == "paused"


def test_a_panel_in_a_script_is_counted_apart_from_the_script(world: World) -> None:
    talk = next(t for t in at_each_question(world, "fout", "Volledig") if waiting(t).id == "gebeurde")
    talk.hear("zo ging het", check=True)
    talk.act("bevestigen")
    (panel,) = [one for one in talk.outcome.happened if one.what == "panel"]
    assert (panel.run, panel.script, panel.step) == ("", "geen", "")


def test_after_a_denial_at_the_panel_there_is_no_gentle_check(conversation: Conversation) -> None:
    conversation.hear("zo bedoelde ik het niet", "crisis")
    assert CHECK not in conversation.hear("mijn patiënt wil dood", risks=["crisis.patient"], check=True)


def test_someone_already_lost_is_condoled_without_a_check(conversation: Conversation) -> None:
    said = conversation.hear("mijn broer heeft zich verhangen", risks=["verlies.naaste"])
    assert CHECK not in said
    assert any(text in said for text in ("Hoe is dit voor jou", "Wat doet dit met jou", "hoe loop jij hiermee rond"))


def test_what_was_heard_beside_the_own_crisis_is_answered_after_it(conversation: Conversation) -> None:
    conversation.hear("mijn man is bij me", "crisis", risks=["middelen.zelf"])
    assert "tel:09000168" in conversation.heard
    assert "tel:113" in conversation.heard


def test_every_danger_that_has_words_has_people(world: World) -> None:
    for name in BRANCHES:
        assert world.directory.for_danger(risk_of(name).key), name


def test_danger_in_what_fits_no_choice_is_met_and_the_question_waits(world: World) -> None:
    talk = next(t for t in at_each_question(world, "apk", "Volledig") if waiting(t).kind == "scale")
    at = waiting(talk).id
    said = talk.hear("daar kan ik niet over nadenken, mijn patiënt wil dood", risks=["crisis.patient"])
    assert "zwaar werk" in said and "Vraag" not in said
    after = talk.hear("het houdt me bezig")
    assert waiting(talk).id == at and "Vraag" in after


def test_danger_beside_a_wish_about_the_talk_is_met_first(world: World) -> None:
    talk = next(t for t in at_each_question(world, "apk", "Kort") if waiting(t).kind == "text")
    said = talk.hear("sla over, mijn patiënt wil dood", "overslaan", risks=["crisis.patient"])
    assert said.index("zwaar werk") < said.index("Vraag")


WHO = "113 of 0800-0113"


@pytest.fixture
def asked(world: World) -> Conversation:
    """A talk at a question that asks for words."""
    return next(t for t in at_each_question(world, "apk", "Kort") if waiting(t).kind == "text")


def test_what_is_too_unclear_to_stop_for_names_the_number_and_the_script_goes_on(asked: Conversation) -> None:
    at = waiting(asked).id
    said = asked.hear("een oude boom waar mensen tegenaan leunen", near=True)
    assert WHO in said and "tel:08000113" in said and "Vraag" in said
    assert asked.state.run is not None and at in asked.state.run.answers and waiting(asked).id != at


def test_it_is_named_once_a_day(asked: Conversation) -> None:
    assert WHO in asked.hear("een oude boom waar mensen tegenaan leunen", near=True)
    assert WHO not in asked.hear("dat weet ik zo niet", near=True)
    asked.now += dt.timedelta(days=1, minutes=1)
    assert WHO in asked.hear("een lege stoel", near=True)


def test_where_no_script_asks_nothing_is_near(conversation: Conversation) -> None:
    assert WHO not in conversation.hear("een oude boom waar mensen tegenaan leunen", near=True)


def test_the_gentle_check_can_still_be_asked_after_it(asked: Conversation) -> None:
    asked.hear("een oude boom waar mensen tegenaan leunen", near=True)
    assert "denk jij zelf ook weleens aan zelfdoding" in asked.hear("vroeger wilde ik dood", check=True)
