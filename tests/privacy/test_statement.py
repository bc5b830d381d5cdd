"""Each sentence of the privacy statement has a test, and these are those that have no other place."""

from __future__ import annotations

import ast
import datetime as dt
import ipaddress
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import Date, DateTime, Time, text

from bot.door.app import create_app
from bot.settings import ROOT, Settings
from bot.statement import read_statement, values
from bot.store import Store, open_store
from bot.store.conversations import UnknownConversation
from bot.store.events import week_of
from bot.store.retention import sweep
from bot.store.tables import Base, Event, KeyBase, Signal
from bot.supervision import address
from bot.validation import read_scripts
from tests.conftest import Doctor
from tests.privacy.searching import hits, marked, processes

SENTENCES = [sentence for layer in read_statement().layers for sentence in layer.sentences]
# What a route gives without a token: a new talk, the report of a link that works once, and what is not of anyone.
OPEN_ROUTES = {
    ("POST", "/api/conversation"), ("POST", "/api/open"), ("GET", "/api/report/{link}"), ("GET", "/api/openapi.json"),
    ("GET", "/health"), ("GET", "/live"), ("GET", "/ready"), ("GET", "/"), ("GET", "/frame"), ("GET", "/widget.js"), ("GET", "/privacy"),
}  # fmt: skip


@pytest.fixture
def aside(tmp_path: Path) -> Iterator[tuple[Settings, Store]]:
    """A store of its own, with its settings."""
    chosen = Settings(var=tmp_path)
    chosen.prepare()
    opened = open_store(chosen)
    opened.prepare()
    yield chosen, opened
    opened.close()


@pytest.mark.parametrize("sentence", SENTENCES, ids=[s.text[:50] for s in SENTENCES])
def test_each_sentence_names_a_test_that_exists(sentence: object) -> None:
    path, _, name = sentence.test.partition("::")  # type: ignore[attr-defined]
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_sentence_is_short() -> None:
    for sentence in SENTENCES:
        assert len(sentence.text.split()) <= 32, sentence.text


def test_the_page_has_every_sentence(system: Settings) -> None:
    page = httpx.get(f"{address(system)}/privacy", trust_env=False)
    assert page.status_code == 200
    for sentence in SENTENCES:
        if not sentence.channels or "web" in sentence.channels:
            assert sentence.text.format(**values(system, "wie deze bot draait")).split(",")[0].rstrip(".") in page.text


def test_nobody_reads_along(system: Settings) -> None:
    """Nothing of a talk comes out of the door without its token."""
    app = create_app(Settings(var=system.var))
    routes = [(m, r.path) for r in app.routes if isinstance(r, APIRoute) for m in sorted(r.methods or ())]
    closed = [route for route in routes if route not in OPEN_ROUTES]
    assert len(closed) >= 8
    for method, path in closed:
        answer = httpx.request(method, f"{address(system)}{path}", json={}, trust_env=False)
        assert answer.status_code in (400, 401, 422), (method, path)
        assert "messages" not in answer.text or answer.status_code != 200


def test_a_talk_is_sealed_and_goes_after_thirty_days(aside: tuple[Settings, Store]) -> None:
    settings, store = aside
    day = dt.date(2026, 11, 26)
    token, _ = store.conversations.create([], {"state": "wat iemand schreef"}, day)
    identifier = store.conversations.by_token(token).id
    disk = b"".join(path.read_bytes() for path in settings.var.rglob("*") if path.is_file())
    assert b"wat iemand schreef" not in disk
    assert settings.retention_days == 30
    noon = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
    assert sweep(store, noon + dt.timedelta(days=30), settings.retention_days).talks == 0
    assert store.keys.of(identifier)
    assert sweep(store, noon + dt.timedelta(days=31), settings.retention_days).talks == 1
    assert store.keys.count() == 0 and not store.conversations.all()


def test_nobody_is_asked_who_they_are(doctor: Doctor) -> None:
    assert set(doctor.opened.json()) == {"token", "messages", "script"}
    for script in read_scripts():
        for step in script.steps:
            asked = " ".join([*step.ask, step.heading or ""]).lower()
            for word in ("hoe heet je", "je naam", "e-mailadres", "telefoonnummer", "geboortedatum", "big-nummer"):
                assert word not in asked, (script.name, step.id)


