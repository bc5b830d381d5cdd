"""The report of a month as a tagged PDF (PDF/UA-1), set by Typst from the same sums and pictures as the pages."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.coordinator.choice import Choice
from bot.coordinator.pages import flows, reach, understanding
from bot.coordinator.showing import Look, Shown
from bot.referrals.directory import ZONE, Directory
from bot.store.published import Cell, Tally

TEMPLATE = Path(__file__).parent / "typst" / "maand.typ"
# It comes with Typst, so that the report looks the same on every machine.
FONT = "Libertinus Serif"
# What stands in the place of a figure that is withheld, as in the pictures.
DOT = "○"
# So many columns of figures fit beside each other.
WIDEST = 5


def month_of(one: Cell | Tally) -> tuple[int, int]:
    """The year and month of the Monday of the last week of a cell or count: a cell is never cut in two."""
    return one.last.year, one.last.month


def months(seen: Look) -> list[tuple[int, int]]:
    """The months of which something is published, of the kind that is looked at, the newest first."""
    both: Sequence[Cell | Tally] = (*seen.everything.cells, *seen.everything.tallies)
    return sorted({month_of(one) for one in both if one.simulated == seen.choice.simulated}, reverse=True)


def report(seen: Look, directory: Directory, year: int, month: int, now: dt.datetime) -> bytes:
    """The report of a month as a PDF. Raises RuntimeError when Typst cannot set it."""
    import typst

    data = contents(seen, directory, year, month, now)
    made = typst.compile(
        str(TEMPLATE),
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(now.timestamp()),
    )
    return bytes(made)


def contents(seen: Look, directory: Directory, year: int, month: int, now: dt.datetime) -> dict[str, Any]:
    """What stands in the report: words, tables and pictures."""
    text = seen.words.text
    choice = Choice(simulated=seen.choice.simulated)
    whole = replace(
        seen,
        choice=choice,
        cells=[c for c in choice.cells(seen.everything.cells) if month_of(c) == (year, month)],
        tallies=[t for t in choice.tallies(seen.everything.tallies) if month_of(t) == (year, month)],
    )
    parts: list[tuple[str, list[Shown | None]]] = []
    if whole.cells:
        parts.append((text("stromen"), [flows.over_time(whole), flows.by_script(whole)]))
    for name in sorted({cell.script for cell in whole.cells}):
        one = replace(whole, choice=choice.of(name), cells=[cell for cell in whole.cells if cell.script == name])
        parts.append((seen.title(name), [flows.the_way(one)]))
    shown = [
        reach.left_open(whole),
        reach.panel(whole),
        reach.by_rung(whole, directory),
        reach.by_referral(whole, directory),
    ]
    parts.append((text("bereik"), shown))
    parts.append(
        (text("begrip"), [understanding.not_understood(whole), understanding.acts(whole), understanding.cues(whole)])
    )
    local = now.astimezone(ZONE)
    day = f"{local.day} {seen.words.month(local.year, local.month)}"
    return {
        "title": text("flows_maand_titel", maand=seen.words.month(year, month)),
        "author": text("naam"),
        "made": text("flows_maand_gemaakt", dag=day),
        "about": text("flows_maand_uitleg"),
        "withheld": text("flows_uitleg_verborgen", kleinste=seen.words.least),
        "signs": f"{text('flows_open_rondje', kleinste=seen.words.least)} {text('flows_deels_uitleg')}",
        "simulated": text("flows_maand_gesimuleerd") if choice.simulated else "",
        "parts": [
            {"title": title, "shown": [_shown(one) for one in found if one]} for title, found in parts if any(found)
        ],
    }


def _shown(shown: Shown) -> dict[str, Any]:
    size = re.search(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', shown.svg or "")
    return {
        "width": float(size[1]) if size else 0,
        "height": float(size[2]) if size else 0,
        "title": shown.title,
        "summary": shown.summary,
        "svg": _for_paper(shown.svg) if shown.svg else "",
        "tables": list(
            _tables(list(shown.headings), [[DOT if seen.withheld else seen.text for seen in row] for row in shown.rows])
        ),
    }


def _tables(headings: list[str], rows: list[list[str]]) -> Iterator[dict[str, Any]]:
    """A table as it fits the paper: its columns in as many tables as it takes, each with what the rows are called."""
    parts = max(1, math.ceil((len(headings) - 1) / WIDEST))
    size = math.ceil((len(headings) - 1) / parts)
    for start in range(1, len(headings), size):
        columns = slice(start, start + size)
        yield {
            "headings": [headings[0], *headings[columns]],
            "rows": [[row[0], *row[columns]] for row in rows],
        }


def _for_paper(svg: str) -> str:
    """A picture in the letters and the ink of the report."""
    return re.sub(r'font-family="[^"]*"', f'font-family="{FONT}"', svg).replace("currentColor", "#222222")
