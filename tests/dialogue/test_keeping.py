"""Keeping a reflection under a code, having it back, and the one thing that is asked consent for."""

from __future__ import annotations

import copy

from bot.dialogue.state import Kept, State
from bot.dialogue.talk import Heard, World
from bot.dialogue.thread import reflections
from bot.dialogue.turn import welcome_back
from bot.messages import Incoming
from bot.scripts.engine import Run
from tests.conftest import NOW, Conversation, shown

HEARD = Heard(Incoming(text=""), "groet", "geen", NOW)


def led_to_the_end(talk: Conversation, name: str = "apk") -> Conversation:
    """A talk whose script was led to its end; its open questions were answered with their number."""
    talk.act("start", name)
    talk.hear("kort", "vertellen")
    while talk.state.in_script:
        talk.act("overslaan") if talk.state.run and talk.state.run.answers else talk.hear("1")
    return talk


def kept_by(talk: Conversation) -> list[Kept]:
    """What the door would keep of a talk, as it comes back from the store."""
    found = reflections(talk.world.library, talk.state, NOW).values()
    return [Kept.model_validate(one.model_dump(mode="json")) for one in found]


def test_keeping_is_offered_with_the_report(conversation: Conversation) -> None:
    assert "Bewaar" in led_to_the_end(conversation).heard
    conversation.hear("bewaar", "verslag")
    assert conversation.effect == "keep"
    assert "één keer" in conversation.heard


def test_the_report_can_be_kept_later_too(conversation: Conversation) -> None:
    led_to_the_end(conversation).act("ontkennen")
    assert "Bewaar het met een code" in conversation.act("verslag")
    conversation.act("bevestigen")
    assert conversation.effect == "keep"


def test_what_is_kept_already_is_added_to_under_the_same_code(conversation: Conversation) -> None:
    led_to_the_end(conversation).knows = {"kept": "made"}
    heard = conversation.hear("bewaar", "verslag")
    assert conversation.effect == "keep"
    assert "dezelfde zes woorden" in heard and "één keer" not in heard
    conversation.hear("kwijt")
    assert conversation.effect == "keep_new"


def test_with_nothing_written_there_is_nothing_to_keep(conversation: Conversation) -> None:
    assert reflections(conversation.world.library, State(), NOW) == {}


def test_a_code_brings_back_what_was_kept_and_shows_the_last_of_it(world: World) -> None:
    kept = kept_by(led_to_the_end(Conversation(world)))
    outcome = welcome_back(world, Heard(Incoming(text=""), "groet", "geen", NOW, opened=tuple(kept), kept="opened"), 0)
    said = shown([reply.model_dump(mode="json") for reply in outcome.replies])
    assert "Welkom terug" in said and kept[0].title in said
    assert any(reply.kind == "report" for reply in outcome.replies)
    assert list(outcome.state.shelf) == ["apk"]


def test_a_code_typed_in_the_talk_does_the_same_and_is_written_down_nowhere(world: World) -> None:
    kept = kept_by(led_to_the_end(Conversation(world)))
    talk = Conversation(world)
    words = "appel boom zee lucht wolk zand"
    talk.hear(words, knows={"opened": tuple(kept), "kept": "made"})
    assert "Welkom terug" in talk.heard
    assert words not in talk.outcome.model_dump_json()
    assert words not in talk.outcome.said


def test_last_time_stands_beside_this_time_once_the_code_brought_it_back(world: World) -> None:
    kept = kept_by(led_to_the_end(Conversation(world)))
    talk = Conversation(world)
    talk.hear("…", knows={"opened": tuple(kept), "kept": "made"})
    talk.act("start", "apk")
    assert "De vorige keer schreef je" in talk.hear("kort")


def test_what_was_half_done_can_be_gone_on_with(world: World) -> None:
    talk = Conversation(world)
    talk.act("start", "apk")
    talk.hear("kort")
    talk.hear("1")
    other = Conversation(world)
    other.hear("…", knows={"opened": tuple(kept_by(talk)), "kept": "made"})
    other.act("verder")
    assert "Daar" in other.heard or "verder" in other.heard
    other.act("bevestigen")
    assert other.state.in_script


def test_a_script_that_is_no_longer_there_can_still_be_read(world: World) -> None:
    kept = kept_by(led_to_the_end(Conversation(world)))[0]
    gone = kept.model_copy(update={"run": kept.run.model_copy(update={"digest": "weg"})})
    talk = Conversation(world)
    talk.hear("…", knows={"opened": (gone,), "kept": "made"})
    assert kept.sections[0].text in talk.heard
    assert not talk.state.shelf


