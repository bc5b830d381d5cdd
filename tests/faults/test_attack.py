"""Attacks on the processes as they run: a token is guessed, a header forged, a path bent, a door flooded, a form sent by
another site. Nobody gets what is not theirs, and whoever attacks keeps nobody else from talking."""

from __future__ import annotations

import ast
import base64
import contextlib
import csv
import datetime as dt
import gzip
import hashlib
import http.client
import importlib
import io
import itertools
import json
import pkgutil
import re
import secrets
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
import uuid
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
import regex
from pydantic import ValidationError
from sqlalchemy import delete

from bot.coordinator import credentials
from bot.coordinator.accounts import Accounts, Made, Role
from bot.coordinator.audit import Audit
from bot.coordinator.guard import COOKIE
from bot.coordinator.signed_in import SignedIn, form_token
from bot.door.origin import CHANNEL_HEADER, CHANNEL_SECRET, SECRET_HEADER
from bot.engine import names as engine_names
from bot.settings import DATA, ROOT, Settings
from bot.store import Store, open_store
from bot.store.coaches import StoredCoaches
from bot.store.database import sessions
from bot.store.keepcode import new_code, words
from bot.store.published import Cell, add_published
from bot.store.tables import CellRow
from bot.supervision import address, dashboard, free_port
from bot.yaml import load
from tests.answers import panel_in, problem
from tests.conftest import FOREIGN, Doctor
from tests.coordinator.care.conftest import Someone
from tests.coordinator.conftest import PASSWORD
from tests.faults.conftest import DOOR, door_alone
from tests.privacy.searching import marked, processes
from tests.processes import Processes, until

# What the limits are where nothing is set, spelled out: a door of the tests has none.
USUAL = {"PAS_MESSAGES_PER_MINUTE": "30", "PAS_CONVERSATIONS_PER_MINUTE": "10", "PAS_CODES_PER_MINUTE": "5"}
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


@pytest.fixture(scope="module")
def store(system: Settings) -> Iterator[Store]:
    """The store of the running system."""
    opened = open_store(system)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def victim(system: Settings, store: Store) -> Iterator[Victim]:
    """A doctor in the middle of a script, of which something is kept."""
    doctor, word, message = Doctor(address(system)), marked(), str(uuid.uuid4())
    for line in TO_FREE_TEXT:
        doctor.say(line)
    doctor.client.post("/api/message", json={"id": message, "text": f"ik luister naar {word}"}).raise_for_status()
    code = doctor.client.post("/api/keep").json()["code"]
    yield Victim(doctor, word, code, store.conversations.by_token(doctor.token).id, message)
    doctor.close()


@pytest.fixture
def working(doctor: Doctor) -> Doctor:
    """Another doctor in the middle of the same script."""
    for line in ("ik wil de loopbaan-APK doen", "kort", "4"):
        doctor.say(line)
    return doctor


@pytest.fixture(scope="module")
def limited(system: Settings) -> Iterator[str]:
    """Another door of the system, with the usual limits."""
    engine = f"http://127.0.0.1:{system.engine_port}"
    with door_alone(system.var, PAS_ENGINE_URLS=engine, **USUAL) as made:
        yield made.doors[0]


def whole(victim: Victim, store: Store) -> tuple[Any, ...]:
    """Everything of a talk that another could have changed."""
    said = [victim.doctor.client.get(path).json() for path in ("/api/conversation", "/api/answers")]
    return *said, store.conversations.notes(victim.identifier)


# Tokens: guessed, used again, over, erased.


def test_the_routes_that_take_a_token_are_those_that_are_tried_here(system: Settings) -> None:
    paths = httpx.get(f"{address(system)}/api/openapi.json", trust_env=False).json()["paths"]
    found = {
        (m.upper(), path) for path, methods in paths.items() for m, told in methods.items() if told.get("security")
    }
    assert found == set(TAKING)


def false_tokens(victim: Victim) -> dict[str, dict[str, Any]]:
    """Headers with something that is nearly, or not at all, the token of this talk."""
    token = victim.doctor.token
    other = "A" if token[-1] != "A" else "B"
    return {
        "nothing": {},
        "an empty one": {"Authorization": "Bearer"},
        "an invented one": bearing(secrets.token_urlsafe(32)),
        "what the database calls it": bearing(victim.identifier),
        "all but its last letter": bearing(token[:-1]),
        "a letter more": bearing(f"{token}A"),
        "another last letter": bearing(token[:-1] + other),
        "its letters in the other case": bearing(token.swapcase()),
        "it as a password": {"Authorization": f"Basic {base64.b64encode(f'x:{token}'.encode()).decode()}"},
        "it without a word before it": {"Authorization": token},
        "it twice": {"Authorization": f"Bearer {token}, Bearer {token}"},
        "it in a cookie": {"Cookie": f"token={token}; Authorization=Bearer {token}"},
        "it in another header": {"X-Authorization": f"Bearer {token}", "X-Token": token},
        "a wildcard": bearing("%"),
        "SQL": bearing("' OR '1'='1"),
        "5000 letters": bearing("x" * 5000),
        "bytes that are no text": {"Authorization": b"Bearer \xff\xfe\xc3\x28"},
        "a digest": bearing(hashlib.sha256(victim.identifier.encode()).hexdigest()),
    }


@by_route
def test_what_is_nearly_a_token_opens_nothing(
    system: Settings, victim: Victim, store: Store, method: str, path: str
) -> None:
    before, answers = whole(victim, store), {}
    for name, headers in false_tokens(victim).items():
        answer = asked(address(system), method, path, headers, TAKING[method, path])
        assert problem(answer, 401) and victim.word not in answer.text, name
        answers[name] = alike(answer)
    assert len(set(map(str, answers.values()))) == 1, "one of them is answered in another way"
    assert asked(address(system), method, f"{path}?token={victim.doctor.token}", {}).status_code in (401, 422)
    assert whole(victim, store) == before


@by_route
def test_a_token_that_was_erased_is_like_one_that_never_was(system: Settings, method: str, path: str) -> None:
    gone = Doctor(address(system))
    gone.say("hallo")
    assert gone.client.delete("/api/conversation").status_code == 204
    gone.close()
    erased, never = (
        alike(asked(address(system), method, path, bearing(token), TAKING[method, path]))
        for token in (gone.token, secrets.token_urlsafe(32))
    )
    assert erased == never and erased[0] == 401


def test_a_talk_whose_term_is_over_is_like_one_that_never_was(tmp_path: Path) -> None:
    with door_alone(tmp_path) as made:
        late = Doctor(made.doors[0])
        assert late.client.get("/api/conversation").status_code == 200
        late.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "pas.db")) as database, database:
        database.execute("UPDATE conversation SET last_day = '2020-01-01'")
    with door_alone(tmp_path) as made:

        def answer(token: str) -> httpx.Response:
            return asked(made.doors[0], "GET", "/api/conversation", bearing(token))

        until(lambda: answer(late.token).status_code == 401, "the talk is still there")
        assert alike(answer(late.token)) == alike(answer(secrets.token_urlsafe(32)))


def link(victim: Victim) -> str:
    """A new link to a report."""
    made = victim.doctor.client.post("/api/report", json={"format": "txt"})
    assert made.status_code == 201, made.text
    return str(made.json()["href"])


def test_a_link_that_was_used_is_over_or_whose_talk_is_gone_is_like_one_that_never_was(
    system: Settings, victim: Victim, store: Store, working: Doctor
) -> None:
    def answer(href: str) -> httpx.Response:
        return asked(address(system), "GET", href, {})

    now = dt.datetime.now(dt.UTC)
    made, late = (
        f"/api/report/{store.conversations.make_link(victim.identifier, 'txt', now - dt.timedelta(minutes=age))}"
        for age in (4, 6)
    )
    assert victim.word in answer(made).text, "a link that is not over must work"
    of_another = str(working.client.post("/api/report", json={"format": "txt"}).json()["href"])
    working.client.delete("/api/conversation")
    kinds = {"used": made, "over": late, "erased": of_another, "never": f"/api/report/{secrets.token_urlsafe(32)}"}
    answers = {name: alike(answer(href)) for name, href in kinds.items()}
    assert answers["never"][0] == 404
    assert {name for name, one in answers.items() if one != answers["never"]} == set()


def test_of_eight_who_use_a_link_at_once_one_gets_the_report(system: Settings, victim: Victim) -> None:
    href = link(victim)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: asked(address(system), "GET", href, {}), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 7
    assert sum(victim.word in answer.text for answer in answers) == 1


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE"])
def test_a_link_is_not_used_up_by_who_only_looks_where_it_leads(system: Settings, victim: Victim, method: str) -> None:
    href = link(victim)
    assert asked(address(system), method, href, {}).status_code == 405
    assert victim.word in asked(address(system), "GET", href, {}).text


