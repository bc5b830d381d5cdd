"""Pictures of figures: from rows to an SVG. Pure, and kept by content, so that the same rows are drawn once.

Nothing depends on colour alone: what differs stands in a row or a panel of its own. Text and lines take the colour of the page,
and the marks have at least 3:1 against the light and the dark one. A figure that is withheld is an open dot, never a bar.
"""

from __future__ import annotations

import hashlib
import html
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

INK = "currentColor"
# Told apart also by those who see fewer colours, on #fffdf8 and on #1c1a17.
BLUE, ORANGE = "#1a80bb", "#c4621a"
FONT = "sans-serif"
KEEP = 256
# Pixels: the height of a row, of a panel and its bars, of headings; the width of the stream, of thin bars, of a letter.
ROW, WAY_ROW, PANEL, TALL = 30, 38, 116, 70
# More panels than this are drawn lower; so many columns stand beside each other, and so much is between them and the next.
MANY, LOW_PANEL, LOW = 6, 82, 40
BESIDE, BETWEEN = 4, 26
HEADING, WAY_HEADING = 30, 52
STREAM, THIN = 230, 52
SIZE, LETTER = 12, 6.3
LONGEST = 40
# How lines and lying bars are drawn, and what lies over what.
STROKES: dict[str, dict[str, Any]] = {
    "line": {"color": INK, "opacity": 0.35, "strokeWidth": 1},
    "across": {"color": BLUE, "strokeWidth": 4, "strokeCap": "round"},
    "broad": {"color": BLUE, "strokeWidth": 16},
    "broad_other": {"color": ORANGE, "strokeWidth": 16},
    "thin": {"color": ORANGE, "strokeWidth": 7},
}
ORDER = ("line", "stream", "across", "broad", "broad_other", "thin", "block", "dot")
# What the chart library leaves free on all sides, and how far below the middle of its letters a word stands on its line.
PADDING, BASELINE = 5, 0.3
ANCHORS = {"left": "start", "center": "middle", "right": "end"}


class Bar(NamedTuple):
    """A row of a picture: value is what is drawn (None: withheld), text what stands behind it."""

    label: str
    value: float | None
    text: str


class Stop(NamedTuple):
    """A step of the way: its name, and by column what is drawn and said; ended belongs between this step and the next."""

    label: str
    reached: Bar
    marks: tuple[Bar, ...]
    ended: Bar


class Column(NamedTuple):
    """A column of panels that share their rows: its heading and its bars, one for each row."""

    title: str
    bars: tuple[Bar, ...]


def warm() -> None:
    """Load what draws, so that the first picture is not the slow one."""
    one, none = Bar("1", 1.0, "1"), Bar("1", None, "")
    panels((Column("1", (one, none)), Column("1", (one, none))), "", "")
    periods(("1", "2"), (("1", (one, none)),), "", "")
    way((Stop("1", one, (one,), one), Stop("1", none, (none,), none)), ("1", "1", "1"), "", "")


@lru_cache(KEEP)
def bars(rows: tuple[Bar, ...], title: str, description: str, width: int = 300) -> str:
    """Lying bars, one a row."""
    return panels((Column("", rows),), title, description, width)


@lru_cache(KEEP)
def panels(columns: tuple[Column, ...], title: str, description: str, width: int = 190) -> str:
    """Lying bars in columns beside each other, on one scale, with the labels on the left; more columns than fit beside each
    other go on below. width: of the longest bar."""
    canvas = _Canvas()
    scale = width / _top(bar for column in columns for bar in column.bars)
    above = HEADING if any(column.title for column in columns) else 0
    room = 30 + LETTER * max((len(bar.text) for column in columns for bar in column.bars), default=0)
    pitch = max(width + room, LETTER * max(len(column.title) for column in columns) + 20)
    right = y = 0.0
    for start in range(0, len(columns), BESIDE):
        beside = columns[start : start + BESIDE]
        left = _labels(canvas, [bar.label for bar in beside[0].bars], y + above, ROW)
        for n, column in enumerate(beside):
            canvas.word(left, y + above - 14, column.title, bold=True)
            canvas.base(left, y + above, y + above + ROW * len(column.bars))
            for row, bar in enumerate(column.bars):
                kind = "broad" if n % 2 == 0 else "broad_other"
                _lying(canvas, bar, left, y + above + ROW * (row + 0.5), scale, kind)
            left += pitch
        right = max(right, left)
        y += above + ROW * len(beside[0].bars) + BETWEEN
    return canvas.svg(right, y - BETWEEN + 4, title, description)


