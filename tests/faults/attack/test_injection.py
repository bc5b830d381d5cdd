"""What is put into logs and files: no line, header, formula or field comes of what someone else wrote."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import http.client
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import delete

from bot.coordinator.accounts import Made
from bot.coordinator.audit import Audit
from bot.coordinator.guard import COOKIE
from bot.settings import Settings
from bot.store import Store
from bot.store.coaches import StoredCoaches
from bot.store.database import sessions
from bot.store.published import Cell, add_published
from bot.store.tables import CellRow
from bot.supervision import address, dashboard
from tests.conftest import Doctor
from tests.faults.attack.attacking import (
    raw,
    signed_in,
)
from tests.privacy.searching import marked
from tests.processes import DOOR, Processes, until


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
