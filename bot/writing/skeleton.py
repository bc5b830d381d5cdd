"""A new script: a small one that works already, to be filled in by who writes it, with its sentences and its talks."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

from bot.language.labels import labels
from bot.language.reading import NO_TOPIC
from bot.scripts.schema import Script
from bot.settings import DATA, ROOT
from bot.yaml import load

TEMPLATES = DATA / "templates"
# What is made, by its place in the project, and the template that it is made from.
FILES = {"data/scripts": "script.yml", "data/nlu": "nlu.yml", "tests/conversations": "talks.yml"}
NAME = re.compile(r"[a-z]+(-[a-z]+)*")
# What the language model must know of a script: that it is told about, and that it is asked for.
ACTS = ("start", "vertellen")


class NotMade(Exception):
    """Nothing was made; the message is the key of the text that says why."""


def make(name: str, title: str = "", root: Path = ROOT) -> list[Path]:
    """Make the files of a new script, and let the domain know its topic. Gives every file that was written.

    title: what doctors read in the list, the name itself when it is empty. Raises NotMade when the name will not do
    or is taken: then nothing is written; and OSError when a file cannot be written.
    """
    if not NAME.fullmatch(name):
        raise NotMade("naam")
    made = {root / folder / f"{name}.yml": template for folder, template in FILES.items()}
    topics = {NO_TOPIC, *(topic for known in labels(root / "domain.yml").values() for topic in known)}
    if name in topics or any(path.exists() for path in made):
        raise NotMade("bestaat")
    values = _values(name, title)
    for path, template in made.items():
        path.write_text(_filled(template, values), encoding="utf-8")
    _add_intents(root / "domain.yml", [f"{act}.{name}" for act in ACTS])
    return [*made, root / "domain.yml"]


def unfilled(script: Script) -> list[str]:
    """The questions of a script that are still worded as in the template, by their ids. A date is asked for the same way in
    any script."""
    example = load(TEMPLATES / FILES["data/scripts"])
    worded = {step["id"]: step["ask"] for step in example["steps"] if step["kind"] != "date"}
    return [step.id for step in script.steps if step.ask and step.ask == worded.get(step.id)]


def _values(name: str, title: str) -> dict[str, str]:
    words = name.replace("-", " ")
    shown = " ".join(title.split()) or words[:1].upper() + words[1:]
    return {
        "naam": name,
        "woorden": words,
        "titel": shown,
        # Between single quotes YAML knows one sign that has to be written twice.
        "titel_geciteerd": shown.replace("'", "''"),
    }


def _filled(template: str, values: dict[str, str]) -> str:
    return Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(values)


def _add_intents(path: Path, new: list[str]) -> None:
    """Put intents in their places in the list of a domain, which stays as it is for the rest."""
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    first = rows.index("intents:\n") + 1
    last = next(at for at in range(first, len(rows)) if not rows[at].startswith("- "))
    listed = sorted([*rows[first:last], *(f"- {intent}\n" for intent in new)])
    path.write_text("".join([*rows[:first], *listed, *rows[last:]]), encoding="utf-8")
