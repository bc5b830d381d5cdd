"""A talk in a room is as good as one on the page."""

from __future__ import annotations

from tests.matrix.conftest import Loop
from tests.matrix.doctors import Doctor, bodies


def test_the_bot_greets_and_offers_numbered_choices(doctor: Doctor, loop: Loop) -> None:
    assert "ik ben geen noodlijn" in doctor.said
    assert "\n1. " in doctor.said and "\n2. " in doctor.said
    assert "<ol><li>" in doctor.heard[-1][1]["formatted_body"]
    answer = bodies(loop.run(doctor.say("1")))
    assert "Hoeveel tijd heb je" in answer