def near(code: str) -> dict[str, str]:
    """Codes that are nearly this one."""
    parts = code.split()
    other = next(word for word in words() if word not in parts)
    return {
        "another first word": " ".join([other, *parts[1:]]),
        "another last word": " ".join([*parts[:-1], other]),
        "two words in each other's place": " ".join([parts[1], parts[0], *parts[2:]])
        if parts[0] != parts[1]
        else " ".join([*parts[1:], other]),
        "five words": " ".join(parts[:-1]),
        "seven words": " ".join([*parts, other]),
        "a wildcard": " ".join([*parts[:-1], "*"]),
    }


def test_a_bewaarcode_that_is_nearly_right_is_like_any_other_that_opens_nothing(
    system: Settings, victim: Victim
) -> None:
    def answer(code: str) -> httpx.Response:
        return asked(address(system), "POST", "/api/open", {}, {"code": code})

    never = alike(answer(new_code()))
    assert never[0] == 404
    assert {name for name, code in near(victim.code).items() if alike(answer(code)) != never} == set()
    assert victim.word in answer(victim.code).text, "the code itself must open it"


def test_a_bewaarcode_that_was_thrown_away_is_like_one_that_never_was(system: Settings, working: Doctor) -> None:
    def answer(code: str) -> httpx.Response:
        return asked(address(system), "POST", "/api/open", {}, {"code": code})

    first = working.client.post("/api/keep").json()["code"]
    second = working.client.post("/api/keep").json()["code"]
    assert answer(second).status_code == 200
    assert working.client.delete("/api/keep").status_code == 204
    assert alike(answer(first)) == alike(answer(second)) == alike(answer(new_code()))


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


def test_how_long_a_refusal_takes_tells_nothing_of_the_token(
    system: Settings, victim: Victim, measured: Callable[[str], None]
) -> None:
    token, gone = victim.doctor.token, Doctor(address(system))
    gone.client.delete("/api/conversation")
    with httpx.Client(base_url=address(system), trust_env=False, timeout=60) as client:

        def refused(token: str) -> None:
            assert client.get("/api/answers", headers=bearing(token)).status_code == 401

        wrong = {
            "another last letter": token[:-1] + ("A" if token[-1] != "A" else "B"),
            "another first letter": ("A" if token[0] != "A" else "B") + token[1:],
            "erased": gone.token,
            "never was": secrets.token_urlsafe(32),
        }
        took = interleaved({name: lambda one=one: refused(one) for name, one in wrong.items()}, 60)  # type: ignore[misc]
    gone.close()
    measured(told(took))
    assert max(took.values()) < 3 * min(took.values()) + 5


def test_how_long_a_refusal_takes_tells_nothing_of_the_secret_of_the_engine(
    system: Settings, measured: Callable[[str], None]
) -> None:
    secret = system.secret("loopback")
    engine = f"http://127.0.0.1:{system.engine_port}/webhooks/{engine_names.CHANNEL}/turn"
    with httpx.Client(trust_env=False, timeout=60) as client:

        def refused(given: str) -> None:
            assert client.post(engine, headers={engine_names.SECRET_HEADER: given}, json={}).status_code == 403

        wrong = {"first letter": "~" + secret[1:], "last letter": secret[:-1] + "~", "length": secret[:5]}
        took = interleaved({name: lambda one=one: refused(one) for name, one in wrong.items()}, 60)  # type: ignore[misc]
    measured(f"wrong {told(took)}")
    assert max(took.values()) < 3 * min(took.values()) + 5


# What belongs to another.


def pointing(victim: Victim) -> dict[str, tuple[dict[str, str], dict[str, Any]]]:
    """Ways to say with one's own token that another talk is meant: headers, and what is put in the body."""
    named = {"conversation": victim.identifier, "conversation_id": victim.identifier, "sender": victim.identifier}
    return {
        "nothing": ({}, {}),
        "headers": ({"X-Conversation": victim.identifier, "X-Token": victim.doctor.token, "X-User": "x"}, {}),
        "a cookie": ({"Cookie": f"token={victim.doctor.token}; conversation={victim.identifier}"}, {}),
        "the body": ({}, named),
        "the id of another's message": ({}, {"id": victim.message}),
    }


@by_route
def test_with_ones_own_token_nothing_of_another_is_read_or_changed(
    system: Settings, victim: Victim, store: Store, method: str, path: str
) -> None:
    before = whole(victim, store)
    for way, (headers, more) in pointing(victim).items():
        other = Doctor(address(system))
        for line in TO_FREE_TEXT[:3]:
            other.say(line)
        body = TAKING[method, path]
        answer = asked(
            address(system), method, path, {**headers, **bearing(other.token)}, {**body, **more} if body else None
        )
        seen = read(answer)
        if path == "/api/report" and answer.status_code == 201:
            seen += other.client.get(answer.json()["href"]).text
        other.client.delete("/api/conversation")
        other.close()
        for secret in (victim.word, victim.identifier, victim.doctor.token, victim.code):
            assert secret not in seen, way
        assert whole(victim, store) == before, way
    assert victim.word in asked(address(system), "POST", "/api/open", {}, {"code": victim.code}).text


@by_route
def test_an_address_that_names_another_talk_is_refused(
    system: Settings, victim: Victim, doctor: Doctor, method: str, path: str
) -> None:
    for named in (f"?conversation={victim.identifier}", f"?id={victim.message}", f"?token={victim.doctor.token}"):
        problem(asked(address(system), method, path + named, bearing(doctor.token), TAKING[method, path]), 422)
    for under in (f"/{victim.identifier}", f"/{victim.doctor.token}", f"/../conversation/{victim.identifier}"):
        answer = raw(address(system), method, path + under, bearing(doctor.token))
        assert answer.status in (404, 405) and victim.word not in answer.whole
    assert doctor.client.get("/api/conversation").status_code == 200


def test_the_id_of_anothers_message_gives_nothing_of_its_answer(victim: Victim, working: Doctor) -> None:
    answer = working.client.post("/api/message", json={"id": victim.message, "text": "dat weet ik nog niet"})
    assert answer.status_code == 200 and victim.word not in answer.text
    assert "dat weet ik nog niet" in working.client.get("/api/conversation").text
    again = victim.doctor.client.post("/api/message", json={"id": victim.message, "text": "iets anders"})
    assert again.status_code == 200 and "dat weet ik nog niet" not in again.text


# Headers: whose pages may show it, who may read it, what is believed of what a request says of itself.

DOOR_PATHS = (
    "/", "/frame", "/privacy", "/widget.js", "/static/page.js", "/static/weg.js", "/api/conversation", "/api/message",
    "/api/export", "/api/open", "/api/report/x", "/api/openapi.json", "/health", "/live", "/ready", "/weg",
)  # fmt: skip
DASHBOARD_PATHS = (
    "/",
    "/inloggen",
    "/uitloggen",
    "/stromen",
    "/uitvoer/cells.json",
    "/static/coordinator.css",
    "/health",
)
ENGINE_PATHS = (
    "/",
    f"/webhooks/{engine_names.CHANNEL}/turn",
    f"/webhooks/{engine_names.CHANNEL}/health",
    "/live",
    "/weg",
)


def bases(system: Settings) -> dict[str, tuple[str, Sequence[str]]]:
    """Where each process answers, with its paths."""
    return {
        "door": (address(system), DOOR_PATHS),
        "dashboard": (dashboard(system), DASHBOARD_PATHS),
        "engine": (f"http://127.0.0.1:{system.engine_port}", ENGINE_PATHS),
    }


@pytest.mark.parametrize("process", ["door", "dashboard", "engine"])
def test_no_answer_lets_another_site_read_it(system: Settings, doctor: Doctor, process: str) -> None:
    base, paths = bases(system)[process]
    asking = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
        "Access-Control-Request-Private-Network": "true",
    }
    for origin in (EVIL, FOREIGN, base, "null", "*"):
        for path in paths:
            for method, more in (("GET", bearing(doctor.token)), ("POST", {}), ("OPTIONS", asking)):
                headers = asked(base, method, path, {"Origin": origin, **more}).headers
                allowed = [name for name in headers if name.startswith("access-control-")]
                assert allowed == [], (method, path, origin, headers)


def ancestors(headers: httpx.Headers) -> list[str]:
    """Whose pages may show an answer in a frame."""
    [told] = [part for part in headers["content-security-policy"].split(";") if "frame-ancestors" in part]
    return told.split()[1:]


