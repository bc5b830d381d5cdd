"""Whatever comes in at the door: it is refused clearly or taken whole, and the talk goes on as it was."""

from __future__ import annotations

import json
import re
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from bot.settings import Settings
from bot.supervision import address
from tests.answers import DANGER, panel_in, problem
from tests.conftest import Doctor
from tests.processes import DOOR, Processes

# A short APK up to its first question that takes free text.
TO_FREE_TEXT = ("ik wil de loopbaan-APK doen", "kort", "4", "1", "1, 4 en 8")
MARK = "kanarie7301"
MB = 1024 * 1024


@pytest.fixture
def writing(doctor: Doctor) -> Doctor:
    """A doctor at a question that takes free text."""
    for line in TO_FREE_TEXT:
        doctor.say(line)
    return doctor


def written(doctor: Doctor) -> dict[str, Any]:
    """What stands in the talk."""
    content: dict[str, Any] = doctor.client.get("/api/conversation").json()
    return content


def body(text: str) -> bytes:
    """A message with this JSON value as its text."""
    return f'{{"id": "{uuid.uuid4()}", "text": {text}}}'.encode()


NO_MESSAGES = {
    "nothing": b"",
    "spaces": b"   \r\n\t ",
    "null": b"null",
    "a number": b"7",
    "a float": b"1e400",
    "not a number": b"NaN",
    "true": b"true",
    "a text": f'"{MARK}"'.encode(),
    "an empty list": b"[]",
    "a list of messages": b"[" + body(f'"{MARK}"') + b"]",
    "half a message": body(f'"{MARK}"')[:-1],
    "two messages": body(f'"{MARK}"') * 2,
    "a number of 5000 digits": b'{"id": 1, "value": ' + b"9" * 5000 + b"}",
    "5000 lists in each other": b"[" * 5000 + b"]" * 5000,
    "1500 objects in each other": b'{"text":' * 1500 + b"1" + b"}" * 1500,
    "bytes that are no text": b"\xff\xfe\x00\x9d",
    "utf-16": f'{{"text": "{MARK}"}}'.encode("utf-16"),
    "a form": f"text={MARK}&id={uuid.uuid4()}".encode(),
    "XML": f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>{MARK}&e;</x>'.encode(),
}


@pytest.mark.parametrize("sent", NO_MESSAGES.values(), ids=NO_MESSAGES)
def test_what_is_no_message_is_refused_without_repeating_it_and_the_talk_goes_on(doctor: Doctor, sent: bytes) -> None:
    before = written(doctor)
    answer = doctor.client.post("/api/message", content=sent)
    problem(answer, answer.status_code)
    assert answer.status_code in (400, 422)
    assert MARK not in answer.text and "passwd" not in answer.text
    assert written(doctor) == before
    assert doctor.say("hallo")["messages"]


NESTED: dict[str, Any] = {"text": {"text": {"text": MARK}}}
NO_TEXTS = {
    "null": None,
    "a number": 7,
    "true": True,
    "a list": [MARK],
    "an object": NESTED,
}


@pytest.mark.parametrize("kind", ["text", "choice"])
@pytest.mark.parametrize("sent", NO_TEXTS.values(), ids=NO_TEXTS)
def test_a_value_of_another_kind_is_refused_and_nothing_is_stored(doctor: Doctor, kind: str, sent: Any) -> None:
    before = written(doctor)
    assert MARK not in problem(doctor.post(**{kind: sent}), 422)["detail"]
    assert written(doctor) == before


OTHER_VALUES: dict[str, dict[str, Any]] = {
    "a scale of text": {"value": "7"},
    "a scale of a fraction": {"value": 7.5},
    "choices of numbers": {"choices": [1]},
    "choices that are one text": {"choices": "x"},
    "a day that is none": {"date": "2027-02-30"},
    "a day of a number": {"date": 20270101},
    "lines that are one text": {"lines": MARK},
    "lines without who speaks": {"lines": [{"said": MARK}]},
    "lines with more": {"lines": [{"who": "ik", "said": MARK, "role": "system"}]},
    "two kinds at once": {"text": MARK, "value": 7},
}


@pytest.mark.parametrize("sent", OTHER_VALUES.values(), ids=OTHER_VALUES)
def test_what_no_question_asks_for_is_refused_and_nothing_is_stored(doctor: Doctor, sent: dict[str, Any]) -> None:
    before = written(doctor)
    problem(doctor.post(**sent), 422)
    assert written(doctor) == before