def test_no_moment_is_kept_but_the_day() -> None:
    # What is kept of coordinators is not of doctors.
    coordinators = {"account", "coordinator_session", "audit"}
    tables = [t for base in (Base, KeyBase) for t in base.metadata.tables.values() if t.name not in coordinators]
    columns = [column for table in tables for column in table.columns]
    assert not [str(column) for column in columns if isinstance(column.type, DateTime | Time)]
    dated = {str(column) for column in columns if isinstance(column.type, Date)}
    assert dated == {
        "conversation.last_day", "data_key.day", "report_link.day", "kept_set.opened", "piece.week", "event.week",
        "signal.week", "lesson.week", "cell.first", "cell.last", "tally.first", "tally.last",
        "channel_room.last_day", "reminder.day",
    }  # fmt: skip


def test_a_code_of_six_words_opens_what_was_kept(system: Settings, doctor: Doctor) -> None:
    doctor.say("ik wil de loopbaan-APK doen")
    doctor.say("kort")
    doctor.say("4")
    code = doctor.client.post("/api/keep").json()["code"]
    assert len(code.split()) == 6
    assert httpx.post(f"{address(system)}/api/open", json={"code": code}, trust_env=False).status_code == 200


def test_who_holds_the_master_key_could_open_a_running_talk(doctor: Doctor, store: Store) -> None:
    doctor.say("dit zeg ik alleen hier")
    identifier = store.conversations.by_token(doctor.token).id
    assert "dit zeg ik alleen hier" in json.dumps(store.conversations.messages(identifier, 0))


def test_what_is_counted_has_no_words_and_leads_nowhere(doctor: Doctor, store: Store) -> None:
    for said in ("ik wil de loopbaan-APK doen", "kort", "4", "waarom vraag je dat", "sla maar over", "pauze"):
        doctor.say(said)
    for table in (Event.__table__, Signal.__table__):
        assert not table.foreign_keys
        assert "conversation" not in " ".join(column.name for column in table.columns)
    with store.database.connect() as connection:
        rows = connection.execute(text("SELECT * FROM event")).mappings().all()
        with pytest.raises(Exception, match="rowid"):
            connection.execute(text("SELECT rowid FROM event"))
    assert rows
    identifier = store.conversations.by_token(doctor.token).id
    written = json.dumps([dict(row) for row in rows])
    assert identifier not in written and doctor.token not in written
    assert {row["week"] for row in rows} == {week_of(dt.datetime.now(dt.UTC).date()).isoformat()}
    names = {s.name for s in read_scripts()} | {"geen"}
    assert {row["script"] for row in rows} <= names
    assert all(" " not in row["detail"] and len(row["detail"]) <= 40 for row in rows)


def test_pieces_are_there_only_with_consent(doctor: Doctor, store: Store) -> None:
    def pieces() -> list[str]:
        return store.conversations.notes(identifier).pieces

    identifier = store.conversations.by_token(doctor.token).id
    for said in ("ik wil de loopbaan-APK doen", "kort", "4"):
        doctor.say(said)
    assert not pieces()
    doctor.client.put("/api/consent", json={"review": True})
    assert pieces()


def test_pieces_are_anonymised_and_go_when_consent_is_withdrawn(system: Settings, doctor: Doctor, store: Store) -> None:
    name, mark, phrase = "mevrouw Jansen", marked(), "en dat zag ik pas na de koffie"
    for said in ("ik wil stilstaan bij een fout", "kort"):
        doctor.say(said)
    for _ in range(12):
        if not doctor.last["script"] or doctor.last["script"]["state"] != "running":
            break
        doctor.say(f"{name} uit Zwolle had op 3 januari een afwijkend lab, {phrase}, {mark}")
    doctor.client.put("/api/consent", json={"review": True})
    command = [sys.executable, "-m", "bot", "review"]
    run = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PAS_VAR": str(system.var)}, capture_output=True, text=True, check=True
    )
    assert mark not in run.stdout + run.stderr
    mine = [piece for piece in store.pieces.all() if phrase in piece.text]
    assert mine and mine[0].script == "fout" and mine[0].step
    for piece in mine:
        assert "Jansen" not in piece.text and "Zwolle" not in piece.text and "januari" not in piece.text
        assert "[naam]" in piece.text
    assert not store.pieces.any_waiting()
    assert not hits(system, [mark])
    doctor.client.put("/api/consent", json={"review": False})
    assert not [piece for piece in store.pieces.all() if phrase in piece.text]


def test_no_process_speaks_with_another_machine(system: Settings, doctor: Doctor) -> None:
    doctor.say("het was een zware week")
    mine = {link for process in processes(system) for link in _sockets(process)}
    assert mine
    remote = [peer for inode, peer in _peers() if inode in mine]
    assert remote
    assert [str(peer) for peer in remote if not (peer.is_loopback or peer.is_unspecified)] == []


