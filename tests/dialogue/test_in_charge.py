"""Staying in charge: in every script, at every question, each act does what it is for and nothing gets lost."""

from __future__ import annotations

import pytest

from bot.dialogue.talk import World
from bot.scripts import engine
from bot.scripts.schema import Script
from tests.conftest import Conversation
from tests.walking import LENGTHS, SCRIPTS, at_each_question, reply_to, waiting

# What comes back to the very question that waited.
ASIDES = [
    "waarom", "herhaal", "voortgang", "menu", "uitleg", "privacy", "mens", "verslag", "bedankt", "groet", "buiten_bereik",
    "verder",
]  # fmt: skip


def copy(talk: Conversation) -> Conversation:
    """The same talk, to try something in."""
    twin = Conversation.__new__(Conversation)
    twin.world, twin.now, twin.outcome = talk.world, talk.now, talk.outcome.model_copy(deep=True)
    twin.knows = dict(talk.knows)
    return twin


EACH = pytest.mark.parametrize(("name", "length"), [(n, length) for n in SCRIPTS for length in LENGTHS])


@EACH
def test_each_aside_is_answered_and_leads_back_to_the_very_question(world: World, name: str, length: str) -> None:
    for talk in at_each_question(world, name, length):
        at, before = waiting(talk).id, talk.state.run
        for act in ASIDES:
            twin = copy(talk)
            said = twin.act(act)
            assert waiting(twin).id == at, (act, at)
            assert twin.state.run is not None and before is not None and twin.state.run.answers == before.answers
            assert "Vraag " in said or act == "mens", (act, at)
            assert len(twin.outcome.replies) >= (1 if act in ("herhaal", "verder") else 2), (act, at)


@EACH
def test_why_and_saying_it_differently_are_the_scripts_own_words(world: World, name: str, length: str) -> None:
    for talk in at_each_question(world, name, length):
        step = waiting(talk)
        assert (step.why or "") in copy(talk).act("waarom")
        assert (step.rephrase or "")[:30] in copy(talk).act("herhaal")


@EACH
def test_skipping_goes_on_and_the_answer_stays_open(world: World, name: str, length: str) -> None:
    for talk in at_each_question(world, name, length):
        at, twin = waiting(talk).id, copy(talk)
        twin.act("overslaan")
        run = twin.state.run
        assert run is not None and run.answers[at].skipped and run.at != at


@EACH
def test_going_back_comes_to_the_question_before_with_its_answer(world: World, name: str, length: str) -> None:
    asked: list[str] = []
    for talk in at_each_question(world, name, length):
        twin = copy(talk)
        twin.act("terug")
        assert waiting(twin).id == (asked[-1] if asked else waiting(talk).id)
        asked.append(waiting(talk).id)


@EACH
def test_any_earlier_answer_can_be_changed_by_its_number(world: World, name: str, length: str) -> None:
    for talk in at_each_question(world, name, length):
        run = talk.state.run
        assert run is not None
        for number, step in enumerate(engine.questions(SCRIPTS[name], run), 1):
            if step.id in run.answers:
                twin = copy(talk)
                twin.hear(f"wijzig vraag {number}", "wijzig")
                assert waiting(twin).id == step.id


@EACH
def test_pausing_and_going_on_comes_back_to_the_very_question(world: World, name: str, length: str) -> None:
    for talk in at_each_question(world, name, length):
        at, twin = waiting(talk).id, copy(talk)
        twin.act("pauze")
        assert not twin.state.in_script
        twin.act("verder")
        assert waiting(twin).id == at


@EACH
def test_stopping_asks_once_and_each_way_out_works(world: World, name: str, length: str) -> None:
    for talk in at_each_question(world, name, length):
        at, before = waiting(talk).id, talk.state.run
        for reply, in_script in (
            ("Stoppen en bewaren", False),
            ("Stoppen en weggooien", False),
            ("Toch doorgaan", True),
        ):
            twin = copy(talk)
            twin.act("stoppen")
            twin.hear(reply)
            assert twin.state.in_script is in_script, (at, reply)
            kept = twin.state.run is not None and before is not None and twin.state.run.answers == before.answers
            assert kept is (reply != "Stoppen en weggooien"), (at, reply)


@EACH
def test_erasing_asks_once_and_can_be_taken_back(world: World, name: str, length: str) -> None:
    for talk in at_each_question(world, name, length):
        at, twin = waiting(talk).id, copy(talk)
        twin.act("vergeten")
        assert not twin.outcome.effect
        keeps = copy(twin)
        keeps.act("ontkennen")
        assert waiting(keeps).id == at and not keeps.outcome.effect
        twin.act("bevestigen")
        assert twin.outcome.effect


