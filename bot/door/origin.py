"""Where a request comes from: a browser, or the client of a messenger, which proves itself with a secret of this machine."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from starlette.requests import Request

from bot.sharing.limits import counted_as
from bot.statement import Channel

# The name of the secret, and the headers in which the client of a messenger gives it, and who its doctor is (as a hash).
CHANNEL_SECRET = "channel"
SECRET_HEADER = "PAS-Channel-Secret"
CHANNEL_HEADER = "PAS-Channel"
SENDER_HEADER = "PAS-Channel-Sender"
MESSENGERS: dict[str, Channel] = {"matrix": "matrix"}


@dataclass(frozen=True)
class Origin:
    """Which channel, and what is counted as an address there."""

    channel: Channel
    address: str


class Origins:
    """Reads the origin of a request."""

    def __init__(self, secret: str) -> None:
        """secret: what the clients of messengers know, and nobody outside this machine."""
        self._secret = secret.encode()

    def __call__(self, request: Request) -> Origin:
        """The origin. Without the secret, or with a wrong one, whatever else is said there is not believed."""
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        channel = MESSENGERS.get(request.headers.get(CHANNEL_HEADER, ""))
        if channel and hmac.compare_digest(given, self._secret):
            return Origin(channel, f"{channel}/{request.headers.get(SENDER_HEADER, '')[:64]}")
        return Origin("web", counted_as(request.client.host) if request.client else "")