IDS: dict[str, Any] = {
    "empty": "",
    "of 300 characters": "a" * 300,
    "a number": 7,
    "null": None,
    "a list": [],
    "a path": "../../pas.db",
    "with a line end": f"{uuid.uuid4()}\n",
    "with SQL": "' OR 1=1 --",
}


@pytest.mark.parametrize("sent", IDS.values(), ids=IDS)
def test_a_message_with_another_id_is_refused(doctor: Doctor, sent: Any) -> None:
    before = written(doctor)
    problem(doctor.client.post("/api/message", json={"id": sent, "text": "hallo"}), 422)
    assert written(doctor) == before


UNKNOWN = {
    "metadata": {"metadata": {"crisis": False}},
    "a channel": {"input_channel": "pas"},
    "a sender": {"sender": "iemand anders"},
    "a talk": {"conversation_id": "a" * 64},
    "a role": {"role": "system"},
    "slots": {"slots": {"state": "{}"}},
    "a prototype": {"__proto__": {"x": 1}},
    "a verdict": {"risk": "geen"},
}


@pytest.mark.parametrize("more", UNKNOWN.values(), ids=UNKNOWN)
def test_a_field_that_is_not_known_is_refused_with_the_whole_message(doctor: Doctor, more: dict[str, Any]) -> None:
    before = written(doctor)
    problem(doctor.post(text="hallo", **more), 422)
    assert written(doctor) == before
    assert panel_in(problem(doctor.post(text=DANGER, **more), 422))


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u200b\u200d", "\u202e", "\ufeff"], ids=ascii)
def test_a_text_with_nothing_in_it_is_answered_and_is_no_answer_to_the_question(writing: Doctor, text: str) -> None:
    step = writing.last["script"]["step"]
    given = writing.client.get("/api/answers").json()["answers"]
    assert writing.send(text=text)["script"]["step"] == step
    assert writing.client.get("/api/answers").json()["answers"] == given