@EACH
def test_another_script_comes_now_with_the_place_kept_or_after_this_one(world: World, name: str, length: str) -> None:
    other = next(n for n in SCRIPTS if n != name)
    for talk in at_each_question(world, name, length):
        at = waiting(talk).id
        now = copy(talk)
        now.act("start", other)
        now.hear("nu")
        now.hear("Kort")
        assert now.state.run is not None and now.state.run.script == other
        assert now.state.shelf[name].at == at and now.state.shelf[name].state == "paused"
        later = copy(talk)
        later.act("start", other)
        later.hear("eerst dit afmaken")
        assert waiting(later).id == at and later.state.after == other


@EACH
def test_what_was_asked_for_after_this_one_is_offered_at_the_end(world: World, name: str, length: str) -> None:
    other = next(n for n in SCRIPTS if n != name)
    talk = next(at_each_question(world, name, length))
    talk.act("start", other)
    talk.hear("straks")
    while talk.state.in_script:
        talk.hear(**reply_to(waiting(talk)))
    assert f"start:{other}" in [o.do for o in talk.state.offered]


@EACH
def test_in_a_talk_without_asides_no_sentence_of_the_bot_comes_twice(world: World, name: str, length: str) -> None:
    said: list[str] = []
    for talk in at_each_question(world, name, length):
        said += [r.text for r in talk.outcome.replies]
    fixed = {world.responses.text("vraag_nummer", nummer="", totaal="")}
    sentences = [s for text in said for s in split(text) if s not in fixed]
    twice = {s for s in sentences if sentences.count(s) > 1}
    over_options = {s for step in SCRIPTS[name].steps if step.each for text in step.ask for s in split(text)}
    assert not {s for s in twice if not any(s[:12] == o[:12] for o in over_options)}


def split(text: str) -> list[str]:
    """The sentences of a text, without the number of the question."""
    import re

    return [s.strip() for s in re.split(r"(?<=[.?])\s+|\n+", re.sub(r"Vraag \d+ van \d+\.", "", text)) if s.strip()]


@EACH
def test_the_end_has_a_report_a_person_and_can_be_changed(world: World, name: str, length: str) -> None:
    script: Script = SCRIPTS[name]
    talk = list(at_each_question(world, name, length))[-1]
    kinds = [r.kind for r in talk.outcome.replies]
    assert talk.state.run is not None and talk.state.run.state == "done"
    assert kinds.count("report") == 1 and kinds.count("refer") >= 1
    report = next(r.text for r in talk.outcome.replies if r.kind == "report")
    for identifier, answer in talk.state.run.answers.items():
        if answer.text and identifier in [s.id for s in engine.questions(script, talk.state.run)]:
            assert answer.text in report


def test_back_after_a_pause_means_back_at_that_question(world: World) -> None:
    talk = next(at_each_question(world, "fout", "Kort"))
    at = waiting(talk).id
    talk.act("pauze")
    talk.hear("terug", "terug")
    assert waiting(talk).id == at and talk.state.in_script


def test_weet_ik_niet_is_nothing_to_give_back(conversation: Conversation) -> None:
    conversation.act("start", "apk")
    conversation.hear("Kort")
    conversation.hear("4")
    said = conversation.hear("weet ik niet precies", cues={"ontwijken": "weet ik niet"})
    assert "Weet ik niet precies.’" not in said


@EACH
def test_no_day_leaves_the_question_about_a_day_open(world: World, name: str, length: str) -> None:
    for talk in at_each_question(world, name, length):
        step, twin = waiting(talk), copy(talk)
        if step.kind == "date":
            twin.hear("nee", "ontkennen")
            assert twin.state.run is not None and twin.state.run.answers[step.id].skipped


@EACH
def test_going_to_bed_is_an_answer_where_the_script_says_so_and_a_goodbye_elsewhere(
    world: World, name: str, length: str
) -> None:
    for talk in at_each_question(world, name, length):
        step = waiting(talk)
        for said, leaves in (("eten en naar bed", not step.leaving), ("tot morgen", True)):
            twin = copy(talk)
            twin.hear(said, "afscheid")
            run = twin.state.run
            assert run is not None
            assert (run.state == "paused") is leaves, step.id
            assert leaves or run.answers[step.id].text == said


@EACH
def test_who_begins_to_tell_has_chosen_to_and_has_answered_what_is_asked_next(
    world: World, name: str, length: str
) -> None:
    said = "ik belde te laat terug"
    for talk in at_each_question(world, name, length):
        step, twin = waiting(talk), copy(talk)
        if step.telling:
            twin.hear(said)
            run, script = twin.state.run, twin.world.library.current(name)
            assert run is not None and run.answers[step.id].options == [step.telling]
            told = [s for s in engine.answered(script, run) if run.answers[s.id].text == said]
            assert [s.kind for s in told] == ["text"]
