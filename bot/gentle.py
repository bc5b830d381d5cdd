"""Stopping gently: first say that one is not ready, take messages for a while still, then end what is in flight."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

# What is in flight is waited for at most so long: a little longer than the longest turn.
IN_FLIGHT_SECONDS = 35
# A connection on which nothing is said is kept for longer than the other side keeps it: who says something on a connection at
# the moment that it is ended here gets no answer. Browsers and proxies keep one for two minutes at most as a rule (Caddy's
# default, https://caddyserver.com/docs/caddyfile/directives/reverse_proxy#transports), uvicorn for five seconds.
KEEP_ALIVE_SECONDS = 150


@dataclass
class Readiness:
    """Whether a process wants to be given anything. It says so on ``/ready``; that it lives, on ``/live``."""

    stopping: bool = False


class _Server(uvicorn.Server):
    """A server that says it is stopping a while before it does."""

    def __init__(self, config: uvicorn.Config, told: Callable[[], None], drain: float) -> None:
        super().__init__(config)
        self._told = told
        self._drain = drain
        self._first = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take the signal to stop; a second one stops at once."""
        self._told()
        if self._first and self._drain and sig == signal.SIGTERM:
            self._first = False
            loop = asyncio.get_running_loop()
            loop.call_soon_threadsafe(loop.call_later, self._drain, super().handle_exit, sig, frame)
            return
        super().handle_exit(sig, frame)


def serve(app: ASGIApp, readiness: Readiness, host: str, port: int, drain: float) -> None:
    """Serve an application until told to stop, and then for so many seconds more."""

    def told() -> None:
        readiness.stopping = True

    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        ws="none",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=IN_FLIGHT_SECONDS,
    )
    with bound(host, port) as listening:
        _Server(config, told, drain).run(sockets=[listening])


class PortTaken(Exception):
    """A port cannot be had, as when another process has it. Its text says which, and why."""


def bound(host: str, port: int) -> socket.socket:
    """A socket that has a port, to listen on. Raises PortTaken when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise PortTaken(f"Port {port} cannot be used ({error.strerror})") from None
    return listening
