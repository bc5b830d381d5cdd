"""The texts that are no script: what Rasa's own validator lets pass (a key in two places, a key that nobody uses)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import regex
from pydantic import ValidationError

from bot.coordinator.context import HERE as DASHBOARD
from bot.coordinator.context import PREFIX as OF_DASHBOARD
from bot.dialogue.commands import WORDS
from bot.responses import PREFIX, Variant
from bot.settings import ROOT
from bot.validation.findings import File, Finding, open_files, stance
from bot.writing import HERE as WRITING
from bot.writing import PREFIX as OF_WRITING
from bot.yaml import load

# The validator speaks about mistakes, so its own texts quote them.
OWN = "validatie.yml"
SOURCES = ("bot", "actions")
_STRING = regex.compile(r"""["']([a-z][a-z0-9_]+)["']\s*(~?)""")


def check(folder: Path) -> Iterator[Finding]:
    """Every mistake in the texts of a folder."""
    used = _used()
    seen: dict[str, str] = dict.fromkeys(load(ROOT / "domain.yml").get("responses", {}), "domain.yml")
    for file in open_files(sorted(folder.glob("*.yml"))):
        if isinstance(file, Finding):
            yield file
            continue
        for key, entries in (file.content.get("responses") or {}).items():
            if key in seen:
                yield file.finding(("responses", key), "sleutel_dubbel", naam=key, ander=seen[key])
            seen[key] = file.path.name
            if not used.fullmatch(key.removeprefix(PREFIX)):
                yield file.finding(("responses", key), "sleutel_ongebruikt", naam=key)
            for index, entry in enumerate(entries):
                yield from _variant(file, key, index, entry)


def _variant(file: File, key: str, index: int, entry: object) -> Iterator[Finding]:
    place = ("responses", key, index)
    try:
        variant = Variant.model_validate(entry)
    except ValidationError as error:
        yield from file.of_shape(error, place)
        return
    if file.path.name != OWN:
        yield from stance(file, place, variant.text, "text")
    for number, button in enumerate(variant.buttons):
        if button.payload.partition(":")[0] not in WORDS:
            place_of = (*place, "buttons", number)
            yield file.finding(place_of, "knop", naam=button.payload, toegestaan=", ".join(WORDS))


def _used() -> regex.Pattern[str]:
    """What the code asks for: each string in it may be a key, and each f-string a pattern of keys."""
    patterns = set()
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    patterns.add(regex.escape(node.value))
                elif isinstance(node, ast.JoinedStr):
                    patterns.add("".join(_part(part) for part in node.values))
    patterns |= set(_in_templates())
    patterns = {p for p in patterns if regex.match(r"[a-z]{2}", p)}
    # The pages ask for their texts without what they all begin with.
    patterns |= {prefix + p for p in patterns for prefix in (OF_DASHBOARD, OF_WRITING)}
    return regex.compile("|".join(sorted(patterns)))


def _in_templates() -> Iterator[str]:
    """What the templates of the pages ask for: each string in them, and what begins with it when more is joined."""
    for folder in (DASHBOARD, WRITING):
        for path in sorted((folder / "templates").rglob("*.html")):
            for string, more in _STRING.findall(path.read_text(encoding="utf-8")):
                yield regex.escape(string) + (r"\w+" if more else "")


def _part(part: ast.expr) -> str:
    return regex.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"
