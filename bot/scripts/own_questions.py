"""A question that the doctor makes: what it still lacks to be one about oneself."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, get_args

import regex

from bot.scripts.schema import Lack, sentences
from bot.settings import DATA
from bot.yaml import load


def lack(text: str, wanted: Collection[Lack]) -> Lack | None:
    """What a question lacks of what is wanted of it, the first thing to come to; None when it holds.

    Looked at is the last question in the text; what was told before it does not count.
    """
    asked = _question(text)
    if asked is None:
        return "geen-vraag" if "geen-vraag" in wanted else None
    for name, pattern in _rules()["lacks"].items():
        if name == "medisch" and _rules()["inward"].search(asked):
            continue
        if name in wanted and name != "gesloten" and pattern.search(asked):
            found: Lack = name
            return found
    if "zonder-ik" in wanted and not _rules()["own"].search(asked):
        return "zonder-ik"
    return "gesloten" if "gesloten" in wanted and _rules()["lacks"]["gesloten"].search(asked) else None


def is_one(text: str) -> bool:
    """Whether a text is a question of someone about oneself, and none about the talk."""
    asked = _question(text)
    if asked is None or not _rules()["question"].search(asked) or _rules()["about_the_talk"].search(asked):
        return False
    return bool(_rules()["own"].search(asked))


def _question(text: str) -> str | None:
    """The last question of a text in small letters, with or without its mark."""
    for sentence in reversed(sentences(text.casefold())):
        plain = sentence.strip(" \"'‘’“”")
        if plain.endswith("?") or _rules()["question"].search(plain):
            return plain
    return None


@cache
def _rules() -> dict[str, Any]:
    read = load(DATA / "language" / "own_questions.yml")
    lacks = {name: regex.compile(pattern) for name, pattern in read["lacks"].items()}
    if unknown := set(lacks) - set(get_args(Lack)):
        raise ValueError(f"lacks {sorted(unknown)}")
    alone = {name: regex.compile(read[name]) for name in ("question", "own", "inward", "about_the_talk")}
    return {**alone, "lacks": lacks}
