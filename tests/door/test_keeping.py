"""Keeping with a bewaarcode, having it back, consent, taking everything along, erasing: as a client does them."""

from __future__ import annotations

import io
import json
import uuid
import zipfile

import httpx
import pytest
import regex

from bot.settings import Settings
from bot.store import Store
from bot.store.keepcode import new_code
from bot.supervision import address
from tests.conftest import Doctor, shown

WORDS = "ik wil vaker nee zeggen tegen de maatschap"


@pytest.fixture
def store(system_store: Store) -> Store:
    """The store of the running system."""
    return system_store


@pytest.fixture
def reflecting(doctor: Doctor) -> Doctor:
    """A doctor who answered some questions."""
    doctor.say("ik wil de loopbaan-APK doen")
    doctor.say("kort")
    doctor.say("4")
    doctor.send(text=WORDS) if "Welke" not in doctor.heard else doctor.say("1")
    return doctor


def led_to_the_end(doctor: Doctor) -> Doctor:
    """A doctor whose script is done."""
    doctor.say("ik wil de loopbaan-APK doen")
    doctor.say("kort")
    for _ in range(30):
        if doctor.last["script"]["state"] == "done":
            return doctor
        doctor.say("4" if doctor.last["script"]["step"] == 1 else "sla maar over")
    raise AssertionError("the script did not end")


def opened(system: Settings, code: str) -> httpx.Response:
    """The answer to a code."""
    return httpx.post(f"{address(system)}/api/open", json={"code": code}, trust_env=False, timeout=30)


def test_a_reflection_is_kept_and_opened_on_another_device(reflecting: Doctor, system: Settings) -> None:
    kept = reflecting.client.post("/api/keep")
    assert kept.status_code == 201
    code = kept.json()["code"]
    assert len(code.split()) == 6
    back = opened(system, code.upper())
    assert back.status_code == 200
    assert "Loopbaan" in shown(back.json()["messages"])
    assert back.json()["token"] != reflecting.token


def test_what_was_kept_outlives_its_talk(reflecting: Doctor, system: Settings) -> None:
    code = reflecting.client.post("/api/keep").json()["code"]
    assert reflecting.client.delete("/api/conversation").status_code == 204
    assert opened(system, code).status_code == 200


def test_a_new_code_leaves_the_one_before_it_dead(reflecting: Doctor, system: Settings) -> None:
    first, second = (reflecting.client.post("/api/keep").json()["code"] for _ in range(2))
    assert opened(system, first).status_code == 404
    assert opened(system, second).status_code == 200


def test_what_is_added_to_what_was_opened_is_under_the_same_code(reflecting: Doctor, system: Settings) -> None:
    code = reflecting.client.post("/api/keep").json()["code"]
    token = opened(system, code).json()["token"]
    answer = httpx.post(
        f"{address(system)}/api/keep", headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=30
    )
    assert answer.status_code == 201 and answer.json()["code"] is None
    assert opened(system, code).status_code == 200


def test_what_is_kept_can_be_thrown_away(reflecting: Doctor, system: Settings) -> None:
    code = reflecting.client.post("/api/keep").json()["code"]
    assert reflecting.client.delete("/api/keep").status_code == 204
    assert opened(system, code).status_code == 404


def two_kept(doctor: Doctor) -> str:
    """A doctor who kept two reflections under one code."""
    led_to_the_end(doctor).say("bewaar het met een code")
    code = next(str(m["code"]) for m in doctor.last["messages"] if m.get("code"))
    doctor.say("ik wil de oefening over grenzen doen")
    doctor.say("kort")
    doctor.say("ik nam de dienst van zaterdag over")
    doctor.say("stoppen")
    doctor.choose(doctor.labels[0])
    doctor.say("mijn verslag")
    doctor.choose("Bewaar het met een code")
    return code


