"""What is said outside a script: after a report it is met without another list."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.dialogue.talk import World
from tests.conftest import Conversation
from tests.walking import at_each_question

LIST = "Loopbaan-APK (vanaf"
ON = "Dat hoort er ook bij"
LONG = "vorige week zat ik met mijn maat over de waarneming en het rooster en het geld en dat liep helemaal uit de hand"


@pytest.fixture
def reported(world: World) -> Conversation:
    """A talk in which a script has just been gone through."""
    return list(at_each_question(world, "grenzen", "Kort"))[-1]


@pytest.mark.parametrize("topic", ["geen", "grenzen", "stop"])
def test_what_is_said_on_after_a_report_is_met_without_a_list(reported: Conversation, topic: str) -> None:
    said = reported.hear("eigenlijk ben ik er nog boos over", topic=topic)
    assert ON in said and LIST not in said and "Zullen we" not in said


def test_the_second_time_it_is_said_otherwise(reported: Conversation) -> None:
    reported.hear("eigenlijk ben ik er nog boos over")
    said = reported.hear("en op mezelf ook wel")
    assert ON not in said and "werkt" in said and LIST not in said


@pytest.mark.parametrize(
    ("chosen", "follows"),
    [("Het is genoeg voor nu", ""), ("nee", ""), ("Een antwoord veranderen", "Welk"), ("Iets anders doen", LIST)],
)
def test_there_are_ways_on_from_it(reported: Conversation, chosen: str, follows: str) -> None:
    reported.hear("eigenlijk ben ik er nog boos over")
    said = reported.hear(chosen, "ontkennen" if chosen == "nee" else "vertellen")
    assert follows in said and (follows == LIST) == (LIST in said)


def test_a_story_of_something_else_is_met_as_one(reported: Conversation) -> None:
    assert "Samenwerken" in reported.hear(LONG, topic="team") and ON not in reported.heard


def test_an_hour_later_it_is_a_story_like_any_other(reported: Conversation) -> None:
    reported.now += dt.timedelta(hours=1, minutes=1)
    assert ON not in reported.hear("eigenlijk ben ik er nog boos over")


def test_a_name_in_what_is_said_on_is_asked_about_and_nothing_else(reported: Conversation) -> None:
    said = reported.hear("mevrouw Jansen uit de Kerkstraat belde me nog, 06-12345678")
    assert "Haal" in said or "weg" in said
    assert ON not in said and LIST not in said
    assert [r.kind for r in reported.outcome.replies] == ["ask"]
    assert reported.state.waiting is not None and reported.state.waiting.key == "herkenbaar"


def test_to_skip_what_is_offered_after_a_report_is_a_no(reported: Conversation) -> None:
    assert reported.state.waiting is not None and reported.state.waiting.no
    said = reported.hear("sla maar over", "overslaan")
    assert "geen oefening" not in said and LIST not in said
