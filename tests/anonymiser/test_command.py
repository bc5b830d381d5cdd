"""``python -m bot anonymise``, as it is typed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT, settings
from tests.test_commands import run

TEXT = "😀 Mevrouw Jansen (83) uit Zwolle"


def rows(*texts: str) -> str:
    return "".join(json.dumps({"text": text}) + "\n" for text in texts)


def test_each_line_gives_the_text_with_kinds_and_where_they_stood() -> None:
    shown = run("anonymise", "--light", stdin=rows(TEXT, "", "Niets bijzonders é"))
    assert shown.returncode == 0 and shown.stderr == ""
    first, second, third = (json.loads(line) for line in shown.stdout.splitlines())
    assert first["text"] == "😀 Mevrouw [naam] ([leeftijd]) uit [plaats]"
    assert [TEXT[s["start"] : s["end"]] for s in first["spans"]] == ["Jansen", "83", "Zwolle"]
    assert [s["kind"] for s in first["spans"]] == ["naam", "leeftijd", "plaats"]
    assert second == {"text": "", "spans": []}
    assert third == {"text": "Niets bijzonders é", "spans": []}
    assert "é" in shown.stdout


def test_blank_lines_are_passed_over() -> None:
    shown = run("anonymise", "--light", stdin="\n  \n" + rows("Goed.") + "\n")
    assert shown.returncode == 0 and len(shown.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    "line",
    [
        "geheim jansen",
        "[1]",
        '"jansen"',
        '{"tekst": "jansen"}',
        '{"text": 3}',
        '{"text": "\\ud800"}',
        "[" * 5000,
        "null",
    ],
    ids=[str(n) for n in range(8)],
)
def test_a_line_that_is_no_such_object_is_told_by_its_number_alone(line: str) -> None:
    shown = run("anonymise", "--light", stdin=rows("Goed.") + "\n" + line + "\n" + rows("Goed."))
    assert shown.returncode == 2
    assert len(shown.stdout.splitlines()) == 1
    assert "line 3" in shown.stderr and "jansen" not in shown.stderr and "Traceback" not in shown.stderr


def test_with_deduce_only_json_is_printed_and_the_building_is_told_aside(tmp_path: Path) -> None:
    # What was trained is the project's own; that takes a minute to make anew.
    (tmp_path / "models").symlink_to(settings().models)
    shown = run("anonymise", stdin=rows(TEXT), PAS_VAR=str(tmp_path))
    assert shown.returncode == 0, shown.stderr
    assert [json.loads(line)["text"] for line in shown.stdout.splitlines()] == [
        "😀 Mevrouw [naam] ([leeftijd]) uit [plaats]"
    ]
    assert "deduce" in shown.stderr and "Jansen" not in shown.stderr
    again = run("anonymise", stdin=rows(TEXT), PAS_VAR=str(tmp_path))
    assert again.stdout == shown.stdout and "building" not in again.stderr


def measured(code: str) -> list[float]:
    """What a fresh process prints."""
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return [float(word) for word in shown.stdout.split()]


def test_the_light_rules_are_small_and_need_nothing_that_takes_long_to_load() -> None:
    megabytes, heavy = measured(
        "import re, sys\n"
        "from bot.anonymiser import light\n"
        "light.find('Mevrouw Jansen')\n"
        "used = re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]\n"
        "print(int(used) / 1024)\n"
        "print(sum(name in sys.modules for name in ('rasa', 'spacy', 'deduce', 'numpy', 'tensorflow')))"
    )
    assert megabytes < 80 and heavy == 0
