"""`make evaluate`: the language layer as it really runs, on cases that were not used to build it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from bot.engine.parsing import Parser
from bot.language import evaluation
from bot.language.evaluation import Case, Result
from bot.settings import Settings


def evaluate(settings: Settings, progress: Callable[[str], None], *, misses: bool) -> Iterator[str]:
    """The lines of the report, with the misses if wanted. Raises FileNotFoundError when no model was trained."""
    parser = Parser(settings)

    def read(name: str, cases: list[Case]) -> list[Result]:
        progress(f"reading {len(cases)} messages: {name} …")
        return [Result(case, parser.read(case.text, case.context)) for case in cases]

    dangers = read("danger", evaluation.dangers())
    acts = read("act and topic", evaluation.acts())
    cues = read("cues", evaluation.cues())
    yield from evaluation.danger_report(dangers)
    yield from evaluation.act_report(acts)
    yield from evaluation.cue_report(cues)
    if misses:
        yield "misses"
        yield from evaluation.misses([*dangers, *acts, *cues])


def evaluate_stock(folder: Path, progress: Callable[[str], None]) -> Iterator[str]:
    """The same for Rasa's default pipeline: trained in `folder` on the same sentences, and read as our own rules do."""
    from bot.engine import stock

    for name, report in (("act and topic", stock.acts), ("danger", stock.dangers)):
        progress(f"training and reading with Rasa's default pipeline: {name} (this takes long) …")
        yield f"Rasa's default pipeline: {name}"
        yield from report(folder)
