"""Keeps at hand what the pages are made from: what draws, the scripts, and what was published last. So nobody waits for it."""

from __future__ import annotations

import logging
import threading
import time

from sqlalchemy.exc import SQLAlchemyError

from bot.coordinator import charts
from bot.coordinator.context import Context
from bot.coordinator.reading import reader_of

logger = logging.getLogger(__name__)

# How soon after a publication what is new has been read, in seconds.
EVERY = 20.0


def keep_warm(context: Context) -> None:
    """Load and read beside the pages, now and after each publication, for as long as this process lives."""
    threading.Thread(target=_keep, args=(context,), daemon=True).start()


def at_hand(context: Context) -> None:
    """Read what the pages are made from, as far as it changed. Raises sqlalchemy.exc.SQLAlchemyError."""
    for name in context.templates.list_templates():
        context.templates.get_template(name)
    for script in context.texts.names():
        context.texts.current(script)
    reader_of(context.database).read()


def _keep(context: Context) -> None:
    charts.warm()
    while True:
        try:
            at_hand(context)
        except SQLAlchemyError as error:
            # Whoever opens a page meanwhile is told so there.
            logger.error("what is published cannot be read: %s", type(error).__name__)
        time.sleep(EVERY)
