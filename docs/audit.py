"""What is known against the dependencies, and what of that is not accepted in `docs/audit.yml`: `python -m docs.audit`.

Asks the databases of PyPI and npm over the network, so it is no part of the tests.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from bot.settings import ROOT
from bot.yaml import load

ACCEPTED = ROOT / "docs" / "audit.yml"
PIP_AUDIT = "pip-audit==2.10.1"
UNASKED = 2


class Known(NamedTuple):
    """Something that is known against a version of a package; about: the number of the advisory."""

    package: str
    version: str
    about: str


class Accepted(BaseModel):
    """A package of which all that is known is accepted: one version, from a day until another."""

    model_config = ConfigDict(extra="forbid")

    package: str
    version: str
    since: dt.date
    until: dt.date
    why: str


class AcceptedAll(BaseModel):
    """What is accepted, by where the package comes from."""

    model_config = ConfigDict(extra="forbid")

    python: list[Accepted]
    npm: list[Accepted]


class NotAsked(Exception):
    """A database did not answer, so nothing is known. Its text says which."""


def accepted() -> AcceptedAll:
    """What stands in the file. Raises pydantic.ValidationError."""
    return AcceptedAll.model_validate(load(ACCEPTED))


def refused(known: Iterable[Known], accepting: Iterable[Accepted], today: dt.date) -> list[Known]:
    """What is known and not accepted on this day."""
    good = {(one.package, one.version) for one in accepting if one.since <= today <= one.until}
    return [one for one in known if (one.package, one.version) not in good]


def of_python(report: str) -> list[Known]:
    """What pip-audit found, from its JSON. Raises NotAsked when there are packages that it could not look up.

    It passes over those with no more than a word in its report, and ends as if all were well.
    """
    looked_up = json.loads(report)["dependencies"]
    skipped = [one["name"] for one in looked_up if "skip_reason" in one]
    if skipped:
        raise NotAsked(f"PyPI said nothing of {len(skipped)} of {len(looked_up)} packages, {skipped[0]} among them")
    return [Known(one["name"], one["version"], found["id"]) for one in looked_up for found in one.get("vulns", [])]


def of_npm(report: str, versions: dict[str, str]) -> list[Known]:
    """What npm found, from its JSON; versions: what stands in its lock."""
    return [
        Known(name, versions.get(name, ""), str(via["source"]))
        for name, one in json.loads(report)["vulnerabilities"].items()
        for via in one["via"]
        if isinstance(via, dict)
    ]


def _known_of_python() -> list[Known]:
    """What is known against what `uv.lock` has. Raises NotAsked when it could not be asked of every package."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        exporting = ["uv", "export", "--frozen", "--quiet", "--no-hashes", "--all-groups", "--output-file", str(wanted)]
        subprocess.run(exporting, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        asking = ["uvx", "--quiet", PIP_AUDIT, "--requirement", str(wanted), "--disable-pip", "--no-deps"]
        report = _told([*asking, "--format", "json"], "dependencies", "PyPI")
    return of_python(report)


def _known_of_npm() -> list[Known]:
    """What is known against what the lock of the page has. Raises NotAsked."""
    widget = ROOT / "bot" / "widget"
    report = _told(["npm", "audit", "--json", "--prefix", str(widget)], "vulnerabilities", "npm")
    lock = json.loads((widget / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    versions = {path.rpartition("node_modules/")[2]: one["version"] for path, one in lock.items() if "version" in one}
    return of_npm(report, versions)


def _told(asking: list[str], part: str, whose: str) -> str:
    """What a command says, which is a report when it has this part. Raises NotAsked when it is none."""
    told = subprocess.run(asking, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if f'"{part}"' not in told:
        raise NotAsked(f"the database of {whose} does not answer")
    return told


def main() -> int:
    """Ask and tell. Gives an exit status: 1 when something is not accepted, 2 when it could not be asked."""
    accepting, today, status = accepted(), dt.datetime.now(dt.UTC).date(), 0
    for which, ask, good in (("python", _known_of_python, accepting.python), ("npm", _known_of_npm, accepting.npm)):
        try:
            known = ask()
        except NotAsked as trouble:
            print(f"{which}: nothing was checked: {trouble}")
            status = UNASKED
            continue
        wrong = refused(known, good, today)
        print(f"{which}: {len(known)} known, {len(known) - len(wrong)} accepted")
        for one in wrong:
            print(f"  {one.package} {one.version}: {one.about}")
        status = status or int(bool(wrong))
    return status


if __name__ == "__main__":
    sys.exit(main())