@pytest.mark.parametrize("path", DOOR_PATHS)
def test_only_the_frame_is_shown_on_other_sites_and_only_on_those_that_were_named(
    system: Settings, limited: str, path: str
) -> None:
    for headers in ({}, {"Origin": FOREIGN, "Referer": FOREIGN}, {"Origin": EVIL, "Sec-Fetch-Dest": "iframe"}):
        named = asked(address(system), "GET", path, headers).headers
        assert ancestors(named) == ([FOREIGN] if path == "/frame" else ["'none'"])
        assert ancestors(asked(limited, "GET", path, headers).headers) == ["'none'"], "nobody was named there"


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
ME = "of the doctor"
LATER = "Fri, 01 Jan 2100 00:00:00 GMT"
# Every kind of answer: its status, and what is asked for it. ME stands for the doctor's own token.
DOOR_KINDS: dict[str, tuple[int, str, str, dict[str, str], bytes | None]] = {
    "a page": (200, "GET", "/", {}, None),
    "the statement": (200, "GET", "/privacy", {}, None),
    "a static file": (200, "GET", "/static/page.js", {}, None),
    "a static file that did not change": (304, "GET", "/static/page.js", {"If-Modified-Since": LATER}, None),
    "a part of a static file": (206, "GET", "/static/page.js", {"Range": "bytes=0-9"}, None),
    "a part that there is not": (416, "GET", "/static/page.js", {"Range": "bytes=99999999-"}, None),
    "a static file that is not there": (404, "GET", "/static/weg.js", {}, None),
    "a static file by another method": (405, "POST", "/static/page.js", {}, b""),
    "the document": (200, "GET", "/api/openapi.json", {}, None),
    "health": (200, "GET", "/health", {}, None),
    "ready": (200, "GET", "/ready", {}, None),
    "a new talk": (201, "POST", "/api/conversation", {}, b""),
    "a talk": (200, "GET", "/api/conversation", {"Authorization": ME}, None),
    "an export": (200, "GET", "/api/export", {"Authorization": ME}, None),
    "a report that is not there": (404, "GET", "/api/report/x", {}, None),
    "what is not JSON": (400, "POST", "/api/message", {"Authorization": ME}, b"{"),
    "without a token": (401, "GET", "/api/answers", {}, None),
    "what is not there": (404, "GET", "/weg", {}, None),
    "another method": (405, "PUT", "/api/conversation", {}, b""),
    "only asking": (405, "OPTIONS", "/api/message", {}, None),
    "only the head": (405, "HEAD", "/", {}, None),
    "with nothing to keep": (409, "POST", "/api/keep", {"Authorization": ME}, b""),
    "too large": (413, "POST", "/api/message", {"Authorization": ME}, b"x" * 20_000),
    "another shape": (422, "POST", "/api/message", {"Authorization": ME}, b"{}"),
    "a question in the address": (422, "GET", "/api/answers?x=1", {}, None),
}


def headers_of(base: str, token: str, kind: tuple[int, str, str, dict[str, str], bytes | None]) -> httpx.Headers:
    """The headers of an answer of a kind."""
    status, method, path, more, body = kind
    filled = {name: f"Bearer {token}" if value == ME else value for name, value in more.items()}
    answer = httpx.request(method, base + path, headers=filled, content=body, trust_env=False, timeout=60)
    assert answer.status_code == status, answer.text
    return answer.headers


def lacking(headers: httpx.Headers, wanted: Mapping[str, str]) -> dict[str, str | None]:
    """The headers that are not as they are wanted, and those that say what runs here."""
    found = {name: headers.get(name) for name, value in wanted.items() if headers.get(name) != value}
    return found | {name: headers[name] for name in ("server", "x-powered-by", "content-encoding") if name in headers}


@pytest.mark.parametrize("kind", DOOR_KINDS)
def test_every_kind_of_answer_of_the_door_has_every_header_of_security(doctor: Doctor, kind: str) -> None:
    headers = headers_of(str(doctor.client.base_url), doctor.token, DOOR_KINDS[kind])
    assert lacking(headers, SECURE) == {}
    assert "set-cookie" not in headers


def test_a_report_has_every_header_of_security_and_is_saved_not_shown(system: Settings, victim: Victim) -> None:
    for form in ("pdf", "txt", "md"):
        href = victim.doctor.client.post("/api/report", json={"format": form}).json()["href"]
        headers = asked(address(system), "GET", href, {}).headers
        assert lacking(headers, SECURE) == {}
        assert re.fullmatch(r'attachment; filename="[a-z]+\.[a-z]+"', headers["content-disposition"])
        assert "html" not in headers["content-type"]


def test_the_frame_and_its_loader_have_every_header_of_security_but_for_whom_they_are(system: Settings) -> None:
    frame, loader = (asked(address(system), "GET", path, {}).headers for path in ("/frame", "/widget.js"))
    shown_there = POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {FOREIGN}")
    assert lacking(frame, SECURE | {"content-security-policy": shown_there}) == {}
    assert lacking(loader, SECURE | {"cross-origin-resource-policy": "cross-origin"}) == {}


def test_what_is_too_often_or_not_possible_now_has_every_header_of_security(limited: str, tmp_path: Path) -> None:
    with visitor(limited, "127.0.5.1") as client:
        answers = [client.post("/api/conversation") for _ in range(11)]
    assert answers[-1].status_code == 429 and lacking(answers[-1].headers, SECURE) == {}
    with door_alone(tmp_path) as made:
        waiting = Doctor(made.doors[0])
        answer = waiting.post(text="hallo")
        waiting.close()
    assert answer.status_code == 503 and lacking(answer.headers, SECURE) == {}


# What forges where a request goes to, or comes from.
FORGED: dict[str, dict[str, str]] = {
    "the host": {"Host": "kwaad.example"},
    "the host with a port": {"Host": "kwaad.example:443"},
    "a host that is none": {"Host": "kwaad.example/x?y#z"},
    "the host a proxy got": {"X-Forwarded-Host": "kwaad.example", "X-Host": "kwaad.example"},
    "the standard header": {"Forwarded": "for=10.6.6.6;host=kwaad.example;proto=https"},
    "the server a proxy got": {"X-Forwarded-Server": "kwaad.example", "X-HTTP-Host-Override": "kwaad.example"},
    "where it stood": {"X-Original-URL": "http://kwaad.example/", "X-Rewrite-URL": "http://kwaad.example/"},
    "what stands before it": {"X-Forwarded-Prefix": "//kwaad.example", "X-Script-Name": "//kwaad.example"},
    "who asks": {"X-Forwarded-For": "kwaad.example", "X-Real-IP": "kwaad.example"},
    "how it came": {"X-Forwarded-Proto": "kwaad.example", "X-Forwarded-Port": "kwaad.example"},
}


@pytest.mark.parametrize("forged", FORGED)
@pytest.mark.parametrize("process", ["door", "dashboard"])
def test_a_forged_host_stands_in_no_answer(system: Settings, process: str, forged: str) -> None:
    base, paths = bases(system)[process]
    for path in paths:
        for method in ("GET", "POST"):
            answer = raw(base, method, path, FORGED[forged], b"" if method == "POST" else None)
            assert answer.status < 500 and "kwaad" not in answer.whole, (method, path, answer)


SLASHED = ("/health/", "/api/conversation/", "/api/report/x/", "/privacy/", "/static")


@pytest.mark.parametrize("path", SLASHED)
def test_no_redirect_of_the_door_goes_where_a_forged_host_says(system: Settings, path: str) -> None:
    for name, forged in FORGED.items():
        answer = raw(address(system), "GET", path, forged)
        assert "kwaad" not in answer.whole, name


@pytest.mark.parametrize("path", ["/", "/stromen/", "/inloggen/", "/static"])
def test_no_redirect_of_the_dashboard_goes_where_a_forged_host_says(
    system: Settings, store: Store, account: Callable[..., Made], path: str
) -> None:
    with signed_in(system, store, account("reader")) as reader:
        # By another name than its own the dashboard looks for the cookie that goes over https only.
        cookie = f"{COOKIE}={reader.cookies[COOKIE]}; __Host-{COOKIE}={reader.cookies[COOKIE]}"
    for name, forged in FORGED.items():
        for known in ({}, {"Cookie": cookie}):
            assert "kwaad" not in raw(dashboard(system), "GET", path, {**known, **forged}).whole, name


def test_how_a_request_came_is_believed_of_a_proxy_alone(system: Settings) -> None:
    with visitor(address(system), "127.0.5.2", **{"X-Forwarded-Proto": "https"}) as client:
        for path in ("/health/", "/privacy/", "/static"):
            assert not client.get(path).headers.get("location", "").startswith("https:")


# What a forger puts in each request, to count as someone else every time.
CLAIMS = (
    "X-Forwarded-For", "X-Real-IP", "X-Client-IP", "CF-Connecting-IP", "True-Client-IP", "X-Cluster-Client-IP",
    "Forwarded",
)  # fmt: skip


