"""What is looked up at the moment that the door's metrics are asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import httpx
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.door.engine import ROUTES
from bot.metrics import gauge
from bot.sharing.shared import Shared
from bot.store import Store
from bot.store.database import sessions, step_of
from bot.store.masters import MasterKeyTrouble
from bot.store.schema import KEYS, MAIN, number_of
from bot.store.tables import TallyRow, WaitingPiece

ENGINE_SECONDS = 1.0


class Watching(Collector):
    """Engines, store and Redis as they are now."""

    def __init__(self, store: Store, engines: list[str], shared: Shared | None) -> None:
        self._store = store
        self._engines = engines
        self._shared = shared

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is looked up just to know what there is."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Look everything up."""
        yield gauge("pas_engine_up", "Whether an engine answers, in the order of PAS_ENGINE_URLS.", self._up())
        if self._shared:
            yield gauge(
                "pas_shared_up", "Whether Redis answered when it was last asked.", [({}, not self._shared.away)]
            )
        try:
            found = list(self._stored())
        except (SQLAlchemyError, MasterKeyTrouble):
            found = []
        yield gauge("pas_store_up", "Whether both databases answer, and can be worked with.", [({}, bool(found))])
        yield from found

    def _up(self) -> Iterator[tuple[dict[str, str], float]]:
        with httpx.Client(timeout=ENGINE_SECONDS, trust_env=False) as client:
            for number, address in enumerate(self._engines, 1):
                up = False
                with contextlib.suppress(httpx.HTTPError, ValueError):
                    up = client.get(f"{address}{ROUTES}/health").json().get("engine") == "ok"
                yield {"engine": str(number)}, up

    def _stored(self) -> Iterator[GaugeMetricFamily]:
        with sessions(self._store.database)() as session:
            waiting = session.scalar(select(func.count()).select_from(WaitingPiece)) or 0
            published = select(func.sum(TallyRow.count)).where(TallyRow.kind == "panel", TallyRow.simulated.is_(False))
            panels = session.scalar(published) or 0
        steps = [
            ({"database": history.name}, number_of(step_of(database, history) or "0000"))
            for history, database in ((MAIN, self._store.database), (KEYS, self._store.key_database))
        ]
        yield gauge("pas_pieces_waiting", "Pieces that wait to be anonymised.", [({}, waiting)])
        yield gauge("pas_panels_published", "Danger that was heard, in whole weeks, as published.", [({}, panels)])
        yield gauge("pas_schema_step", "At which step the tables are.", steps)
