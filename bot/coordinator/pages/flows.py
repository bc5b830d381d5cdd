"""The flows: how many begin, go on, pause, come back, finish and leave; the way through a script; a step; two versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from bot.coordinator import charts, figures
from bot.coordinator.charts import Bar
from bot.coordinator.context import Context
from bot.coordinator.figures import AT_STEP, ENDS, AtStep, Told
from bot.coordinator.showing import Look, Seen, Shown, figure, label, look, share
from bot.coordinator.words import Words, number, step_name
from bot.scripts.schema import Script
from bot.store.published import Cell

# What stands beside the way; the rest of what happens at a step is in the table and on its own page.
BESIDE = ("skipped", "back", "probed", "why")


def router(context: Context) -> APIRouter:
    """The pages of the flows."""
    routes = APIRouter()

    @routes.get("/stromen")
    def flows(request: Request) -> HTMLResponse:
        seen = look(context, request)
        shown: list[Shown | None] = [over_time(seen)] if seen.cells else []
        if seen.cells and not seen.choice.script:
            shown.append(by_script(seen))
        if seen.cells and seen.choice.script:
            shown += [the_way(seen), how_long(seen)]
        return context.page(request, "stromen", look=seen, shown=[one for one in shown if one])

    @routes.get("/stromen/{script}/vergelijk")
    def compare(request: Request, script: str) -> HTMLResponse:
        seen = look(context, request)
        everyone = replace(seen.choice, script=script, version=None).cells(seen.everything.cells)
        versions = sorted({cell.version for cell in everyone})
        if not versions and context.texts.current(script) is None:
            raise HTTPException(404)
        chosen = _pair(versions, request.query_params.get("een", ""), request.query_params.get("ander", ""))
        shown = compared(seen, script, chosen, everyone) if chosen else []
        return context.page(
            request, "vergelijk", look=seen, script=script, versions=versions, chosen=chosen, shown=shown
        )

    @routes.get("/stromen/{script}/{step}")
    def step(request: Request, script: str, step: str) -> HTMLResponse:
        seen = look(context, request)
        chosen = replace(seen.choice, script=script, version=seen.choice.version)
        cells = chosen.cells(seen.everything.cells)
        seen = replace(seen, choice=chosen, cells=cells)
        text = seen.script(script)
        way = figures.way(cells, _steps(text), _asked(text, chosen.length))
        told = next((one for one in way if one.step == step), None)
        asked = _step(text, step)
        if told is None and asked is None:
            raise HTTPException(404)
        shown = [at_step(seen, told, way)] if told and cells else []
        return context.page(
            request, "stap", look=seen, script=script, step=step, called=step_name(text, step), asked=asked,
            version=text.version if text else None, shown=shown,
        )  # fmt: skip

    return routes


def _step(script: Script | None, step: str) -> object:
    try:
        return script.step(step) if script else None
    except (KeyError, StopIteration):
        return None


def _steps(script: Script | None) -> list[str]:
    return [step.id for step in script.steps] if script else []


def _asked(script: Script | None, length: str) -> list[str]:
    """The questions of a script in this length (empty: in either), but for those that have a name for each option."""
    asked = (step for step in script.steps if step.is_question and not step.each) if script else ()
    return [step.id for step in asked if not length or step.length in (None, length)]


def _pair(versions: Sequence[int], one: str, other: str) -> tuple[int, int] | None:
    """The two versions that are compared: those that were asked for, or else the last two."""
    known = {str(version): version for version in versions}
    if one in known and other in known and one != other:
        return known[one], known[other]
    return (versions[-2], versions[-1]) if len(versions) > 1 else None


def _bar(name: str, told: Told | None, words: Words) -> Bar:
    return Bar(name, told.share if told else None, words.told(told) if told else "")


def over_time(seen: Look) -> Shown:
    """How many runs began and how they ended, by the week that the cells end with."""
    words, text = seen.words, seen.words.text
    rows: list[tuple[Seen, ...]] = []
    drawn: dict[str, list[Bar]] = {name: [] for name in ("begun", *ENDS)}
    names = []
    for period in figures.periods(seen.cells):
        total = figures.runs(period.cells)
        name = words.week_short(period.last)
        names.append(name)
        drawn["begun"].append(Bar(name, total, number(total)))
        row = [label(words.weeks(period.first, period.last)), figure(number(total))]
        for end in ENDS:
            told = figures.of_runs(period.cells, figures.end(end))
            drawn[end].append(Bar(name, told.count if told else None, ""))
            row.append(share(words, told))
        rows.append(tuple(row))
    total = figures.runs(seen.cells)
    whole = [figures.of_runs(seen.cells, figures.end(end)) for end in ENDS]
    rows.append((label(text("flows_alles")), figure(number(total)), *(share(words, told) for told in whole)))
    headings = tuple(words.heading(name) for name in ("period", "begun", *ENDS))
    summary = text(
        "flows_tijd_samenvatting",
        gesprekken=number(total),
        afgerond=words.told(whole[0]),
        weken=words.weeks(min(c.first for c in seen.cells), max(c.last for c in seen.cells)),
    )
    panels = tuple((words.heading(name), tuple(bars)) for name, bars in drawn.items())
    svg = charts.periods(tuple(names), panels, text("flows_tijd"), summary)
    return Shown(text("flows_tijd"), summary, svg, headings, tuple(rows), ("cells",), text("flows_tijd_uitleg"))


def by_script(seen: Look) -> Shown:
    """How many runs of each script came to the end."""
    words, text = seen.words, seen.words.text
    rows: list[tuple[Seen, ...]] = []
    bars = []
    for name in sorted({cell.script for cell in seen.cells}):
        cells = [cell for cell in seen.cells if cell.script == name]
        told = [figures.of_runs(cells, figures.end(end)) for end in ENDS]
        bars.append(_bar(seen.title(name), told[0], words))
        href = f"/stromen{seen.choice.of(name).query()}"
        rows.append(
            (label(seen.title(name), href), figure(number(figures.runs(cells))), *(share(words, t) for t in told))
        )
    headings = tuple(words.heading(name) for name in ("script", "begun", *ENDS))
    title, summary = text("flows_per_oefening"), text("flows_per_oefening_samenvatting")
    svg = charts.bars(tuple(bars), title, summary)
    return Shown(title, summary, svg, headings, tuple(rows), ("cells",), text("flows_per_oefening_uitleg"))


def the_way(seen: Look) -> Shown | None:
    """The way through the script that was chosen."""
    words, text, choice = seen.words, seen.words.text, seen.choice
    script = seen.script(choice.script)
    way = figures.way(seen.cells, _steps(script), _asked(script, choice.length))
    if not way:
        return None
    total, nothing = number(figures.runs(seen.cells)), Bar("", 0.0, "")
    stops = [charts.Stop(words.heading("begun"), Bar("", 1.0, total), (nothing,) * len(BESIDE), nothing)]
    rows = []
    for n, one in enumerate(way, 1):
        name = f"{n}. {step_name(script, one.step)}"
        reached = Bar(name, one.reached.share if one.reached else None, words.short(one.reached))
        marks = tuple(_thin(one.figures[what]) for what in BESIDE)
        stops.append(charts.Stop(name, reached, marks, _thin(one.ended)))
        href = f"/stromen/{quote(choice.script)}/{quote(one.step)}{choice.query('script')}"
        told = (one.reached, *(one.figures[what] for what in AT_STEP), one.ended)
        rows.append((label(name, href), *(share(words, value) for value in told)))
    columns = ("reach", *BESIDE, "ended")
    headings = tuple(words.heading(name) for name in ("step", "reach", *AT_STEP, "ended"))
    title = text("flows_weg", oefening=seen.title(choice.script))
    last = next((one.reached for one in reversed(way) if one.reached), None)
    summary = text("flows_weg_samenvatting", stappen=len(way), laatste=words.told(last))
    shown = tuple(text(f"flows_kort_{name}") for name in columns)
    svg = charts.way(tuple(stops), shown, title, summary)
    return Shown(title, summary, svg, headings, tuple(rows), ("steps",), text("flows_weg_uitleg"))


def _thin(told: Told | None) -> Bar:
    return Bar("", told.share if told else None, number(told.count) if told else "")


def how_long(seen: Look) -> Shown | None:
    """How long the runs took, as far as it is told."""
    words, text = seen.words, seen.words.text
    told = figures.took(seen.cells)
    if not told:
        return None
    order = sorted(told, key=lambda bound: (not bound.isdigit(), int(bound) if bound.isdigit() else 0))
    names = {b: text("flows_tot_minuten", minuten=b) if b.isdigit() else words.named("duur", b) for b in order}
    bars = tuple(_bar(names[bound], told[bound], words) for bound in order)
    rows = tuple((label(names[bound]), share(words, told[bound])) for bound in order)
    title, summary = text("flows_duur"), text("flows_duur_samenvatting")
    svg = charts.bars(bars, title, summary)
    return Shown(title, summary, svg, (words.heading("minutes"), words.heading("runs")), rows, ("durations",))


def at_step(seen: Look, told: AtStep, way: Sequence[AtStep]) -> Shown:
    """What is told of one step."""
    words, text = seen.words, seen.words.text
    values = [("reach", told.reached), *((name, told.figures[name]) for name in AT_STEP), ("ended", told.ended)]
    bars = tuple(_bar(words.heading(name), value, words) for name, value in values)
    rows = tuple((label(words.heading(name)), share(words, value)) for name, value in values)
    place = next(n for n, one in enumerate(way, 1) if one.step == told.step)
    title = text("flows_stap_cijfers")
    summary = text("flows_stap_samenvatting", nummer=place, stappen=len(way), bereikt=words.told(told.reached))
    svg = charts.bars(bars, title, summary)
    headings = (words.heading("what"), words.heading("runs"))
    return Shown(title, summary, svg, headings, rows, ("steps",), text("flows_stap_uitleg"))


def compared(seen: Look, script: str, chosen: tuple[int, int], cells: Sequence[Cell]) -> list[Shown]:
    """Two versions of a script side by side: how they ended, and the way through each."""
    words, text = seen.words, seen.words.text
    sides = [[cell for cell in cells if cell.version == version] for version in chosen]
    names = [
        text("flows_versie", versie=v, gesprekken=number(figures.runs(s))) for v, s in zip(chosen, sides, strict=True)
    ]
    ends = [[figures.of_runs(side, figures.end(end)) for end in ENDS] for side in sides]
    rows = [(label(words.heading(end)), *(share(words, side[n]) for side in ends)) for n, end in enumerate(ENDS)]
    columns = tuple(
        charts.Column(name, tuple(_bar(words.heading(end), side[n], words) for n, end in enumerate(ENDS)))
        for name, side in zip(names, ends, strict=True)
    )
    title, summary = text("flows_vergelijk_einde"), text("flows_vergelijk_samenvatting", een=names[0], ander=names[1])
    svg = charts.panels(columns, title, summary)
    found = [Shown(title, summary, svg, (words.heading("what"), *names), tuple(rows), ("cells",))]
    return [*found, *_ways_compared(seen, script, chosen, sides, names)]


def _ways_compared(
    seen: Look, script: str, chosen: tuple[int, int], sides: Sequence[Sequence[Cell]], names: Sequence[str]
) -> list[Shown]:
    words, text = seen.words, seen.words.text
    scripts = [seen.texts.version(script, version) for version in chosen]
    newest = scripts[1] or scripts[0]
    ways = [
        {o.step: o for o in figures.way(side, _steps(s), _asked(s, seen.choice.length))}
        for side, s in zip(sides, scripts, strict=True)
    ]
    order = figures.order([cell for side in sides for cell in side], _steps(newest), _asked(newest, seen.choice.length))
    if not order:
        return []
    found, absent = [], text("flows_niet_in_versie")
    for what in ("reach", "skipped", "misunderstood"):
        bars: list[list[Bar]] = [[], []]
        rows = []
        for n, step in enumerate(order, 1):
            name = f"{n}. {step_name(newest if _step(newest, step) else scripts[0], step)}"
            row = [label(name)]
            for side, way in enumerate(ways):
                one = way.get(step)
                told = (one.reached if what == "reach" else one.figures[what]) if one else None
                if one is None and _step(scripts[side], step) is None:
                    # What a version does not have is no withheld figure.
                    bars[side].append(Bar(name, 0.0, absent))
                    row.append(figure(absent))
                else:
                    bars[side].append(_bar(name, told, words))
                    row.append(share(words, told))
            rows.append(tuple(row))
        title = text(f"flows_vergelijk_{what}")
        summary = text("flows_vergelijk_samenvatting", een=names[0], ander=names[1])
        columns = tuple(charts.Column(name, tuple(side)) for name, side in zip(names, bars, strict=True))
        svg = charts.panels(columns, title, summary)
        found.append(Shown(title, summary, svg, (words.heading("step"), *names), tuple(rows), ("steps",)))
    return found