@pytest.mark.parametrize("claim", CLAIMS)
def test_who_is_no_proxy_is_counted_by_its_own_address_whatever_it_claims(limited: str, claim: str) -> None:
    with visitor(limited, f"127.0.6.{CLAIMS.index(claim) + 1}") as client:
        said = [f"for=10.6.6.{n}" if claim == "Forwarded" else f"10.6.6.{n}" for n in range(11)]
        statuses = [client.post("/api/conversation", headers={claim: one}).status_code for one in said]
    assert statuses == [201] * 10 + [429]


def test_behind_a_proxy_each_is_counted_by_the_address_that_the_proxy_saw(limited: str) -> None:
    def opened(client: httpx.Client, seen: str) -> int:
        return client.post("/api/conversation", headers={"X-Forwarded-For": seen}).status_code

    with visitor(limited, "127.0.0.1") as proxy:
        assert [opened(proxy, f"10.7.{n}.1") for n in range(12)] == [201] * 12
        # What stands before the last one was said by whoever asked.
        assert [opened(proxy, f"10.8.8.{n}, 10.9.9.9") for n in range(11)] == [201] * 10 + [429]


# Paths.

STEPS = (
    "../", "..%2f", "%2e%2e/", "%2e%2e%2f", ".%2e/", "%2E%2E%2F", "..%5c", "..\\", "%2e%2e%5c", "%252e%252e%252f",
    "%25252e%25252e%25252f", "..%c0%af", "%c0%ae%c0%ae/", "%c0%ae%c0%ae%c0%af", "..%ef%bc%8f", "%e2%80%a4%e2%80%a4/",
    "....//", "....%2f%2f", "..;/", "..%3b/", "%00../", "..%00/", "../%00", "/../", "%2f..%2f", ".//../", "..%09/",
    "..%20/", "..%0d%0a/", "..?/", "..%23/", "..%ff/",
)  # fmt: skip
BEFORE = ("/static/", "/static/page.js/", "/static", "/api/report/", "/api/", "/")
# What would be reached, from the folder of static files and from the root of the machine.
REACHED = ((2, "settings.py"), (3, "pyproject.toml"), (10, "etc/passwd"))
ELSEWHERE = (
    "/etc/passwd", "%2fetc%2fpasswd", "//etc/passwd", "file:///etc/passwd", "C:%5cwindows%5cwin.ini", "~root/.profile",
    "%00", "page.js%00.txt", "page.js%00/../../settings.py", "x" * 5000, "%2e", ".", "..", "%2f", "proc/self/environ",
    "..%2f" * 900, "page.js%2f..%2f..%2fpage.js", "*", "page.js;/../../settings.py",
)  # fmt: skip


def nothing_else(base: str, secret: str, path: str) -> None:
    """See that a path is answered with a refusal that holds nothing of any file."""
    answer = raw(base, "GET", path)
    assert answer.status in (303, 307, 400, 404, 422), (path, answer.status)
    for sign in ("root:", "class Settings", "[project]", "PAS_VAR", secret):
        assert sign not in answer.whole, path


@pytest.mark.parametrize("step", STEPS)
def test_no_way_of_writing_a_path_leads_out_of_what_is_served(system: Settings, step: str) -> None:
    secret = system.secret("loopback")
    for base, before in itertools.product((address(system), dashboard(system)), BEFORE):
        for times, name in REACHED:
            nothing_else(base, secret, before + step * times + name)


@pytest.mark.parametrize("path", ELSEWHERE, ids=range(len(ELSEWHERE)))
def test_no_place_elsewhere_is_served(system: Settings, path: str) -> None:
    for before in ("/static/", "/api/report/"):
        nothing_else(address(system), system.secret("loopback"), before + path)
    nothing_else(dashboard(system), system.secret("loopback"), f"/static/{path}")


def test_what_is_served_is_there_when_it_is_asked_for_plainly(system: Settings) -> None:
    assert raw(address(system), "GET", "/static/page.js").status == 200
    assert raw(dashboard(system), "GET", "/static/coordinator.css").status == 200


# The dashboard.

REFUSED = {"naam": "iemand-anders", "wachtwoord": "een ander wachtwoord", "code": "000000"}


@pytest.fixture
def account(store: Store) -> Callable[..., Made]:
    """Makes accounts of which nobody heard before."""
    accounts = Accounts(store.database, store.review)

    def make(role: Role = "editor") -> Made:
        return accounts.add(f"c{secrets.token_hex(6)}", PASSWORD, role)

    return make