def _sockets(process: Path) -> Iterator[str]:
    for handle in (process / "fd").iterdir():
        try:
            target = str(handle.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            yield target[8:-1]


def _peers() -> Iterator[tuple[str, ipaddress.IPv4Address | ipaddress.IPv6Address]]:
    for name in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{name}").read_text(encoding="ascii").splitlines()[1:]:
            parts = line.split()
            raw = bytes.fromhex(parts[2].partition(":")[0])
            words = [raw[n : n + 4][::-1] for n in range(0, len(raw), 4)]
            peer = ipaddress.ip_address(b"".join(words))
            mapped = getattr(peer, "ipv4_mapped", None)
            yield parts[9], mapped or peer


def test_everything_of_a_talk_can_be_taken_away_in_one_file(doctor: Doctor) -> None:
    doctor.say("dit hoort erbij")
    answer = doctor.client.get("/api/export")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/zip"


def test_an_answer_can_be_changed_and_everything_erased(doctor: Doctor) -> None:
    for said in ("ik wil de loopbaan-APK doen", "kort", "4", "ik wil mijn eerste antwoord aanpassen", "2"):
        doctor.say(said)
    [first, *_] = doctor.client.get("/api/answers").json()["answers"]
    assert first["step"] == 1 and first["answer"]
    assert doctor.client.delete("/api/conversation").status_code == 204
    assert doctor.client.get("/api/conversation").status_code == 401


def test_without_the_token_or_the_code_nothing_opens(system: Settings) -> None:
    base = address(system)
    assert httpx.get(f"{base}/api/conversation", trust_env=False).status_code == 401
    assert httpx.get(f"{base}/api/export", trust_env=False).status_code == 401
    assert httpx.post(f"{base}/api/open", json={"code": "geen code"}, trust_env=False).status_code in (404, 429)


def test_what_was_opened_stands_in_that_talk_until_it_goes(system: Settings, doctor: Doctor, store: Store) -> None:
    for said in ("ik wil de loopbaan-APK doen", "kort", "4"):
        doctor.say(said)
    code = doctor.client.post("/api/keep").json()["code"]
    doctor.client.delete("/api/conversation")
    token = httpx.post(f"{address(system)}/api/open", json={"code": code}, trust_env=False).json()["token"]
    identifier = store.conversations.by_token(token).id
    assert "Loopbaan" in json.dumps(store.conversations.messages(identifier, 0))
    store.conversations.erase(identifier)
    with pytest.raises(UnknownConversation):
        store.conversations.messages(identifier, 0)


def test_who_runs_it_is_named_or_it_is_said_that_nobody_is(system: Settings) -> None:
    layer = read_statement().layer("wie")
    named = system.model_copy(update={"controller": "Stichting Voorbeeld, fg@voorbeeld.nl"})
    assert "Stichting Voorbeeld, fg@voorbeeld.nl" in " ".join(layer.read("web", values(named, "niemand")))
    assert "nog niet ingevuld" in httpx.get(f"{address(system)}/privacy", trust_env=False).text


def test_the_authority_is_named(system: Settings) -> None:
    assert "Autoriteit Persoonsgegevens" in httpx.get(f"{address(system)}/privacy", trust_env=False).text


def test_the_report_goes_to_the_doctor_alone(system: Settings, doctor: Doctor) -> None:
    for said in ("ik wil de loopbaan-APK doen", "kort", "4"):
        doctor.say(said)
    link = doctor.client.post("/api/report", json={"format": "txt"}).json()["href"]
    assert httpx.post(f"{address(system)}/api/report", json={"format": "txt"}, trust_env=False).status_code == 401
    assert doctor.client.get(link).status_code == 200
    assert httpx.get(f"{address(system)}{link}", trust_env=False).status_code == 404


def test_a_name_is_met_with_an_offer_to_take_it_out(doctor: Doctor, store: Store) -> None:
    doctor.say("ik wil stilstaan bij een fout")
    doctor.say("kort")
    name = "mevrouw Jansen"
    for _ in range(12):
        step = doctor.last["script"]["step"]
        doctor.say(f"{name} had een afwijkend lab en ik zag het te laat")
        if "te herkennen" in doctor.heard:
            break
        assert doctor.last["script"]["step"] > step or doctor.say("1")
    doctor.choose("Haal het weg")
    [first, *_] = doctor.last["changed"]
    assert "[naam]" in first["text"] and "Jansen" not in first["text"]
    transcript = json.dumps(doctor.client.get("/api/conversation").json(), ensure_ascii=False)
    assert first["text"] in transcript
    answers = json.dumps(doctor.client.get("/api/answers").json())
    assert "[naam]" in answers
