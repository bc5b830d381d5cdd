"""A talk full of marked words, in every way that words come in: afterwards none of them can be read anywhere."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import text

from bot.settings import Settings
from bot.store import Store
from bot.store.masters import MasterKeys
from bot.store.sealing import SealBroken, unseal, unseal_bytes
from bot.supervision import address
from tests.conftest import Doctor
from tests.privacy.searching import forms, hits, marked, places

Body = dict[str, object] | str | bytes


def test_a_word_that_is_really_there_is_found_in_each_form(system: Settings) -> None:
    word = marked()
    place = system.var / "log" / "somewhere"
    for name, form in forms(word).items():
        place.write_bytes(b"before " + form + b" after")
        assert any(name in hit for hit in hits(system, [word])), name
    place.unlink()
    assert not hits(system, [word])


def test_a_word_in_a_table_or_its_log_is_found_and_scrubbed_when_deleted(system: Settings, store: Store) -> None:
    word = marked()
    with store.database.begin() as connection:
        connection.execute(text("INSERT INTO coach (content) VALUES (:word)"), {"word": word})
    assert any("pas.db" in hit for hit in hits(system, [word]))
    with store.database.begin() as connection:
        connection.execute(text("DELETE FROM coach"))
    known = Doctor(address(system))
    known.client.delete("/api/conversation")
    known.close()
    assert not hits(system, [word])


def refused(system: Settings, doctor: Doctor, word: str) -> Iterator[httpx.Response]:
    """Everything that is refused, with the word in it."""
    good = {"id": str(uuid.uuid4()), "text": word}
    bodies: list[Body] = [
        {**good, "text": f"{word} " * 400},
        {**good, "text": f"{word} " * 2_000},
        {**good, "extra": word},
        {"id": word, "text": "hallo"},
        {"text": word},
        {**good, "value": word},
        {**good, "choice": word},
        {**good, "lines": [{"who": word, "said": word, "unsaid": word, "meer": word}]},
        f'{{"id": "{uuid.uuid4()}", "text": "{word}',
        f"/restart {word}",
        word.encode("utf-16"),
    ]
    for body in bodies:
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        yield doctor.client.post("/api/message", content=content)
    base = address(system)
    yield httpx.post(f"{base}/api/message", json=good, headers={"Authorization": f"Bearer {word}"}, trust_env=False)
    yield httpx.get(f"{base}/api/conversation", headers={"Authorization": f"Bearer {word}"}, trust_env=False)
    yield httpx.get(f"{base}/api/{word}", trust_env=False)
    yield httpx.get(f"{base}/api/report/{word}", trust_env=False)
    yield doctor.client.get("/api/conversation", params={"since": word})
    yield doctor.client.get("/api/conversation", params={word: "1"})
    yield doctor.client.post("/api/report", json={"format": word})
    yield doctor.client.put("/api/consent", json={"review": word})
    yield httpx.post(f"{base}/api/open", json={"code": word}, trust_env=False)
    yield httpx.request(word.upper(), f"{base}/api/message", trust_env=False)


def test_no_error_repeats_what_was_sent_nor_leaves_it_anywhere(system: Settings, doctor: Doctor) -> None:
    word = marked()
    for answer in refused(system, doctor, word):
        assert word not in answer.text.lower(), answer.request.url.path
        assert word not in json.dumps(dict(answer.headers)).lower()
        assert answer.status_code != 500
    doctor.say("hallo")
    assert not hits(system, [word, doctor.token])


def test_nothing_a_doctor_wrote_can_be_read_anywhere(system: Settings, doctor: Doctor) -> None:
    words = {name: marked() for name in ("story", "answer", "command", "crisis", "after", "aside", "kept")}
    doctor.say(f"het was een zware week door {words['story']}")
    doctor.say("ik wil stilstaan bij een fout")
    doctor.say("kort")
    for _ in range(12):
        if not doctor.last["script"] or doctor.last["script"]["state"] != "running":
            break
        doctor.say(f"het zit me dwars dat {words['answer']} zo is gegaan")
    doctor.say(f"waarom vraag je dat {words['command']}")
    doctor.say(f"ik wil niet meer leven {words['crisis']}")
    assert any(m["kind"] == "crisis" for m in doctor.last["messages"])
    doctor.say(f"er is iemand bij me, {words['after']}")
    doctor.say("verder")
    doctor.say(f"wie leest dit {words['aside']}")
    doctor.client.put("/api/consent", json={"review": True})
    doctor.say(f"en ik denk nog aan {words['kept']}")
    link = doctor.client.post("/api/report", json={"format": "md"})
    if link.status_code == 201:
        doctor.client.get(link.json()["href"])
    exported = doctor.client.get("/api/export")
    assert exported.status_code == 200
    code = doctor.client.post("/api/keep").json().get("code", "")
    transcript = json.dumps(doctor.client.get("/api/conversation").json())
    said = [word for word in words.values() if word in transcript]
    assert len(said) == len(words), "every word must have been said and be readable by the doctor"
    pairs = [" ".join(pair) for pair in zip(code.split(), code.split()[1:], strict=False)]
    assert len(pairs) == 5
    assert not hits(system, [*said, doctor.token, code, *pairs])


def sealed(store: Store, identifier: str) -> dict[str, bytes]:
    """Everything of a talk in its sealed form, by the place where it belongs."""
    found: dict[str, bytes] = {}
    with store.database.connect() as connection:
        row = connection.execute(text("SELECT * FROM conversation WHERE id = :i"), {"i": identifier}).one()
        found |= {f"{identifier}/{name}": getattr(row, name) for name in ("snapshot", "panel", "notes")}
        turns = connection.execute(text("SELECT * FROM turn WHERE conversation_id = :i"), {"i": identifier})
        found |= {f"{identifier}/turn/{turn.message}": turn.content for turn in turns}
        waiting = connection.execute(text("SELECT * FROM waiting_piece WHERE conversation_id = :i"), {"i": identifier})
        found |= {f"{identifier}/piece/{piece.id}": piece.content for piece in waiting}
    with store.key_database.connect() as connection:
        key = connection.execute(text("SELECT * FROM data_key WHERE conversation_id = :i"), {"i": identifier}).one()
        found[f"{identifier}/key"] = key.wrapped
    return found


@pytest.mark.parametrize("way", ["the button", "words"])
def test_after_erasing_nothing_is_left_of_a_talk(system: Settings, doctor: Doctor, store: Store, way: str) -> None:
    doctor.say("ik wil de loopbaan-APK doen")
    doctor.say("kort")
    doctor.say("4")
    doctor.client.put("/api/consent", json={"review": True})
    identifier = store.conversations.by_token(doctor.token).id
    parts = sealed(store, identifier)
    assert len(parts) > 6
    there = b"".join(content for _, content in places(system))
    assert identifier.encode() in there
    assert all(part[:200] in there and part[-200:] in there for part in parts.values())
    if way == "words":
        doctor.say("wis alles")
        doctor.choose("Ja, wis alles")
        assert doctor.last["erased"]
    else:
        assert doctor.client.delete("/api/conversation").status_code == 204
    left = b"".join(content for _, content in places(system))
    assert identifier.encode() not in left
    assert not [
        name for name, part in parts.items() if part[:200] in left or part[-200:] in left or part[40:80] in left
    ]
    masters = MasterKeys(system.master_key_path).all()
    for name, part in parts.items():
        for master in masters:
            if name.endswith("/key"):
                assert unseal_bytes(part, master.key, name), "who kept a copy of the wrapped key could still open it"
                continue
            with pytest.raises(SealBroken):
                unseal(part, master.key, name)
    assert doctor.client.get("/api/conversation").status_code == 401
