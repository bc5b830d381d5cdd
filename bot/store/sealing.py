"""The one place where what a doctor wrote is turned into bytes to be kept, and back.

Plain for now. Encryption comes here and nowhere else: ``place`` says which row the bytes belong to, so that it can
be sealed in with them.
"""

from __future__ import annotations

import json
from typing import Any


class Sealer:
    """Turns values into bytes and back."""

    def seal(self, value: Any, place: str) -> bytes:
        """The bytes of a value that belongs at this place."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def unseal(self, sealed: bytes, place: str) -> Any:
        """The value of these bytes. Raises ValueError when they are not what was sealed here."""
        return json.loads(sealed)
