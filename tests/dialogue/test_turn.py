"""The dialogue: whatever is said, there is an answer, nothing is lost, and the doctor can always leave."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.talk import World, dumps, loads, quote
from bot.referrals.coaches import CoachList
from bot.referrals.directory import Directory
from bot.responses import Responses
from bot.scripts.library import Library, publish
from bot.yaml import load
from tests.conftest import Conversation
from tests.scripts.strategies import scripts
from tests.walking import at_each_question, waiting

ACTS = [
    "groet", "afscheid", "bedankt", "bevestigen", "ontkennen", "menu", "uitleg", "privacy", "start", "terug", "wijzig",
    "overslaan", "waarom", "herhaal", "pauze", "verder", "stoppen", "voortgang", "verslag", "vergeten", "mens",
    "vertellen", "buiten_bereik",
]  # fmt: skip
TEXTS = [
    "",
    "a",
    "2",
    "1, 2",
    "optie a",
    "over drie maanden",
    "ik: dag\npatiënt: dag",
    "vraag 1",
    "ja",
    "x" * 4000,
    "{fase}",
]


def world_of(folder: Path, *published: Any) -> World:
    publish(published, folder)
    return World(Library(folder), Responses.read(), Directory.read(), CoachList())


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_talk_on_any_script_is_answered_and_loses_nothing(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        script = data.draw(scripts())
        talk = Conversation(world_of(Path(folder), script), data.draw(st.integers(0, 5)))
        talk.act("start", "proef")
        talk.hear(data.draw(st.sampled_from(["Kort", "Volledig"])))
        for _ in range(data.draw(st.integers(0, 15))):
            before = dict(talk.state.run.answers) if talk.state.run else {}
            offered = talk.state.offered
            kind = data.draw(st.sampled_from(["text", "text", "act", "choice", "crisis"]))
            did = ""
            if kind == "choice" and offered:
                chosen = data.draw(st.sampled_from(offered))
                did = chosen.do
                talk.hear("", choice=chosen.token)
            elif kind == "act":
                talk.act(data.draw(st.sampled_from(ACTS)), data.draw(st.sampled_from(["geen", "proef", "klacht"])))
            else:
                talk.hear(data.draw(st.sampled_from(TEXTS)), "crisis" if kind == "crisis" else "vertellen")
            assert talk.heard.strip()
            assert loads(dumps(talk.state)) == talk.state
            after = [r for r in (talk.state.run, *talk.state.shelf.values()) if r]
            restarted = did.startswith(("length:", "again:", "stop:drop")) or not before
            if not restarted and not _thrown_away(talk):
                assert any(set(before) <= set(run.answers) for run in after)
        leave(talk)


def _thrown_away(talk: Conversation) -> bool:
    """Whether the doctor just asked to have it thrown away, or to begin anew."""
    return talk.state.run is None or (talk.state.run.state == "running" and len(talk.state.run.answers) == 0)


def leave(talk: Conversation) -> None:
    """From wherever this is, out of the script in at most three messages."""
    for act in ("stoppen", "bevestigen", "stoppen"):
        if not talk.state.in_script:
            return
        talk.act(act)
    assert not talk.state.in_script


def begin(talk: Conversation, length: str = "Kort", name: str = "apk") -> None:
    talk.act("start", name)
    talk.hear(length)


def test_the_length_and_the_purpose_come_before_the_first_question(conversation: Conversation) -> None:
    said = conversation.act("start", "apk")
    assert "8 minuten" in said and "25 minuten" in said and "Loopbaan-APK" in said
    assert not conversation.state.in_script


def test_an_empty_answer_is_no_answer(conversation: Conversation) -> None:
    begin(conversation)
    assert "Vraag 1 van" in conversation.hear("   ")
    assert conversation.state.run is not None and conversation.state.run.answers == {}


def test_typing_the_number_the_label_or_tapping_does_the_same(world: World) -> None:
    outcomes = []
    for way in ("2", "Ik vind mijn eigen stijl en routine", "tap"):
        talk = Conversation(world)
        begin(talk)
        if way == "tap":
            talk.hear("", choice=talk.state.offered[1].token)
        else:
            talk.hear(way)
        assert talk.state.run is not None
        outcomes.append(talk.state.run.answers["fase"].options)
    assert outcomes == [["stijl"]] * 3


@pytest.mark.parametrize("act", ["stoppen", "vertellen"])
@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("stop signalen", "STOP-signalen"),
        ("Stopsignalen.", "STOP-signalen"),
        ("loopbaan apk", "Loopbaan-APK"),
        ("balint", "Balint: de patiënt"),
        ("balans en grensen", "Balans en grenzen"),
    ],
)
def test_the_title_of_a_script_is_a_wish_to_begin_with_it_however_it_is_read(
    conversation: Conversation, act: str, said: str, title: str
) -> None:
    conversation.hear("Meer mogelijkheden")
    conversation.hear(said, act)
    assert title in conversation.heard
    assert any(o.do.endswith(":kort") for o in conversation.state.offered)


def test_a_title_is_an_answer_within_a_script_and_a_story_that_names_it_is_none(conversation: Conversation) -> None:
    conversation.hear("ik dacht aan balans en grenzen, maar ik weet het niet", "vertellen")
    assert not any(o.do.endswith(":kort") for o in conversation.state.offered)
    conversation.act("start", "supervisie")
    conversation.hear("Kort")
    conversation.hear("intervisie", "vertellen")
    assert conversation.state.run and conversation.state.run.script == "supervisie"
    assert not any(o.do.endswith(":kort") for o in conversation.state.offered)


def test_a_button_of_an_earlier_moment_does_nothing(conversation: Conversation) -> None:
    begin(conversation)
    old = conversation.state.offered[1].token
    conversation.hear("4")
    said = conversation.hear("", choice=old)
    assert "eerder moment" in said and "Vraag 2" in said


@pytest.mark.parametrize("forged", ["9.9", "start:apk", "option:stijl", "act:verder", "", "/restart"])
def test_a_forged_button_does_nothing(conversation: Conversation, forged: str) -> None:
    begin(conversation)
    before = conversation.state.run
    conversation.hear("", choice=forged)
    assert conversation.state.run == before


def test_going_back_shows_what_was_answered_and_going_on_leaves_it(conversation: Conversation) -> None:
    begin(conversation)
    conversation.hear("4")
    assert "Ik wil verdieping en grenzen" in conversation.act("terug")
    assert "Vraag 2 van" in conversation.act("verder")
    assert conversation.state.run is not None and conversation.state.run.answers["fase"].options == ["begrenzen"]


def test_back_at_the_first_question_says_so_and_asks_it_again(conversation: Conversation) -> None:
    begin(conversation)
    assert "Vraag 1 van" in conversation.act("terug")


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("wijzig vraag 1", "Vraag 1 van"),
        ("ik wil mijn tweede antwoord aanpassen", "Vraag 2 van"),
        ("mijn loopbaanfase klopt niet", "Vraag 1 van"),
        ("mijn laatste antwoord wil ik veranderen", "Vraag 2 van"),
    ],
)
def test_an_earlier_answer_is_found_by_number_and_by_subject(conversation: Conversation, said: str, named: str) -> None:
    begin(conversation)
    conversation.hear("4")
    conversation.hear("hoe houd ik het leuk met drie kinderen")
    assert named in conversation.hear(said, "wijzig")


def test_changing_an_answer_without_saying_which_asks_which(conversation: Conversation) -> None:
    begin(conversation)
    conversation.hear("4")
    conversation.hear("1")
    conversation.act("wijzig")
    labels = [o.label for o in conversation.state.offered]
    assert labels == ["1. Waar ik nu sta", "2. De vraag die me bezighoudt"]
    assert "Vraag 2 van" in conversation.hear("2")


def test_pausing_keeps_the_place_and_going_on_comes_back_to_it(conversation: Conversation) -> None:
    begin(conversation)
    conversation.hear("4")
    assert "vraag 2" in conversation.act("pauze").lower()
    assert not conversation.state.in_script
    assert "Vraag 2 van" in conversation.act("verder")


def test_stopping_asks_once_and_keeps_what_there_is(conversation: Conversation) -> None:
    begin(conversation)
    conversation.hear("4")
    assert [o.label for o in conversation.state.offered] != []
    conversation.act("stoppen")
    conversation.hear("Stoppen en bewaren")
    assert not conversation.state.in_script
    assert "Vraag 2 van" in conversation.act("verder")


def test_stopping_and_throwing_away_throws_away(conversation: Conversation) -> None:
    begin(conversation)
    conversation.hear("4")
    conversation.act("stoppen")
    conversation.hear("Stoppen en weggooien")
    assert conversation.state.run is None and conversation.state.shelf == {}


@pytest.mark.parametrize("said", ["1", "label", "way"])
def test_after_two_misunderstandings_the_questions_own_choices_stand_beside_the_ways_on(
    world: World, said: str
) -> None:
    talk = next(
        t for t in at_each_question(world, "fout", "Kort") if waiting(t).kind == "choice" and not waiting(t).own
    )
    step, own = waiting(talk), [(o.label, o.do) for o in talk.state.offered]
    talk.hear("de paarse kat")
    talk.hear("de paarse kat weer")
    offered = talk.state.offered
    assert [(o.label, o.do) for o in offered][: len(own)] == own and offered[-1].do == "act:mens"
    # The ways on follow the choices: to leave the question is the second of them.
    talk.hear({"1": "1", "label": own[0][0], "way": str(len(own) + 2)}[said])
    assert talk.state.run
    given = talk.state.run.answers[step.id]
    assert given.skipped if said == "way" else given.options == [step.options[0].id]


def test_the_summary_holds_the_own_words_and_names_people(conversation: Conversation) -> None:
    begin(conversation)
    for answer in ("4", "1", "1, 4 en 8", "ik ben dan rustig", "op dinsdag", "van sporten", "6", "elke dag lopen"):
        conversation.hear(answer)
    said = conversation.hear("over drie maanden")
    assert all(words in said for words in ("ik ben dan rustig", "elke dag lopen", "23-02-2027", "Coaches voor Medici"))
    assert all(name in said for name in ("LHV", "NHG", "CarrièreCentrum Zorg", "Movir", "loopbaanscreening"))
    assert conversation.state.status is not None and conversation.state.status.state == "done"


def test_an_answer_can_still_be_changed_after_the_end(conversation: Conversation) -> None:
    begin(conversation)
    for answer in ("4", "1", "1, 4 en 8", "rustig", "dinsdag", "sporten", "6", "lopen", "over drie maanden"):
        conversation.hear(answer)
    conversation.hear("wijzig vraag 8", "wijzig")
    assert "fietsen" in conversation.hear("elke dag fietsen")


def test_a_second_time_shows_what_was_said_the_first(conversation: Conversation) -> None:
    begin(conversation)
    for answer in ("4", "1", "1, 4 en 8", "rustig", "dinsdag", "sporten", "6", "lopen", "over drie maanden"):
        conversation.hear(answer)
    begin(conversation)
    assert "De vorige keer schreef je: ‘Ik wil verdieping en grenzen’" in conversation.heard


def test_after_the_panel_no_reply_is_taken_for_an_answer(conversation: Conversation) -> None:
    begin(conversation)
    conversation.hear("4")
    conversation.hear("er is niemand", "crisis")
    assert conversation.state.run is not None and set(conversation.state.run.answers) == {"fase"}
    assert "113" in conversation.heard
    conversation.hear("nee")
    assert set(conversation.state.run.answers) == {"fase"}


def test_only_the_doctor_leads_back_from_the_panel_to_the_script(conversation: Conversation) -> None:
    begin(conversation)
    conversation.hear("4")
    conversation.hear("mijn man is er", "crisis")
    assert not conversation.state.in_script
    assert "Vraag 2 van" in conversation.hear("verder waar we waren")


def test_a_denial_is_accepted_and_the_numbers_stay(conversation: Conversation) -> None:
    begin(conversation)
    said = conversation.hear("zo bedoelde ik het niet", "crisis")
    assert "anders gelezen" in said
    assert any(link.href == "tel:113" for reply in conversation.outcome.replies for link in reply.links)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Weer even dokter.", "Weer even dokter"),
        ("Ik ben dan rustig. Ik luister zonder op de klok te kijken.", "Ik luister zonder op de klok te kijken"),
        ("een hele lange zin die maar doorgaat en doorgaat zonder ooit te stoppen", "een hele lange zin die maar doorgaat en doorgaat …"),
    ],
)  # fmt: skip
def test_the_words_given_back_are_few_and_the_doctors_own(text: str, quoted: str) -> None:
    assert quote(text) == quoted


def test_every_text_that_the_dialogue_asks_for_exists() -> None:
    import ast

    from bot.settings import ROOT

    known = set(Responses.read())
    for path in (ROOT / "bot" / "dialogue").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if called and node.func.attr in ("say", "question", "text") and node.args:  # type: ignore[attr-defined]
                key = node.args[0]  # type: ignore[attr-defined]
                if isinstance(key, ast.Constant):
                    assert key.value in known, (path.name, key.value)
    for topic in load(ROOT / "domain.yml")["intents"]:
        act, _, about = topic.partition(".")
        if act == "vertellen" and about:
            assert f"verhaal_{about}" in known
