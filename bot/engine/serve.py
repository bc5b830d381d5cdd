"""Starting the engine: Rasa on loopback, its HTTP API off, with our channel, store and way to the actions."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable
from typing import Any

from bot import metrics
from bot.engine.names import PID_FILE
from bot.engine.quiet import quiet
from bot.engine.tensorflow_free import leave_out_tensorflow
from bot.engine.training import verified_model
from bot.gentle import Readiness
from bot.memory import give_back
from bot.settings import settings
from bot.store import open_store
from bot.store.waiting import when_there


def serve(executor: Callable[[], Any]) -> None:
    """Serve until stopped; `executor` gives what runs the actions where they have no process of their own. Raises FileNotFoundError or ModelCorrupt when there is no model to be trusted."""
    quiet()
    leave_out_tensorflow()
    chosen = settings()
    chosen.prepare()
    (chosen.var / PID_FILE).write_text(str(os.getpid()), encoding="ascii")
    model = verified_model(chosen)
    from rasa.core.lock_store import InMemoryLockStore
    from rasa.core.run import configure_app, load_agent_on_start
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.log_utils import configure_structlog

    from bot.engine.actions import check_answers_quickly, look_up_events_once, way
    from bot.engine.channel import DoorChannel
    from bot.engine.runner import PlannedRunner
    from bot.engine.stopping import stop_gently
    from bot.store.tracker_store import SnapshotTrackerStore

    configure_structlog(logging.getLevelName(chosen.log_level))

    check_answers_quickly(chosen.actions_url)
    look_up_events_once()
    store = open_store(chosen)
    when_there(store.prepare)
    secret = chosen.secret("loopback")
    trackers = SnapshotTrackerStore(store.conversations)
    endpoints = AvailableEndpoints(
        action=way(chosen.actions_url, secret, executor),
        tracker_store=trackers,
        lock_store=InMemoryLockStore(),
    )
    app = configure_app([DoorChannel(secret)], enable_api=False, endpoints=endpoints)

    async def load(running: Any, loop: object) -> None:
        await load_agent_on_start(str(model), endpoints, None, running, loop)
        # Rasa wraps it in a store that keeps in memory what could not be stored, and says nothing of that: neither that
        # another turn came first, nor that the database is away, and the words would stay.
        agent = running.ctx.agent
        agent.tracker_store = agent.processor.tracker_store = trackers
        agent.processor.graph_runner = PlannedRunner.of(agent.processor.graph_runner)
        give_back()

    app.register_listener(load, "before_server_start")
    stop_gently(app, Readiness(), chosen.drain_seconds, lambda: app.ctx.agent is not None and app.ctx.agent.is_ready())
    metrics.tell(chosen, "engine")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        app.run(host=chosen.engine_host, port=chosen.engine_port, access_log=False, workers=1)
