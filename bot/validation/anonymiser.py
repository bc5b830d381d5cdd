"""The word lists of the anonymiser: each is a text, in lower case, all are there, and none contradicts another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.anonymiser.lexicon import Lexicon
from bot.anonymiser.light import Light
from bot.validation.findings import File, Finding, finding, open_files
from bot.yaml import YAMLError


def check(folder: Path) -> Iterator[Finding]:
    """Every mistake in the word lists of a folder."""
    found: list[Finding] = []
    for file in open_files(sorted(folder.glob("*.yml"))):
        found += [file] if isinstance(file, Finding) else _lists(file)
    yield from found
    if not found:
        yield from _together(folder)


def _lists(file: File) -> Iterator[Finding]:
    """What is wrong in one file."""
    if not isinstance(file.content, dict):
        yield file.finding((), "woordenlijst", naam=file.path.name)
        return
    for name, words in file.content.items():
        if not isinstance(words, str):
            yield file.finding((name,), "woordenlijst", naam=name)
            continue
        for word in words.split():
            if word != word.lower():
                yield file.finding((name,), "kleine_letters", naam=word)


def _together(folder: Path) -> Iterator[Finding]:
    """Whether the rules find every list they read, and whether a word is both a name and ordinary."""
    try:
        lexicon = Lexicon(folder)
        Light(lexicon)
    except KeyError as missing:
        yield finding(folder, 1, "woordenlijst_weg", naam=missing.args[0])
        return
    except (OSError, ValueError, YAMLError) as error:
        yield finding(folder, 1, "yaml", reden=type(error).__name__)
        return
    own = lexicon.names.words("more_first_names") | lexicon.names.words("more_surnames")
    for word in sorted(own & lexicon.staying):
        yield finding(folder / "names.yml", 1, "naam_dubbel", naam=word)
