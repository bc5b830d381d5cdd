"""Many doctors at two doors and two engines, while each part of it is killed: order kept, nothing lost, nothing doubled."""

from __future__ import annotations

import signal
import time
import uuid
from collections.abc import Callable

import httpx
import pytest

from tests.scale.cluster import Cluster
from tests.scale.talking import ALL, EVERYWHERE, FEW, drawn, faults, whole_talks


def test_whatever_is_killed_every_talk_is_whole(
    cluster: Cluster, capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> None:
    everything, seed = drawn()
    talks, rounds = (ALL, 12) if everything else (FEW, 1)
    told = whole_talks(cluster, faults(cluster) * rounds, talks, seed)
    record_property("measured", told)
    with capsys.disabled():
        print(f"\n{told} ({EVERYWHERE}={seed})")


def test_danger_shows_the_panel_while_the_database_and_redis_hang(cluster: Cluster) -> None:
    cluster.until_ready()
    with httpx.Client(base_url=cluster.doors[0], timeout=20, trust_env=False) as client:
        token = client.post("/api/conversation").json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        for stop, go in ((cluster.redis.send, cluster.redis.send), (cluster.postgres.send, cluster.postgres.send)):
            stop(signal.SIGSTOP)
            try:
                began = time.monotonic()
                answer = client.post("/api/message", json={"id": str(uuid.uuid4()), "text": "ik wil niet meer leven"})
                took = time.monotonic() - began
            finally:
                go(signal.SIGCONT)
            assert any(message["kind"] == "crisis" for message in answer.json()["messages"])
            assert took < 5, took
            assert client.get("/ready").status_code == 200