def entering(
    client: httpx.Client,
    made: Made,
    wrong: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Sign in with the code of now, or with something else for one of the three."""
    code = credentials.code(made.secret, int(time.time()))
    given = {"naam": made.name, "wachtwoord": made.password, "code": code, **(wrong or {})}
    return client.post("/inloggen", data=given, headers=headers)


def signed_in(system: Settings, store: Store, made: Made, began: dt.datetime | None = None) -> Someone:
    """Someone who signed in with this account, now or at some other moment."""
    token = SignedIn(store.database).begin(made.name, began or dt.datetime.now(dt.UTC))
    return Someone(dashboard(system), token)


def test_who_guesses_passwords_from_one_address_is_stopped_there_and_others_come_in(
    system: Settings, account: Callable[..., Made]
) -> None:
    with visitor(dashboard(system), "127.1.1.1") as guesser, visitor(dashboard(system), "127.1.1.2") as other:
        statuses = [entering(guesser, account(), {"wachtwoord": "nee" * 5}).status_code for _ in range(5)]
        assert statuses == [401] * 5
        stopped = entering(guesser, account())
        assert stopped.status_code == 429 and int(stopped.headers["retry-after"]) >= 1
        assert "set-cookie" not in stopped.headers
        assert entering(other, account()).status_code == 303


def test_who_guesses_one_password_from_many_addresses_is_stopped_by_its_name(
    system: Settings, account: Callable[..., Made]
) -> None:
    made, statuses = account(), []
    for number in range(6):
        with visitor(dashboard(system), f"127.1.2.{number + 1}") as client:
            statuses.append(entering(client, made, {"wachtwoord": "nee" * 5} if number < 5 else {}).status_code)
    assert statuses == [401] * 5 + [429]


@pytest.mark.parametrize("claim", CLAIMS)
def test_who_guesses_passwords_has_no_more_tries_by_claiming_to_be_elsewhere(
    system: Settings, account: Callable[..., Made], claim: str
) -> None:
    with visitor(dashboard(system), f"127.1.3.{CLAIMS.index(claim) + 1}") as client:
        statuses = []
        for number in range(6):
            said = f"for=10.6.6.{number}" if claim == "Forwarded" else f"10.6.6.{number}"
            name = f"niemand-{secrets.token_hex(4)}"
            answer = client.post("/inloggen", data={**REFUSED, "naam": name}, headers={claim: said})
            statuses.append(answer.status_code)
    assert statuses == [401] * 5 + [429]


def test_whether_there_is_such_a_name_is_not_to_be_seen_in_any_answer(
    system: Settings, account: Callable[..., Made]
) -> None:
    made, unknown = account(), f"niemand-{secrets.token_hex(4)}"
    wrong = {
        "a wrong password": {"wachtwoord": REFUSED["wachtwoord"]},
        "a wrong code": {"code": REFUSED["code"]},
        "both wrong": {"wachtwoord": REFUSED["wachtwoord"], "code": REFUSED["code"]},
        "a name that is not known": {"naam": unknown},
        "all wrong": {**REFUSED, "naam": unknown},
    }
    answers = {}
    for number, (name, given) in enumerate(wrong.items(), 1):
        with visitor(dashboard(system), f"127.1.4.{number}") as client:
            answers[name] = alike(entering(client, made, given))
    assert answers["all wrong"][0] == 401 and unknown not in answers["all wrong"][1]
    assert {name for name, one in answers.items() if one != answers["all wrong"]} == set()


def test_whether_there_is_such_a_name_is_not_to_be_told_by_how_long_it_takes(
    system: Settings, account: Callable[..., Made], measured: Callable[[str], None]
) -> None:
    made, unknown, turn = account(), f"niemand-{secrets.token_hex(4)}", iter(range(1, 200))

    def tried(name: str) -> None:
        with visitor(dashboard(system), f"127.1.5.{next(turn)}") as client:
            assert client.post("/inloggen", data={**REFUSED, "naam": name}).status_code == 401

    took = interleaved({"known": lambda: tried(made.name), "unknown": lambda: tried(unknown)}, 5)
    measured(told(took))
    assert 1 / 3 < took["known"] / took["unknown"] < 3


def test_a_session_that_an_attacker_chose_is_not_the_one_that_comes_of_signing_in(
    system: Settings, account: Callable[..., Made]
) -> None:
    made, chosen = account(), secrets.token_urlsafe(32)
    with visitor(dashboard(system), "127.1.6.1", Cookie=f"{COOKIE}={chosen}") as client:
        answer = entering(client, made)
    assert answer.status_code == 303 and chosen not in answer.headers["set-cookie"]
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "domain" not in cookie
    with visitor(dashboard(system), "127.1.6.2", Cookie=f"{COOKIE}={chosen}") as attacker:
        assert attacker.get("/").headers["location"] == "/inloggen"
    with visitor(dashboard(system), "127.1.6.3") as again:
        assert entering(again, made).status_code == 401, "the code was used"


@pytest.mark.parametrize("why", ["invented", "idle", "over", "signed out", "removed"])
def test_a_session_that_is_over_is_like_one_that_never_was(
    system: Settings, store: Store, account: Callable[..., Made], why: str
) -> None:
    made, now = account(), dt.datetime.now(dt.UTC)
    late = {"idle": dt.timedelta(minutes=31), "over": dt.timedelta(hours=9)}.get(why, dt.timedelta())
    with signed_in(system, store, made, now - late) as someone:
        token = someone.cookies[COOKIE]
        if not late:
            assert someone.get("/").status_code == 200
        if why == "invented":
            token = secrets.token_urlsafe(32)
        elif why == "signed out":
            assert someone.form("/uitloggen").status_code == 303
        elif why == "removed":
            Accounts(store.database, store.review).remove(made.name)
        someone.cookies = httpx.Cookies({COOKIE: token})
        answers = {(a.status_code, a.headers.get("location"), a.text) for a in map(someone.get, DASHBOARD_PATHS[3:5])}
        refused = someone.form("/inhoud/coaches").status_code
    assert answers == {(303, "/inloggen", "")} and refused == 401


# What another site can make a coordinator's browser send.
FROM_ELSEWHERE: dict[str, dict[str, str]] = {
    "another site": {"Origin": EVIL},
    "a frame without an origin": {"Origin": "null"},
    "another port of the machine": {"Origin": "http://127.0.0.1:9"},
    "a name that begins like it": {"Origin": "http://127.0.0.1.kwaad.example"},
    "a browser that says so": {"Sec-Fetch-Site": "cross-site"},
    "a site beside it": {"Sec-Fetch-Site": "same-site"},
}


@pytest.mark.parametrize("way", FROM_ELSEWHERE)
def test_a_form_that_another_site_sends_changes_nothing_even_with_the_token(
    system: Settings, store: Store, account: Callable[..., Made], way: str
) -> None:
    made = account()
    with signed_in(system, store, made) as editor:
        proof = {"form_token": form_token(editor.cookies[COOKIE])}
        for path in ("/uitloggen", "/inhoud/coaches", "/meelezen/wis"):
            assert editor.post(path, data=proof, headers=FROM_ELSEWHERE[way]).status_code == 403
        assert editor.get("/").status_code == 200
    with visitor(dashboard(system), f"127.1.7.{[*FROM_ELSEWHERE].index(way) + 1}") as browser:
        answer = entering(browser, made, headers=FROM_ELSEWHERE[way])
        assert answer.status_code == 403 and "set-cookie" not in answer.headers


def test_a_form_without_the_token_of_its_own_session_changes_nothing(
    system: Settings, store: Store, account: Callable[..., Made]
) -> None:
    with signed_in(system, store, account()) as editor, signed_in(system, store, account()) as other:
        theirs = form_token(other.cookies[COOKIE])
        for given in ({}, {"form_token": ""}, {"form_token": "x" * 64}, {"form_token": theirs}):
            for path in ("/uitloggen", "/inhoud/coaches"):
                assert editor.post(path, data=given).status_code == 403
        for path in (f"/uitloggen?form_token={form_token(editor.cookies[COOKIE])}", "/uitloggen", "/meelezen/wis"):
            assert editor.get(path).status_code in (404, 405)
        assert editor.get("/").status_code == 200


@pytest.mark.parametrize("signed", [False, True], ids=["a stranger", "an editor"])
def test_every_kind_of_answer_of_the_dashboard_has_every_header_of_security(
    system: Settings, store: Store, account: Callable[..., Made], signed: bool
) -> None:
    with signed_in(system, store, account()) as client:
        proof = {"form_token": form_token(client.cookies[COOKIE])}
        if not signed:
            client.cookies.clear()
        answers = [client.get(path) for path in (*DASHBOARD_PATHS, "/weg", "/logboek?voor=x", "/uitvoer/cells.csv")]
        answers += [client.request(method, "/stromen") for method in ("POST", "PUT", "OPTIONS", "HEAD")]
        sent: list[dict[str, str]] = [{}, proof, *([{"x": "y" * 2_500_000}] if signed else [])]
        answers += [client.post("/inhoud/coaches", data=given) for given in sent]
        answers += [client.post("/uitloggen", headers={"Origin": EVIL})]
    statuses = {answer.status_code for answer in answers}
    assert statuses >= ({200, 403, 404, 405, 413, 422} if signed else {200, 303, 401, 403}), statuses
    assert {str(answer.url): lacking(answer.headers, DASHBOARD_SECURE) for answer in answers} == {
        str(answer.url): {} for answer in answers
    }


# What is put into logs and files.


def new_lines(log: Path, before: int) -> list[str]:
    """The lines of a log since it was so long; all of them when it was begun anew meanwhile."""
    content = log.read_bytes()
    return content[before if len(content) >= before else 0 :].decode("utf-8", "replace").splitlines()


def injecting(base: str, mark: str) -> None:
    """Requests with line ends, colours of a terminal and a line as a log has it, in every place."""
    forged = f"{mark} 2026-11-26 12:00:00,000 CRITICAL bot {mark}"
    quoted = f"%0d%0a{forged.replace(' ', '%20')}%1b%5b31m%0a"
    raw(base, "GET", f"/{quoted}")
    raw(base, "GET", f"/static/{quoted}")
    raw(base, "GET", f"/api/report/{quoted}")
    raw(base, "GET", f"/stromen/{quoted}/x?{quoted}={quoted}")
    told = f"{forged}\x1b[2J\x1b]0;{mark}\x07"
    for name in ("User-Agent", "Authorization", "Referer", "X-Forwarded-For", "Cookie", "X-Request-Id"):
        raw(base, "GET", "/api/conversation", {name: told})
        raw(base, "GET", "/", {name: f"a\r\n {forged}"})
    raw(base, mark.upper(), "/")
    with contextlib.suppress(http.client.HTTPException, OSError):
        raw(base, "GET", f"http://{mark}:99999/")
    for body in (f"naam=a%0d%0a{quoted}&wachtwoord=x&code={quoted}", json.dumps({"id": f"x\n{told}", "text": told})):
        kind = "application/json" if body.startswith("{") else "application/x-www-form-urlencoded"
        for path in ("/api/message", "/api/open", "/inloggen"):
            raw(base, "POST", path, {"Content-Type": kind}, body.encode())


@pytest.mark.parametrize("process", ["door", "coordinator"])
def test_nothing_that_a_request_says_makes_a_line_in_a_log(system: Settings, process: str) -> None:
    log, mark = system.logs / f"{process}.log", marked()
    before = log.stat().st_size
    base = address(system) if process == "door" else dashboard(system)
    injecting(base, mark)
    httpx.get(f"{base}/health", trust_env=False)
    # Whether anything is written at all is seen by what is written for each request: at this level that is a lot.
    until(lambda: bool(new_lines(log, before)), "nothing was logged")
    for line in new_lines(log, before):
        assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [\w.]+ \S", line), line
        assert "\x1b" not in line and "\r" not in line
    for written in system.logs.iterdir():
        assert mark not in written.read_text(encoding="utf-8", errors="replace").lower(), written


@pytest.mark.long
def test_a_log_of_objects_stays_one_of_objects_whatever_a_request_says(frail: Processes) -> None:
    log, mark = frail.log(DOOR), marked()
    before = log.stat().st_size
    injecting(frail.doors[0], mark)
    httpx.get(f"{frail.doors[0]}/health", trust_env=False)
    until(lambda: bool(new_lines(log, before)), "nothing was logged")
    for line in new_lines(log, before):
        told = json.loads(line)
        assert set(told) == {"at", "level", "name", "message"} and told["level"] != "CRITICAL"
    assert mark not in log.read_text(encoding="utf-8").lower()


def test_a_path_with_a_line_end_is_a_header_in_no_answer(system: Settings) -> None:
    for base in (address(system), dashboard(system)):
        for path in (
            "/%0d%0aX-Kwaad:%20ja",
            "/health/%0d%0aX-Kwaad:%20ja",
            "/static/%0aSet-Cookie:%20a=b",
            "/api/report/%0d%0a%0d%0akwaad",
        ):
            answer = raw(base, "GET", path)
            assert not {name.lower() for name, _ in answer.headers} & {"x-kwaad", "set-cookie"}
            assert b"kwaad" not in answer.body


def test_the_log_of_the_dashboard_shows_a_forged_path_as_one_line_of_text(
    system: Settings, store: Store, account: Callable[..., Made]
) -> None:
    made = account()
    with signed_in(system, store, made) as editor:
        cookie = {"Cookie": f"{COOKIE}={editor.cookies[COOKIE]}"}
        path = "/x%0a%3Cscript%3Ealert(1)%3C/script%3E%1b%5b31m"
        answer = raw(dashboard(system), "POST", path, cookie, b"")
        assert answer.status == 403
        page = editor.get(f"/logboek?wie={made.name}").text
    assert "<script" not in page and "&lt;script&gt;" in page
    entries, _ = Audit(store.database).last(made.name)
    assert [entry.what for entry in entries] == ["seen", "refused"]


FORMULAS = ("=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "＝1+1")


def test_no_cell_of_what_a_coordinator_takes_along_is_a_formula(
    system: Settings, store: Store, account: Callable[..., Made]
) -> None:
    monday = dt.date(2026, 11, 2)
    shape: dict[str, Any] = {"version": 1, "length": "kort", "channel": "web", "simulated": True}
    figures = {"acts": dict.fromkeys(FORMULAS, 9), "referred": {"=cmd()": 9}, "durations": {"=cmd()": 9}}
    cell = Cell(script="=cmd()", first=monday, last=monday, runs=20, figures=figures, **shape)
    with sessions(store.database).begin() as session:
        add_published(session, [cell], [])
    try:
        with signed_in(system, store, account("reader")) as reader:
            tables = {
                name: reader.get(f"/uitvoer/{name}.csv?soort=gesimuleerd").text
                for name in ("cells", "acts", "referrals", "durations")
            }
    finally:
        with sessions(store.database).begin() as session:
            session.execute(delete(CellRow).where(CellRow.script == "=cmd()"))
    assert all("cmd()" in table for table in tables.values()) and "HYPERLINK" in tables["acts"]
    cells = [
        cell for table in tables.values() for row in csv.reader(io.StringIO(table[1:]), delimiter=";") for cell in row
    ]
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "＝"))]


def test_no_cell_of_the_coaches_that_were_imported_is_a_formula_when_they_are_taken_along(
    system: Settings, store: Store, account: Callable[..., Made]
) -> None:
    coaches = StoredCoaches(sessions(store.database))
    before = coaches.all()
    rows = [f'"{formula}",apk,"=1+1",35,,,' for formula in FORMULAS if formula.strip() == formula]
    listed = "\n".join(["naam,themas,vormen,regios,web,telefoon,email", *rows]) + "\n"
    try:
        with signed_in(system, store, account()) as editor:
            sent = editor.form("/inhoud/coaches", files={"file": ("coaches.csv", listed, "text/csv")})
            assert sent.status_code == 303, sent.text
            taken = editor.get("/inhoud/coaches.csv").text
    finally:
        coaches.replace(before)
    cells = [cell for row in csv.reader(io.StringIO(taken)) for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "＝"))]


def test_nothing_that_a_doctor_writes_names_a_file_or_a_field_of_what_is_taken_along(working: Doctor) -> None:
    written = "../../boos.sh\r\nATTACH:http://127.0.0.1:9/x\nX-Kwaad: ja"
    for line in ("1", "1, 4 en 8", written):
        working.send(text=line)
    with zipfile.ZipFile(io.BytesIO(working.client.get("/api/export").content)) as archive:
        names = archive.namelist()
        assert "boos.sh" in archive.read("gesprek.json").decode()
    assert len(names) == 3 and all(re.fullmatch(r"[a-z0-9-]+\.(md|json)", name) for name in names)
    for _ in range(30):
        if working.last["script"]["state"] == "done":
            break
        asked_for = {(m["input"] or {}).get("type") for m in working.last["messages"]}
        working.say("over drie maanden" if "date" in asked_for else f"{written} op zondag")
    calendar = working.client.get(working.client.post("/api/report", json={"format": "ics"}).json()["href"])
    assert calendar.status_code == 200 and "boos" not in calendar.text
    assert "ATTACH" not in calendar.text and "x-kwaad" not in calendar.headers


# What is packed, what is many, what takes long.


def packed(content: bytes, way: str) -> bytes:
    """A content as an encoding of HTTP has it."""
    return gzip.compress(content) if way in ("gzip", "x-gzip") else zlib.compress(content)


@pytest.mark.parametrize("way", ["gzip", "x-gzip", "deflate"])
def test_a_message_that_is_packed_is_not_unpacked(system: Settings, doctor: Doctor, way: str) -> None:
    sent = packed(json.dumps({"id": str(uuid.uuid4()), "text": "hallo"}).encode(), way)
    for path in ("/api/message", "/api/open", "/api/report"):
        answer = doctor.client.post(path, content=sent, headers={"Content-Encoding": way})
        problem(answer, 400)
    assert [m["from"] for m in doctor.client.get("/api/conversation").json()["messages"]].count("doctor") == 0
    assert doctor.say("hallo")["messages"]


def test_a_form_that_is_packed_is_not_unpacked(system: Settings, account: Callable[..., Made]) -> None:
    made = account()
    code = credentials.code(made.secret, int(time.time()))
    form = str(httpx.QueryParams({"naam": made.name, "wachtwoord": made.password, "code": code})).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    with visitor(dashboard(system), "127.1.8.1", **kind) as client:
        answer = client.post("/inloggen", content=packed(form, "gzip"), headers={"Content-Encoding": "gzip"})
        assert answer.status_code < 500 and "set-cookie" not in answer.headers
        assert client.post("/inloggen", content=form).status_code == 303, "unpacked it must be taken"


def test_a_bomb_of_a_hundred_megabytes_stays_as_small_as_it_came(
    frail: Processes, someone: Callable[[], Doctor], measured: Callable[[str], None]
) -> None:
    doctor, process = someone(), psutil.Process(frail.process_id(DOOR))
    bomb = gzip.compress(b"0" * (100 * MB))
    before = process.memory_info().rss
    for _ in range(5):
        answer = doctor.client.post("/api/message", content=bomb, headers={"Content-Encoding": "gzip"})
        assert answer.status_code in (400, 413)
    grown = (process.memory_info().rss - before) / MB
    assert grown < 50, grown
    assert doctor.say("hallo")["messages"]
    measured(f"of {len(bomb) // 1024} KiB that unpack to 100 MB, five times, the door grew by {grown:.1f} MB")


# How long a pattern may look at one text, in seconds of the processor. What grows with the square of 4,000 letters stays
# well under it; what grows with the cube, or faster, cannot.
LONGEST = 2.0
LENGTHS = (60, 500, 4_000)
PACKAGES = ("bot.language", "bot.anonymiser", "bot.dialogue")
ALONE = ("bot.scripts.inputs", "bot.scripts.own_questions", "bot.matrix.incoming", "bot.matrix.shaping")
# Files with patterns of their own, which are compiled as they are used.
PATTERNS_IN = ("thread", "changes", "reminders", "dates", "own_questions")
# These are bombs: what does not find them finds nothing.
KNOWN = ((re, r"(?:\w+\s?)*!"), (regex, r"(?:\w+\s?)*!"), (regex, r"\p{L}*\p{L}*\p{L}*\p{L}*!"))
# What neither a letter nor a sign is.
NEVER = "\u2603"
SOME = "a1 .-A'\n@é€/,:("


class Sought(NamedTuple):
    """A compiled pattern; overlapped: it is looked for at each place, as phrases over words are."""

    pattern: Any
    overlapped: bool = False


@pytest.mark.long
def test_no_pattern_takes_long_whatever_a_doctor_writes(measured: Callable[[str], None]) -> None:
    command = [sys.executable, "-c", "from tests.faults.test_attack import tried; tried()"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1_800, check=False)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["letters"] > 150 and found["words"] > 500, "most patterns were not found"
    measured(
        f"{found['letters']} patterns over letters and {found['words']} over words, {found['texts']} texts of up to "
        f"{LENGTHS[-1]} characters; the slowest took {found['slowest'] * 1000:.0f} ms"
    )
    assert sorted(found["over"]) == sorted(pattern for _, pattern in KNOWN)


def tried() -> None:
    """Time every pattern that reads what a doctor wrote against texts that are made to be slow, and print what came of it.
    For a process of its own: what hangs in a pattern is stopped by a signal."""

    def stop(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGVTALRM, stop)
    letters, phrases = over_letters(), over_words()
    known = [Sought(library.compile(pattern)) for library, pattern in KNOWN]
    slowest, texts, over = 0.0, 0, []
    for sought in [*known, *letters, *phrases]:
        took, count = slowest_of(sought)
        texts += count
        if took >= LONGEST:
            over.append(sought.pattern.pattern)
        elif took > slowest:
            slowest = took
    shown = {"letters": len(letters), "words": len(phrases), "texts": texts, "slowest": slowest, "over": over}
    print(json.dumps(shown))


def slowest_of(sought: Sought) -> tuple[float, int]:
    """How long a pattern took over the text that it took longest over, and how many there were. Stops at the first that is
    too long."""
    slowest, count = 0.0, 0
    attacks = list(dict.fromkeys(attacks_on(sought.pattern.pattern)))
    for length in LENGTHS:
        for before, again, after in attacks:
            text = before + again * (length // len(again)) + after
            count += 1
            slowest = max(slowest, timed(sought, text))
            if slowest >= LONGEST:
                return slowest, count
    return slowest, count


def timed(sought: Sought, text: str) -> float:
    """How long all places of a pattern in a text take to find; the longest time allowed when they take longer."""
    began = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
    try:
        for _ in sought.pattern.finditer(text, **({"overlapped": True} if sought.overlapped else {})):
            pass
    except TimeoutError:
        return LONGEST
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.process_time() - began


def modules() -> Iterator[ModuleType]:
    """The modules that read what a doctor wrote."""
    for package in PACKAGES:
        found = importlib.import_module(package)
        for one in pkgutil.iter_modules(found.__path__):
            yield importlib.import_module(f"{package}.{one.name}")
    yield from map(importlib.import_module, ALONE)


def over_letters() -> list[Sought]:
    """Every pattern over letters: those of the modules, those that are written where they are used, those in data, and
    those that are made from word lists."""
    found: dict[str, Any] = {}
    for one in made_from_lists():
        found.setdefault(one.pattern, one)
    for module in modules():
        for value in vars(module).values():
            if isinstance(value, re.Pattern | regex.Pattern):
                found.setdefault(value.pattern, value)
        for library, pattern in written_in(Path(module.__file__ or "")):
            if pattern not in found:
                found[pattern] = library.compile(pattern)
    for name in PATTERNS_IN:
        for pattern in texts_in(load(DATA / "language" / f"{name}.yml")):
            # What is put in the place of a match is no pattern.
            if pattern not in found and regex.search(r"[(|?*+\[]|\\[a-z]", pattern):
                found[pattern] = regex.compile(pattern)
    return [Sought(one) for one in found.values()]


def written_in(path: Path) -> Iterator[tuple[ModuleType, str]]:
    """The patterns that stand in a file as they are, with the library that reads them."""
    libraries: dict[str, ModuleType] = {"re": re, "regex": regex}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=("re" | "regex") as name), attr=called),
                args=[ast.Constant(value=str() as pattern), *_],
            ) if called != "escape":
                yield libraries[name], pattern


def texts_in(value: Any) -> Iterator[str]:
    """Every text in what was read from a file, but for its keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)


