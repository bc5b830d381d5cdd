"""Waiting for a database that is away while a process starts, as after both were restarted at once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from sqlalchemy.exc import InterfaceError, OperationalError

SECONDS = 60.0
BETWEEN = 0.5

logger = logging.getLogger(__name__)


def when_there(
    prepare: Callable[[], None],
    seconds: float = SECONDS,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Call `prepare` until the database answers. Raises what it raised last when that takes longer than `seconds`, and
    anything but a database that is away at once."""
    deadline, told = clock() + seconds, False
    while True:
        try:
            prepare()
            return
        except (OperationalError, InterfaceError) as trouble:
            if clock() >= deadline:
                raise
            if not told:
                logger.warning("the database is away (%s): waiting for it", type(trouble).__name__)
                told = True
            sleep(BETWEEN)