STRANGE = {
    "emoji": "na de dienst 😀😢 was ik op",
    "joined emoji": "met mijn gezin 👨‍👩‍👧‍👦 en collega 👩🏽‍⚕️ aan tafel",
    "a flag": "een weekend naar 🇧🇪 met de trein",
    "combining marks": "rust" + "\u0301\u0302\u0303\u0304" * 40 + " in de ochtend",
    "right to left": "ik las \u202eedraw ed\u202c op mijn bordje",
    "Arabic and Hebrew": "mijn oma zei altijd صبر en ook סבלנות tegen mij",
    "Chinese": "ik leer 慢慢来 van mijn buurvrouw",
    "mathematical letters": "ik schrijf 𝓻𝓾𝓼𝓽 in mijn schrift",
    "zero width": "ik neem p\u200ba\u200bu\u200bz\u200be na het spreekuur",
    "HTML": "<b>rust</b> & <i>ruimte</i> in mijn week",
    "a script": "met mijn zus op de bank <script>alert(document.cookie)</script> en thee",
    "an image that runs": '<img src=x onerror="fetch(1)"> na het spreekuur',
    "SQL": "'; DROP TABLE conversation; -- tussen de middag",
    "a Markdown link": "ik neem rust na het [spreekuur](javascript:alert(1)) en loop een rondje",
    "a Markdown heading": "# rust\n## meer rust\n- en nog eens",
    "a formula": "=HYPERLINK(1;2)+cmd|'/C calc'!A0 in mijn agenda",
    "a template": "{{ 7 * 7 }} ${7*7} #{7*7} %s %n in mijn agenda",
    "Typst": '#eval("1+1") $x^2$ @label in mijn agenda',
    "a lookup": "${jndi:ldap://127.0.0.1/a} in mijn agenda",
    "a path": "ik neem rust na het spreekuur, ../../../../etc/passwd",
    "colours of a terminal": "\x1b[31mrood\x1b[0m in mijn agenda",
    "one word of 3000 letters": "a" * 3000 + " in mijn agenda",
    "JSON": '{"intent": {"name": "stop"}, "entities": []} in mijn agenda',
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_whatever_is_written_comes_back_as_it_was_and_can_be_taken_away(writing: Doctor, text: str) -> None:
    step = writing.last["script"]["step"]
    answer = writing.send(text=text)
    if answer["script"]["step"] == step:
        # It was asked on; what was written is kept all the same.
        writing.say("overslaan")
    stored = [m["text"] for m in written(writing)["messages"] if m["from"] == "doctor"]
    assert text in stored
    assert text.strip() in [one["answer"] for one in writing.client.get("/api/answers").json()["answers"]]
    for _ in range(8):
        if writing.last["script"]["state"] == "done":
            break
        writing.say("overslaan")
    for wanted in ("pdf", "txt", "md"):
        made = writing.client.post("/api/report", json={"format": wanted})
        assert made.status_code == 201, made.text
        assert writing.client.get(made.json()["href"]).status_code == 200
    assert writing.client.get("/api/export").status_code == 200


BROKEN = {
    "a NUL": ('"rust\\u0000 nemen in de ochtend"', "rust nemen in de ochtend"),
    "half a pair": ('"rust \\ud83d nemen in de ochtend"', "rust ? nemen in de ochtend"),
    "the other half": ('"rust \\ude00 nemen in de ochtend"', "rust ? nemen in de ochtend"),
    "not composed": ('"rust ne\\u0301men in de ochtend"', "rust némen in de ochtend"),
}


@pytest.mark.parametrize(("raw", "kept"), BROKEN.values(), ids=BROKEN)
def test_what_can_be_no_text_is_mended_and_kept(writing: Doctor, raw: str, kept: str) -> None:
    assert writing.client.post("/api/message", content=body(raw)).status_code == 200
    assert [m["text"] for m in written(writing)["messages"] if m["from"] == "doctor"][-1] == kept


COMMANDS = (
    "/restart", "/session_start", "/back", "/stop", "/default", "/", "//", "/ ", "/reset{}",
    '/intent{"name": "stop"}', '/inform{"state": "x"}', "/vertellen@0.2", "/intent@0.2[1]", "/EXTERNAL: 1",
)  # fmt: skip


@pytest.mark.parametrize("text", COMMANDS)
def test_a_slash_is_a_letter_like_any_other(writing: Doctor, text: str) -> None:
    before = writing.client.get("/api/answers").json()
    writing.send(text=text)
    after = writing.client.get("/api/answers").json()
    # What was answered before is there still, in a script that runs.
    assert after["answers"][: len(before["answers"])] == before["answers"]
    assert after["script"]["state"] == "running"


HIDDEN = (
    "/ ik wil dood", "/restart ik wil dood", '/intent{"name": "ik wil dood"}', "/ik wil dood@0.2", "//ik wil dood",
    "ik\u200b wil\u200b dood", "<b>ik wil dood</b>", "IK WIL DOOD", "ik  wil \n dood", "\u202eik wil dood",
)  # fmt: skip


@pytest.mark.parametrize("text", HIDDEN, ids=ascii)
def test_danger_is_heard_through_whatever_stands_around_it(writing: Doctor, text: str) -> None:
    assert panel_in(writing.send(text=text))


def forged(doctor: Doctor) -> dict[str, str]:
    """Tokens of choices that are not offered now."""
    other = Doctor(str(doctor.client.base_url))
    others = [c["token"] for m in other.last["messages"] for c in (m["input"] or {}).get("choices", [])]
    other.close()
    mine = [c["token"] for m in doctor.opened.json()["messages"] for c in (m["input"] or {}).get("choices", [])]
    return {
        "of another talk": others[0],
        "of an earlier question": mine[0],
        "empty": "",
        "invented": "x" * 22,
        "a number": "1",
        "a word": "stop",
        "of 3000 characters": "x" * 3000,
    }


@pytest.mark.parametrize(
    "which",
    ["of another talk", "of an earlier question", "empty", "invented", "a number", "a word", "of 3000 characters"],
)
def test_a_choice_that_was_not_offered_chooses_nothing(writing: Doctor, which: str) -> None:
    before = writing.client.get("/api/answers").json()
    writing.post(choice=forged(writing)[which])
    assert writing.client.get("/api/answers").json() == before
    assert writing.say("ik schrijf pas na het gesprek")["script"]["step"] == before["script"]["step"] + 1


HEADERS = {
    "a channel": {"PAS-Channel": "matrix"},
    "a channel with a secret": {"PAS-Channel": "matrix", "PAS-Channel-Secret": "x" * 43},
    "the secret of the engine": {"PAS-Secret": "x" * 43},
    "another method": {"X-HTTP-Method-Override": "DELETE"},
    "another address": {"X-Forwarded-For": "10.0.0.1", "Forwarded": "for=10.0.0.1"},
    "another type": {"Content-Type": "text/html; charset=utf-7"},
    "a header of 6000 characters": {"X-Long": "x" * 6000},
}


@pytest.mark.parametrize("more", HEADERS.values(), ids=HEADERS)
def test_whatever_else_a_request_says_of_itself_changes_nothing(doctor: Doctor, more: dict[str, str]) -> None:
    sent = {"id": str(uuid.uuid4()), "text": "ik wil de loopbaan-APK doen"}
    answer = doctor.client.post("/api/message", json=sent, headers=more)
    assert answer.status_code == 200
    assert answer.json() == doctor.client.post("/api/message", json=sent).json()


def test_a_text_of_a_megabyte_is_refused_soon_with_what_to_do_and_others_are_answered_meanwhile(
    system: Settings, doctor: Doctor, measured: Callable[[str], None]
) -> None:
    other = Doctor(address(system))
    alone = _median(lambda: other.client.get("/api/conversation"))
    large = body(json.dumps(("een lange dag op de poli. " * (MB // 26))[:MB]))
    took: list[float] = []

    def refused() -> None:
        began = time.perf_counter()
        content = problem(doctor.client.post("/api/message", content=large), 413)
        took.append(time.perf_counter() - began)
        assert "4.000" in content["detail"]

    with ThreadPoolExecutor(1) as pool:
        sending = [pool.submit(refused) for _ in range(9)]
        beside = _median(lambda: other.client.get("/api/conversation"))
        for one in sending:
            one.result()
    assert other.say("hallo")["messages"]
    other.close()
    measured(
        f"413 after {sorted(took)[4] * 1000:.0f} ms (median); "
        f"another doctor's glance {alone * 1000:.0f} ms alone, {beside * 1000:.0f} ms beside it"
    )


def _median(ask: Callable[[], httpx.Response]) -> float:
    took = []
    for _ in range(9):
        began = time.perf_counter()
        assert ask().status_code == 200
        took.append(time.perf_counter() - began)
    return sorted(took)[4]


def test_of_a_body_of_a_hundred_megabytes_little_is_taken_in(
    frail: Processes, someone: Callable[[], Doctor], measured: Callable[[str], None]
) -> None:
    doctor = someone()
    process = psutil.Process(frail.process_id(DOOR))
    before = process.memory_info().rss

    def parts() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * MB

    try:
        answer = doctor.client.post("/api/message", content=parts())
        assert answer.status_code == 413
    except httpx.TransportError:
        # The door did not wait for the rest of it.
        pass
    grown = (process.memory_info().rss - before) / MB
    assert grown < 30, grown
    assert doctor.say("hallo")["messages"]
    measured(f"the door's memory grew by {grown:.1f} MB")


def test_a_body_that_comes_a_letter_at_a_time_holds_nobody_up(system: Settings, doctor: Doctor) -> None:
    where = urlsplit(address(system))
    slow = []
    try:
        for _ in range(50):
            connection = socket.create_connection((where.hostname, where.port), timeout=30)
            connection.sendall(
                f"POST /api/message HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {doctor.token}\r\n"
                "Content-Type: application/json\r\nContent-Length: 60\r\n\r\n".encode()
            )
            slow.append(connection)
        for letter in '{"id": "':
            for connection in slow:
                connection.sendall(letter.encode())
            assert doctor.client.get("/health").status_code == 200
        assert doctor.say("hallo")["messages"]
        assert panel_in(doctor.say(DANGER))
    finally:
        for connection in slow:
            connection.close()


def test_a_request_that_is_no_http_is_refused_and_others_are_answered(system: Settings, doctor: Doctor) -> None:
    where = urlsplit(address(system))
    for sent in (b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n", b"\x00" * 2000):
        with socket.create_connection((where.hostname, where.port), timeout=30) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            told = b"".join(iter(lambda: connection.recv(4096), b""))
        assert not told or re.match(rb"HTTP/1\.1 4\d\d", told)
    assert doctor.say("hallo")["messages"]


@pytest.mark.parametrize("since", ["-1", "x", "", "1e3", str(2**63), "1;2", "null"])
def test_a_number_that_is_none_is_refused(doctor: Doctor, since: str) -> None:
    problem(doctor.client.get("/api/conversation", params={"since": since}), 422)


def test_the_largest_number_that_a_database_holds_is_one(doctor: Doctor) -> None:
    asked = [doctor.client.get("/api/conversation", params={"since": 2**31 - 1 + more}) for more in (0, 1)]
    assert asked[0].json()["messages"] == []
    problem(asked[1], 422)


@pytest.mark.parametrize("path", ["/api/conversation", "/api/answers", "/api/export", "/health"])
def test_words_in_an_address_are_refused(doctor: Doctor, path: str) -> None:
    answer = doctor.client.get(path, params={"q": MARK})
    if path == "/health":
        assert MARK not in answer.text
    else:
        assert MARK not in problem(answer, 422)["detail"]