def made_from_lists() -> Iterator[Any]:
    """The patterns that objects make when they are made, or first used."""
    made: list[Any] = []
    compiled = regex.compile

    def noted(*arguments: Any, **named: Any) -> Any:
        made.append(compiled(*arguments, **named))
        return made[-1]

    regex.compile = noted
    try:
        light = importlib.import_module("bot.anonymiser.light")
        safety = importlib.import_module("bot.language.safety")
        rules = light.rules()
        for part in vars(rules).values():
            for name, value in vars(type(part)).items():
                if isinstance(value, cached_property):
                    getattr(part, name)
        for text in ("Mevr. Jansen uit Zwolle belde op 3 januari.", "ik w i l niet meer, 0612345678"):
            light.find(text)
            safety.check(text)
    finally:
        regex.compile = compiled
    return iter([one for one in made if not is_of_codes(one.pattern)])


def is_of_codes(pattern: str) -> bool:
    """Whether a pattern is over the codes of words, which are no letters that anyone writes."""
    return any(letter >= "\U00010000" for letter in pattern)


def over_words() -> list[Sought]:
    """Every phrase of the safety layer, over the codes of words."""
    layer = importlib.import_module("bot.language.safety")._layer()
    return [Sought(one, overlapped=True) for one in {phrase.expression for phrase in layer.phrases}]


