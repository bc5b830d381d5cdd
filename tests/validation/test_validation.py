"""The validator: each mistake is found where it is, and said in words that a coach understands."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.settings import DATA
from bot.validation import anonymiser, check_all, nlu, referrals, responses, scripts

APK = (DATA / "scripts" / "apk.yml").read_text(encoding="utf-8")


def test_the_project_itself_has_no_mistakes() -> None:
    assert [str(f) for f in check_all()] == []


def found(folder: Path, text: str, name: str = "apk.yml") -> list[str]:
    """What the validator says of this script, as ``line: words``."""
    (folder / name).write_text(text, encoding="utf-8")
    return [f"{f.line}: {f.says}" for f in scripts.check(folder, DATA / "referrals.yml")]


def line_of(part: str) -> int:
    return next(n for n, line in enumerate(APK.splitlines(), 1) if part in line)


WHY = "  why: Wat je nodig hebt van je werk"
ASK = "  - Welke fase past op dit moment het best bij jou?"


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("  subject: je loopbaanfase", "  onderwerp: je loopbaanfase", "  subject: je loopbaanfase", "onderwerp"),
        ("in: volledig\n  min: 1", "in: volledig\n  min: 20", "- id: energie", "schaal"),
        ("{step: keuze, has: kern}", "{step: keuze, has: kerm}", "- id: kern", "kerm"),
        ("{step: keuze, has: kern}", "{step: keus, has: kern}", "- id: kern", "kern → keus"),
        ("  experiment: proef", "  experiment: proeft", "closing:", "proeft"),
        ("- id: kern\n", "- id: vraag\n", None, "vraag"),
        ("  - id: cvm\n", "  - id: cvn\n", "  - id: cvm", "cvn"),
        (ASK, "  - Welke fase past het best bij jou!", ASK, "uitroepteken"),
        (ASK, "  - In welke fase zit u?", ASK, "u of uw"),
        (ASK, "  - Welke fase past bij jou, en waarom?", ASK, "twee vragen"),
        (ASK, "  - Een. Twee. Drie. Welke fase past bij jou?", ASK, "twee zinnen"),
        ("  - Wie ben jij op je best?\n", "  - Ben je een goede dokter?\n", "  - Wie ben jij op je best?", "ja of nee"),
        ("  - Wie ben jij op je best?\n", "  - Is het niet fijn?\n", "  - Wie ben jij op je best?", "antwoord"),
        ("  - Wie ben jij op je best?\n", "  - Wie ben je op je {best?\n", "- id: kern", "ccolade"),
        (WHY, "  why: Je moet dit weten.\n  anders: Wat je", None, "anders"),
        ("{id: kern, label: Wie ik", "{id: kern, told: true, label: Wie ik", "- id: keuze", "Told"),
        ("in: volledig\n  min: 1", "in: volledig\n  leaving: [bed]\n  min: 1", "- id: energie", "open vraag"),
        ("name: apk", "name: epk", "name: apk", "bestand"),
    ],
)
def test_a_mistake_in_a_script_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, at: str | None, words: str
) -> None:
    assert old in APK
    said = found(tmp_path, APK.replace(old, new, 1))
    assert said, "nothing found"
    assert any(words in row for row in said), said
    if at:
        assert any(row.startswith(f"{line_of(at)}:") for row in said), said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hears: [opbouwen, opbouw,", "hears: [opbouwen, Terug,"),
        ("    label: Ik ben aan het opbouwen", "    label: Sla over"),
    ],
)
def test_an_option_that_would_take_a_word_by_which_the_talk_is_steered_is_found(
    tmp_path: Path, old: str, new: str
) -> None:
    assert old in APK
    said = found(tmp_path, APK.replace(old, new, 1))
    assert any(row.startswith(f"{line_of('- id: opbouw')}:") and "stuurt" in row for row in said), said


def test_what_is_no_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    said = found(tmp_path, "name: apk\ntitle: Dit: is fout\n")
    assert said[0].startswith("2:") and "YAML" in said[0]


def test_a_text_in_two_files_is_found(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text("responses:\n  utter_groet:\n  - text: Dag.\n", encoding="utf-8")
    assert any("a.yml" in f.says and f.path.name == "b.yml" for f in responses.check(tmp_path))


def test_a_text_that_nobody_uses_and_a_button_that_does_nothing_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "responses:\n  utter_nergens:\n  - text: Dag.\n    buttons:\n    - {title: Ga, payload: vlieg}\n",
        encoding="utf-8",
    )
    said = [f"{f.line}: {f.says}" for f in responses.check(tmp_path)]
    assert said[0].startswith("2:") and "nergens" in said[0]
    assert said[1].startswith("5:") and "vlieg" in said[1]


def test_a_sentence_under_two_intents_is_found_with_both_places(tmp_path: Path) -> None:
    for name, intent in (("groet", "groet"), ("terug", "terug")):
        (tmp_path / f"{name}.yml").write_text(
            f"nlu:\n- intent: {intent}\n  examples: |\n    - Hallo daar.\n", encoding="utf-8"
        )
    said = [str(f) for f in nlu.check(tmp_path)]
    assert len(said) == 1 and "terug.yml:4" in said[0] and "groet.yml:4" in said[0]


def test_an_intent_that_the_domain_does_not_know_is_found(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("nlu:\n- intent: vliegen\n  examples: |\n    - ik vlieg\n", encoding="utf-8")
    assert any("vliegen" in f.says for f in nlu.check(tmp_path))


def test_a_referral_of_a_wrong_shape_is_found(tmp_path: Path) -> None:
    text = (DATA / "referrals.yml").read_text(encoding="utf-8").replace("href: 'tel:113'", "href: '113'")
    (tmp_path / "referrals.yml").write_text(text, encoding="utf-8")
    assert any("href" in f.says for f in referrals.check(tmp_path / "referrals.yml"))


def with_lists(folder: Path, name: str, old: str, new: str) -> list[str]:
    """What the validator says of the anonymiser's lists, one of them changed."""
    shutil.copytree(DATA / "anonymiser", folder, dirs_exist_ok=True)
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return [str(f) for f in anonymiser.check(folder)]


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("names.yml", "titles: >-", "titels: >-", "titles"),
        ("stays.yml", "knmg nhg", "KNMG nhg", "KNMG"),
        ("names.yml", "more_surnames: >-\n", "more_surnames: >-\n  crohn\n", "crohn"),
        ("places.yml", "clear: >-\n  in", "clear:\n- in\nrest: >-\n  in", "clear"),
        ("patterns.yml", "months: >-", "months: : >-", "YAML"),
    ],
)
def test_a_mistake_in_the_anonymisers_lists_is_found(tmp_path: Path, name: str, old: str, new: str, words: str) -> None:
    said = with_lists(tmp_path, name, old, new)
    assert any(words in row for row in said), said
