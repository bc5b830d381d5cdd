"""Understanding: what the bot did not follow, what doctors say by kind, and which follow-up questions they decline."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from bot.coordinator import charts, figures
from bot.coordinator.charts import Bar
from bot.coordinator.context import Context
from bot.coordinator.figures import Told
from bot.coordinator.showing import Look, Shown, figure, label, look, share, times
from bot.coordinator.words import number, step_name

HARDEST = 10


def router(context: Context) -> APIRouter:
    """The page of understanding."""
    routes = APIRouter()

    @routes.get("/begrip")
    def understanding(request: Request) -> HTMLResponse:
        seen = look(context, request)
        shown = [not_understood(seen), hardest(seen), acts(seen), elsewhere(seen), cues(seen)]
        return context.page(request, "begrip", look=seen, shown=[one for one in shown if one])

    return routes


def _scripts(seen: Look) -> list[str]:
    return sorted({cell.script for cell in seen.cells})


def not_understood(seen: Look) -> Shown | None:
    """The share of answers that were not understood, by script."""
    if not seen.cells:
        return None
    words, text = seen.words, seen.words.text
    bars, rows = [], []
    for name in _scripts(seen):
        told = figures.misunderstood(cell for cell in seen.cells if cell.script == name)
        title = seen.title(name)
        bars.append(Bar(title, told.share if told else None, words.times(told) if told else ""))
        rows.append((label(title, f"/stromen{seen.choice.of(name).query()}"), times(words, told)))
    title, summary = text("flows_onbegrepen"), text("flows_onbegrepen_samenvatting")
    svg = charts.bars(tuple(bars), title, summary)
    headings = (words.heading("script"), words.heading("misunderstood"))
    return Shown(title, summary, svg, headings, tuple(rows), ("steps",), text("flows_onbegrepen_uitleg"))


def hardest(seen: Look) -> Shown | None:
    """The steps at which most was not understood."""
    words, text = seen.words, seen.words.text
    found: list[tuple[str, str, Told]] = []
    for name in _scripts(seen):
        told = figures.misunderstood_at(cell for cell in seen.cells if cell.script == name)
        found += [(name, step, value) for step, value in told.items() if value]
    if not found:
        return None
    found.sort(key=lambda one: (-one[2].share, one[0], one[1]))
    bars, rows = [], []
    for script, step, value in found[:HARDEST]:
        name = step_name(seen.script(script), step)
        href = f"/stromen/{quote(script)}/{quote(step)}{seen.choice.of(script).query('script')}"
        bars.append(Bar(f"{name} ({seen.title(script)})", value.share, words.times(value)))
        rows.append((label(name, href), label(seen.title(script)), times(words, value)))
    title, summary = text("flows_moeilijkst"), text("flows_moeilijkst_samenvatting", aantal=len(rows))
    svg = charts.bars(tuple(bars), title, summary, 200)
    headings = (words.heading("step"), words.heading("script"), words.heading("misunderstood"))
    return Shown(title, summary, svg, headings, tuple(rows), ("steps",))


def acts(seen: Look) -> Shown | None:
    """How many said something of each kind, by script."""
    words, text = seen.words, seen.words.text
    scripts = _scripts(seen)
    told = {name: figures.by_key([c for c in seen.cells if c.script == name], "acts") for name in scripts}
    keys = {key for found in told.values() for key in found}
    if not keys:
        return None

    def most(key: str) -> tuple[int, str]:
        return -sum(value.count for found in told.values() if (value := found.get(key))), key

    order = sorted(keys, key=most)
    columns, rows = [], []
    for name in scripts:
        bars = (told[name].get(key) for key in order)
        columns.append(
            charts.Column(
                seen.title(name),
                tuple(
                    Bar(words.named("daad", key), value.share if value else None, words.short(value))
                    for key, value in zip(order, bars, strict=True)
                ),
            )
        )
    for key in order:
        rows.append((label(words.named("daad", key)), *(share(words, told[name].get(key)) for name in scripts)))
    title, summary = text("flows_daden"), text("flows_daden_samenvatting", meest=words.named("daad", order[0]))
    svg = charts.panels(tuple(columns), title, summary, 100)
    headings = (words.heading("act"), *(seen.title(name) for name in scripts))
    return Shown(title, summary, svg, headings, tuple(rows), ("acts",))


def elsewhere(seen: Look) -> Shown | None:
    """What was said outside the scripts, by kind."""
    words, text = seen.words, seen.words.text
    counts = sorted(figures.counted(seen.tallies, "act").items(), key=lambda one: (-one[1], one[0]))
    if not counts:
        return None
    bars = tuple(Bar(words.named("daad", key), count, number(count)) for key, count in counts)
    rows = tuple((label(words.named("daad", key)), figure(number(count))) for key, count in counts)
    title, summary = text("flows_daden_buiten"), text("flows_daden_buiten_samenvatting")
    svg = charts.bars(bars, title, summary)
    return Shown(title, summary, svg, (words.heading("act"), words.heading("count")), rows, ("tallies",))


def cues(seen: Look) -> Shown | None:
    """How often was asked on about each cue, and how often that was declined."""
    words, text = seen.words, seen.words.text
    found = figures.declined(seen.cells)
    if not found:
        return None

    def most(cue: str) -> tuple[float, str]:
        refused = found[cue][1]
        return -(refused.share if refused else -1.0), cue

    order = sorted(found, key=most)
    names = {cue: words.named("teken", cue) for cue in order}
    columns = (
        charts.Column(
            words.heading("probed"),
            tuple(Bar(names[c], t.share if (t := found[c][0]) else None, words.short(t)) for c in order),
        ),
        charts.Column(
            words.heading("declined"),
            tuple(Bar(names[c], t.share if (t := found[c][1]) else None, words.short(t)) for c in order),
        ),
    )
    rows = tuple((label(names[c]), share(words, found[c][0]), share(words, found[c][1])) for c in order)
    title, summary = text("flows_tekens"), text("flows_tekens_samenvatting")
    svg = charts.panels(columns, title, summary)
    headings = (words.heading("cue"), words.heading("probed"), words.heading("declined"))
    return Shown(title, summary, svg, headings, rows, ("cues",), text("flows_tekens_uitleg"))
