"""What is found and what stays whole, on sentences made for it (cases.json, cases-b.json, cases-d.json).

The rules were tried on these sentences while they were made, so the thresholds say what must not be lost again; how well
unseen sentences fare stands in docs/adr/0006-anonymiser.md.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.anonymiser import Measured, measure
from bot.anonymiser import light
from bot.anonymiser.full import Anonymiser
from bot.anonymiser.spans import KINDS
from tests.anonymiser.conftest import CASES

FOUND = {"naam": 0.99, "plaats": 0.98, "instelling": 0.97}
HARMED = 0.02


@pytest.fixture(scope="module")
def by_light() -> Measured:
    return measure(CASES, light.find)


@pytest.fixture(scope="module")
def by_full(full: Anonymiser) -> Measured:
    return measure(CASES, full.find)


@pytest.mark.parametrize("kind", KINDS)
def test_the_light_rules_find_nearly_every(kind: str, by_light: Measured) -> None:
    assert by_light.wanted[kind] >= 10
    assert by_light.recall(kind) >= FOUND.get(kind, 1.0), [m for m in by_light.misses if m.startswith(f"MISSED {kind}")]


@pytest.mark.parametrize("name", ["cases-b", "cases-d"])
def test_of_the_sets_that_were_once_held_out_nothing_is_lost_again(name: str) -> None:
    total = measure(json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8")), light.find)
    others = [kind for kind in KINDS if kind != "naam"]
    assert total.recall("naam") >= 0.98 and total.recall(*others) >= 0.97 and total.harm() <= 0.03, total.misses


@pytest.mark.parametrize("kind", KINDS)
def test_with_deduce_no_less_is_found(kind: str, by_light: Measured, by_full: Measured) -> None:
    assert by_full.found[kind] >= by_light.found[kind]


def test_what_is_found_is_called_by_its_kind(by_light: Measured, by_full: Measured) -> None:
    for measured in (by_light, by_full):
        assert measured.right_kind.total() / measured.wanted.total() >= 0.97


def test_ordinary_sentences_stay_whole(by_light: Measured, by_full: Measured) -> None:
    assert by_light.ordinary >= 200
    assert by_light.harm() <= HARMED and by_full.harm() <= HARMED, by_full.misses


@pytest.mark.parametrize(
    "text",
    [
        "Volgens de KNMG, het NHG en de LHV mocht het, de IGJ en het UWV vonden van niet.",
        "Bel 113 of 112, of 0900-0113.",
        "Ik ben al 20 jaar huisarts en werk sinds 2008 hier.",
        "Hij heeft de ziekte van Parkinson, een positieve Babinski en een Apgar van 9.",
        "Ik gaf hem 2 x 500 mg paracetamol en Xarelto om 06:30 uur, RR 140/90.",
        "In maart, rond Pasen, was het vorige week maandag.",
        "Ze was in de vijftig en kwam uit Marokko.",
        "de roos in de vaas, de vos in het bos, de koning en de bakker",
        "mijn man wil niet, mijn vrouw kan niet, en de dokter mag niet",
        "collega's en patiënten: wie is er nu boos op wie",
    ],
)
def test_what_stays(text: str) -> None:
    assert light.find(text) == []


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("mevrouw jansen (83) belde", "mevrouw [naam] ([leeftijd]) belde"),
        ("Dokter Bakker is geen bakker.", "Dokter [naam] is geen bakker."),
        ("Mevrouw Parkinson heeft Parkinson.", "Mevrouw [naam] heeft Parkinson."),
        ("Ik en Oumaima, en Katarzyna's zoon.", "Ik en [naam], en [naam] zoon."),
        ("op 3 mei 2021 in Zwolle", "op [datum] in [plaats]"),
        ("Bel 06-12345678 of mail a.b@c.nl.", "Bel [telefoon] of mail [email]."),
        ("BSN 111222333", "BSN [bsn]"),
        ("ze woont op 1234 AB, kerkstraat 12", "ze woont op [postcode], [plaats]"),
        ("BIG-nummer 19012345601", "BIG-nummer [big]"),
        ("patiëntnummer 0045821", "patiëntnummer [patientnummer]"),
        ("zie www.praktijkjansen.nl/team.", "zie [url]."),
    ],
)
def test_what_is_replaced(text: str, replaced: str) -> None:
    from bot.anonymiser.spans import replace

    assert replace(text, light.find(text)) == replaced
