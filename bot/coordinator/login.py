"""Letting coordinators in: one at a time, not too often, and without telling which part was wrong."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib

from limits import RateLimitItemPerHour, RateLimitItemPerMinute

from bot.coordinator.accounts import Accounts
from bot.coordinator.audit import Audit
from bot.coordinator.signed_in import SignedIn
from bot.sharing.limits import Limiter

LIMITS = (RateLimitItemPerMinute(5), RateLimitItemPerHour(20))


class TooOften(Exception):
    """This name or this address tried too often. seconds: how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


class Login:
    """Takes names, passwords and codes, and gives sessions. Knows nothing of HTTP."""

    def __init__(self, accounts: Accounts, signed_in: SignedIn, audit: Audit, limiter: Limiter) -> None:
        self._accounts = accounts
        self._signed_in = signed_in
        self._audit = audit
        self._limiter = limiter
        # Reading a password takes 64 MiB: one at a time.
        self._one = asyncio.Semaphore(1)

    async def enter(self, address: str, name: str, password: str, code: str, now: dt.datetime) -> str | None:
        """The token of a new session; None when anything was wrong. Raises TooOften."""
        name = name.strip().lower()
        # The address first: who is stopped by that does not lock others out by their names.
        await self._limit("address", address)
        await self._limit("name", hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest())
        async with self._one:
            return await asyncio.to_thread(self._enter, name, password, code, now)

    def _enter(self, name: str, password: str, code: str, now: dt.datetime) -> str | None:
        account = self._accounts.check(name, password, code, now)
        if account is None:
            # A name that is not known may be a password that was typed in the wrong field: it is not written down.
            self._audit.note(now, name if self._accounts.known(name) else "", "failed")
            return None
        token = self._signed_in.begin(account.name, now)
        self._audit.note(now, account.name, "signed_in")
        return token

    async def _limit(self, kind: str, key: str) -> None:
        for limit in LIMITS:
            if seconds := await self._limiter.refused(limit, f"login-{kind}", key):
                raise TooOften(seconds)
