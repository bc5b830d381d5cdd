"""Doubles and order: whatever is sent twice, at once or late counts once, and in the order in which it came."""

from __future__ import annotations

import contextlib
import json
import socket
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.settings import Settings
from bot.supervision import address
from tests.answers import DANGER, panel_in
from tests.conftest import Doctor

BEGUN = ("ik wil de loopbaan-APK doen", "kort")


@pytest.fixture
def begun(doctor: Doctor) -> Doctor:
    """A doctor at the first question of a short APK."""
    for line in BEGUN:
        doctor.say(line)
    return doctor


def texts(doctor: Doctor) -> list[str]:
    """What the doctor said, as it is stored, with the numbers seen to be whole."""
    messages = doctor.client.get("/api/conversation").json()["messages"]
    assert [m["n"] for m in messages] == list(range(1, len(messages) + 1))
    return [m["text"] for m in messages if m["from"] == "doctor"]


def answers(doctor: Doctor) -> int:
    """How many questions were answered."""
    return len(doctor.client.get("/api/answers").json()["answers"])


def at_once(ask: Callable[[int], Any], times: int) -> list[Any]:
    """What came of asking so many times at the same moment."""
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(ask, range(times)))


@pytest.mark.parametrize("times", [2, 8])
def test_a_click_that_was_sent_more_than_once_counts_once(begun: Doctor, times: int) -> None:
    offered = begun.last["messages"][-1]["input"]["choices"][0]["token"]
    sent = {"id": str(uuid.uuid4()), "choice": offered}
    got = at_once(lambda _: begun.client.post("/api/message", json=sent).json(), times)
    assert all(one == got[0] for one in got)
    assert answers(begun) == 1
    assert texts(begun)[:-1] == list(BEGUN)


def test_the_same_click_with_two_ids_answers_one_question(begun: Doctor) -> None:
    offered = begun.last["messages"][-1]["input"]["choices"][0]["token"]
    at_once(lambda _: begun.post(choice=offered), 2)
    # The second came when it was not offered any more.
    assert answers(begun) == 1


def test_four_messages_at_once_are_all_kept_each_with_its_own_answer(begun: Doctor) -> None:
    said = [f"op dag {number} was het rustig in de praktijk" for number in range(4)]
    got = at_once(lambda number: begun.post(text=said[number]), 4)
    assert [one.status_code for one in got] == [200] * 4
    assert sorted(texts(begun)[2:]) == said
    numbers = [m["n"] for one in got for m in one.json()["messages"] if m["n"]]
    assert len(numbers) == len(set(numbers))


def test_a_message_of_another_text_with_an_id_that_was_used_changes_nothing(begun: Doctor) -> None:
    sent = {"id": str(uuid.uuid4()), "text": "4"}
    first = begun.client.post("/api/message", json=sent).json()
    again = begun.client.post("/api/message", json={**sent, "text": "wis alles"}).json()
    assert again == first
    assert texts(begun)[-1] == "4" and answers(begun) == 1


def test_danger_with_an_id_that_was_used_gets_the_panel(begun: Doctor) -> None:
    sent = {"id": str(uuid.uuid4()), "text": "4"}
    begun.client.post("/api/message", json=sent)
    assert panel_in(begun.client.post("/api/message", json={**sent, "text": DANGER}).json())


def test_an_old_message_that_is_sent_again_later_gets_the_answer_of_then(begun: Doctor) -> None:
    sent = {"id": str(uuid.uuid4()), "text": "4"}
    first = begun.client.post("/api/message", json=sent).json()
    for line in ("1", "1, 4 en 8"):
        begun.say(line)
    before = texts(begun)
    assert begun.client.post("/api/message", json=sent).json() == first
    assert texts(begun) == before


def test_the_id_of_a_message_means_nothing_in_another_talk(system: Settings, begun: Doctor) -> None:
    sent = {"id": str(uuid.uuid4()), "text": "4"}
    first = begun.client.post("/api/message", json=sent).json()
    other = Doctor(address(system))
    elsewhere = other.client.post("/api/message", json=sent).json()
    other.close()
    assert first["script"] and elsewhere["script"] is None


