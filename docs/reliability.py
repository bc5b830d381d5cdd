"""Runs the tests of faults and writes what each showed to `docs/reliability.md`: `python -m docs.reliability`."""

from __future__ import annotations

import ast
import collections
import datetime as dt
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.settings import ROOT

PAGE = ROOT / "docs" / "reliability.md"
# Whole folders, and what elsewhere shows the same of a part that has tests of its own.
SOURCES = (
    "tests/faults",
    "tests/engine/test_secret.py",
    "tests/sharing/test_order.py",
)
HEAD = """# What it holds against

Each line is a test that runs against the real processes, named after what must hold; cases are the inputs, moments or parts
it is tried with. Written by `make reliability` on {day}: {cases} cases in {tests} tests, {passed} passed. What is done to the
system at random, for ten minutes on end, is `make chaos`; at every question of every script, `make faults`. What several
machines and Matrix hold against stands in `tests/scale` and `tests/matrix`.
"""


class Row(NamedTuple):
    """What one test showed: how many cases, how many of them passed, and what was measured."""

    name: str
    cases: int
    passed: int
    measured: tuple[str, ...]


def files() -> list[Path]:
    """The test modules that the page tells of."""
    found: list[Path] = []
    for source in SOURCES:
        path = ROOT / source
        found += sorted(path.rglob("test_*.py")) if path.is_dir() else [path]
    return found


def tests_in(path: Path) -> tuple[str, list[str]]:
    """What a test module says of itself, and the names of its tests in their order."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return ast.get_docstring(tree) or path.stem, names


def sentence(name: str) -> str:
    """The name of a test as a sentence."""
    words = name.removeprefix("test_").replace("_", " ")
    return words[0].upper() + words[1:]


class Seen:
    """A plugin of pytest that remembers what came of each case: by file and name, whether it passed, and its measure."""

    def __init__(self) -> None:
        self._cases: dict[tuple[str, str], dict[str, tuple[bool, str]]] = collections.defaultdict(dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called for the set-up, the test and what comes after it."""
        path, _, rest = report.nodeid.partition("::")
        before, _ = self._cases[path, rest.partition("[")[0]].get(rest, (True, ""))
        measured = "; ".join(str(value) for name, value in report.user_properties if name == "measured")
        self._cases[path, rest.partition("[")[0]][rest] = before and report.outcome == "passed", measured

    @property
    def rows(self) -> dict[str, dict[str, Row]]:
        """What was seen, by file and name."""
        found: dict[str, dict[str, Row]] = collections.defaultdict(dict)
        for (path, name), cases in self._cases.items():
            measures = tuple(dict.fromkeys(measured for _, measured in cases.values() if measured))
            found[path][name] = Row(name, len(cases), sum(passed for passed, _ in cases.values()), measures)
        return found


def page(results: dict[str, dict[str, Row]], day: dt.date) -> str:
    """The page, by what was found of each file."""
    rows = [row for path in files() for row in results[path.relative_to(ROOT).as_posix()].values()]
    cases, passed = sum(row.cases for row in rows), sum(row.passed for row in rows)
    parts = [HEAD.format(day=day.isoformat(), cases=cases, tests=len(rows), passed=passed)]
    for path in files():
        about, names = tests_in(path)
        seen = results[path.relative_to(ROOT).as_posix()]
        parts.append("\n".join(_table(path, about, [seen[name] for name in names])))
    return "\n".join(parts)


def _table(path: Path, about: str, rows: list[Row]) -> Iterator[str]:
    where = path.relative_to(ROOT).as_posix()
    yield f"## {about.splitlines()[0].rstrip('.')}"
    yield ""
    yield f"[{where}](../{where})"
    yield ""
    yield "| what holds | cases | outcome | measured |"
    yield "|---|---|---|---|"
    for row in rows:
        outcome = "passed" if row.passed == row.cases else f"**{row.cases - row.passed} failed**"
        yield f"| {sentence(row.name)} | {row.cases} | {outcome} | {'; '.join(row.measured)} |"
    yield ""


def main() -> int:
    """Run them, write the page. Gives an exit status."""
    os.environ["PAS_FAULTS"] = os.environ.get("PAS_FAULTS", "cases")
    seen = Seen()
    arguments = ["-n", "2", "--dist", "loadfile", *(str(path) for path in files())]
    failed = int(pytest.main(arguments, plugins=[seen]))
    PAGE.write_text(page(seen.rows, dt.datetime.now(dt.UTC).date()), encoding="utf-8")
    return failed


if __name__ == "__main__":
    sys.exit(main())
