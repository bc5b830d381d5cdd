"""Headers: whose pages may show a talk, who may read it, and what is believed of what a request says of itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import pytest

from bot.coordinator.accounts import Made
from bot.coordinator.guard import COOKIE
from bot.engine import names as engine_names
from bot.settings import Settings
from bot.store import Store
from bot.supervision import address, dashboard
from tests.conftest import FOREIGN, Doctor
from tests.faults.attack.attacking import (
    CLAIMS,
    DASHBOARD_PATHS,
    EVIL,
    POLICY,
    SECURE,
    Victim,
    asked,
    bearing,
    lacking,
    raw,
    signed_in,
    visitor,
)
from tests.processes import door_alone

DOOR_PATHS = (
    "/", "/frame", "/privacy", "/widget.js", "/static/page.js", "/static/weg.js", "/api/conversation", "/api/message",
    "/api/export", "/api/open", "/api/report/x", "/api/openapi.json", "/health", "/live", "/ready", "/weg",
)  # fmt: skip
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
