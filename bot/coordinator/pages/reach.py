"""Reach: how much the bot is used, what stays unfinished, when the crisis panel came, and to whom it pointed."""

from __future__ import annotations

from collections import defaultdict

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from bot.coordinator import charts, figures
from bot.coordinator.charts import Bar
from bot.coordinator.context import Context
from bot.coordinator.figures import Told
from bot.coordinator.showing import Look, Seen, Shown, figure, label, look, share
from bot.coordinator.words import number
from bot.referrals.directory import Directory

RUNGS = range(1, 7)
# By these counts the panel was shown: at once, or after asking whether it was about the doctor too.
SHOWN = ("", "crisis.zelf")


def router(context: Context) -> APIRouter:
    """The page of reach."""
    routes = APIRouter()

    @routes.get("/bereik")
    def reach(request: Request) -> HTMLResponse:
        seen = look(context, request)
        shown = [
            use(seen),
            left_open(seen),
            panel(seen),
            dangers(seen),
            by_rung(seen, context.directory),
            by_referral(seen, context.directory),
        ]
        return context.page(request, "bereik", look=seen, shown=[one for one in shown if one])

    return routes


def use(seen: Look) -> Shown | None:
    """How many runs of each script there were, through time."""
    if not seen.cells:
        return None
    words, text = seen.words, seen.words.text
    periods = figures.periods(seen.cells)
    names = sorted({cell.script for cell in seen.cells})
    counts = [[figures.runs(c for c in p.cells if c.script == name) for p in periods] for name in names]
    short = tuple(words.week_short(period.last) for period in periods)
    panels = tuple(
        (seen.title(name), tuple(Bar(week, n, number(n)) for week, n in zip(short, row, strict=True)))
        for name, row in zip(names, counts, strict=True)
    )
    rows = [
        (label(words.weeks(p.first, p.last)), *(figure(number(row[n])) for row in counts))
        for n, p in enumerate(periods)
    ]
    rows.append((label(text("flows_alles")), *(figure(number(sum(row))) for row in counts)))
    title = text("flows_gebruik")
    summary = text("flows_gebruik_samenvatting", gesprekken=number(figures.runs(seen.cells)), oefeningen=len(names))
    svg = charts.periods(short, panels, title, summary)
    headings = (words.heading("period"), *(seen.title(name) for name in names))
    return Shown(title, summary, svg, headings, tuple(rows), ("cells",), text("flows_tijd_uitleg"))


def left_open(seen: Look) -> Shown | None:
    """How many runs of each script did not come to the end."""
    if not seen.cells:
        return None
    words, text = seen.words, seen.words.text
    bars, rows = [], []
    for name in sorted({cell.script for cell in seen.cells}):
        told = figures.of_runs([c for c in seen.cells if c.script == name], figures.unfinished)
        title = seen.title(name)
        bars.append(Bar(title, told.share if told else None, words.told(told) if told else ""))
        rows.append((label(title, f"/stromen{seen.choice.of(name).query()}"), share(words, told)))
    title, summary = text("flows_onaf"), text("flows_onaf_samenvatting")
    svg = charts.bars(tuple(bars), title, summary)
    headings = (words.heading("script"), words.heading("unfinished"))
    return Shown(title, summary, svg, headings, tuple(rows), ("cells",))


def panel(seen: Look) -> Shown | None:
    """How often the crisis panel was shown, through time."""
    tallies = [one for one in seen.tallies if one.kind == "panel" and one.key in SHOWN]
    if not tallies:
        return None
    words, text = seen.words, seen.words.text
    ends = sorted({one.last for one in tallies})
    counts = [sum(one.count for one in tallies if one.last == last) for last in ends]
    firsts = [min(one.first for one in tallies if one.last == last) for last in ends]
    short = tuple(words.week_short(last) for last in ends)
    bars = tuple(Bar(week, n, number(n)) for week, n in zip(short, counts, strict=True))
    rows = [
        (label(words.weeks(first, last)), figure(number(n)))
        for first, last, n in zip(firsts, ends, counts, strict=True)
    ]
    rows.append((label(text("flows_alles")), figure(number(sum(counts)))))
    title = text("flows_paneel")
    summary = text("flows_paneel_samenvatting", aantal=number(sum(counts)))
    svg = charts.periods(short, ((text("flows_paneel"), bars),), title, summary)
    headings = (words.heading("period"), words.heading("count"))
    return Shown(title, summary, svg, headings, tuple(rows), ("tallies",), text("flows_paneel_uitleg"))


