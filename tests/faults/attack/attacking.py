"""What the attacks share: an attacker's requests as they go out, and whom they are after."""

from __future__ import annotations

import datetime as dt
import http.client
import io
import statistics
import time
import uuid
import zipfile
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest

from bot.coordinator.accounts import Made
from bot.coordinator.signed_in import SignedIn
from bot.settings import Settings
from bot.store import Store
from bot.supervision import dashboard
from tests.conftest import Doctor
from tests.coordinator.care.conftest import Someone

TO_FREE_TEXT = ("ik wil de loopbaan-APK doen", "kort", "4", "1", "1, 4 en 8")
EVIL = "http://kwaad.example"
MB = 1024 * 1024


# Every route that takes a token, with a body that it takes.
TAKING: dict[tuple[str, str], dict[str, Any] | None] = {
    ("POST", "/api/message"): {"id": str(uuid.uuid4()), "text": "hallo"},
    ("GET", "/api/conversation"): None,
    ("DELETE", "/api/conversation"): None,
    ("GET", "/api/answers"): None,
    ("POST", "/api/keep"): None,
    ("DELETE", "/api/keep"): None,
    ("PUT", "/api/consent"): {"review": True},
    ("GET", "/api/export"): None,
    ("POST", "/api/report"): {"format": "txt"},
}
by_route = pytest.mark.parametrize(("method", "path"), TAKING)


class Victim(NamedTuple):
    """A doctor of whom others want something: the words that were written, the code they are kept under, the talk's id,
    and the id of the message that they came in."""

    doctor: Doctor
    word: str
    code: str
    identifier: str
    message: str


class Raw(NamedTuple):
    """An answer as it came."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def whole(self) -> str:
        """Headers and body as one text."""
        return repr(self.headers) + self.body.decode("utf-8", "replace")


def raw(base: str, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Raw:
    """What is answered to a request that goes out as it stands: no client puts its path or its host in order."""
    where = urlsplit(base)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    length = {} if body is None else {"Content-Length": str(len(body))}
    for name, value in {"Host": where.netloc, **length, **(headers or {})}.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    found = Raw(answer.status, answer.getheaders(), answer.read())
    connection.close()
    return found


def visitor(base: str, source: str, **headers: str) -> httpx.Client:
    """Someone at another address of this machine."""
    transport = httpx.HTTPTransport(local_address=source, verify=False)
    return httpx.Client(base_url=base, transport=transport, headers=headers, timeout=60, trust_env=False)


def asked(base: str, method: str, path: str, headers: Mapping[str, Any], sent: Any = None) -> httpx.Response:
    """What is answered to one request."""
    return httpx.request(method, base + path, headers={**headers}, json=sent, timeout=60, trust_env=False, verify=False)


def bearing(token: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


def alike(answer: httpx.Response) -> tuple[int, str, dict[str, str]]:
    """All that could tell two answers apart."""
    return answer.status_code, answer.text, {n: v for n, v in answer.headers.items() if n != "date"}


def read(answer: httpx.Response) -> str:
    """All words of an answer, also those in an archive."""
    if answer.headers.get("content-type") != "application/zip":
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def whole(victim: Victim, store: Store) -> tuple[Any, ...]:
    """Everything of a talk that another could have changed."""
    said = [victim.doctor.client.get(path).json() for path in ("/api/conversation", "/api/answers")]
    return *said, store.conversations.notes(victim.identifier)


def interleaved(kinds: Mapping[str, Callable[[], object]], times: int) -> dict[str, float]:
    """How long each takes, in ms: the median of many tries of all of them in turn."""
    took: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(times):
        for name, ask in kinds.items():
            began = time.perf_counter()
            ask()
            took[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(each) for name, each in took.items()}


def told(took: Mapping[str, float]) -> str:
    """Times in a few words."""
    return ", ".join(f"{name} {value:.1f} ms" for name, value in took.items())


DASHBOARD_PATHS = (
    "/",
    "/inloggen",
    "/uitloggen",
    "/stromen",
    "/uitvoer/cells.json",
    "/static/coordinator.css",
    "/health",
)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
SECURE = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}
DASHBOARD_SECURE = {
    **SECURE,
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "referrer-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
}


def lacking(headers: httpx.Headers, wanted: Mapping[str, str]) -> dict[str, str | None]:
    """The headers that are not as they are wanted, and those that say what runs here."""
    found = {name: headers.get(name) for name, value in wanted.items() if headers.get(name) != value}
    return found | {name: headers[name] for name in ("server", "x-powered-by", "content-encoding") if name in headers}


# What a forger puts in each request, to count as someone else every time.
CLAIMS = (
    "X-Forwarded-For", "X-Real-IP", "X-Client-IP", "CF-Connecting-IP", "True-Client-IP", "X-Cluster-Client-IP",
    "Forwarded",
)  # fmt: skip


def signed_in(system: Settings, store: Store, made: Made, began: dt.datetime | None = None) -> Someone:
    """Someone who signed in with this account, now or at some other moment."""
    token = SignedIn(store.database).begin(made.name, began or dt.datetime.now(dt.UTC))
    return Someone(dashboard(system), token)
