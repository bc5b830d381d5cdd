"""What is seen from outside: metrics and logs tell how it goes, and nothing of what anyone wrote."""

from __future__ import annotations

import json
import re
import signal
import uuid
from pathlib import Path

import httpx
from ruamel.yaml import YAML

from bot.settings import ROOT
from bot.store.schema import MAIN
from tests.conftest import Doctor
from tests.privacy.searching import forms, marked
from tests.processes import until
from tests.scale.cluster import Cluster

ALERTS = ROOT / "deploy" / "alerts.yml"


def value(told: str, name: str) -> float:
    """The value of a metric, of all its labels together."""
    found = [float(line.rpartition(" ")[2]) for line in told.splitlines() if re.match(rf"{name}(\{{|\s)", line)]
    assert found, name
    return sum(found)


def test_turns_and_what_was_refused_are_counted(cluster: Cluster) -> None:
    cluster.until_ready()
    before = cluster.told("door-1")
    doctor = Doctor(cluster.doors[0])
    doctor.say("hallo")
    body = {"id": str(uuid.uuid4()), "text": "hallo"}
    refused = httpx.post(f"{cluster.doors[0]}/api/message", json=body, trust_env=False)
    assert refused.status_code == 401
    after = cluster.told("door-1")
    assert value(after, "pas_turns_total") == value(before, "pas_turns_total") + 1
    assert 'pas_refusals_total{kind="onbekend",status="401"}' in after
    for stage in ("safety", "wait", "engine", "store", "whole"):
        assert f'pas_turn_seconds_count{{stage="{stage}"}}' in after
    assert value(after, "pas_engine_up") == 2
    assert value(after, "pas_store_up") == 1
    assert value(after, "pas_pieces_waiting") == 0
    assert f'pas_schema_step{{database="main"}} {float(MAIN.head[:4])}' in after
    assert sum(value(cluster.told(f"engine-{number}"), "pas_engine_seconds_count") for number in (1, 2)) > 0
    assert "process_resident_memory_bytes" in cluster.told("actions")
    doctor.close()


def test_whether_redis_answers_is_told(cluster: Cluster) -> None:
    for stop, wanted in ((signal.SIGSTOP, 0), (signal.SIGCONT, 1)):
        cluster.redis.send(stop)
        until(lambda wanted=wanted: value(cluster.told("door-1"), "pas_shared_up") == wanted, "Redis")  # type: ignore[misc]


def test_a_panel_moves_nothing_when_it_is_shown(cluster: Cluster) -> None:
    def moved(told: str) -> dict[str, str]:
        rows = [line.rpartition(" ") for line in told.splitlines() if line.startswith("pas_")]
        return {name: number for name, _, number in rows}

    cluster.until_ready()
    doctor = Doctor(cluster.doors[0])
    before = moved(cluster.told("door-1"))
    assert any(message["kind"] == "crisis" for message in doctor.say("ik wil niet meer leven")["messages"])
    del doctor.client.headers["Authorization"]
    assert doctor.post(text="ik wil niet meer leven").status_code == 401
    assert moved(cluster.told("door-1")) == before
    doctor.close()


def test_neither_metrics_nor_logs_hold_a_word_or_a_token(cluster: Cluster) -> None:
    cluster.until_ready()
    word = marked()
    doctor = Doctor(cluster.doors[0])
    for line in (f"het was een week vol {word}", "ik wil de loopbaan-APK doen", "kort", f"{word}", "4"):
        doctor.say(line)
    doctor.post(text="x" * 4001 + word)
    doctor.post(value=word)
    httpx.get(f"{cluster.doors[0]}/api/{word}", headers={"Authorization": f"Bearer {word}"}, trust_env=False)
    httpx.post(f"{cluster.doors[0]}/api/open", json={"code": word}, trust_env=False)
    shown = {f"metrics of {name}": cluster.told(name).encode() for name in cluster.names}
    shown |= {f"log of {name}": cluster.log(name).read_bytes() for name in cluster.names}
    with cluster.redis.client() as client:
        client.set("kept", "so that there is something")
        names = [str(name) for name in client.keys("*")]
        lists = [client.lrange(name, 0, -1) for name in names if client.type(name) == "list"]
        shown["Redis"] = repr([names, lists]).encode()
    assert all(shown.values())
    sought = {**forms(word), "token": doctor.token.encode()}
    assert not [
        f"{where}: {name}" for where, content in shown.items() for name, form in sought.items() if form in content
    ]
    doctor.close()


def test_every_line_of_a_log_is_an_object(cluster: Cluster) -> None:
    for name in cluster.names:
        lines = cluster.log(name).read_text(encoding="utf-8").splitlines()
        assert lines
        for line in lines:
            assert set(json.loads(line)) == {"at", "level", "name", "message"}, line


def test_the_metrics_are_not_to_be_had_by_the_door(cluster: Cluster) -> None:
    for path in ("/metrics", "/api/metrics", "/static/metrics", "/metrics/"):
        assert httpx.get(f"{cluster.doors[0]}{path}", trust_env=False).status_code == 404


def test_every_alert_asks_for_a_metric_that_there_is(cluster: Cluster) -> None:
    told = "".join(cluster.told(name) for name in cluster.names)
    known = set(re.findall(r"^# TYPE (\S+)", told, re.M)) | {"up"}
    known |= {f"{name}{end}" for name in known for end in ("_total", "_bucket", "_count", "_sum")}
    rules = [rule for group in YAML(typ="safe").load(Path(ALERTS))["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 8
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for rule in rules:
        named = set(re.findall(r"\b(?:pas|process)_[a-z_]+|\bup\b", rule["expr"]))
        assert named and named <= known, rule["alert"]
        assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
        assert f"| {rule['alert']} |" in operations
