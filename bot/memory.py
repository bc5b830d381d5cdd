"""Memory that was needed for starting alone."""

from __future__ import annotations

import contextlib
import ctypes
import gc


def give_back() -> None:
    """Give the system back what is not in use any more: reading models and patterns takes much for a moment, which the C
    library (glibc, malloc_trim(3)) would keep. With another library nothing happens."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
