"""The documents stay true."""

from __future__ import annotations

import argparse
import re

from bot.__main__ import parser
from bot.settings import ROOT, Settings
from docs import reliability

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def commands() -> list[str]:
    """Every command that ``python -m bot`` knows."""
    action = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    return list(action.choices)


def test_every_setting_is_in_the_readme() -> None:
    for name in Settings.model_fields:
        assert f"`PAS_{name.upper()}`" in README


def test_every_command_is_in_the_readme() -> None:
    for name in commands():
        assert f"python -m bot {name}" in README or f"`{name}" in README, name


def test_every_make_target_says_what_it_does() -> None:
    named = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.M))
    explained = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.M))
    assert named == explained


def test_every_link_between_the_documents_leads_somewhere() -> None:
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_table_of_what_it_holds_against_has_every_such_test_and_no_other() -> None:
    told = set(re.findall(r"^\| (.+?) \| \d+ \| passed \|", reliability.PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    there = {reliability.sentence(name) for path in reliability.files() for name in reliability.tests_in(path)[1]}
    assert told == there
