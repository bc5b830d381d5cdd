"""Whether the tests notice when the code is changed: `python -m tests.mutating [how many] [seed] [part …]`, by
cosmic-ray.

Of each part so many mutants are drawn, and its tests are run on each in a copy of the project: all of them would take days.
"""

from __future__ import annotations

import os
import random
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from bot.settings import ROOT, settings

TOOL = ["uvx", "--quiet", "--from", "cosmic-ray==8.7.0"]
# With annotations that are never evaluated, changing the `|` in them changes nothing.
CONFIGURATION = """[cosmic-ray]
module-path = {modules}
timeout = 300.0
excluded-modules = []
test-command = {command}

[cosmic-ray.distributor]
name = "local"

[cosmic-ray.filters.operators-filter]
exclude-operators = ["core/ReplaceBinaryOperator_BitOr_.*"]
"""
HOW_MANY = 40


class Part(NamedTuple):
    """What is changed, and the tests that must notice."""

    name: str
    modules: list[str]
    tests: list[str]


PARTS = (
    Part(
        "bot/language/safety",
        ["bot/language/safety.py", "bot/language/neighbours.py"],
        [
            "tests/language/test_safety.py",
            "tests/language/test_classifier.py",
            "tests/language/test_disguises.py",
            "tests/language/test_neighbours.py",
        ],
    ),
    Part(
        "bot/store",
        ["bot/store"],
        ["tests/store", "tests/coordinator/care/test_care_review.py", "tests/privacy/test_statement.py"],
    ),
    Part(
        "bot/door",
        ["bot/door"],
        [
            "tests/door",
            # What every call answers is asked by `make fuzz`, and takes long.
            "--deselect=tests/door/test_openapi.py::test_every_call_answers_as_the_document_says",
            "tests/faults/test_input.py",
            "tests/faults/test_order.py",
            "tests/faults/test_resources.py",
            "tests/privacy/test_statement.py",
            "tests/faults/attack/test_tokens.py",
            "tests/faults/attack/test_headers.py",
        ],
    ),
)


def mutated(part: Part, copy: Path, how_many: int, seed: int) -> list[tuple[bool, str]]:
    """Whether each of the mutants that were drawn was noticed, and what it was."""
    session, configuration = copy / "mutants.sqlite", copy / "mutants.toml"
    session.unlink(missing_ok=True)
    command = f"{shlex.quote(sys.executable)} -m pytest -x -q -p no:cacheprovider -n auto --dist loadscope {' '.join(part.tests)}"
    configuration.write_text(CONFIGURATION.format(modules=part.modules, command=repr(command)), encoding="utf-8")
    for step in (
        # Tests that fail on the code as it is would notice every mutant.
        ["cosmic-ray", "baseline", str(configuration)],
        ["cosmic-ray", "init", str(configuration), str(session)],
        ["cr-filter-operators", str(session), str(configuration)],
    ):
        subprocess.run([*TOOL, *step], cwd=copy, check=True)
    _draw(session, how_many, seed)
    subprocess.run([*TOOL, "cosmic-ray", "exec", str(configuration), str(session)], cwd=copy, check=True)
    with sqlite3.connect(session) as database:
        rows = database.execute(
            "SELECT test_outcome, module_path, operator_name, start_pos_row FROM work_results "
            "JOIN mutation_specs USING (job_id) WHERE worker_outcome = 'NORMAL'"
        ).fetchall()
    return [("SURVIVED" not in outcome, f"{path}:{row} {operator}") for outcome, path, operator, row in rows]


def _draw(session: Path, how_many: int, seed: int) -> None:
    """Leave so many of the mutants that are still to be tried."""
    with sqlite3.connect(session) as database:
        waiting = "SELECT job_id FROM work_items WHERE job_id NOT IN (SELECT job_id FROM work_results) ORDER BY job_id"
        jobs = [row[0] for row in database.execute(waiting)]
        kept = set(random.Random(seed).sample(jobs, min(how_many, len(jobs))))
        for job in jobs:
            if job not in kept:
                database.execute("DELETE FROM mutation_specs WHERE job_id = ?", (job,))
                database.execute("DELETE FROM work_items WHERE job_id = ?", (job,))
        print(f"{len(kept)} of {len(jobs)} mutants", flush=True)


def main() -> int:
    """Try them. Gives an exit status: 1 when fewer than 85 of 100 were noticed in a part."""
    how_many = int(sys.argv[1]) if len(sys.argv) > 1 else HOW_MANY
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
    parts = [part for part in PARTS if part.name in sys.argv[3:]] or PARTS
    chosen = settings()
    chosen.prepare()
    print(f"{how_many} mutants of each part, seed {seed}", flush=True)
    good = True
    with tempfile.TemporaryDirectory(prefix="pas-mutants-") as folder:
        copy = Path(folder) / "project"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(copy)], check=True)
        (copy / "var").mkdir()
        # Its own: what is trained there is trained from what was committed.
        shutil.copytree(chosen.models, copy / "var" / "models")
        shutil.copytree(ROOT / "bot" / "widget" / "dist", copy / "bot" / "widget" / "dist")
        os.environ |= {"PYTHONDONTWRITEBYTECODE": "1", "PAS_FAULTS": str(seed)}
        for part in parts:
            seen = mutated(part, copy, how_many, seed)
            noticed = sum(killed for killed, _ in seen)
            print(f"{part.name}: {noticed} of {len(seen)} noticed", flush=True)
            for killed, what in seen:
                if not killed:
                    print(f"  not noticed: {what}", flush=True)
            good = good and noticed >= 0.85 * len(seen)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
