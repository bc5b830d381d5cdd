"""Talks as data, through door, engine and actions as they really run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.validation import read_scripts
from bot.yaml import load
from tests.conftest import Doctor

TALKS = sorted(Path(__file__).parent.glob("*.yml"))


def cases() -> list[Any]:
    """Every talk of every file, by its title."""
    return [pytest.param(talk, id=f"{path.stem}: {talk['title']}") for path in TALKS for talk in load(path)["talks"]]


@pytest.mark.parametrize("talk", cases())
def test_the_talk_goes_as_it_is_written(doctor: Doctor, talk: dict[str, Any]) -> None:
    for number, turn in enumerate(talk["turns"], 1):
        where = f"turn {number}: {turn}"
        if "kiest" in turn:
            doctor.choose(turn["kiest"])
        elif "stuurt" in turn:
            doctor.send(**turn["stuurt"])
        else:
            doctor.say(turn["arts"])
        # Between bars: one of these will do.
        for wanted in _list(turn.get("bot")):
            assert any(part in doctor.heard for part in wanted.split("|")), f"{where}\n--- heard:\n{doctor.heard}"
        for unwanted in _list(turn.get("niet")):
            assert unwanted not in doctor.heard, f"{where}\n--- heard:\n{doctor.heard}"
        if "soort" in turn:
            assert turn["soort"] in [m["kind"] for m in doctor.last["messages"]], where
        if "stand" in turn:
            script = doctor.last["script"] or {}
            assert {k: script.get(k) for k in turn["stand"]} == turn["stand"], f"{where}: {script}"


def fitting(asked: dict[str, Any]) -> dict[str, Any]:
    """An answer that fits what is asked for."""
    wanted = asked["input"]
    match wanted["type"]:
        case "choice":
            return {"choice": wanted["choices"][0]["token"]}
        case "several":
            return {"choices": [c["token"] for c in wanted["choices"][: max(wanted["min"] or 0, 1)]]}
        case "scale":
            return {"value": wanted["max"]}
        case "date":
            return {"date": "2028-03-01"}
        case _:
            return {"text": "Dat ik weer tijd had voor wie er voor me zat."}


@pytest.mark.parametrize("length", ["Kort", "Volledig"])
@pytest.mark.parametrize("script", [s.name for s in read_scripts()])
def test_every_script_comes_to_its_end_by_tapping(doctor: Doctor, script: str, length: str) -> None:
    title = next(s.title for s in read_scripts() if s.name == script)
    doctor.begin(title)
    doctor.choose(next(o for o in doctor.labels if o.startswith(length)))
    for _ in range(60):
        status = doctor.last["script"]
        if status["state"] == "done":
            break
        doctor.send(**fitting(next(m for m in reversed(doctor.last["messages"]) if m["input"] or m["kind"] == "ask")))
        assert doctor.last["script"]["step"] <= doctor.last["script"]["of"]
    assert doctor.last["script"]["state"] == "done"
    assert {"report", "refer"} <= {m["kind"] for m in doctor.last["messages"]}


def _list(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []
