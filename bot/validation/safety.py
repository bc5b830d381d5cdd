"""The patterns of the safety layer."""

from __future__ import annotations

from collections.abc import Iterator

from bot.language import safety
from bot.settings import DATA
from bot.validation.findings import Finding, finding

HARMLESS = "ik heb vandaag spreekuur"


def check() -> Iterator[Finding]:
    """That the patterns can be read: the layer itself never raises, it shows the panel instead."""
    verdict = safety.check(HARMLESS)
    if verdict.rule == "failed":
        yield finding(DATA / "safety", 1, "veiligheid", reden=verdict.rule)
