"""The lessons as files, ready for a pull request: the project reads them as its own."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.coordinator import teaching
from bot.language import evaluation
from bot.language.labels import labels
from bot.language.training_data import sentences
from bot.scripts.inputs import plain
from bot.store.lessons import Lesson
from bot.validation import nlu
from bot.yaml import load
from tests.coordinator.care.conftest import TODAY, Site, Someone

LESSONS = [
    Lesson(sentence='zeg: "laat dit zweven" # heus', act="overslaan", topic="geen", context="script"),
    Lesson(sentence="ja: dat zweven, dat ken ik", act="vertellen", topic="geen", context="script"),
    Lesson(sentence="'t zweeft mij wat te veel hier", act="vertellen", topic="geen", context="idle"),
    Lesson(sentence="mijn zweefvermogen is op deze baan", act="vertellen", topic="apk", context="idle"),
    Lesson(sentence='doe mij die "zweefronde" maar', act="start", topic="stop", context="idle", use="toetsen"),
    Lesson(sentence="ik zweef hier toch liever langs", act="overslaan", topic="geen", context="script", use="toetsen"),
]


def exported(site: Site, client: Someone, folder: Path) -> tuple[Path, Path]:
    """Both files, as they are downloaded."""
    for lesson in LESSONS:
        site.lessons.add(lesson, TODAY)
    folder.mkdir()
    found = []
    for name in ("lessen.yml", "lessen-toetsen.yml"):
        answer = client.get(f"/meelezen/{name}")
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        path = folder / name
        path.write_bytes(answer.content)
        found.append(path)
    return found[0], found[1]


def test_both_files_are_what_the_project_reads(site: Site, reader: Someone, tmp_path: Path) -> None:
    examples, cases = exported(site, reader, tmp_path / "uit")
    loaded = load(examples)
    assert loaded["version"] == "3.1"
    assert [block["intent"] for block in loaded["nlu"]] == ["overslaan", "vertellen.apk", "vertellen.geen", "vertellen"]
    tested = evaluation.acts(cases)
    assert {(case.text, case.context, case.meant["act"], case.meant.get("topic")) for case in tested} == {
        ('doe mij die "zweefronde" maar', "idle", "start", "stop"),
        ("ik zweef hier toch liever langs", "script", "overslaan", None),
    }
    cases.rename(tmp_path / "toetsen.yml")
    assert list(nlu.check(tmp_path / "uit")) == []
    learnt = {text for text, _ in sentences(tmp_path / "uit")}
    assert learnt == {lesson.sentence for lesson in LESSONS if lesson.use == "leren"}
    assert not learnt & {case.text for case in tested}


def test_without_lessons_both_files_are_still_read(site: Site, reader: Someone, tmp_path: Path) -> None:
    for name, empty in (("lessen.yml", {"version": "3.1", "nlu": []}), ("lessen-toetsen.yml", [])):
        path = tmp_path / name
        path.write_bytes(reader.get(f"/meelezen/{name}").content)
        assert load(path) == empty


def test_what_the_project_has_by_now_is_not_exported_again(site: Site, reader: Someone) -> None:
    text, intent = sentences()[0]
    site.lessons.add(Lesson(sentence=text, act=intent, topic="geen", context="idle"), TODAY)
    assert "examples" not in reader.get("/meelezen/lessen.yml").text
    assert "staat er al in" in reader.get("/meelezen/lessen").text


def test_a_file_says_nothing_of_when_and_never_what_a_doctor_wrote(site: Site, reader: Someone, tmp_path: Path) -> None:
    site.piece("een tandvlees om nooit te vergeten")
    for path in exported(site, reader, tmp_path / "uit"):
        text = path.read_text(encoding="utf-8")
        assert "2026" not in text
        assert "tandvlees" not in text


def test_every_act_has_words_for_a_coordinator(site: Site, editor: Someone) -> None:
    site.piece("een antwoord")
    page = html.unescape(editor.get("/meelezen").text)
    for act in labels():
        assert f'<option value="{act}">' in page


@given(st.text(max_size=60))
def test_whatever_is_written_the_files_hold_it_as_one_sentence_or_it_is_refused(written: str) -> None:
    sentence = teaching.tidy(written)
    if len(sentence) < 2 or teaching.mistake(sentence):
        return
    for use in ("leren", "toetsen"):
        lesson = Lesson.model_validate(
            {"sentence": sentence, "act": "groet", "topic": "geen", "context": "idle", "use": use}
        )
        read = yaml_read(
            teaching.as_examples([lesson], "kop") if use == "leren" else teaching.as_cases([lesson], "kop")
        )
        if use == "leren":
            assert read["nlu"] == [{"intent": "groet", "examples": f"- {sentence}\n"}]
        else:
            assert read == [{"text": sentence, "context": "idle", "act": "groet"}]


def yaml_read(text: str) -> Any:
    """What stands in a YAML text."""
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(text)


@pytest.mark.parametrize(
    ("mine", "theirs", "is_borrowed"),
    [
        ("a b c d e", "x a b c d e y", True),
        ("a b c d", "x a b c d e y", False),
        ("ja hoor", "ja hoor", False),
        ("nee zeg ik", "Nee, zeg ik", True),
        ("ik ben het helemaal met hem eens", "zij was het helemaal met hem oneens", False),
        ("ik ben het helemaal met hem eens", "ben het helemaal met hem oneens", True),
    ],
)
def test_five_words_in_a_row_are_a_doctors(mine: str, theirs: str, is_borrowed: bool) -> None:
    assert teaching.borrowed(mine, theirs) is is_borrowed


def test_every_sentence_that_the_project_has_is_known() -> None:
    told = [text for text, _ in sentences()] + [case.text for case in evaluation.acts()]
    assert {plain(text) for text in told} <= teaching.known()
