"""What is packed and what is many: it stays as small as it came, and keeps nobody else from talking."""

from __future__ import annotations

import gzip
import json
import statistics
import threading
import time
import uuid
import zlib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest

from bot.coordinator import credentials
from bot.coordinator.accounts import Made
from bot.settings import Settings
from bot.supervision import dashboard
from tests.answers import panel_in, problem
from tests.conftest import Doctor
from tests.faults.attack.attacking import (
    MB,
    TO_FREE_TEXT,
    bearing,
    visitor,
)
from tests.processes import DOOR, Processes, until


def packed(content: bytes, way: str) -> bytes:
    """A content as an encoding of HTTP has it."""
    return gzip.compress(content) if way in ("gzip", "x-gzip") else zlib.compress(content)


@pytest.mark.parametrize("way", ["gzip", "x-gzip", "deflate"])
def test_a_message_that_is_packed_is_not_unpacked(system: Settings, doctor: Doctor, way: str) -> None:
    sent = packed(json.dumps({"id": str(uuid.uuid4()), "text": "hallo"}).encode(), way)
    for path in ("/api/message", "/api/open", "/api/report"):
        answer = doctor.client.post(path, content=sent, headers={"Content-Encoding": way})
        problem(answer, 400)
    assert [m["from"] for m in doctor.client.get("/api/conversation").json()["messages"]].count("doctor") == 0
    assert doctor.say("hallo")["messages"]


def test_a_form_that_is_packed_is_not_unpacked(system: Settings, account: Callable[..., Made]) -> None:
    made = account()
    code = credentials.code(made.secret, int(time.time()))
    form = str(httpx.QueryParams({"naam": made.name, "wachtwoord": made.password, "code": code})).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    with visitor(dashboard(system), "127.1.8.1", **kind) as client:
        answer = client.post("/inloggen", content=packed(form, "gzip"), headers={"Content-Encoding": "gzip"})
        assert answer.status_code < 500 and "set-cookie" not in answer.headers
        assert client.post("/inloggen", content=form).status_code == 303, "unpacked it must be taken"


def test_a_bomb_of_a_hundred_megabytes_stays_as_small_as_it_came(
    frail: Processes, someone: Callable[[], Doctor], measured: Callable[[str], None]
) -> None:
    doctor, process = someone(), psutil.Process(frail.process_id(DOOR))
    bomb = gzip.compress(b"0" * (100 * MB))
    before = process.memory_info().rss
    for _ in range(5):
        answer = doctor.client.post("/api/message", content=bomb, headers={"Content-Encoding": "gzip"})
        assert answer.status_code in (400, 413)
    grown = (process.memory_info().rss - before) / MB
    assert grown < 50, grown
    assert doctor.say("hallo")["messages"]
    measured(f"of {len(bomb) // 1024} KiB that unpack to 100 MB, five times, the door grew by {grown:.1f} MB")


def test_one_address_that_floods_is_told_to_wait_and_others_talk_on(
    limited: str, measured: Callable[[str], None]
) -> None:
    statuses: Counter[int] = Counter()
    over = threading.Event()

    def flood(_: int) -> None:
        with visitor(limited, "127.0.7.1") as client:
            while not over.is_set():
                statuses[client.post("/api/conversation").status_code] += 1

    def turn(client: httpx.Client, text: str) -> float:
        began = time.perf_counter()
        answer = client.post("/api/message", json={"id": str(uuid.uuid4()), "text": text})
        assert answer.status_code == 200 and answer.json()["messages"]
        return time.perf_counter() - began

    with visitor(limited, "127.0.7.2") as client, ThreadPoolExecutor(4) as pool:
        client.headers.update(bearing(client.post("/api/conversation").json()["token"]))
        alone = statistics.median(turn(client, text) for text in TO_FREE_TEXT)
        flooding = [pool.submit(flood, number) for number in range(4)]
        until(lambda: statuses[429] > 50, "nobody was told to wait")
        try:
            beside = statistics.median(turn(client, f"op dag {n} luister ik") for n in range(9))
            danger = client.post("/api/message", json={"id": str(uuid.uuid4()), "text": "ik wil niet meer leven"})
        finally:
            over.set()
        for one in flooding:
            one.result()
    assert danger.status_code == 200 and panel_in(danger.json())
    assert set(statuses) == {201, 429} and statuses[201] <= 20
    measured(
        f"{statuses[429]} times told to wait meanwhile; a turn of another took {beside * 1000:.0f} ms, "
        f"{alone * 1000:.0f} ms before"
    )


def test_a_talk_that_sends_too_much_waits_and_another_of_the_same_address_goes_on(limited: str) -> None:
    with visitor(limited, "127.0.8.1") as one, visitor(limited, "127.0.8.1") as other:
        for client in (one, other):
            client.headers.update(bearing(client.post("/api/conversation").json()["token"]))
        exports = [one.get("/api/export").status_code for _ in range(31)]
        assert exports == [200] * 30 + [429]
        assert other.get("/api/export").status_code == 200
        sent = [one.post("/api/message", json={"id": str(uuid.uuid4()), "text": "hallo"}) for _ in range(31)]
        assert [answer.status_code for answer in sent] == [200] * 30 + [429]
        answer = other.post("/api/message", json={"id": str(uuid.uuid4()), "text": "hallo"})
        assert answer.status_code == 200
