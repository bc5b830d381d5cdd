"""Checks everything under ``data/``, in words that who writes it understands."""

from __future__ import annotations

import datetime as dt
from importlib.util import find_spec

from bot.referrals.directory import Directory
from bot.responses import Responses
from bot.scripts.library import read_script
from bot.scripts.schema import Script
from bot.settings import DATA
from bot.validation import anonymiser, nlu, privacy, probes, referrals, responses, safety, scripts
from bot.validation.findings import Finding
from bot.writing.skeleton import unfilled


def check_all() -> list[Finding]:
    """Every mistake under data/, in the order of the files."""
    return _sorted([*check_texts(), *nlu.check(DATA / "nlu"), *safety.check(), *anonymiser.check(DATA / "anonymiser")])


def check_texts() -> list[Finding]:
    """Every mistake in what a doctor reads: the scripts, the texts around them, the directory."""
    return _sorted(
        [
            *scripts.check(DATA / "scripts", DATA / "referrals.yml"),
            *responses.check(DATA / "responses"),
            *referrals.check(DATA / "referrals.yml"),
            *privacy.check(DATA / "privacy.yml"),
            *probes.check(DATA / "probes.yml", DATA / "language" / "cues.yml"),
        ]
    )


def _sorted(found: list[Finding]) -> list[Finding]:
    return sorted(found, key=lambda f: (str(f.path), f.line))


def read_scripts() -> list[Script]:
    """All scripts, by the name of their file. Raises when one of them has mistakes."""
    return [read_script(path) for path in sorted((DATA / "scripts").glob("*.yml"))]


def notes(*, readable: bool = True) -> list[str]:
    """What is no mistake but good to know; readable: whether the scripts can be read, so that they may be looked into."""
    texts = Responses.read()
    told = []
    for script in read_scripts() if readable else ():
        if waiting := unfilled(script):
            told.append(texts.text("let_op_voorbeeld", naam=script.name, vragen=", ".join(waiting)))
    stale = Directory.read().stale(dt.date.today())
    if stale:
        told.append(texts.text("let_op_verwijzingen", aantal=len(stale), namen=", ".join(e.name for e in stale)))
    installed = find_spec("nl_core_news_sm") is not None
    told.append(texts.text("let_op_nederlands_goed" if installed else "let_op_nederlands", naam="blank nl"))
    return told