def test_two_tabs_see_the_same_talk(system: Settings, begun: Doctor) -> None:
    other = Doctor(address(system))
    other.client.headers["Authorization"] = f"Bearer {begun.token}"
    at_once(lambda number: (begun, other)[number].post(text=f"dit is tabblad {number} van mij"), 2)
    assert texts(begun) == texts(other)
    assert len(texts(begun)) == len(BEGUN) + 2
    other.close()


@contextlib.contextmanager
def sending(doctor: Doctor, body: bytes) -> Iterator[socket.socket]:
    """A connection on which a message has gone out, and of which nothing was read."""
    where = urlsplit(str(doctor.client.base_url))
    with socket.create_connection((where.hostname, where.port), timeout=30) as connection:
        connection.sendall(
            f"POST /api/message HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {doctor.token}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        yield connection


def test_an_answer_that_was_lost_on_the_way_is_had_by_asking_again(begun: Doctor) -> None:
    sent = json.dumps({"id": str(uuid.uuid4()), "text": "4"}).encode()
    with sending(begun, sent) as connection:
        # The first letters of the answer, and then the line goes dead.
        assert connection.recv(4)
    answer = begun.client.post("/api/message", content=sent).json()
    assert answer["script"]["step"] == 2
    assert texts(begun)[-1] == "4" and answers(begun) == 1


def test_whoever_hangs_up_before_the_answer_is_not_answered_twice(begun: Doctor) -> None:
    sent = json.dumps({"id": str(uuid.uuid4()), "text": "4"}).encode()
    with sending(begun, sent):
        pass
    assert begun.client.post("/api/message", content=sent).json()["script"]["step"] == 2
    assert texts(begun).count("4") == 1 and answers(begun) == 1


@pytest.mark.long
def test_a_connection_that_was_silent_for_longer_than_its_other_side_keeps_it_is_not_ended(begun: Doctor) -> None:
    """A message that is sent at the moment at which it is ended would be lost. httpx keeps one for five seconds."""
    sent = json.dumps({"id": str(uuid.uuid4()), "text": "4"}).encode()
    with sending(begun, sent) as connection:
        while not connection.recv(65_536).endswith(b"}"):
            pass
        connection.settimeout(7)
        with pytest.raises(TimeoutError):
            connection.recv(1)


def test_erasing_while_messages_come_leaves_nothing(system: Settings, begun: Doctor) -> None:
    def ask(number: int) -> int:
        if number == 3:
            return begun.client.delete("/api/conversation").status_code
        return begun.post(text=f"bericht {number} terwijl het gewist wordt").status_code

    got = at_once(ask, 6)
    assert 204 in got and set(got) <= {200, 204, 401}
    assert begun.client.get("/api/conversation").status_code == 401


def test_keeping_twice_at_once_leaves_one_code_that_opens(system: Settings, begun: Doctor) -> None:
    begun.say("4")
    got = at_once(lambda _: begun.client.post("/api/keep"), 2)
    codes = [one.json()["code"] for one in got if one.status_code == 201]
    opened = [begun.client.post("/api/open", json={"code": code}).status_code for code in codes]
    assert codes and opened.count(200) == 1


def test_a_report_link_that_is_used_twice_at_once_gives_one_report(begun: Doctor) -> None:
    begun.say("4")
    href = begun.client.post("/api/report", json={"format": "txt"}).json()["href"]
    assert sorted(one.status_code for one in at_once(lambda _: begun.client.get(href), 4)) == [200, 404, 404, 404]


@pytest.mark.parametrize("label", ["Ja, wis alles"])
def test_erasing_by_words_that_is_tapped_twice_is_done_once_and_told_once(begun: Doctor, label: str) -> None:
    begun.say("wis alles")
    token = next(
        c["token"] for m in begun.last["messages"] for c in (m["input"] or {}).get("choices", []) if c["label"] == label
    )
    sent = {"id": str(uuid.uuid4()), "choice": token}
    got = at_once(lambda _: begun.client.post("/api/message", json=sent).status_code, 3)
    assert sorted(got) == [200, 401, 401]
