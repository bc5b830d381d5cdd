"""The way to people: several routes for each subject, honest about hours, never a dead end."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.dialogue.talk import World
from bot.referrals.coaches import CoachList, read_csv
from bot.referrals.directory import ZONE
from bot.settings import DATA
from tests.conftest import Conversation

TOPICS = [
    "apk", "fout", "stop", "klacht", "verslaving", "supervisie", "intervisie", "balint", "coaching", "team", "visitatie",
    "psychosociaal", "grenzen", "geen",
]  # fmt: skip
COACHES = read_csv((DATA / "voorbeelden" / "coaches.csv").read_text(encoding="utf-8"))[0]


@pytest.fixture
def with_coaches(world: World) -> Conversation:
    """A talk where a directory of coaches was imported."""
    return Conversation(World(world.library, world.responses, world.directory, CoachList(COACHES)))


@pytest.mark.parametrize("topic", TOPICS)
def test_every_subject_has_several_routes_with_a_way_to_reach_each(conversation: Conversation, topic: str) -> None:
    conversation.act("mens", topic)
    routes = [r for r in conversation.outcome.replies if r.kind == "refer"]
    assert len(routes) >= 2 and any(r.links for r in routes)


@pytest.mark.parametrize("topic", [t for t in TOPICS if t != "geen"])
def test_a_story_is_met_first_and_then_leads_somewhere(conversation: Conversation, topic: str) -> None:
    said = conversation.hear("een verhaal", "vertellen", topic)
    assert said.splitlines()[0].endswith(".")
    assert conversation.state.offered, "a dead end"
    assert not conversation.state.in_script


def test_the_rungs_of_the_ladder_are_all_there(world: World) -> None:
    assert {e.rung for e in world.directory.entries.values()} == {1, 2, 3, 4, 5, 6}
    crisis = {link.href for e in world.directory.crisis() for link in e.links()}
    assert {"tel:113", "tel:08000113", "https://www.113.nl", "tel:112"} <= crisis


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-23T13:30", "Nu open."),
        ("2026-11-23T14:00", "Nu gesloten."),
        ("2026-11-28T13:30", "Nu gesloten."),
        ("2026-12-25T13:30", "Nu gesloten."),
        ("2027-04-27T13:30", "Nu gesloten."),
    ],
    ids=["in office hours", "after hours", "on a Saturday", "at Christmas", "on King's Day"],
)
def test_a_line_with_known_hours_is_told_as_open_or_closed_now(world: World, moment: str, words: str) -> None:
    talk = Conversation(world)
    talk.now = dt.datetime.fromisoformat(moment).replace(tzinfo=ZONE)
    assert words in talk.act("mens", "verslaving")


def test_a_line_with_unknown_hours_says_so(conversation: Conversation) -> None:
    assert "weet ik niet zeker" in conversation.act("mens", "fout")


def test_without_coaches_the_search_term_is_named(conversation: Conversation) -> None:
    said = conversation.act("mens", "apk")
    assert "coachesvoormedici.nl" in said and "loopbaanscreening" in said
    assert conversation.state.waiting is None


def test_with_coaches_a_postcode_finds_who_fits_and_is_near(with_coaches: Conversation) -> None:
    with_coaches.act("mens", "apk")
    said = with_coaches.hear("3512 AB")
    assert "Anna Voorbeeld" in said and "Bram" not in said


def test_online_coaches_are_named_where_nobody_is_near(with_coaches: Conversation) -> None:
    with_coaches.act("mens", "fout")
    assert "Carla Voorbeeld" in with_coaches.hear("postcode 99")


def test_where_nobody_fits_the_search_term_is_named_after_all(with_coaches: Conversation) -> None:
    with_coaches.act("mens", "team")
    said = with_coaches.hear("10")
    assert "coachesvoormedici.nl" in said and "teamcoaching" in said


def test_asking_for_a_coach_in_a_script_leads_back_to_the_question(with_coaches: Conversation) -> None:
    with_coaches.act("start", "apk")
    with_coaches.hear("Kort")
    with_coaches.hear("4")
    with_coaches.act("mens")
    assert "Vraag 2 van 9" in with_coaches.hear("35")


BAD = {
    "naam,themas\nx,y\n": [(1, "kop")],
    "naam,themas,vormen,regios,web,telefoon,email\n,apk,coaching,35,,,\n": [(2, "naam")],
    "naam,themas,vormen,regios,web,telefoon,email\nA,apk,coaching,350,,,\nB,,coaching,35,,,\n": [(2, "regios"), (3, "themas")],
    "naam,themas,vormen,regios,web,telefoon,email\nA,apk,coaching,35,javascript:x,bel mij,geen\n": [
        (2, "web"),
        (2, "telefoon"),
        (2, "email"),
    ],
    "naam,themas,vormen,regios,web,telefoon,email\nA,apk,coaching,35,,,,extra\n": [(2, "rij")],
}  # fmt: skip


@pytest.mark.parametrize("text", BAD, ids=[str(v) for v in BAD.values()])
def test_each_bad_line_of_a_directory_is_named(text: str) -> None:
    assert read_csv(text)[1] == BAD[text]


def test_the_example_is_good_and_marked_as_invented(tmp_path: Path) -> None:
    coaches, wrong = read_csv((DATA / "voorbeelden" / "coaches.csv").read_text(encoding="utf-8"))
    assert wrong == [] and all(c.naam.startswith("VERZONNEN") for c in coaches)
