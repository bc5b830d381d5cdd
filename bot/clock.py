"""What time it is: handed to whatever needs it, so that tests can say what time it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """The clock of the processes."""
    return dt.datetime.now(dt.UTC)
