"""The Dutch of the page: all of it in the data, and none of it for nothing."""

from __future__ import annotations

import re

from bot.door.page import SOURCES, texts
from bot.responses import Responses

IN_SCRIPT = re.compile(r"""\bt\(\s*(?:[\w.]+ [!=]==? "\w+" \? )?(?:"(\w+)"|`(\w+)_\$\{)""")
IN_PAGE = re.compile(r"\bt\.(\w+)")
# Texts that are named in a list first, or chosen between.
NAMED = re.compile(r'"([a-z_]+)"')


def test_every_text_that_is_asked_for_is_there_and_every_text_is_asked_for() -> None:
    known = set(texts(Responses.read()))
    sources = [path.read_text(encoding="utf-8") for path in (SOURCES / "src").rglob("*.ts")]
    asked = {key for source in sources for key, _ in IN_SCRIPT.findall(source) if key}
    for page in SOURCES.glob("*.html"):
        asked |= set(IN_PAGE.findall(page.read_text(encoding="utf-8")))
    families = {prefix for source in sources for _, prefix in IN_SCRIPT.findall(source) if prefix}
    named = {word for source in sources for word in NAMED.findall(source)}
    assert asked <= known
    unused = {key for key in known - asked - named if not any(key.startswith(f"{family}_") for family in families)}
    assert not unused


def test_no_dutch_stands_in_the_scripts_of_the_page() -> None:
    loader = (SOURCES / "src" / "widget.ts").read_text(encoding="utf-8")
    assert set(re.findall(r'"([A-Z][a-z]+ [^"]*)"', loader)) <= {"Pas op de plaats"}
    for path in (SOURCES / "src").rglob("*.ts"):
        if path.name != "widget.ts":
            words = re.findall(r">\s*([A-Z][a-z]{3,}[^<${]*)</", path.read_text(encoding="utf-8"))
            assert not words, path.name
