"""The training data: no sentence twice, no intent that the domain does not know, nothing Rasa reads otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import regex

from bot.scripts.inputs import plain
from bot.settings import ROOT
from bot.validation.findings import File, Finding, finding, open_files
from bot.yaml import load


def check(folder: Path, domain: Path = ROOT / "domain.yml") -> Iterator[Finding]:
    """Every mistake in the training data of a folder, for the intents of a domain."""
    intents = set(load(domain)["intents"])
    seen: dict[str, str] = {}
    for file in open_files(sorted(folder.rglob("*.yml"))):
        if isinstance(file, Finding):
            yield file
            continue
        for index, block in enumerate(file.content.get("nlu") or []):
            if block["intent"] not in intents:
                yield file.finding(("nlu", index), "bedoeling", naam=block["intent"])
        yield from _sentences(file, seen)


def _sentences(file: File, seen: dict[str, str]) -> Iterator[Finding]:
    for number, line in enumerate(file.path.read_text(encoding="utf-8").splitlines(), 1):
        match = regex.match(r"\s+- (?!intent:)(.+)", line)
        if match is None:
            continue
        text = match.group(1).strip()
        if regex.search(r"[\[\]{}()]|^/", text):
            yield finding(file.path, number, "tekens", naam=text)
        same = plain(text)
        if same in seen:
            yield finding(file.path, number, "zin_dubbel", naam=text, ander=seen[same])
        seen[same] = f"{file.path.name}:{number}"