def attacks_on(pattern: str) -> Iterator[tuple[str, str, str]]:
    """Texts to be slow over: what comes first, what comes again and again, and what comes last and does not fit, with all
    that the pattern wants after it, so that no short cut sees that it cannot fit."""
    parts = parsed(pattern)
    fitting = sample(parts) if parts is not None else ""
    end = NEVER + fitting
    if parts is not None:
        for before, again in repeated(parts, ""):
            yield before, again, end
    for again in (fitting[:-1], fitting, f"{fitting} ", "a", "1", " ", "a ", "1 ", "A. ", "a-", "1-", "a'", "a@a."):
        if again:
            yield "", again, end


def parsed(pattern: str) -> Any:
    """The parts of a pattern; None when it has something that Python's own library does not know."""
    plain = pattern
    for written, letter in ((r"\p{Lu}", "A"), (r"\p{Ll}", "a"), (r"\p{L}", "a"), (r"\p{N}", "1")):
        plain = plain.replace(written, letter)
    plain = re.sub(r"\(\?<([a-z_]+)>", r"(?P<\1>", plain)
    try:
        return importlib.import_module("re._parser").parse(plain)
    except (re.error, RecursionError):
        return None


def sample(parts: Iterable[tuple[Any, Any]], groups: dict[int | None, str] | None = None) -> str:
    """A short text that fits, as far as that can be told part by part."""
    groups, found = {} if groups is None else groups, ""
    for name, value in parts:
        match str(name):
            case "LITERAL":
                found += chr(value)
            case "NOT_LITERAL":
                found += "a" if value != ord("a") else "b"
            case "ANY":
                found += "a"
            case "IN":
                found += one_of(value)
            case "BRANCH":
                found += sample(value[1][0], groups)
            case "SUBPATTERN":
                groups[value[0]] = sample(value[-1], groups)
                found += groups[value[0]]
            case "ATOMIC_GROUP":
                found += sample(value, groups)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                found += sample(value[2], groups) * max(1, value[0])
            case "GROUPREF":
                found += groups.get(value, "")
    return found


def one_of(items: Sequence[tuple[Any, Any]]) -> str:
    """A letter of a set."""
    named = [
        chr(value if str(name) == "LITERAL" else value[0]) for name, value in items if str(name) in ("LITERAL", "RANGE")
    ]
    turned = str(items[0][0]) == "NEGATE"
    return next((letter for letter in [*named, *SOME] if holds(items, letter) != turned), "a")


def holds(items: Sequence[tuple[Any, Any]], letter: str) -> bool:
    """Whether a letter is one of those named in a set."""
    kinds = {
        "DIGIT": letter.isdecimal(),
        "SPACE": letter.isspace(),
        "WORD": letter.isalnum() or letter == "_",
    }
    for name, value in items:
        match str(name):
            case "LITERAL" if value == ord(letter):
                return True
            case "RANGE" if value[0] <= ord(letter) <= value[1]:
                return True
            case "CATEGORY":
                kind = str(value).removeprefix("CATEGORY_")
                if kinds[kind.removeprefix("NOT_")] != kind.startswith("NOT_"):
                    return True
    return False


def repeated(parts: Any, before: str) -> Iterator[tuple[str, str]]:
    """Every part that may come many times, each way in which it may be filled once, with what stands before it."""
    here = before
    for name, value in parts:
        kind = str(name)
        inner = value[2] if kind.endswith("_REPEAT") else value[-1] if kind == "SUBPATTERN" else None
        if kind.endswith("_REPEAT") and value[1] > 9:
            yield from ((here, way) for way in ways(inner) if way)
        if inner is not None:
            yield from repeated(inner, here)
        for way in value[1] if kind == "BRANCH" else ():
            yield from repeated(way, here)
        here += sample([(name, value)])


def ways(parts: Any) -> Iterator[str]:
    """Some ways to fill a part: one of each of its alternatives."""
    yield sample(parts)
    for name, value in parts:
        if str(name) == "SUBPATTERN":
            yield from ways(value[-1])
        elif str(name) == "BRANCH":
            yield from map(sample, value[1][:12])


