"""How well act and topic are read: ``python -m bot.language.evaluation [CASES] [--folds N] [--misses]``.

Without CASES the training data is tested against itself in folds. With CASES, a file such as
`tests/language/acts.yml`, a model trained on all of it reads cases that others wrote.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.model_selection import StratifiedKFold

from bot.language.intents import IntentModel
from bot.language.reading import NO_TOPIC, TELL, Context, Reading, read
from bot.language.training_data import sentences
from bot.yaml import load


class Case(NamedTuple):
    """A message and how it must be read; a topic of None is not scored."""

    text: str
    context: Context
    act: str
    topic: str | None


class Result(NamedTuple):
    """A case and how it was read."""

    case: Case
    reading: Reading


def cases(path: Path) -> list[Case]:
    """The cases of a file, under ``cases:`` or as a list. A topic counts where labels.md says that it does."""
    content = load(path)
    found = []
    for case in content["cases"] if isinstance(content, dict) else content:
        context: Context = case.get("context", "idle")
        counts = context == "idle" or case["act"] in ("start", "mens")
        found.append(Case(case["text"], context, case["act"], case.get("topic", NO_TOPIC) if counts else None))
    return found


def trained(examples: Sequence[tuple[str, str]]) -> IntentModel:
    """A model trained on sentences with their intents."""
    return IntentModel().fit([text for text, _ in examples], [intent for _, intent in examples])


def reading(model: IntentModel, text: str, context: Context) -> Reading:
    """How a message is read, as Rasa's pipeline would have it."""
    ranking = [{"name": name, "confidence": sure} for name, sure in model.rank(text)]
    return read({"text": text, "intent": ranking[0], "intent_ranking": ranking}, context)


def held_out(path: Path) -> list[Result]:
    """The cases of a file, read by a model trained on all training data."""
    model = trained(sentences())
    return [Result(case, reading(model, case.text, case.context)) for case in cases(path)]


def in_folds(folds: int) -> list[Result]:
    """Every training sentence, read by a model that was trained without its fold."""
    examples = sentences()
    results = []
    splits = StratifiedKFold(folds, shuffle=True, random_state=0).split(examples, [intent for _, intent in examples])
    for learnt, left in splits:
        model = trained([examples[n] for n in learnt])
        for text, intent in (examples[n] for n in left):
            results += [Result(case, reading(model, text, case.context)) for case in _cases_of(text, intent)]
    return results


def _cases_of(text: str, intent: str) -> Iterator[Case]:
    act, _, topic = intent.partition(".")
    if act == TELL:
        yield Case(text, "idle", act, topic) if topic else Case(text, "script", act, None)
        return
    yield Case(text, "idle", act, topic or NO_TOPIC)
    yield Case(text, "script", act, None)


def scores(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A table of pairs (meant, read): precision, recall and F1 of each label, then what was taken for what."""
    counted = Counter(pairs)
    meant, taken = Counter[str](), Counter[str]()
    for (label, other), number in counted.items():
        meant[label] += number
        taken[other] += number
    total = max(sum(counted.values()), 1)
    yield f"  right {sum(n for (a, b), n in counted.items() if a == b) / total:.3f} of {total}"
    for label in sorted(meant | taken):
        right = counted[label, label]
        precision, recall = right / max(taken[label], 1), right / max(meant[label], 1)
        f1 = 2 * right / max(meant[label] + taken[label], 1)
        yield f"  {label:15} precision {precision:.2f}  recall {recall:.2f}  F1 {f1:.2f}  n {meant[label]}"
    wrong = [(n, a, b) for (a, b), n in counted.items() if a != b]
    yield "  " + ", ".join(f"{a} as {b} {n}" for n, a, b in sorted(wrong, reverse=True)[:30])


def report(results: Sequence[Result], *, misses: bool) -> Iterator[str]:
    """The lines of the report."""
    for context in ("idle", "script"):
        yield f"act, {context}"
        yield from scores((r.case.act, r.reading.act) for r in results if r.case.context == context)
    for name, acts in (("stories", (TELL,)), ("start and mens", ("start", "mens"))):
        chosen = [r for r in results if r.case.act in acts and r.case.topic is not None]
        yield f"topic, {name}"
        yield from scores((r.case.topic or NO_TOPIC, r.reading.topic) for r in chosen)
    topics = [r for r in results if r.case.topic is not None]
    yield f"topic, all: {np.mean([r.case.topic == r.reading.topic for r in topics]):.3f} of {len(topics)}"
    for case, got in results if misses else ():
        if case.act != got.act or case.topic not in (None, got.topic):
            yield f"{case.context}: {case.text}\n    {case.act}.{case.topic} read as {got.act}.{got.topic}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(prog="python -m bot.language.evaluation", description=__doc__)
    parser.add_argument("cases", nargs="?", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--misses", action="store_true")
    chosen = parser.parse_args(arguments)
    results = held_out(chosen.cases) if chosen.cases else in_folds(chosen.folds)
    sys.stdout.writelines(f"{line}\n" for line in report(results, misses=chosen.misses))


if __name__ == "__main__":
    main()
