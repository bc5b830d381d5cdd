"""Pictures of figures: from rows to an SVG. Pure, and kept by content, so that the same rows are drawn once.

Nothing depends on colour alone: what differs stands in a row or a panel of its own. Text and lines take the colour of the page,
and the marks have at least 3:1 against the light and the dark one. A figure that is withheld is an open dot, never a bar.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

INK = "currentColor"
# Told apart also by those who see fewer colours, on #fffdf8 and on #1c1a17.
BLUE, ORANGE = "#1a80bb", "#c4621a"
FONT = "sans-serif"
KEEP = 256
ROW, WAY_ROW = 30, 38


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
    bars((Bar("", 1.0, ""),), "", "")


@lru_cache(KEEP)
def bars(rows: tuple[Bar, ...], title: str, description: str, width: int = 300) -> str:
    """Lying bars, one a row."""
    return _panels((Column("", rows),), title, description, width)


@lru_cache(KEEP)
def panels(columns: tuple[Column, ...], title: str, description: str, width: int = 190) -> str:
    """Lying bars in columns beside each other, on one scale, with the labels on the left."""
    return _panels(columns, title, description, width)


def _panels(columns: Sequence[Column], title: str, description: str, width: int) -> str:
    import altair as alt

    top = max((bar.value or 0 for column in columns for bar in column.bars), default=0) or 1
    labels = [bar.label for bar in columns[0].bars]
    height = ROW * len(labels)
    parts = [_labels(labels, height)]
    for n, column in enumerate(columns):
        colour = BLUE if n % 2 == 0 else ORANGE
        parts.append(_column(column.title, column.bars, width=width, top=top, colour=colour, height=height))
    return _svg(alt.hconcat(*parts, spacing=10), title, description)


@lru_cache(KEEP)
def periods(names: tuple[str, ...], rows: tuple[tuple[str, tuple[Bar, ...]], ...], title: str, description: str) -> str:
    """Standing bars through time: a panel for each row of bars, one above the other, with the periods (names) below."""
    import altair as alt

    width = max(340, 26 * len(names))
    every = max(1, len(names) // 13 + (len(names) > 13))
    top = max((bar.value or 0 for _, row in rows for bar in row), default=0) or 1
    parts = []
    for n, (name, row) in enumerate(rows):
        values = [
            {"at": i, "v": bar.value or 0, "hidden": bar.value is None, "text": bar.text} for i, bar in enumerate(row)
        ]
        last = n == len(rows) - 1
        shown = "datum.value % " + str(every) + " ? '' : " + _array(names) + "[datum.value]"
        axis = alt.Axis(
            values=list(range(len(names))), labelExpr=shown, labelAngle=-40, ticks=False, title=None, grid=False,
            labelOverlap=False,
        ) if last else None  # fmt: skip
        x = alt.X("at:Q", axis=axis, scale=alt.Scale(domain=[-0.6, len(names) - 0.4], nice=False))
        y = alt.Y("v:Q", title=None, scale=alt.Scale(domain=[0, top]), axis=alt.Axis(tickCount=2, format="d"))
        size = max(6.0, min(28.0, width / max(1, len(names)) * 0.6))
        base = alt.Chart(alt.InlineData(values=values)).encode(x=x)
        layers = [
            base.transform_filter("!datum.hidden").mark_bar(size=size, color=BLUE).encode(y=y),
            base.transform_filter("datum.hidden").mark_point(size=26, color=INK, yOffset=-5).encode(y=y),
        ]
        heading = alt.TitleParams(name, anchor="start", fontSize=13, color=INK, offset=6)
        parts.append(alt.layer(*layers).properties(width=width, height=70, title=heading))
    return _svg(alt.vconcat(*parts, spacing=14), title, description)


@lru_cache(KEEP)
def way(stops: tuple[Stop, ...], columns: tuple[str, ...], title: str, description: str) -> str:
    """The way through a script as a stream that narrows, with what happened at each step in thin marks beside it.

    columns: the heading of the stream, of each of the marks of a stop, and of what ended after it.
    """
    import altair as alt

    height = WAY_ROW * len(stops)
    parts = [_labels([stop.label for stop in stops], height), _stream(stops, columns[0], 230, height)]
    thin = [(columns[n + 1], [stop.marks[n] for stop in stops], 0.0) for n in range(len(stops[0].marks))]
    thin.append((columns[-1], [stop.ended for stop in stops], 0.5))
    top = max((bar.value or 0 for _, column, _ in thin for bar in column), default=0) or 1
    for heading, column, shift in thin:
        parts.append(
            _column(heading, column, width=54, top=top, colour=ORANGE, height=height, thickness=7, shift=shift, room=46)
        )
    return _svg(alt.hconcat(*parts, spacing=6), title, description)


def _stream(stops: Sequence[Stop], heading: str, width: int, height: float) -> Any:
    import altair as alt

    values = [
        {"row": n, "left": -stop.reached.value / 2, "right": stop.reached.value / 2}
        for n, stop in enumerate(stops)
        if stop.reached.value is not None
    ]
    texts = [
        {"row": n, "text": stop.reached.text, "hidden": stop.reached.value is None} for n, stop in enumerate(stops)
    ]
    y = _rows(len(stops))
    x = alt.X("left:Q", axis=None, scale=alt.Scale(domain=[-0.5, 0.5]))
    drawn = alt.Chart(alt.InlineData(values=values))
    said = alt.Chart(alt.InlineData(values=texts))
    layers = [
        drawn.mark_area(orient="horizontal", color=BLUE, opacity=0.35, interpolate="monotone").encode(
            y=y, x=x, x2="right:Q"
        ),
        drawn.mark_rule(color=BLUE, strokeWidth=4, strokeCap="round").encode(y=y, x=x, x2="right:Q"),
        said.transform_filter("datum.hidden")
        .mark_point(size=40, color=INK)
        .encode(y=y, x=alt.datum(0, type="quantitative")),
        said.transform_filter("!datum.hidden")
        .mark_text(color=INK, dy=-9, fontSize=11)
        .encode(y=y, text="text:N", x=alt.datum(0, type="quantitative")),
    ]
    return alt.layer(*layers).properties(width=width, height=height, title=_heading(heading))


def _labels(labels: Sequence[str], height: float) -> Any:
    import altair as alt

    longest = max((len(label) for label in labels), default=0)
    width = max(60, min(250, round(longest * 6.4)))
    values = [{"row": n, "text": label} for n, label in enumerate(labels)]
    chart = alt.Chart(alt.InlineData(values=values)).mark_text(
        align="right", color=INK, fontSize=12.5, limit=width, baseline="middle"
    )
    encoded = chart.encode(y=_rows(len(labels)), x=alt.value(width), text="text:N")
    return encoded.properties(width=width, height=height)


def _column(
    heading: str,
    column: Sequence[Bar],
    *,
    width: int,
    top: float,
    colour: str,
    height: float,
    thickness: int = 16,
    shift: float = 0.0,
    room: int = 150,
) -> Any:
    """One panel of lying bars; room is what is left behind the bars for their words."""
    import altair as alt

    values = [
        {"row": n + shift, "v": bar.value or 0, "hidden": bar.value is None, "text": bar.text}
        for n, bar in enumerate(column)
        if bar.value is not None or not shift or n < len(column) - 1
    ]
    scale = alt.Scale(domain=[0, top * (width + room) / width], nice=False)
    x = alt.X("v:Q", axis=None, scale=scale, stack=None)
    base = alt.Chart(alt.InlineData(values=values)).encode(y=_rows(len(column)), x=x)
    layers = [
        base.transform_filter("!datum.hidden").mark_bar(size=thickness, color=colour, orient="horizontal"),
        base.transform_filter("datum.hidden").mark_point(size=30, color=INK, xOffset=5),
        base.transform_filter("!datum.hidden")
        .mark_text(align="left", dx=5, color=INK, fontSize=11.5, baseline="middle")
        .encode(text="text:N"),
        alt.Chart(alt.InlineData(values=[{"v": 0}])).mark_rule(color=INK, opacity=0.35).encode(x=x),
    ]
    chart = alt.layer(*layers)
    return chart.properties(width=width + room, height=height, **({"title": _heading(heading)} if heading else {}))


def _heading(text: str) -> Any:
    import altair as alt

    return alt.TitleParams(text.split("|"), anchor="start", fontSize=12, color=INK, offset=8)


def _rows(count: int) -> Any:
    import altair as alt

    return alt.Y("row:Q", axis=None, scale=alt.Scale(domain=[-0.5, count - 0.5], reverse=True, nice=False, padding=0))


def _array(names: Sequence[str]) -> str:
    """Names as an array in an expression of Vega."""
    quoted = (name.replace("\\", "\\\\").replace("'", "\\'") for name in names)
    return "[" + ",".join(f"'{name}'" for name in quoted) + "]"


def _svg(chart: Any, title: str, description: str) -> str:
    import vl_convert

    spec = chart.to_dict(validate=False)
    spec["config"] = {
        "background": None,
        "aria": False,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": INK, "titleColor": INK, "domainColor": INK, "tickColor": INK, "gridColor": INK,
            "gridOpacity": 0.15, "domainOpacity": 0.4, "labelFontSize": 11,
        },
        "concat": {"spacing": 12},
    }  # fmt: skip
    return _told(vl_convert.vegalite_to_svg(spec), title, description)


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