def test_one_address_that_floods_is_told_to_wait_and_others_talk_on(
    limited: str, measured: Callable[[str], None]
) -> None:
    statuses: Counter[int] = Counter()
    over = threading.Event()

    def flood(_: int) -> None:
        with visitor(limited, "127.0.7.1") as client:
            while not over.is_set():
                statuses[client.post("/api/conversation").status_code] += 1

    def turn(client: httpx.Client, text: str) -> float:
        began = time.perf_counter()
        answer = client.post("/api/message", json={"id": str(uuid.uuid4()), "text": text})
        assert answer.status_code == 200 and answer.json()["messages"]
        return time.perf_counter() - began

    with visitor(limited, "127.0.7.2") as client, ThreadPoolExecutor(4) as pool:
        client.headers.update(bearing(client.post("/api/conversation").json()["token"]))
        alone = statistics.median(turn(client, text) for text in TO_FREE_TEXT)
        flooding = [pool.submit(flood, number) for number in range(4)]
        until(lambda: statuses[429] > 50, "nobody was told to wait")
        try:
            beside = statistics.median(turn(client, f"op dag {n} luister ik") for n in range(9))
            danger = client.post("/api/message", json={"id": str(uuid.uuid4()), "text": "ik wil niet meer leven"})
        finally:
            over.set()
        for one in flooding:
            one.result()
    assert danger.status_code == 200 and panel_in(danger.json())
    assert set(statuses) == {201, 429} and statuses[201] <= 20
    measured(
        f"{statuses[429]} times told to wait meanwhile; a turn of another took {beside * 1000:.0f} ms, "
        f"{alone * 1000:.0f} ms before"
    )


def test_a_talk_that_sends_too_much_waits_and_another_of_the_same_address_goes_on(limited: str) -> None:
    with visitor(limited, "127.0.8.1") as one, visitor(limited, "127.0.8.1") as other:
        for client in (one, other):
            client.headers.update(bearing(client.post("/api/conversation").json()["token"]))
        exports = [one.get("/api/export").status_code for _ in range(31)]
        assert exports == [200] * 30 + [429]
        assert other.get("/api/export").status_code == 200
        sent = [one.post("/api/message", json={"id": str(uuid.uuid4()), "text": "hallo"}) for _ in range(31)]
        assert [answer.status_code for answer in sent] == [200] * 30 + [429]
        answer = other.post("/api/message", json={"id": str(uuid.uuid4()), "text": "hallo"})
        assert answer.status_code == 200


# What can be reached, and what is reached from here.


def listens(process: Path) -> set[tuple[str, int]]:
    """Where a process listens."""
    found = psutil.Process(int(process.name)).net_connections(kind="inet")
    return {(one.laddr.ip, one.laddr.port) for one in found if one.status == psutil.CONN_LISTEN}


def test_nothing_of_the_system_can_be_reached_from_another_machine(system: Settings) -> None:
    ports = {system.port, system.engine_port, system.coordinator_port}
    # Another door may run beside it for these tests.
    found = {where for process in processes(system) for where in listens(process)}
    assert ports <= {port for _, port in found}
    assert {host for host, _ in found} == {"127.0.0.1"}


def test_neither_metrics_nor_a_process_that_was_started_by_itself_can_be_reached_from_another_machine(
    frail: Processes,
) -> None:
    for name in frail.names:
        where = listens(Path("/proc") / str(frail.process_id(name)))
        wanted = {urlsplit(frail.address(name)).port, frail.metrics[name]}
        assert where == {("127.0.0.1", port) for port in wanted}


@contextlib.contextmanager
def waiting() -> Iterator[tuple[int, Callable[[], int]]]:
    """A port at which nobody has any business, and how many came there until now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)

        def came() -> int:
            count = 0
            with contextlib.suppress(BlockingIOError):
                while True:
                    server.accept()[0].close()
                    count += 1
            return count

        port = int(server.getsockname()[1])
        yield port, came
        with socket.create_connection(("127.0.0.1", port)):
            assert came() == 1, "whoever comes must be seen"


def addresses(port: int) -> list[str]:
    """Texts with an address in them, in every form that something might fetch."""
    at = f"127.0.0.1:{port}"
    return [
        f"zie http://{at}/a?b=c voor wat ik bedoel",
        f"![plaatje](http://{at}/x.png) en [hier](http://{at}/y)",
        f'<img src="http://{at}/z"><link rel=stylesheet href=http://{at}/s>',
        f'#image("http://{at}/x.svg") #include "http://{at}/y.typ" #import "@{at}/a:1.0.0"',
        f"<!DOCTYPE a SYSTEM 'http://{at}/dtd'> \\\\{at}\\deel mxc://{at}/abc",
        f"${{jndi:ldap://{at}/a}} gopher://{at}/ ws://{at}/ ftp://{at}/",
    ]


@pytest.mark.parametrize("channel", ["web", "matrix"])
def test_no_address_that_a_doctor_writes_is_ever_fetched(system: Settings, channel: str) -> None:
    known = {CHANNEL_HEADER: channel, SECRET_HEADER: system.secret(CHANNEL_SECRET)} if channel == "matrix" else {}
    with waiting() as (port, came), httpx.Client(base_url=address(system), trust_env=False, timeout=60) as client:
        client.headers.update(known)
        client.headers.update(bearing(client.post("/api/conversation").json()["token"]))
        for text in (*TO_FREE_TEXT, *addresses(port), "ik ben klaar"):
            answer = client.post("/api/message", json={"id": str(uuid.uuid4()), "text": text})
            assert answer.status_code == 200
        for form in ("pdf", "md", "txt"):
            href = client.post("/api/report", json={"format": form}).json()["href"]
            assert client.get(href).status_code == 200
        assert f"127.0.0.1:{port}" in read(client.get("/api/export"))
        assert client.get("/health").json()["engine"] == "ok"
        assert came() == 0


def test_no_address_that_a_coordinator_gives_is_ever_fetched(
    system: Settings, store: Store, account: Callable[..., Made]
) -> None:
    coaches = StoredCoaches(sessions(store.database))
    before = coaches.all()
    with waiting() as (port, came), signed_in(system, store, account()) as editor:
        row = f'"VERZONNEN Iemand",apk,coaching,35,https://127.0.0.1:{port}/ik,,'
        listed = f"naam,themas,vormen,regios,web,telefoon,email\n{row}\n"
        try:
            sent = editor.form("/inhoud/coaches", files={"file": ("coaches.csv", listed, "text/csv")})
            assert sent.status_code == 303, sent.text
            assert f"127.0.0.1:{port}" in editor.get("/inhoud/coaches").text
            assert f"127.0.0.1:{port}" in editor.get("/inhoud/coaches.json").text
        finally:
            coaches.replace(before)
        assert came() == 0


@contextlib.contextmanager
def leading_elsewhere(to: int) -> Iterator[str]:
    """The address of something that takes the place of an engine, and sends whoever asks on to another port."""

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(307)
            self.send_header("Location", f"http://127.0.0.1:{to}/turn")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - as http.server wants it.

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_neither_a_redirect_nor_a_proxy_of_the_environment_takes_a_turn_elsewhere(tmp_path: Path) -> None:
    with waiting() as (port, came), leading_elsewhere(port) as engine:
        proxy = f"http://127.0.0.1:{port}"
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
        with door_alone(tmp_path, PAS_ENGINE_URLS=engine, **dict.fromkeys(names, proxy)) as made:
            someone = Doctor(made.doors[0])
            problem(someone.post(text="hallo"), 503)
            assert someone.client.get("/health").json()["engine"] == "down"
            assert panel_in(someone.send(text="ik wil niet meer leven"))
            someone.close()
        assert came() == 0


NO_ADDRESSES = (
    "file:///etc/passwd", "ftp://127.0.0.1", "gopher://127.0.0.1:6379", "unix:///run/x.sock", "http://a@127.0.0.1",
    "http://a:b@127.0.0.1:8081", "http://127.0.0.1:8081/x", "http://127.0.0.1:8081?x", "http://127.0.0.1#x", "http://",
    "127.0.0.1:8081", "http://[::1]:8081", "http://127.0.0.1:8081\nhttp://kwaad.example", "javascript:alert(1)",
    "http://127.0.0.1:8081 http://kwaad.example", "HTTP://127.0.0.1:8081", "http://127.0.0.1:123456", "//127.0.0.1",
    "http://*.example.nl",
)  # fmt: skip


@pytest.mark.parametrize("given", NO_ADDRESSES)
def test_only_plain_addresses_of_http_are_taken_for_engines_actions_and_homeserver(given: str) -> None:
    for name in ("engine_urls", "actions_url", "matrix_homeserver"):
        with pytest.raises(ValidationError):
            Settings.model_validate({name: given})
    assert Settings.model_validate({"engine_urls": "http://engine-1:8081,https://engine-2"}).engine_urls


@pytest.mark.parametrize("setting", ["PAS_ENGINE_URLS", "PAS_ACTIONS_URL", "PAS_MATRIX_HOMESERVER", "PAS_REDIS_URL"])
def test_a_process_with_an_address_that_is_none_says_so_in_one_line_and_does_not_start(
    tmp_path: Path, setting: str
) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "bot", "serve-door"],
        cwd=ROOT,
        env={"PAS_VAR": str(tmp_path), "PAS_PORT": str(free_port()), setting: "file:///etc/passwd"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1 and "root:" not in run.stderr
