"""A talk in a room is as good as one on the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import nio
import pytest
from sqlalchemy import func, select

from bot.responses import Responses
from bot.store import Store
from bot.store.tables import Event
from tests.matrix.conftest import Loop, ran
from tests.matrix.doctors import Doctor, bodies
from tests.matrix.homeserver import Homeserver

TEXTS = Responses.read()


def test_the_bot_greets_and_offers_numbered_choices(doctor: Doctor, loop: Loop) -> None:
    assert "ik ben geen noodlijn" in doctor.said
    assert "\n1. " in doctor.said and "\n2. " in doctor.said
    assert "<ol><li>" in doctor.heard[-1][1]["formatted_body"]
    assert "Hoeveel tijd heb je" in bodies(loop.run(doctor.say("1")))
    assert "Vraag 1" in bodies(loop.run(doctor.say("kort")))


def test_while_it_works_it_types_and_what_it_took_is_read(doctor: Doctor, loop: Loop) -> None:
    doctor.looks = True
    loop.run(doctor.say("hoi"))
    loop.run(doctor.until(lambda: doctor.typed and doctor.last_event in doctor.read))


def test_pausing_keeps_the_place_and_coming_back_goes_on_there(doctor: Doctor, loop: Loop) -> None:
    for line in ("ik wil de loopbaan-APK doen", "kort", "2"):
        loop.run(doctor.say(line))
    assert "Vraag 2" in doctor.last
    assert "Vraag 2 van" not in bodies(loop.run(doctor.say("pauze")))
    assert "Vraag 2" in bodies(loop.run(doctor.say("verder")))


def test_danger_is_met_with_the_panel_first_and_the_numbers_stay_in_sight(doctor: Doctor, loop: Loop) -> None:
    answer = loop.run(doctor.say("ik wil niet meer leven"))
    assert "113" in answer[0]["body"] and "<strong>" in answer[0]["formatted_body"]
    assert 'href="tel:' in answer[0]["formatted_body"] and "https://" in answer[0]["formatted_body"]
    for said in ("er is iemand bij me", "verder", "menu", "hoi", "menu"):
        again = loop.run(doctor.say(said))
        assert "113" in again[0]["body"], said
    assert "De nummers blijven hier staan" not in bodies(loop.run(doctor.say("menu")))


def test_own_words_come_back_as_a_quote(doctor: Doctor, loop: Loop) -> None:
    for line in ("ik wil de loopbaan-APK doen", "kort", "4", "hoe houd ik het vol", "1, 4 en 8"):
        loop.run(doctor.say(line))
    answer = loop.run(doctor.say("ik moet er altijd voor iedereen zijn"))
    quoted = next(content for content in answer if "<blockquote>" in content["formatted_body"])
    assert "<blockquote>Ik moet er altijd voor iedereen zijn.</blockquote>" in quoted["formatted_body"]
    assert "> Ik moet er altijd voor iedereen zijn.\n" in quoted["body"]


def test_an_edit_of_the_last_message_corrects_that_answer(doctor: Doctor, loop: Loop) -> None:
    for line in ("ik wil de loopbaan-APK doen", "kort", "2", "1"):
        loop.run(doctor.say(line))
    first = doctor.last_event
    assert "Vraag 3" in doctor.last
    answer = bodies(loop.run(doctor.edit(first, "2")))
    assert "Vraag 3" in answer and any(variant.text in answer for variant in TEXTS.variants("aangepast"))
    # An edit is of the message that was edited, however often.
    assert "Vraag 3" in bodies(loop.run(doctor.edit(first, "3")))


def test_an_edit_of_an_older_message_is_met_with_a_word(doctor: Doctor, loop: Loop) -> None:
    loop.run(doctor.say("ik wil de loopbaan-APK doen"))
    older = doctor.last_event
    loop.run(doctor.say("kort"))
    answer = loop.run(doctor.edit(older, "ik wil iets anders"))
    assert bodies(answer) == TEXTS.text("matrix_bewerking_oud")


@pytest.mark.parametrize(("key", "wanted"), [("👍🏽", "Vraag 1"), ("👎", "Vraag 1")])
def test_a_thumb_under_the_last_question_is_yes_or_no(
    someone: Callable[[], Doctor], loop: Loop, key: str, wanted: str
) -> None:
    doctor = someone()
    loop.run(doctor.begin())
    for line in ("ik wil de loopbaan-APK doen", "kort", "wis alles"):
        loop.run(doctor.say(line))
    under = doctor.heard[-1][0]
    event = loop.run(doctor.react(under, key))
    answer = bodies(loop.run(doctor.answered(event)))
    if key == "👎":
        assert wanted in answer
    else:
        assert TEXTS.text("gewist") in answer


def test_a_thumb_elsewhere_or_another_picture_says_nothing(someone: Callable[[], Doctor], loop: Loop) -> None:
    doctor = someone()
    loop.run(doctor.begin())
    loop.run(doctor.say("hoi"))
    older = doctor.heard[0][0]
    assert loop.run(doctor.answered(loop.run(doctor.react(older, "👍")))) == []
    loop.run(doctor.react(doctor.heard[-1][0], "🎉"))
    assert "geen noodlijn" not in bodies(loop.run(doctor.say("menu")))


def test_what_is_no_text_is_declined_and_not_fetched(
    someone: Callable[[], Doctor], loop: Loop, homeserver: Homeserver
) -> None:
    doctor = someone()
    loop.run(doctor.begin())
    for kind in ("m.image", "m.audio", "m.video", "m.file", "m.location", "m.sticker"):
        content: dict[str, Any] = {"msgtype": kind, "body": "röntgen.jpg", "url": f"mxc://arts.test/{kind}"}
        sticker = kind == "m.sticker"
        sent = doctor.send({**content, "info": {}}, kind) if sticker else doctor.send(content)
        answer = loop.run(doctor.answered(loop.run(sent)))
        assert bodies(answer) == TEXTS.text("matrix_geen_bestand"), kind
        assert not homeserver.asked_for(f"arts.test/{kind}"), kind


def test_words_under_a_picture_are_read_for_danger(someone: Callable[[], Doctor], loop: Loop) -> None:
    doctor = someone()
    loop.run(doctor.begin(encrypted=True))
    content = {
        "msgtype": "m.image",
        "filename": "uitzicht.jpg",
        "body": "hier spring ik vanaf, ik wil dood",
        "url": "mxc://a/b",
    }
    answer = bodies(loop.run(doctor.answered(loop.run(doctor.send(content)))))
    assert "113" in answer and TEXTS.text("matrix_geen_bestand") in answer


async def sent_as_it_is(doctor: Doctor, kind: str, content: dict[str, Any]) -> str:
    """The id of an event that the client of the doctor did not encrypt, in a room where everything is."""
    room = doctor.client.rooms[doctor.room]
    room.encrypted = False
    sent = await doctor.client.room_send(doctor.room, kind, content)
    room.encrypted = True
    assert isinstance(sent, nio.RoomSendResponse)
    return str(sent.event_id)


def test_a_message_that_cannot_be_decrypted_is_answered_with_how_to_mend_it(
    someone: Callable[[], Doctor], loop: Loop
) -> None:
    doctor = someone()
    loop.run(doctor.begin(encrypted=True))
    loop.run(doctor.say("hoi"))

    async def with_a_key_that_nobody_has() -> str:
        doctor.client.invalidate_outbound_session(doctor.room)
        await doctor.client.share_group_session(doctor.room, ignore_unverified_devices=True)
        kind, content = doctor.client.encrypt(doctor.room, "m.room.message", {"msgtype": "m.text", "body": "geheim"})
        content["session_id"] = "A" * 43
        return await sent_as_it_is(doctor, kind, content)

    answer = loop.run(doctor.answered(loop.run(with_a_key_that_nobody_has())))
    assert bodies(answer) == TEXTS.text("matrix_onleesbaar")
    assert TEXTS.text("matrix_onleesbaar") not in bodies(loop.run(doctor.say("hoi")))


async def in_the_clear(doctor: Doctor, text: str) -> str:
    """Words as a homeserver could make them up: not encrypted, in a room where everything is."""
    return await sent_as_it_is(doctor, "m.room.message", {"msgtype": "m.text", "body": text})


def test_words_in_the_clear_are_not_taken_for_the_doctors_in_an_encrypted_room(
    someone: Callable[[], Doctor], loop: Loop
) -> None:
    doctor = someone()
    loop.run(doctor.begin(encrypted=True))
    loop.run(doctor.say("ik wil de loopbaan-APK doen"))
    loop.run(doctor.say("kort"))
    for made_up in ("mijn antwoorden", "wis alles", "ja", "4"):
        answer = bodies(loop.run(doctor.answered(loop.run(in_the_clear(doctor, made_up)))))
        assert answer == TEXTS.text("matrix_onversleuteld"), made_up
    assert "Vraag 2 van" in bodies(loop.run(doctor.say("4")))


def test_danger_in_the_clear_gets_the_panel_all_the_same(someone: Callable[[], Doctor], loop: Loop) -> None:
    doctor = someone()
    loop.run(doctor.begin(encrypted=True))
    answer = bodies(loop.run(doctor.answered(loop.run(in_the_clear(doctor, "ik wil niet meer leven")))))
    assert "112" in answer and "huisarts" in answer and TEXTS.text("matrix_onversleuteld") in answer


def test_a_report_comes_as_files_that_open_only_for_the_doctor(doctor: Doctor, loop: Loop) -> None:
    for line in ("ik wil de loopbaan-APK doen", "kort", "2", "1"):
        loop.run(doctor.say(line))
    answer = loop.run(doctor.say("laat het verslag zien"))
    report = next(c for c in answer if "<h3>" in c.get("formatted_body", ""))
    assert "<blockquote>" in report["formatted_body"] and "\n> " in report["body"]
    file = next(c for c in answer if c["msgtype"] == "m.file")
    assert file["filename"].startswith("reflectieverslag.")
    content = loop.run(fetched(doctor, file))
    assert content.startswith(b"%PDF") or "APK" in content.decode()


async def fetched(doctor: Doctor, file: dict[str, Any]) -> bytes:
    """The content of a file in the room, decrypted where the room is."""
    encrypted = file.get("file")
    assert bool(encrypted) == doctor.client.rooms[doctor.room].encrypted
    got = await doctor.client.download(mxc=encrypted["url"] if encrypted else file["url"])
    assert isinstance(got, nio.DownloadResponse), got
    if not encrypted:
        return bytes(got.body)
    hidden = encrypted["key"]["k"], encrypted["hashes"]["sha256"], encrypted["iv"]
    assert b"APK" not in got.body and not got.body.startswith(b"%PDF")
    return bytes(nio.crypto.attachments.decrypt_attachment(got.body, *hidden))


def test_twenty_doctors_are_talked_with_at_once(someone: Callable[[], Doctor], loop: Loop) -> None:
    doctors = [someone() for _ in range(20)]
    ran(loop, *(one.begin(encrypted=number % 2 == 0) for number, one in enumerate(doctors)))
    ran(loop, *(one.say("ik wil de loopbaan-APK doen") for one in doctors))
    ran(loop, *(one.say("kort") for one in doctors))
    for one in doctors:
        assert one.said.count("Vraag 1 van") == 1
    assert len({json.dumps(one.kept["token"]) for one in doctors}) == 20


def test_what_is_counted_is_counted_as_of_this_channel(
    someone: Callable[[], Doctor], loop: Loop, system_store: Store
) -> None:
    def counted() -> int:
        with system_store.database.connect() as connection:
            wanted = select(func.count()).select_from(Event).where(Event.channel == "matrix")
            return connection.execute(wanted).scalar_one()

    doctor, before = someone(), counted()
    loop.run(doctor.begin())
    loop.run(doctor.say("ik wil de loopbaan-APK doen"))
    assert counted() > before


def test_privacy_tells_what_is_true_in_a_room(someone: Callable[[], Doctor], loop: Loop) -> None:
    doctor = someone()
    loop.run(doctor.begin())
    loop.run(doctor.say("wie leest dit mee"))
    answer = bodies(loop.run(doctor.say("Wat de server verlaat")))
    assert "homeserver" in answer and "cookies" not in answer


def test_what_is_too_long_is_told_and_danger_in_it_is_met(someone: Callable[[], Doctor], loop: Loop) -> None:
    doctor = someone()
    loop.run(doctor.begin())
    answer = loop.run(doctor.say("het is te veel. " * 300 + "ik wil niet meer leven"))
    assert "113" in answer[0]["body"] and answer[-1]["body"] == TEXTS.text("fout_te_groot")
