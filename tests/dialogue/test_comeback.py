"""Coming back after a while: nothing is lost, and the doctor says whether to go on."""

from __future__ import annotations

import datetime as dt

from tests.conftest import Conversation


def left_at_question_five(talk: Conversation) -> None:
    """A short APK, left in the middle."""
    talk.act("start", "apk")
    talk.hear("Kort")
    for answer in ("4", "1", "1, 4 en 8", "rustig en wakker"):
        talk.hear(answer)


def later(talk: Conversation, **time: int) -> None:
    talk.now += dt.timedelta(**time)


def test_within_a_day_the_talk_simply_goes_on(conversation: Conversation) -> None:
    left_at_question_five(conversation)
    later(conversation, hours=20)
    assert "Vraag 6 van 9" in conversation.hear("op dinsdag")


def test_after_more_than_a_day_one_sentence_says_where_it_was(conversation: Conversation) -> None:
    left_at_question_five(conversation)
    later(conversation, days=3)
    said = conversation.act("groet")
    assert "vraag 5" in said and "wanneer je op je best bent" in said and "verder" in said.lower()
    assert "Vraag 5 van 9" in conversation.act("bevestigen")


def test_what_is_said_on_coming_back_can_become_the_answer(conversation: Conversation) -> None:
    left_at_question_five(conversation)
    later(conversation, days=3)
    conversation.hear("op dinsdag, als de telefoon stil is")
    assert conversation.state.run is not None and "best" not in conversation.state.run.answers
    assert "op dinsdag, als de telefoon stil is" in conversation.act("bevestigen")
    conversation.act("bevestigen")
    assert conversation.state.run.answers["best"].text == "op dinsdag, als de telefoon stil is"


def test_what_is_said_on_coming_back_is_no_answer_when_something_else_is_said(conversation: Conversation) -> None:
    left_at_question_five(conversation)
    later(conversation, days=3)
    conversation.hear("hoi daar ben ik weer, drukke week")
    conversation.act("bevestigen")
    conversation.hear("in de ochtend")
    assert conversation.state.run is not None and conversation.state.run.answers["best"].text == "in de ochtend"


def test_what_is_told_while_going_on_is_offered_can_become_the_answer(conversation: Conversation) -> None:
    left_at_question_five(conversation)
    conversation.act("pauze")
    conversation.act("groet")
    conversation.hear("op dinsdag")
    conversation.hear("als de telefoon stil is")
    assert "op dinsdag als de telefoon stil is" in conversation.hear("Ja, verder", "bevestigen")
    conversation.act("bevestigen")
    assert conversation.state.run is not None
    assert conversation.state.run.answers["best"].text == "op dinsdag als de telefoon stil is"


def test_what_was_told_is_let_go_when_going_on_is_for_later(conversation: Conversation) -> None:
    left_at_question_five(conversation)
    later(conversation, days=3)
    conversation.hear("op dinsdag, als de telefoon stil is")
    conversation.hear("Nu niet", "ontkennen")
    assert "telefoon" not in conversation.act("verder")


def test_what_was_told_is_not_offered_as_the_answer_to_a_question_with_choices(conversation: Conversation) -> None:
    conversation.act("start", "apk")
    conversation.hear("Kort")
    later(conversation, days=3)
    conversation.hear("drukke week gehad")
    said = conversation.act("bevestigen")
    assert "Vraag 1 van 9" in said and "drukke week" not in said


def test_going_on_asks_the_question_at_once(conversation: Conversation) -> None:
    left_at_question_five(conversation)
    later(conversation, days=3)
    assert "Vraag 5 van 9" in conversation.act("verder")


def test_not_now_leaves_it_for_later(conversation: Conversation) -> None:
    left_at_question_five(conversation)
    later(conversation, days=3)
    conversation.act("groet")
    conversation.act("ontkennen")
    assert not conversation.state.in_script
    assert "Vraag 5 van 9" in conversation.act("verder")


def test_an_unfinished_script_is_offered_for_thirty_days(conversation: Conversation) -> None:
    left_at_question_five(conversation)
    conversation.act("pauze")
    later(conversation, days=29)
    assert "vraag 5" in conversation.act("groet")
    conversation.act("ontkennen")
    later(conversation, days=2)
    assert "loopbaan-APK staat" not in conversation.act("groet")
    assert "resume:apk" not in [o.do for o in conversation.state.offered]


def test_asking_for_a_person_on_coming_back_gets_a_person(conversation: Conversation) -> None:
    left_at_question_five(conversation)
    later(conversation, days=3)
    assert "Coaches voor Medici" in conversation.act("mens")
