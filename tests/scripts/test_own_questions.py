"""A question that a doctor makes is one about oneself, or it is said what it still lacks."""

from __future__ import annotations

from typing import get_args

import pytest

from bot.scripts.own_questions import is_one, lack
from bot.scripts.schema import Lack

ALL = get_args(Lack)


@pytest.mark.parametrize(
    "text",
    [
        "Hoe kan ik bij haar blijven zonder het over te nemen?",
        "wat maakt dat ik altijd ja zeg tegen die man",
        "wat is het in mij dat ik me zo klein voel bij haar?",
        "Ik zie haar elke week. Ze huilt en ik troost. Wat houdt mij tegen om stil te zijn?",
        "hoe ga ik om met mijn boosheid als hij weer belt",
        "Waar loop ik op vast?",
        "wat maakt dat ik zo snel medicatie geef",
    ],
)
def test_a_question_about_oneself_holds(text: str) -> None:
    assert lack(text, ALL) is None


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("mevrouw belt elke dag en ik word er gek van", "geen-vraag"),
        ("Hoe zouden jullie dit aanpakken?", "anderen"),
        ("wat zou jij doen als ik zo'n patiënt had?", "anderen"),
        ("Hoeveel mg kan ik hem nog geven?", "medisch"),
        ("hoe kan ik het beste de medicatie afbouwen", "medisch"),
        ("Waarom luistert hij niet?", "zonder-ik"),
        ("hoe krijg je zo iemand aan het bewegen", "zonder-ik"),
        ("Heb ik het goed gedaan?", "gesloten"),
        ("moet ik haar overdragen?", "gesloten"),
    ],
)
def test_what_it_lacks_is_found(text: str, missing: Lack) -> None:
    assert lack(text, ALL) == missing


def test_only_what_is_wanted_of_it_is_looked_at() -> None:
    assert lack("Heb ik het goed gedaan?", ["geen-vraag", "zonder-ik"]) is None


@pytest.mark.parametrize(
    "text",
    ["hoe kan ik kiezen wat er blijft liggen", "wat kan ik anders doen", "waarom vraag ik altijd zo laat om hulp"],
)
def test_a_question_that_sounds_like_one_about_the_talk_is_ones_own(text: str) -> None:
    assert is_one(text)


@pytest.mark.parametrize(
    "text",
    ["waarom vraag je dat?", "hoe kan ik dit overslaan", "wat kan je", "kan ik dit als pdf krijgen", "sla maar over"],
)
def test_a_question_about_the_talk_is_not(text: str) -> None:
    assert not is_one(text)
