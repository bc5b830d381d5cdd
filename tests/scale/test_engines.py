"""Two engines at work on one talk at the same time: each message counts once."""

from __future__ import annotations

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from sqlalchemy import text

from bot.door.engine import ROUTES
from bot.engine.names import SECRET_HEADER
from bot.store import Store, open_store
from tests.conftest import Doctor
from tests.processes import until
from tests.scale.cluster import NUMBERS, Cluster


def asked(cluster: Cluster, store: Store, doctor: Doctor, number: int, message: str, said: str) -> httpx.Response:
    """Ask one engine for a turn, as the door does."""
    wanted: dict[str, Any] = {
        "conversation": store.conversations.by_token(doctor.token).id,
        "id": message,
        "now": dt.datetime.now(dt.UTC).isoformat(),
        "message": {"text": said},
    }
    headers = {SECRET_HEADER: cluster.settings.secret("loopback")}
    address = f"{cluster.address(f'engine-{number}')}{ROUTES}/turn"
    return httpx.post(address, json=wanted, headers=headers, timeout=30, trust_env=False)


def test_a_message_that_both_engines_get_at_once_is_stored_once_and_answered_alike(cluster: Cluster) -> None:
    cluster.until_ready()
    store, doctor = open_store(cluster.settings), Doctor(cluster.doors[0])
    identifier = store.conversations.by_token(doctor.token).id
    with ThreadPoolExecutor(2) as pool:
        for _ in range(6):
            message = str(uuid.uuid4())
            ask = lambda number, message=message: asked(cluster, store, doctor, number, message, "hallo")  # noqa: E731
            answers = list(pool.map(ask, NUMBERS))
            assert {answer.status_code for answer in answers} <= {200, 409}
            stored = store.conversations.turn(identifier, message)
            assert stored is not None
            assert all(answer.json() == stored for answer in answers if answer.status_code == 200)
    with store.database.connect() as connection:
        count = text("SELECT count(*) FROM turn WHERE conversation_id = :id AND message != ''")
        assert connection.execute(count, {"id": identifier}).scalar() == 6
    store.close()
    doctor.close()


def test_of_two_messages_that_come_at_once_none_is_lost_in_the_other(cluster: Cluster) -> None:
    cluster.until_ready()
    store, doctor = open_store(cluster.settings), Doctor(cluster.doors[0])
    identifier = store.conversations.by_token(doctor.token).id
    taken = []
    with ThreadPoolExecutor(2) as pool:
        for turn in range(6):
            said = {number: f"hallo {turn} {number}" for number in NUMBERS}
            ask = lambda number, said=said: asked(  # noqa: E731
                cluster, store, doctor, number, str(uuid.uuid4()), said[number]
            )
            answers = dict(zip(NUMBERS, pool.map(ask, NUMBERS), strict=True))
            taken += [said[number] for number, answer in answers.items() if answer.status_code == 200]
            assert {answer.status_code for answer in answers.values()} <= {200, 409}
    messages = store.conversations.messages(identifier, 0)
    assert sorted(m["text"] for m in messages if m["from"] == "doctor") == sorted(taken)
    assert [m["n"] for m in messages] == list(range(1, len(messages) + 1))
    assert len(taken) >= 6
    store.close()
    doctor.close()


def test_a_talk_stays_with_its_engine_and_goes_to_the_other_when_that_is_away(cluster: Cluster) -> None:
    cluster.until_ready()
    doctor = Doctor(cluster.doors[1])

    def turns() -> list[int]:
        found = []
        for number in NUMBERS:
            told = cluster.told(f"engine-{number}")
            line = next(row for row in told.splitlines() if row.startswith("pas_engine_seconds_count"))
            found.append(int(float(line.split()[-1])))
        return found

    before = turns()
    for _ in range(4):
        doctor.say("hallo")
    grown = [after - earlier for after, earlier in zip(turns(), before, strict=True)]
    assert sorted(grown) == [0, 4]
    own = NUMBERS[grown.index(4)]
    cluster.kill(f"engine-{own}")
    doctor.say("hallo")
    cluster.start(f"engine-{own}")
    cluster.until_ready()
    doctor.close()


def test_an_engine_that_starts_while_the_database_is_away_waits_for_it(cluster: Cluster) -> None:
    cluster.until_ready()
    name = f"engine-{NUMBERS[0]}"
    cluster.kill(name)
    cluster.postgres.stop()
    before = cluster.log(name).read_text(encoding="utf-8").count("waiting for it")
    cluster.start(name)
    until(
        lambda: cluster.log(name).read_text(encoding="utf-8").count("waiting for it") > before,
        "the engine did not come to its database",
    )
    cluster.postgres.start()
    cluster.until_ready()
    assert cluster.ended(name) is None
