"""What the anonymiser finds: ``python -m bench.anonymiser FILE [--light] [--misses]``.

The file holds a JSON list of ``{"text": …, "spans": [{"text": …, "kind": …}]}``. A span counts as found when all of it is
covered; a text without spans counts as harmed when anything in it would be replaced. Without ``--misses`` only counts are
printed, so that a set can be measured that nobody has read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.anonymiser.spans import KINDS, Span

Find = Callable[[str], Sequence[Span]]


def places(text: str, wanted: Iterable[dict[str, str]]) -> list[Span]:
    """Where the wanted spans stand: each from where the one before ended, else at its first occurrence."""
    found, at = [], 0
    for span in wanted:
        start = text.find(span["text"], at)
        if start < 0:
            start = text.find(span["text"])
        if start < 0:
            raise ValueError("a span is not in its text")
        at = start + len(span["text"])
        found.append(Span(start, at, span["kind"]))
    return found


def covered(span: Span, by: Iterable[Span]) -> bool:
    """Whether every character of a span is covered."""
    left = set(range(span.start, span.end))
    for other in by:
        left -= set(range(other.start, other.end))
    return not left


@dataclass
class Measured:
    """Counts over a set of cases."""

    wanted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    right_kind: Counter[str] = field(default_factory=Counter)
    ordinary: int = 0
    harmed: int = 0
    misses: list[str] = field(default_factory=list)

    def recall(self, *kinds: str) -> float:
        """The share found of these kinds together."""
        return sum(self.found[k] for k in kinds) / max(1, sum(self.wanted[k] for k in kinds))

    def harm(self) -> float:
        """The share of texts without spans in which something would be replaced."""
        return self.harmed / max(1, self.ordinary)

    def lines(self) -> Iterable[str]:
        """The counts, as lines to print."""
        for kind in KINDS:
            if self.wanted[kind]:
                yield (
                    f"{kind:14} {self.found[kind]:4} of {self.wanted[kind]:4}  {self.recall(kind):.3f}"
                    f"   with that kind {self.right_kind[kind] / self.wanted[kind]:.3f}"
                )
        others = [kind for kind in KINDS if kind != "naam"]
        yield f"other than naam: {self.recall(*others):.3f}"
        yield f"ordinary texts harmed: {self.harmed} of {self.ordinary}  {self.harm():.3f}"


def measure(cases: Iterable[dict[str, Any]], find: Find) -> Measured:
    """Run over a set of cases."""
    total = Measured()
    for case in cases:
        text, got = case["text"], find(case["text"])
        if not case["spans"]:
            total.ordinary += 1
            if got:
                total.harmed += 1
                total.misses.append(f"HARMED {[(s.kind, text[s.start : s.end]) for s in got]} {text}")
        for span in places(text, case["spans"]):
            total.wanted[span.kind] += 1
            if covered(span, got):
                total.found[span.kind] += 1
                total.right_kind[span.kind] += covered(span, [s for s in got if s.kind == span.kind])
            else:
                shown = [(s.kind, text[s.start : s.end]) for s in got]
                total.misses.append(f"MISSED {span.kind} {text[span.start : span.end]!r} got {shown} {text}")
    return total


def main(arguments: list[str] | None = None) -> int:
    """Measure and print. Gives an exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.anonymiser")
    parser.add_argument("file", type=Path)
    parser.add_argument("--light", action="store_true", help="only the light rules")
    parser.add_argument("--misses", action="store_true", help="print what was missed or harmed")
    chosen = parser.parse_args(arguments)
    if chosen.light:
        from bot.anonymiser import light

        find: Find = light.find
    else:
        from bot.anonymiser.full import Anonymiser
        from bot.settings import settings

        find = Anonymiser(settings().var / "deduce", settings().tagger, print).find
    total = measure(json.loads(chosen.file.read_text(encoding="utf-8")), find)
    for line in (*(total.misses if chosen.misses else ()), *total.lines()):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
