"""What the safety layer costs a message: milliseconds of this machine, beside a baseline in the same run."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from bot.language import safety
from bot.settings import ROOT, settings
from bot.yaml import load

ROUNDS = 3


def main() -> int:
    """Measure on the messages of the evaluation sets and print. Gives an exit status."""
    texts = [case["text"] for name in ("acts", "safety") for case in load(ROOT / "tests" / "language" / f"{name}.yml")]
    both = safety.prepare(settings().classifier)
    safety.compile_all()
    print(
        f"{len(texts)} messages, {'both layers' if both else 'the patterns alone: python -m bot train makes the other'}"
    )
    layer = _times(safety.check, texts)
    baseline = _times(str.casefold, texts)
    p95 = statistics.quantiles(layer, n=20)[-1] * 1000
    print(f"safety layer: median {statistics.median(layer) * 1000:.2f} ms, p95 {p95:.2f} ms a message")
    print(f"ratio to folding its case: {statistics.median(layer) / statistics.median(baseline):.0f}")
    return 0


def _times(work: Callable[[str], object], texts: list[str]) -> list[float]:
    times = []
    for text in texts * ROUNDS:
        began = time.perf_counter()
        work(text)
        times.append(time.perf_counter() - began)
    return times


if __name__ == "__main__":
    sys.exit(main())
