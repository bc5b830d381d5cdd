"""What is known against a dependency is looked at or refused, and old parts are not where the outside can reach them."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot.settings import ROOT
from docs.audit import Accepted, Known, NotAsked, accepted, of_npm, of_python, refused
from tests.conftest import Doctor
from tests.processes import DOOR, ENGINE, Processes

TODAY = dt.date(2026, 11, 26)
LOOKED_AT = Accepted(package="old", version="1.0", since=TODAY, until=TODAY + dt.timedelta(days=180), why="not reached")
# What is older than it should be, as Rasa asks for it.
OLD = ("rasa", "tensorflow", "keras", "sanic", "dask", "websockets", "rasa_sdk")


@pytest.mark.parametrize(
    ("known", "today", "wanted"),
    [
        (Known("old", "1.0", "CVE-1"), TODAY, 0),
        (Known("old", "1.1", "CVE-1"), TODAY, 1),
        (Known("other", "1.0", "CVE-1"), TODAY, 1),
        (Known("old", "1.0", "CVE-1"), TODAY + dt.timedelta(days=181), 1),
        (Known("old", "1.0", "CVE-1"), TODAY - dt.timedelta(days=1), 1),
    ],
)
def test_only_the_version_that_was_looked_at_is_accepted_and_only_for_a_time(
    known: Known, today: dt.date, wanted: int
) -> None:
    assert len(refused([known], [LOOKED_AT], today)) == wanted


def test_what_the_two_auditors_say_is_understood() -> None:
    pip = {
        "dependencies": [
            {"name": "old", "version": "1.0", "vulns": [{"id": "CVE-1"}]},
            {"name": "good", "version": "2"},
        ]
    }
    assert of_python(json.dumps(pip)) == [Known("old", "1.0", "CVE-1")]
    npm = {"vulnerabilities": {"old": {"via": [{"source": 7}, "deeper"]}}}
    assert of_npm(json.dumps(npm), {"old": "1.0"}) == [Known("old", "1.0", "7")]


def test_a_package_that_was_not_looked_up_is_not_taken_for_a_good_one() -> None:
    pip = {
        "dependencies": [
            {"name": "good", "version": "2", "vulns": []},
            {"name": "unseen", "skip_reason": "Dependency not found on PyPI and could not be audited: unseen (1.0)"},
        ]
    }
    with pytest.raises(NotAsked, match="1 of 2 packages, unseen among them"):
        of_python(json.dumps(pip))


def test_what_is_accepted_is_what_is_in_the_lock_with_why_and_for_half_a_year_at_most() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    there = {(one["name"], one["version"]) for one in lock["package"] if "version" in one}
    for one in accepted().python:
        assert (one.package, one.version) in there
        assert len(one.why) > 20 and one.since < one.until <= one.since + dt.timedelta(days=190)


def test_nothing_old_is_in_the_process_that_the_outside_speaks_with() -> None:
    looking = f"import sys, bot.door.app; print([name for name in {OLD!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", looking], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_door_that_answers_has_nothing_old_loaded_and_the_engine_has(frail: Processes) -> None:
    doctor = Doctor(frail.doors[0])
    doctor.say("ik wil de loopbaan-APK doen")
    doctor.close()

    def loaded(name: str) -> str:
        return Path(f"/proc/{frail.process_id(name)}/maps").read_text(encoding="utf-8")

    engine = loaded(ENGINE)
    assert [old for old in OLD if f"site-packages/{old}" in engine]
    assert "tensorflow" not in engine
    assert not [old for old in OLD if f"site-packages/{old}" in loaded(DOOR)]


def test_every_dependency_is_locked_with_what_it_must_hash_to() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    for one in lock["package"]:
        files = [*one.get("wheels", []), *([one["sdist"]] if "sdist" in one else [])]
        assert all(file["hash"].startswith("sha256:") for file in files), one["name"]
    npm = json.loads((ROOT / "bot" / "widget" / "package-lock.json").read_text(encoding="utf-8"))
    for path, one in npm["packages"].items():
        assert not path or one["integrity"].startswith("sha512-"), path
