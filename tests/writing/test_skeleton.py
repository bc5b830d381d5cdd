"""A new script: it works at once, it says what is still to be filled in, and what cannot be made is told in one line."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from bot.language.labels import labels
from bot.scripts.library import read_script
from bot.settings import DATA, ROOT
from bot.validation import nlu, scripts
from bot.writing.skeleton import NotMade, make, unfilled
from bot.yaml import load
from tests.scripts.test_coverage import SEED, places, walk
from tests.test_commands import run
from tests.walking import SCRIPTS


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folders of a project that has no scripts yet, with the sentences and the domain of this one."""
    shutil.copy(ROOT / "domain.yml", tmp_path)
    shutil.copytree(DATA / "nlu", tmp_path / "data" / "nlu")
    for folder in ("data/scripts", "tests/conversations"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def found(project: Path) -> list[str]:
    """What the validator says of a project."""
    told = [*scripts.check(project / "data" / "scripts", DATA / "referrals.yml")]
    return [str(one) for one in (*told, *nlu.check(project / "data" / "nlu", project / "domain.yml"))]


@pytest.mark.parametrize(
    ("name", "title"),
    [("verlies", ""), ("een-lang-verhaal", "Dokter's dag: van {a} tot 'z' # en verder"), ("jij", "Jij\n en  ik")],
)
def test_what_is_made_has_no_mistakes_and_all_of_its_branches_can_be_reached(
    project: Path, name: str, title: str
) -> None:
    make(name, title, project)
    assert found(project) == []
    script = read_script(project / "data" / "scripts" / f"{name}.yml")
    assert script.title == (" ".join(title.split()) or name.capitalize().replace("-", " "))
    chance, met = random.Random(SEED), set[str]()
    for _ in range(200):
        met |= set(walk(script, chance))
    assert places(script) <= met


def test_the_domain_knows_the_new_topic_and_is_the_same_for_the_rest(project: Path) -> None:
    before = (project / "domain.yml").read_text(encoding="utf-8").splitlines()
    make("verlies", root=project)
    after = (project / "domain.yml").read_text(encoding="utf-8").splitlines()
    assert set(after) - set(before) == {"- start.verlies", "- vertellen.verlies"}
    assert [row for row in after if "verlies" not in row] == before
    known = labels(project / "domain.yml")
    assert "verlies" in known["start"] and "verlies" in known["vertellen"]


def test_the_talks_that_are_made_are_of_both_lengths(project: Path) -> None:
    make("verlies", "Als een patiënt overlijdt", project)
    talks = load(project / "tests" / "conversations" / "verlies.yml")["talks"]
    said = [{turn.get("arts") for turn in talk["turns"]} for talk in talks]
    assert "kort" in said[0] and "volledig" in said[1]
    assert talks[0]["turns"][1]["kiest"] == "Als een patiënt overlijdt (vanaf 5 minuten)"


def test_what_is_still_the_example_is_named_until_it_is_changed(project: Path) -> None:
    make("verlies", root=project)
    path = project / "data" / "scripts" / "verlies.yml"
    assert unfilled(read_script(path)) == ["moment", "gevoel", "weet", "zwijgen", "proef"]
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("Welk moment is je bijgebleven?", "Welk afscheid is je bijgebleven?"), encoding="utf-8"
    )
    assert unfilled(read_script(path)) == ["gevoel", "weet", "zwijgen", "proef"]


def test_no_script_of_the_project_itself_still_has_a_question_of_the_example() -> None:
    for script in SCRIPTS.values():
        assert unfilled(script) == []


@pytest.mark.parametrize("name", ["Verlies", "verlies2", "mijn verlies", "-verlies", "verlies-", "../verlies", "é", ""])
def test_a_name_that_will_not_do_makes_nothing(project: Path, name: str) -> None:
    with pytest.raises(NotMade, match="naam"):
        make(name, root=project)
    assert list((project / "data" / "scripts").iterdir()) == []


@pytest.mark.parametrize("taken", ["geen", "fout", "menu"])
def test_a_name_that_is_taken_makes_nothing(project: Path, taken: str) -> None:
    with pytest.raises(NotMade, match="bestaat"):
        make(taken, root=project)
    assert list((project / "data" / "scripts").iterdir()) == []


@pytest.mark.parametrize(("name", "words"), [("Verlies", "kleine letters"), ("apk", "bestaat al")])
def test_the_command_says_in_one_line_why_it_made_nothing(name: str, words: str) -> None:
    shown = run("new-script", name)
    assert shown.returncode == 1
    assert words in shown.stderr and len(shown.stderr.strip().splitlines()) == 1
