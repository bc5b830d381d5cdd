"""Memory while starting, and what was needed for that alone."""

from __future__ import annotations

import contextlib
import ctypes
import gc


def hold_collecting() -> None:
    """Collect no garbage while starting: nearly all that is made then stays, and looking through it again and again takes a
    fifth of the time. :func:`give_back` ends this."""
    gc.disable()


def give_back() -> None:
    """Give the system back what is not in use any more: reading models and patterns takes much for a moment, which the C
    library (glibc, malloc_trim(3)) would keep. With another library nothing happens. What is left stays: no collection
    of garbage walks through it again."""
    gc.collect()
    gc.freeze()
    gc.enable()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
