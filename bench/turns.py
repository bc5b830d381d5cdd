"""What a turn costs early and late in a talk: the ratio is the figure, the milliseconds are of this machine."""

from __future__ import annotations

import statistics
import sys
import time
import uuid
from collections.abc import Sequence

import httpx

from bot.settings import settings
from bot.supervision import address, own

EARLY, LATE, AROUND, TALKS = 3, 300, 10, 3
LINES = ("ik wil de loopbaan-APK doen", "kort", "4")
ASIDE = "hoeveel vragen nog?"


def main() -> int:
    """Measure and print. Gives an exit status."""
    early, late = [], []
    with own(settings(), print, PAS_MESSAGES_PER_MINUTE="1000000") as system:
        for _ in range(TALKS):
            times = talk_times(address(system), [*LINES, *[ASIDE] * LATE])
            early += times[EARLY : EARLY + AROUND]
            late += times[LATE - AROUND : LATE]
    first, last = statistics.median(early), statistics.median(late)
    print(f"turn {EARLY}: {first * 1000:.1f} ms   turn {LATE}: {last * 1000:.1f} ms   ratio {last / first:.2f}")
    return 0


def talk_times(base: str, lines: Sequence[str]) -> list[float]:
    """Seconds that each of these lines took, in a talk of their own."""
    with httpx.Client(base_url=base, timeout=60, trust_env=False) as client:
        opened = client.post("/api/conversation").json()
        client.headers["Authorization"] = f"Bearer {opened['token']}"
        times = []
        for line in lines:
            began = time.perf_counter()
            client.post("/api/message", json={"id": str(uuid.uuid4()), "text": line}).raise_for_status()
            times.append(time.perf_counter() - began)
    return times


if __name__ == "__main__":
    sys.exit(main())
