"""Paths: no way of writing one leads out of what is served."""

from __future__ import annotations

import itertools

import pytest

from bot.settings import Settings
from bot.supervision import address, dashboard
from tests.faults.attack.attacking import (
    raw,
)

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
