"""What an event means, who may come in, and up to where all was taken."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matrix.guests import allowed, fitting
from bot.matrix.incoming import File, Meaning, Thumb, Unreadable, Words, meaning
from bot.matrix.lanes import Lanes
from bot.matrix.position import Positions
from tests.matrix.conftest import Loop

MESSAGE = "m.room.message"
REPLY = {"m.in_reply_to": {"event_id": "$x"}}


@pytest.mark.parametrize(
    ("kind", "content", "wanted"),
    [
        (MESSAGE, {"msgtype": "m.text", "body": "hoi"}, Words("hoi")),
        (MESSAGE, {"msgtype": "m.emote", "body": "zucht"}, Words("zucht")),
        (MESSAGE, {"msgtype": "m.text", "body": "> <@pas> vraag\n\nja", "m.relates_to": REPLY}, Words("ja")),
        (MESSAGE, {"msgtype": "m.text", "body": "> niet van een ander\nja"}, Words("> niet van een ander\nja")),
        (
            MESSAGE,
            {
                "msgtype": "m.text",
                "body": "* nee",
                "m.new_content": {"msgtype": "m.text", "body": "nee"},
                "m.relates_to": {"rel_type": "m.replace", "event_id": "$a"},
            },
            Words("nee", "$a"),
        ),
        (MESSAGE, {"msgtype": "m.image", "body": "foto.jpg"}, File()),
        (MESSAGE, {"msgtype": "m.audio", "body": "Voice message", "org.matrix.msc3245.voice": {}}, File()),
        (MESSAGE, {"msgtype": "m.image", "body": "ik spring", "filename": "a.jpg"}, File("ik spring")),
        (MESSAGE, {"msgtype": "nl.nieuw", "body": "iets"}, File()),
        (MESSAGE, {"msgtype": "m.notice", "body": "van een bot"}, None),
        (MESSAGE, {}, None),
        (MESSAGE, {"msgtype": "m.text", "body": {"niet": "tekst"}}, Words("")),
        ("m.sticker", {"body": "kat"}, File()),
        ("m.poll.start", {}, File()),
        ("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2"}, Unreadable()),
        ("m.reaction", {"m.relates_to": {"event_id": "$q", "key": "👍"}}, Thumb("$q", True)),
        ("m.reaction", {"m.relates_to": {"event_id": "$q", "key": "👎🏿"}}, Thumb("$q", False)),
        ("m.reaction", {"m.relates_to": {"event_id": "$q", "key": "👍️"}}, Thumb("$q", True)),
        ("m.reaction", {"m.relates_to": {"event_id": "$q", "key": "🎉"}}, None),
        ("m.reaction", {"m.relates_to": "onzin"}, None),
        ("m.room.topic", {"topic": "x"}, None),
    ],
)
def test_an_event_means(kind: str, content: dict[str, Any], wanted: Meaning | None) -> None:
    assert meaning(kind, content) == wanted


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=15), inner, max_size=4),
    max_leaves=10,
)
NAMES = ("msgtype", "body", "m.relates_to", "m.new_content", "filename", "rel_type", "event_id", "key")


@given(st.sampled_from([MESSAGE, "m.reaction", "m.sticker"]), st.dictionaries(st.sampled_from(NAMES), json, max_size=8))
def test_nothing_that_may_come_breaks_it(kind: str, content: dict[str, Any]) -> None:
    found = meaning(kind, content)
    assert found is None or isinstance(found, Meaning)


def test_only_those_named_or_of_a_named_server_may_come() -> None:
    assert allowed("@arts:praktijk.nl", ["praktijk.nl"], [])
    assert allowed("@arts:elders.nl", ["praktijk.nl"], ["@arts:elders.nl"])
    for stranger in ("@arts:elders.nl", "@praktijk.nl:elders.nl", "@a:praktijk.nl.elders.nl", "praktijk.nl", ""):
        assert not allowed(stranger, ["praktijk.nl"], ["@ander:elders.nl"])


def test_a_room_fits_one_person_behind_a_closed_door() -> None:
    assert fitting(2, public=False) and fitting(1, public=False)
    assert not fitting(3, public=False) and not fitting(2, public=True)


def test_a_position_is_reached_only_when_all_up_to_it_was_taken() -> None:
    reached: list[str] = []
    positions = Positions(reached.append)
    first, second, third = (positions.begin(name) for name in ("1", "2", "3"))
    for batch in (first, first, third):
        positions.add(batch)
    for batch in (second, third, first):
        positions.close(batch)
    positions.done(third)
    positions.done(first)
    assert reached == []
    positions.done(first)
    assert reached == ["3"]


@given(st.data())
def test_whatever_the_order_no_position_is_passed_with_something_left(data: st.DataObject) -> None:
    reached: list[str] = []
    positions = Positions(reached.append)
    left = {str(number): data.draw(st.integers(0, 3)) for number in range(6)}
    batches = {name: positions.begin(name) for name in left}
    for name, batch in batches.items():
        for _ in range(left[name]):
            positions.add(batch)
        positions.close(batch)
    jobs = data.draw(st.permutations([name for name, count in left.items() for _ in range(count)]))
    for name in jobs:
        positions.done(batches[name])
        left[name] -= 1
        last = int(reached[-1]) if reached else -1
        assert all(left[str(number)] == 0 for number in range(last + 1))
    assert reached[-1] == "5"


def test_a_room_is_served_in_order_and_no_room_waits_for_another(loop: Loop) -> None:
    done: list[str] = []

    async def talk() -> None:
        lanes, gate = Lanes(), asyncio.Event()

        async def wait() -> None:
            await gate.wait()
            done.append("a1")

        async def open_the_gate() -> None:
            done.append("b1")
            gate.set()

        async def then(name: str) -> None:
            done.append(name)

        lanes.put("a", wait)
        lanes.put("a", lambda: then("a2"))
        lanes.put("b", open_the_gate)
        await lanes.idle()
        # A room that was idle begins anew.
        lanes.put("a", lambda: then("a3"))
        await lanes.idle()

    loop.run(talk())
    assert done == ["b1", "a1", "a2", "a3"]