def test_a_code_that_is_not_known_is_said_kindly(conversation: Conversation) -> None:
    assert "vind ik niets" in conversation.hear("appel boom zee lucht wolk zand", knows={"opened": ()})
    assert conversation.outcome.said != "appel boom zee lucht wolk zand"


def test_six_words_in_a_script_are_an_answer_when_they_open_nothing(conversation: Conversation) -> None:
    conversation.act("start", "fout")
    conversation.hear("kort")
    at = ""
    for _ in range(30):
        run = conversation.state.run
        assert run is not None and run.at is not None
        at = run.at
        if conversation.world.library.current("fout").step(at).kind == "text":
            break
        conversation.hear("1")
    conversation.hear("rust tuin zee hond muziek vriend", knows={"opened": ()})
    assert conversation.state.run is not None
    assert conversation.state.run.answers[at].text == "rust tuin zee hond muziek vriend"


def test_after_the_panel_a_code_opens_nothing(world: World) -> None:
    kept = kept_by(led_to_the_end(Conversation(world)))
    talk = Conversation(world)
    talk.hear("…", "crisis", knows={"opened": tuple(kept)})
    assert "Welkom terug" not in talk.heard


def test_erasing_asks_whether_what_is_kept_goes_too(conversation: Conversation) -> None:
    conversation.knows = {"kept": "made"}
    assert "Wis ook wat ik bewaarde" in conversation.act("vergeten")
    other = copy.deepcopy(conversation)
    conversation.hear("alleen dit gesprek")
    assert conversation.effect == "erase"
    other.hear("ook wat ik bewaarde")
    assert other.effect == "erase_kept"


def test_consent_is_asked_once_at_a_quiet_moment(conversation: Conversation) -> None:
    led_to_the_end(conversation)
    assert "coördinator" not in conversation.heard
    conversation.act("ontkennen")
    assert "coördinator" in conversation.heard
    conversation.act("ontkennen")
    assert not conversation.effect
    for act in ("bedankt", "afscheid", "ontkennen"):
        assert "coördinator" not in conversation.act(act)


def test_consent_is_given_by_a_yes_and_taken_back_by_way_of_privacy(conversation: Conversation) -> None:
    led_to_the_end(conversation).act("bedankt")
    conversation.act("bevestigen")
    assert conversation.effect == "consent"
    conversation.knows = {"consent": True}
    assert "Trek mijn toestemming in" in conversation.act("privacy")
    conversation.hear("Trek mijn toestemming in")
    assert conversation.effect == "no_consent"


def test_consent_is_never_asked_before_help(conversation: Conversation) -> None:
    for act in ("groet", "bedankt", "afscheid", "ontkennen"):
        assert "coördinator" not in conversation.act(act)
    conversation.act("start", "apk")
    assert "coördinator" not in conversation.act("bedankt")


def test_consent_is_not_asked_where_danger_was_heard(conversation: Conversation) -> None:
    conversation.hear("mijn collega wil dood", risks=["crisis.collega"])
    conversation.hear("goed", "bevestigen")
    led_to_the_end(conversation)
    for act in ("ontkennen", "bedankt", "afscheid"):
        assert "coördinator" not in conversation.act(act)


def test_privacy_is_told_in_layers(conversation: Conversation) -> None:
    heard = conversation.act("privacy")
    assert "Niemand leest mee" in heard and "30 dagen" in heard
    for title in ("Wat er bewaard wordt", "Wie het kan zien", "Wat je rechten zijn", "Wat ik niet beloof"):
        assert title in heard
    assert "hoofdsleutel" in conversation.hear("Wie het kan zien")


def test_privacy_in_a_script_is_short_and_the_question_follows(conversation: Conversation) -> None:
    conversation.act("start", "apk")
    conversation.hear("kort")
    heard = conversation.act("privacy")
    assert "Niemand leest mee" in heard and "Vraag 1" in heard and "hoofdsleutel" not in heard


def test_what_happens_is_counted_by_run_without_a_word(conversation: Conversation) -> None:
    conversation.act("start", "apk")
    happened = []
    for said, act in (
        ("kort", "vertellen"),
        ("1", "vertellen"),
        ("waarom?", "waarom"),
        ("sla over", "overslaan"),
        ("straks", "pauze"),
    ):
        conversation.hear(said, act)
        happened += conversation.outcome.happened
    run = conversation.state.run
    assert isinstance(run, Run) and run.trace
    mine = [h for h in happened if h.run == run.trace]
    assert [h.n for h in mine] == list(range(1, len(mine) + 1))
    whats = [h.what for h in mine]
    for what in ("begun", "asked", "answered", "why", "skipped", "paused"):
        assert what in whats, what
    assert {h.script for h in mine} == {"apk"}