@lru_cache(KEEP)
def periods(names: tuple[str, ...], rows: tuple[tuple[str, tuple[Bar, ...]], ...], title: str, description: str) -> str:
    """Standing bars through time: a panel for each row of bars, one above the other, with the periods (names) below."""
    canvas = _Canvas()
    panel, tall = (PANEL, TALL) if len(rows) <= MANY else (LOW_PANEL, LOW)
    pitch = max(9.0, min(60.0, 760 / max(1, len(names))))
    every = max(1, math.ceil(44 / pitch))
    top = _top(bar for _, row in rows for bar in row)
    most = f"{top:,.0f}".replace(",", ".")
    left = 14 + LETTER * len(most)
    width, y = max(300.0, pitch * len(names)), 0.0
    for heading, row in rows:
        canvas.word(0, y + panel - tall - 18, heading, bold=True)
        y += panel
        canvas.mark("line", x=left, y=y, x2=left + width, y2=y)
        canvas.mark("line", x=left, y=y - tall, x2=left + width, y2=y - tall)
        canvas.word(left - 6, y, "0", align="right")
        canvas.word(left - 6, y - tall, most, align="right")
        for n, bar in enumerate(row):
            x = left + pitch * (n + 0.5)
            if bar.value is None:
                canvas.mark("dot", x=x, y=y - 7)
            elif bar.value:
                canvas.mark("block", x=x - pitch * 0.34, y=y, x2=x + pitch * 0.34, y2=y - tall * bar.value / top)
    for n in range(0, len(names), every):
        canvas.word(left + pitch * (n + 0.5), y + 14, names[n], align="center")
    return canvas.svg(left + width + 24, y + 26, title, description)


@lru_cache(KEEP)
def way(stops: tuple[Stop, ...], columns: tuple[str, ...], title: str, description: str) -> str:
    """The way through a script as a stream that narrows, with what happened at each step in thin marks beside it.

    columns: the heading of the stream, of each of the marks of a stop, and of what ended after it.
    """
    canvas = _Canvas()
    left = _labels(canvas, [stop.label for stop in stops], WAY_HEADING, WAY_ROW) + 10
    _heading(canvas, left, columns[0])
    middle = left + STREAM / 2
    for row, stop in enumerate(stops):
        y, value = WAY_HEADING + WAY_ROW * (row + 0.5), stop.reached.value
        if value is None:
            canvas.mark("dot", x=middle, y=y)
            continue
        half = STREAM / 2 * value
        canvas.mark("stream", x=middle - half, x2=middle + half, y=y)
        canvas.mark("across", x=middle - half, x2=middle + half, y=y, y2=y)
        canvas.word(middle, y - 10, stop.reached.text, align="center")
    left += STREAM + 24
    marks = [[stop.marks[n] for stop in stops] for n in range(len(columns) - 2)]
    top = _top(bar for column in [*marks, [stop.ended for stop in stops]] for bar in column)
    bottom = WAY_HEADING + WAY_ROW * len(stops)
    for heading, column in zip(columns[1:-1], marks, strict=True):
        _heading(canvas, left, heading)
        canvas.base(left, WAY_HEADING, bottom)
        for row, bar in enumerate(column):
            _lying(canvas, bar, left, WAY_HEADING + WAY_ROW * (row + 0.5), THIN / top, "thin")
        left += THIN + 46
    _heading(canvas, left, columns[-1])
    canvas.base(left, WAY_HEADING, bottom)
    for row, stop in enumerate(stops[:-1]):
        _lying(canvas, stop.ended, left, WAY_HEADING + WAY_ROW * (row + 1), THIN / top, "thin")
    return canvas.svg(left + THIN + 50, bottom + 4, title, description)


def _top(drawn: Iterable[Bar]) -> float:
    """The value of the longest bar."""
    return max((bar.value or 0.0 for bar in drawn), default=0.0) or 1.0


def _heading(canvas: _Canvas, x: float, text: str) -> None:
    """The heading of a column of the way; a bar in it begins a line."""
    lines = text.split("|")
    for n, line in enumerate(lines):
        canvas.word(x, WAY_HEADING - 16 - 15 * (len(lines) - 1 - n), line, bold=True)


def _labels(canvas: _Canvas, labels: Sequence[str], above: float, row: float) -> float:
    """What stands before each row, no longer than it can be. Gives where the rows begin."""
    short = [label if len(label) <= LONGEST else f"{label[: LONGEST - 1].rstrip()}…" for label in labels]
    width = 6 + LETTER * max((len(label) for label in short), default=0)
    for n, label in enumerate(short):
        canvas.word(width, above + row * (n + 0.5), label, align="right")
    return width + 8