def with_code(system: Settings, code: str) -> Doctor:
    """A doctor on another device who opened what was kept."""
    doctor = Doctor(address(system))
    doctor.say(code)
    return doctor


def test_one_of_what_is_kept_can_be_taken_away_and_the_other_stays(doctor: Doctor, system: Settings) -> None:
    code = two_kept(doctor)
    elsewhere = with_code(system, code)
    elsewhere.say("mijn overzicht")
    assert len(elsewhere.labels) == 2
    elsewhere.choose(next(label for label in elsewhere.labels if label.startswith("Balans")))
    for tap in ("Weghalen", "Ja, haal weg"):
        elsewhere.choose(tap)
    elsewhere.close()
    back = shown(opened(system, code).json()["messages"])
    assert "Loopbaan" in back and "Balans" not in back and "zaterdag" not in back


def test_everything_that_was_kept_comes_along_on_another_device(doctor: Doctor, system: Settings) -> None:
    elsewhere = with_code(system, two_kept(doctor))
    answer = elsewhere.client.get("/api/export")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        files = {name.partition("-2")[0]: archive.read(name).decode() for name in archive.namelist()}
    assert set(files) == {"gesprek.json", "gesprek.md", "apk", "grenzen"}
    assert "zaterdag" in files["grenzen"] and "zaterdag" in files["gesprek.json"]
    elsewhere.close()


def test_what_was_kept_can_be_had_as_a_report_again(doctor: Doctor, system: Settings) -> None:
    elsewhere = with_code(system, two_kept(doctor))
    elsewhere.say("mijn overzicht")
    elsewhere.choose(next(label for label in elsewhere.labels if label.startswith("Balans")))
    made = elsewhere.client.post("/api/report", json={"format": "txt"})
    assert "zaterdag" in elsewhere.client.get(made.json()["href"]).text
    elsewhere.close()


def test_with_nothing_written_there_is_nothing_to_keep(doctor: Doctor) -> None:
    assert doctor.client.post("/api/keep").status_code == 409


def test_keeping_in_the_talk_shows_the_code_once(doctor: Doctor, system: Settings) -> None:
    led_to_the_end(doctor)
    doctor.choose("Bewaar het met een code")
    [shown_once] = [m for m in doctor.last["messages"] if m["code"]]
    assert shown_once["n"] is None and shown_once["code"] in shown_once["text"]
    again = doctor.client.get("/api/conversation").json()["messages"]
    assert shown_once["code"] not in json.dumps(again)
    assert opened(system, shown_once["code"]).status_code == 200


def test_a_code_whose_answer_was_lost_is_replaced_when_it_is_asked_again(doctor: Doctor, system: Settings) -> None:
    led_to_the_end(doctor)
    offered = {c["label"]: c["token"] for m in doctor.last["messages"] for c in (m["input"] or {}).get("choices", [])}
    message = {"id": str(uuid.uuid4()), "choice": offered["Bewaar het met een code"]}
    codes = []
    for _ in range(2):
        messages = doctor.client.post("/api/message", json=message).json()["messages"]
        codes += [m["code"] for m in messages if m["code"]]
    assert len(set(codes)) == 2
    assert opened(system, codes[0]).status_code == 404
    assert opened(system, codes[1]).status_code == 200


def test_a_code_typed_in_a_talk_opens_what_was_kept_and_is_not_stored(reflecting: Doctor, system: Settings) -> None:
    code = reflecting.client.post("/api/keep").json()["code"]
    other = Doctor(address(system))
    other.say(f"mijn bewaarcode is {code}")
    assert "Welkom terug" in other.heard
    assert code not in json.dumps(other.client.get("/api/conversation").json())
    other.close()


def kinds(doctor: Doctor) -> list[str]:
    """The kinds of what was said last."""
    return [m["kind"] for m in doctor.last["messages"]]


def test_a_code_that_is_not_known_is_answered_kindly(doctor: Doctor) -> None:
    doctor.say(new_code())
    assert "vind ik niets" in doctor.heard


