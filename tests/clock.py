"""A clock for tests."""

from __future__ import annotations

import datetime as dt


class Clock:
    """A clock that stands still until it is moved or put."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def on(self, **length: int) -> None:
        """Move it on."""
        self.now += dt.timedelta(**length)