def _lying(canvas: _Canvas, bar: Bar, x: float, y: float, scale: float, kind: str) -> None:
    """One lying bar and its words, or an open dot."""
    if bar.value is None:
        canvas.mark("dot", x=x + 8, y=y)
        return
    if bar.value:
        canvas.mark(kind, x=x, x2=x + bar.value * scale, y=y, y2=y)
    canvas.word(x + bar.value * scale + 6, y, bar.text)


class _Canvas:
    """Marks by kind, and words, in pixels from above on the left. One view for a whole picture: what a chart library does
    in several takes it ten times as long. Words are set here, for it would measure each of them, which takes longer than
    all the rest together."""

    def __init__(self) -> None:
        self._marks: dict[str, list[dict[str, float]]] = defaultdict(list)
        self._words: list[str] = []

    def mark(self, kind: str, **place: float) -> None:
        """Add a mark of a kind."""
        self._marks[kind].append(dict(place))

    def base(self, x: float, top: float, bottom: float) -> None:
        """The line that bars begin at."""
        self.mark("line", x=x, y=top, x2=x, y2=bottom)

    def word(self, x: float, y: float, text: str, *, align: str = "left", bold: bool = False) -> None:
        """Add words, if there are any."""
        if text:
            weight = ' font-weight="bold"' if bold else ""
            place = f'x="{x:.1f}" y="{y + BASELINE * SIZE:.1f}" text-anchor="{ANCHORS[align]}"'
            self._words.append(f"<text {place}{weight}>{html.escape(text)}</text>")

    def svg(self, width: float, height: float, title: str, description: str) -> str:
        """The picture."""
        layers = []
        for kind in sorted(self._marks, key=ORDER.index):
            layers.append({**_layer(kind), "data": {"values": self._marks[kind]}})
        spec = {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "width": width,
            "height": height,
            "padding": PADDING,
            "layer": layers,
            "encoding": {"x": _scale(width), "y": {**_scale(height), "scale": _domain(height, reverse=True)}},
            "config": {"background": None, "aria": False, "view": {"stroke": None}},
        }
        import vl_convert

        style = f'fill="{INK}" stroke="none" font-family="{FONT}" font-size="{SIZE}px"'
        words = f'<g transform="translate({PADDING},{PADDING})" {style}>{"".join(self._words)}</g>'
        drawn = vl_convert.vegalite_to_svg(spec).removesuffix("</svg>")
        return _told(f"{drawn}{words}</svg>", title, description)


def _domain(length: float, *, reverse: bool = False) -> dict[str, Any]:
    return {"domain": [0, length], "nice": False, "padding": 0, "zero": False, "reverse": reverse}


def _scale(length: float) -> dict[str, Any]:
    return {"axis": None, "scale": _domain(length)}


@cache
def _layer(kind: str) -> dict[str, Any]:
    """How a kind of mark is drawn, without what is drawn: Altair checks as it builds, which costs more than drawing."""
    import altair as alt

    chart = alt.Chart(alt.NamedData("marks"))
    x, y = alt.X("x:Q", stack=None), alt.Y("y:Q", stack=None)
    if kind == "dot":
        made = chart.mark_point(size=34, color=INK, strokeWidth=1.6).encode(x=x, y=y)
    elif kind == "stream":
        area = chart.mark_area(orient="horizontal", color=BLUE, opacity=0.35, interpolate="monotone")
        made = area.encode(x=x, x2="x2:Q", y=y)
    elif kind == "block":
        made = chart.mark_rect(color=BLUE).encode(x=x, x2="x2:Q", y=y, y2="y2:Q")
    else:
        made = chart.mark_rule(**STROKES[kind]).encode(x=x, x2="x2:Q", y=y, y2="y2:Q")
    spec: dict[str, Any] = made.to_dict()
    return {"mark": spec["mark"], "encoding": spec["encoding"]}


def _told(svg: str, title: str, description: str) -> str:
    """The SVG with its title and description, names that are its own, and nothing that speaks for itself."""
    mark = hashlib.sha256(f"{title}\0{description}\0{svg}".encode()).hexdigest()[:10]
    svg = re.sub(r'\s(?:aria-[a-z]+|role)="[^"]*"', "", svg)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="p{mark}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#p{mark}-\1)", svg)
    opening = (
        f'role="img" aria-labelledby="p{mark}-t p{mark}-d" focusable="false"><title id="p{mark}-t">{html.escape(title)}</title>'
        f'<desc id="p{mark}-d">{html.escape(description)}</desc>'
    )
    head, _, rest = svg.partition(">")
    return f"{head} {opening}{rest}"