def dangers(seen: Look) -> Shown | None:
    """How often each kind of danger was heard, by whose it was."""
    words, text = seen.words, seen.words.text
    counts = sorted(figures.counted(seen.tallies, "panel").items(), key=lambda one: (-one[1], one[0]))
    kinds = [(key.split("."), count) for key, count in counts if key.count(".") == 1]
    if not kinds:
        return None
    named = [(f"{words.named('gevaar', k[0])}, {words.named('van', k[1])}", number(n), n) for k, n in kinds]
    bars = tuple(Bar(name, count, said) for name, said, count in named)
    rows = tuple((label(name), figure(said)) for name, said, _ in named)
    title, summary = text("flows_gevaren"), text("flows_gevaren_samenvatting")
    svg = charts.bars(bars, title, summary)
    return Shown(title, summary, svg, (words.heading("danger"), words.heading("count")), rows, ("tallies",))


def by_rung(seen: Look, directory: Directory) -> Shown | None:
    """How often referrals of each rung were shown, in the scripts and outside them."""
    words, text = seen.words, seen.words.text
    inside: dict[int, int] = defaultdict(int)
    outside: dict[int, int] = defaultdict(int)
    for key, told in figures.by_key(seen.cells, "referred").items():
        entry = directory.entries.get(key)
        if entry and told:
            inside[entry.rung] += told.count
    for key, count in figures.counted(seen.tallies, "referred").items():
        entry = directory.entries.get(key)
        if entry:
            outside[entry.rung] += count
    if not inside and not outside:
        return None
    names = [text(f"flows_trede_{rung}") for rung in RUNGS]

    def said(counts: dict[int, int], rung: int) -> Seen:
        return figure(number(counts[rung])) if rung in counts else share(words, None)

    columns = tuple(
        charts.Column(
            words.heading(heading),
            tuple(
                Bar(name, counts.get(rung), number(counts[rung]) if rung in counts else "")
                for rung, name in zip(RUNGS, names, strict=True)
            ),
        )
        for heading, counts in (("inside", inside), ("outside", outside))
    )
    rows = tuple(
        (label(name), said(inside, rung), said(outside, rung)) for rung, name in zip(RUNGS, names, strict=True)
    )
    title, summary = text("flows_treden"), text("flows_treden_samenvatting")
    svg = charts.panels(columns, title, summary)
    headings = (words.heading("rung"), words.heading("inside"), words.heading("outside"))
    return Shown(title, summary, svg, headings, rows, ("referrals", "tallies"), text("flows_treden_uitleg"))


def by_referral(seen: Look, directory: Directory) -> Shown | None:
    """How many were shown each referral: by the script in which it was, and outside the scripts."""
    words, text = seen.words, seen.words.text
    scripts = sorted({cell.script for cell in seen.cells})
    told = {name: figures.by_key([c for c in seen.cells if c.script == name], "referred") for name in scripts}
    outside = figures.counted(seen.tallies, "referred")
    keys = {key for found in told.values() for key in found} | set(outside)
    if not keys:
        return None

    def place(key: str) -> tuple[int, str]:
        entry = directory.entries.get(key)
        return (entry.rung, entry.name) if entry else (99, key)

    rows: list[tuple[Seen, ...]] = []
    bars: dict[str, list[Bar]] = {name: [] for name in scripts}
    for key in sorted(keys, key=place):
        entry = directory.entries.get(key)
        name = entry.name if entry else key
        row = [label(name), label(str(entry.rung) if entry else text("flows_onbekend"))]
        for script in scripts:
            shown: Told | None = told[script].get(key)
            bars[script].append(Bar(name, shown.share if shown else None, words.short(shown)))
            row.append(share(words, shown))
        row.append(figure(number(outside[key])) if key in outside else share(words, None))
        rows.append(tuple(row))
    title, summary = text("flows_verwijzingen"), text("flows_verwijzingen_samenvatting", aantal=len(keys))
    columns = tuple(charts.Column(seen.title(name), tuple(bars[name])) for name in scripts)
    svg = charts.panels(columns, title, summary, 80) if columns else None
    headings = (
        words.heading("referral"),
        words.heading("rung"),
        *(seen.title(n) for n in scripts),
        words.heading("outside"),
    )
    return Shown(title, summary, svg, headings, tuple(rows), ("referrals", "tallies"))