@pytest.mark.parametrize(
    "code", ["hoop toren nazomer welvaart ooievaar moment", "geestig markies hemel brug plonzen roepen"]
)
def test_the_words_of_a_code_say_nothing_about_the_doctor(doctor: Doctor, code: str) -> None:
    doctor.say(f"mijn bewaarcode is {code}")
    assert "vind ik niets" in doctor.heard and "crisis" not in kinds(doctor)


def test_what_is_said_before_a_code_is_read_for_danger_and_the_code_is_not_stored(doctor: Doctor) -> None:
    code = new_code()
    doctor.say(f"ik wil niet meer leven. mijn bewaarcode is {code}")
    assert "crisis" in kinds(doctor)
    assert code not in json.dumps(doctor.client.get("/api/conversation").json())


@pytest.mark.parametrize("body", [{}, {"code": 3}, {"code": ""}, {"code": "appel"}, {"code": "x" * 501}, [], "code"])
def test_what_is_no_code_is_refused(system: Settings, body: object) -> None:
    answer = httpx.post(f"{address(system)}/api/open", json=body, trust_env=False)
    assert answer.status_code in (404, 422, 429)
    assert answer.headers["content-type"] == "application/problem+json"


def test_guessing_is_throttled(lone_door: Settings) -> None:
    answers = [
        httpx.post(f"{address(lone_door)}/api/open", json={"code": new_code()}, trust_env=False, timeout=30)
        for _ in range(7)
    ]
    assert [a.status_code for a in answers[:5]] == [404] * 5
    assert {a.status_code for a in answers[5:]} == {429}
    assert int(answers[-1].headers["retry-after"]) > 0


def test_consent_lets_pieces_wait_and_its_end_takes_them_away(reflecting: Doctor, store: Store) -> None:
    identifier = store.conversations.by_token(reflecting.token).id
    assert reflecting.client.put("/api/consent", json={"review": True}).status_code == 204
    notes = store.conversations.notes(identifier)
    assert notes.consent and notes.pieces
    assert reflecting.client.put("/api/consent", json={"review": False}).status_code == 204
    notes = store.conversations.notes(identifier)
    assert not notes.consent and not notes.pieces


@pytest.mark.parametrize("body", [{}, {"review": "ja"}, {"review": 1}, {"review": True, "wie": "ik"}])
def test_only_yes_or_no_is_taken_for_consent(doctor: Doctor, body: object) -> None:
    assert doctor.client.put("/api/consent", json=body).status_code == 422


def test_everything_of_a_talk_comes_along_in_one_file(reflecting: Doctor) -> None:
    answer = reflecting.client.get("/api/export")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    [reflection] = set(files) - {"gesprek.json", "gesprek.md"}
    assert regex.fullmatch(r"apk-\d{4}-\d\d-\d\d\.md", reflection)
    data = json.loads(files["gesprek.json"])
    assert data["messages"] == reflecting.client.get("/api/conversation").json()["messages"]
    assert "ik wil de loopbaan-APK doen" in files["gesprek.md"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/keep"), ("DELETE", "/api/keep"), ("PUT", "/api/consent"), ("GET", "/api/export")],
)
def test_without_a_token_nothing_of_it_works(system: Settings, method: str, path: str) -> None:
    answer = httpx.request(method, f"{address(system)}{path}", json={"review": True}, trust_env=False)
    assert answer.status_code == 401


def test_wis_alles_asks_whether_what_is_kept_goes_too(reflecting: Doctor, system: Settings) -> None:
    code = reflecting.client.post("/api/keep").json()["code"]
    reflecting.say("wis alles")
    reflecting.choose("Wis ook wat ik bewaarde")
    assert reflecting.last["erased"]
    assert opened(system, code).status_code == 404
    assert reflecting.client.get("/api/conversation").status_code == 401
