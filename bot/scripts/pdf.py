"""The report as a tagged PDF (PDF/UA-1), set by Typst."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import regex
from pydantic import BaseModel

from bot.responses import Responses
from bot.scripts.report import Report

TEMPLATE = Path(__file__).parent / "typst" / "verslag.typ"
# Joined emoji, marks for their colour, and directions that were typed by hand: their parts are set one by one.
_JOINERS = regex.compile(r"[\p{Cf}\p{Variation_Selector}\p{Cc}--[\n\t]]|\p{Emoji_Modifier}", regex.VERSION1)
_MISSING = "\N{WHITE SQUARE}"
_LABELS = (
    "verslag_vorige",
    "verslag_nu",
    "verslag_mensen",
    "verslag_gezegd",
    "verslag_ongezegd",
    "verslag_wie",
    "verslag_onderdeel",
    "verslag_woorden",
    "pagina_naam",
)


def as_pdf(made: Report, responses: Responses, now: dt.datetime) -> bytes:
    """The report as a PDF. A character that no font has is set as a small square; text and Markdown have it as it was
    written. Raises RuntimeError when Typst cannot set it."""
    import typst

    labels = {name.removeprefix("verslag_"): responses.text(name) for name in _LABELS}
    data = _settable({**asdict(made), "labels": labels})
    compiled = typst.compile(
        str(TEMPLATE),
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        font_paths=[str(_fonts())],
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(now.timestamp()),
    )
    return bytes(compiled)


def _settable(value: object) -> object:
    match value:
        case str():
            return "".join(c if c.isspace() or ord(c) in _covered() else _MISSING for c in _JOINERS.sub("", value))
        case dict():
            return {key: _settable(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_settable(inner) for inner in value]
        case BaseModel():
            return _settable(value.model_dump())
    return value


def _fonts() -> Path:
    """The folder of DejaVu, which comes with matplotlib: it has what the fonts of Typst lack. Raises FileNotFoundError."""
    found = find_spec("matplotlib")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("matplotlib")
    return Path(next(iter(found.submodule_search_locations))) / "mpl-data" / "fonts" / "ttf"


@cache
def _covered() -> frozenset[int]:
    """The code points that can be set."""
    from fontTools.ttLib import TTFont

    with TTFont(_fonts() / "DejaVuSans.ttf", lazy=True) as font:
        return frozenset(font.getBestCmap())
