"""What encryption adds to a turn: the store's work for one turn with it and without it, beside a whole turn."""

from __future__ import annotations

import datetime as dt
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest import mock

from bench.turns import ASIDE, LINES, talk_times
from bot.messages import Reply
from bot.settings import Settings, settings
from bot.store import Store, conversations, open_store
from bot.store.conversations import Snapshot
from bot.supervision import address, own

TURNS, ROUNDS = 60, 5
TODAY = dt.date(2026, 11, 26)
STATE = json.dumps({"answers": {f"step{n}": "wat iemand daar zo al antwoordt, een zin of twee" for n in range(12)}})
REPLIES = [
    Reply(kind="ask", text="Een vraag van een gewone lengte, met een zin die eraan voorafgaat.") for _ in range(2)
]


def main() -> int:
    """Measure and print. Gives an exit status."""
    sealed, plain = [], []
    for _ in range(ROUNDS):
        sealed.append(_store_work(encrypted=True))
        plain.append(_store_work(encrypted=False))
    with own(settings(), print, PAS_MESSAGES_PER_MINUTE="1000000") as system:
        turn = statistics.median(talk_times(address(system), [*LINES, *[ASIDE] * 40])[len(LINES) :])
    added = statistics.median(sealed) - statistics.median(plain)
    print(
        f"the store's part of a turn: {statistics.median(sealed) * 1000:.2f} ms sealed, "
        f"{statistics.median(plain) * 1000:.2f} ms plain; a whole turn {turn * 1000:.1f} ms: "
        f"encryption adds {added / (turn - added):.1%}"
    )
    return 0


def _store_work(*, encrypted: bool) -> float:
    """Seconds for everything that door and engine ask of the store in one turn."""
    with tempfile.TemporaryDirectory(prefix="pas-bench-") as folder:
        chosen = Settings(var=Path(folder))
        chosen.prepare()
        store = open_store(chosen)
        store.prepare()
        if encrypted:
            return _turns(store)
        with (
            mock.patch.object(conversations, "seal", lambda value, key, place: json.dumps(value).encode()),
            mock.patch.object(conversations, "unseal", lambda sealed, key, place: json.loads(sealed)),
            mock.patch.object(store.keys, "of", lambda identifier: b""),
        ):
            return _turns(store)


def _turns(store: Store) -> float:
    token, _ = store.conversations.create(REPLIES, {"state": STATE}, TODAY)
    times = []
    for n in range(TURNS):
        began = time.perf_counter()
        _turn(store, token, n)
        times.append(time.perf_counter() - began)
    store.close()
    return statistics.median(times)


def _turn(store: Store, token: str, n: int) -> dict[str, Any]:
    talks = store.conversations
    known = talks.by_token(token)
    talks.before(known.id, f"m{n}")
    snapshot = talks.snapshot(known.id)
    answer = Snapshot(snapshot.version, {"state": STATE})
    return talks.add_turn(known.id, f"m{n}", "een antwoord van een zin", REPLIES, TODAY, snapshot=answer)


if __name__ == "__main__":
    sys.exit(main())
