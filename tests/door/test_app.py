"""The door's interface: what it takes, what it refuses, and that danger is heard whatever else is wrong."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import icalendar
import pytest

from bot.settings import Settings
from bot.store.database import open_database
from bot.store.signals import Signals
from bot.supervision import address
from tests.answers import DANGER, panel_in, problem
from tests.conftest import Doctor
from tests.looping import run


@pytest.fixture
def waiting_doctor(lone_door: Settings) -> Iterator[Doctor]:
    """A doctor at a door whose engine does not run."""
    someone = Doctor(address(lone_door))
    yield someone
    someone.close()


def test_a_new_conversation_greets_and_gives_a_token_of_at_least_128_bits(doctor: Doctor) -> None:
    assert doctor.opened.status_code == 201
    assert len(doctor.token) * 6 >= 128
    messages = doctor.opened.json()["messages"]
    assert [m["n"] for m in messages] == list(range(1, len(messages) + 1))
    assert doctor.opened.json()["script"] is None


def test_the_same_message_twice_is_one_turn_with_the_same_answer(doctor: Doctor) -> None:
    doctor.say("ik wil de loopbaan-APK doen")
    doctor.say("kort")
    message = {"id": str(uuid.uuid4()), "text": "4"}
    first, second = (doctor.client.post("/api/message", json=message).json() for _ in range(2))
    assert first == second
    assert first["script"]["step"] == 2


def test_four_copies_at_once_are_one_turn(doctor: Doctor) -> None:
    doctor.say("ik wil de loopbaan-APK doen")
    doctor.say("kort")
    message = {"id": str(uuid.uuid4()), "text": "4"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: doctor.client.post("/api/message", json=message).json(), range(4)))
    assert all(answer == answers[0] for answer in answers)
    assert doctor.client.get("/api/conversation").json()["script"]["step"] == 2


def test_both_sides_of_the_talk_are_numbered_and_come_back_from_any_number(doctor: Doctor) -> None:
    doctor.say("hallo")
    messages = doctor.client.get("/api/conversation", params={"since": 0}).json()["messages"]
    assert [m["n"] for m in messages] == list(range(1, len(messages) + 1))
    mine = next(m for m in messages if m["from"] == "doctor")
    assert mine["text"] == "hallo"
    later = doctor.client.get("/api/conversation", params={"since": mine["n"]}).json()["messages"]
    assert later == [m for m in messages if m["n"] > mine["n"]]


def test_the_answers_of_the_running_script_can_be_seen(doctor: Doctor) -> None:
    for line in ("ik wil de loopbaan-APK doen", "kort", "4", "overslaan"):
        doctor.say(line)
    answers = doctor.client.get("/api/answers").json()["answers"]
    assert [(a["step"], a["answer"], a["skipped"]) for a in answers] == [
        (1, "Ik wil verdieping en grenzen", False),
        (2, "", True),
    ]


def finished(doctor: Doctor) -> None:
    """A short APK from begin to end."""
    lines = [
        "ik wil de loopbaan-APK doen",
        "kort",
        "4",
        "1",
        "1, 4 en 8",
        "ik luister & <b>schrijf</b> pas na het gesprek",
    ]
    lines += ["op dinsdagochtend met een kop koffie erbij", "zwemmen in de zee op zondag", "ik begin om negen uur"]
    for line in [*lines, "ik loop op werkdagen naar de praktijk", "over drie maanden"]:
        doctor.say(line)
    assert doctor.last["script"]["state"] == "done"


def test_a_report_comes_as_pdf_text_markdown_and_calendar_by_a_link_that_works_once(doctor: Doctor) -> None:
    finished(doctor)
    for wanted in ("pdf", "txt", "md", "ics"):
        made = doctor.client.post("/api/report", json={"format": wanted})
        assert made.status_code == 201, made.text
        fetched = httpx.get(f"{doctor.client.base_url}{made.json()['href']}", trust_env=False)
        assert fetched.status_code == 200
        assert "attachment" in fetched.headers["content-disposition"]
        if wanted == "pdf":
            assert fetched.content.startswith(b"%PDF-")
        elif wanted == "ics":
            event = next(iter(icalendar.Calendar.from_ical(fetched.content).walk("VEVENT")))
            assert "zwemmen" not in fetched.text
            assert event["summary"] == "Even terugkijken"
        else:
            assert "zwemmen in de zee" in fetched.text
        problem(httpx.get(f"{doctor.client.base_url}{made.json()['href']}", trust_env=False), 404)


def test_there_is_no_report_before_there_is_a_script(doctor: Doctor) -> None:
    problem(doctor.client.post("/api/report", json={"format": "txt"}), 404)


def test_an_erased_conversation_is_gone_and_its_token_is_like_any_other_wrong_one(doctor: Doctor) -> None:
    doctor.say("hallo")
    assert doctor.client.delete("/api/conversation").status_code == 204
    erased = problem(doctor.client.get("/api/conversation"), 401)
    doctor.client.headers["Authorization"] = "Bearer iets-anders"
    wrong = problem(doctor.client.get("/api/conversation"), 401)
    del doctor.client.headers["Authorization"]
    assert erased == wrong == problem(doctor.client.get("/api/conversation"), 401)


def test_erasing_by_words_asks_once_and_erases(doctor: Doctor) -> None:
    doctor.say("wis alles")
    doctor.choose("Ja, wis alles")
    assert "weg" in doctor.heard
    problem(doctor.post(text="hallo"), 401)


def test_a_text_of_4000_characters_is_an_answer_and_one_more_is_refused_with_what_to_do(doctor: Doctor) -> None:
    for line in ("ik wil de loopbaan-APK doen", "kort", "4", "1", "1, 4 en 8"):
        doctor.say(line)
    assert "4.000" in problem(doctor.post(text="x" * 4001), 413)["detail"]
    words = ("rustig aan en luisteren " * 200)[:4000]
    assert doctor.send(text=words)["script"]["step"] == 5
    assert doctor.client.get("/api/answers").json()["answers"][-1]["answer"] == words.strip()


def test_a_body_over_16_kib_is_refused(doctor: Doctor) -> None:
    problem(doctor.client.post("/api/message", content=b"x" * (16 * 1024 + 1)), 413)


def test_a_message_that_comes_in_pieces_is_read_whole(doctor: Doctor) -> None:
    doctor.say("ik wil de loopbaan-APK doen")
    doctor.say("kort")
    whole = json.dumps({"id": str(uuid.uuid4()), "text": "4"}).encode()
    answer = doctor.client.post("/api/message", content=(whole[at : at + 1] for at in range(len(whole))))
    assert answer.status_code == 200 and answer.json()["script"]["step"] == 2


BAD = [b"", b"[]", b"null", b"{", b'"hallo"', b"\xff\xfe", b"[" * 5000]


@pytest.mark.parametrize("body", BAD, ids=range(len(BAD)))
def test_what_is_no_message_is_refused_without_repeating_it(doctor: Doctor, body: bytes) -> None:
    answer = doctor.client.post("/api/message", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    problem(answer, answer.status_code)


SHAPES: list[dict[str, Any]] = [
    {},
    {"text": "a", "choice": "b"},
    {"text": None},
    {"text": 7},
    {"text": {"a": "b"}},
    {"value": "zeven"},
    {"date": "gisteren"},
    {"lines": [{"who": "ik"}]},
    {"text": "a", "sender": "iemand anders"},
]


@pytest.mark.parametrize("shape", SHAPES, ids=[json.dumps(s) for s in SHAPES])
def test_a_message_of_another_shape_is_refused(doctor: Doctor, shape: dict[str, Any]) -> None:
    problem(doctor.post(**shape), 422)


def test_a_message_without_an_id_is_refused(doctor: Doctor) -> None:
    problem(doctor.client.post("/api/message", json={"text": "hallo"}), 422)


@pytest.mark.parametrize("text", ["/restart", '/start{"stand": "x"}', "/vertellen@0.2", "//", "/session_start"])
def test_a_slash_is_no_command(doctor: Doctor, text: str) -> None:
    for line in ("ik wil de loopbaan-APK doen", "kort", "4"):
        doctor.say(line)
    doctor.say(text)
    answers = doctor.client.get("/api/answers").json()["answers"]
    assert answers[0]["answer"] == "Ik wil verdieping en grenzen"


@pytest.mark.parametrize("raw", ['"\\ud800 hallo"', '"hal\\u0000lo"', '"\\u202eallo"', '"👩‍⚕️ e\\u0301"'])
def test_odd_unicode_is_answered(doctor: Doctor, raw: str) -> None:
    body = f'{{"id": "{uuid.uuid4()}", "text": {raw}}}'
    answer = doctor.client.post("/api/message", content=body.encode())
    assert answer.status_code == 200, answer.text


def test_more_than_thirty_messages_a_minute_are_told_to_wait(waiting_doctor: Doctor) -> None:
    statuses = [waiting_doctor.post(text="hallo").status_code for _ in range(31)]
    assert statuses[:30] == [503] * 30
    answer = waiting_doctor.post(text="hallo")
    problem(answer, 429)
    assert 1 <= int(answer.headers["retry-after"]) <= 61


def test_more_than_ten_new_conversations_a_minute_are_told_to_wait(lone_door: Settings) -> None:
    from bot.door.app import create_app

    app = create_app(lone_door.model_copy(update={"conversations_per_minute": 10}))

    async def eleven() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
            return [await client.post("/api/conversation") for _ in range(11)]

    answers = run(eleven())
    assert [a.status_code for a in answers] == [201] * 10 + [429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 61


def test_while_the_engine_is_away_a_message_is_not_answered_and_not_kept(waiting_doctor: Doctor) -> None:
    answer = waiting_doctor.post(text="hallo")
    assert "start nog op" in problem(answer, 503)["detail"]
    assert int(answer.headers["retry-after"]) >= 1
    messages = waiting_doctor.client.get("/api/conversation").json()["messages"]
    assert all(m["from"] == "bot" for m in messages)


def test_health_tells_which_part_is_away(waiting_doctor: Doctor, doctor: Doctor) -> None:
    assert waiting_doctor.client.get("/health").json() == {"door": "ok", "engine": "down", "store": "ok"}
    assert doctor.client.get("/health").json() == {"door": "ok", "engine": "ok", "store": "ok"}


def test_danger_shows_the_panel_while_the_engine_is_away_and_keeps_what_was_said(waiting_doctor: Doctor) -> None:
    answer = waiting_doctor.post(text=DANGER)
    assert answer.status_code == 200 and panel_in(answer.json())
    messages = waiting_doctor.client.get("/api/conversation").json()["messages"]
    assert [m["kind"] for m in messages[-2:]] == ["say", "crisis"]


def test_danger_shows_the_panel_with_a_wrong_token(doctor: Doctor) -> None:
    doctor.client.headers["Authorization"] = "Bearer verkeerd"
    content = problem(doctor.post(text=DANGER), 401)
    assert panel_in(content) and content["stored"] is False


def test_danger_shows_the_panel_when_it_is_said_too_long(doctor: Doctor) -> None:
    assert panel_in(problem(doctor.post(text=f"{'moe ' * 1500}. {DANGER}"), 413))
    assert panel_in(problem(doctor.post(text=f"{'moe ' * 9000}. {DANGER}. {'moe ' * 100}"), 413))


def test_danger_shows_the_panel_when_the_message_is_malformed(doctor: Doctor) -> None:
    answers = [
        doctor.client.post("/api/message", content=DANGER.encode()),
        doctor.client.post("/api/message", content=f'{{"text": "{DANGER}'.encode()),
        doctor.post(text=DANGER, choice="x"),
        doctor.client.post("/api/message", json={"text": DANGER}),
        doctor.post(lines=[{"who": "ik", "said": DANGER, "onbekend": 1}]),
    ]
    assert all(a.status_code in (400, 422) and panel_in(a.json()) for a in answers)


def test_danger_shows_the_panel_behind_a_slash(doctor: Doctor) -> None:
    assert panel_in(doctor.send(text="/ ik wil dood"))


def test_danger_in_the_lines_of_a_verbatim_shows_the_panel(doctor: Doctor) -> None:
    assert panel_in(doctor.send(lines=[{"who": "ik", "said": "dag", "unsaid": "ik wil dood"}]))


def test_danger_shows_the_panel_when_there_were_too_many_messages(lone_door: Settings) -> None:
    doctor = Doctor(address(lone_door))
    for _ in range(31):
        doctor.post(text="hallo")
    assert panel_in(problem(doctor.post(text=DANGER), 429))
    doctor.close()


def test_danger_shows_the_panel_while_the_database_is_locked_and_says_it_is_not_stored(lone_door: Settings) -> None:
    doctor = Doctor(address(lone_door))
    lock = sqlite3.connect(lone_door.var / "pas.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    try:
        answer = doctor.post(text=DANGER)
        health = doctor.client.get("/health")
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    assert answer.status_code == 200
    assert panel_in(answer.json()) and answer.json()["stored"] is False
    assert health.status_code == 200
    doctor.close()


def test_danger_said_in_two_messages_shows_the_panel(doctor: Doctor) -> None:
    assert not panel_in(doctor.send(text="ik wil er niet"))
    assert panel_in(doctor.send(text="meer zijn"))


def test_what_two_say_who_have_no_talk_is_not_read_as_said_by_one(lone_door: Settings) -> None:
    with httpx.Client(base_url=address(lone_door)) as anyone:
        first, second = (
            anyone.post("/api/message", json={"id": str(uuid.uuid4()), "text": text})
            for text in ("ik wil er niet", "meer zijn")
        )
    assert not panel_in(problem(first, 401)) and not panel_in(problem(second, 401))


def test_danger_is_counted_by_its_kind_and_what_is_harmless_is_not(waiting_doctor: Doctor, lone_door: Settings) -> None:
    signals = Signals(open_database(lone_door.database_url), "any")
    today = dt.datetime.now(dt.UTC).date()
    before = Counter(signals.counts(today))
    waiting_doctor.post(text="hallo")
    waiting_doctor.post(text=DANGER)
    assert Counter(signals.counts(today)) - before == {("crisis", "zelf"): 1}


def test_a_harmless_message_after_danger_shows_no_second_panel(doctor: Doctor) -> None:
    doctor.say(DANGER)
    assert not panel_in(doctor.send(text="mijn man is bij me"))


def test_no_answer_is_kept_by_a_browser_and_no_page_may_frame_it(doctor: Doctor) -> None:
    for path in ("/", "/api/conversation", "/static/app.js"):
        headers = doctor.client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/door/app.py", "/api/report/../../etc/passwd", "/x"]
)
def test_there_is_nothing_beside_what_is_served(doctor: Doctor, path: str) -> None:
    problem(doctor.client.get(path), 404)


def test_another_method_is_refused(doctor: Doctor) -> None:
    problem(doctor.client.put("/api/conversation"), 405)
