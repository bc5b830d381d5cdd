"""Talks as data, through door, engine and actions as they really run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.yaml import load
from tests.conftest import Doctor

TALKS = sorted(Path(__file__).parent.glob("*.yml"))


def cases() -> list[Any]:
    """Every talk of every file, by its title."""
    return [pytest.param(talk, id=f"{path.stem}: {talk['title']}") for path in TALKS for talk in load(path)["talks"]]


@pytest.mark.parametrize("talk", cases())
def test_the_talk_goes_as_it_is_written(doctor: Doctor, talk: dict[str, Any]) -> None:
    said: list[str] = []
    for number, turn in enumerate(talk["turns"], 1):
        where = f"turn {number}: {turn}"
        if "kiest" in turn:
            doctor.choose(turn["kiest"])
        elif "stuurt" in turn:
            doctor.send(**turn["stuurt"])
        else:
            doctor.say(turn["arts"])
        for wanted in _list(turn.get("bot")):
            assert wanted in doctor.heard, f"{where}\n--- heard:\n{doctor.heard}"
        for unwanted in _list(turn.get("niet")):
            assert unwanted not in doctor.heard, f"{where}\n--- heard:\n{doctor.heard}"
        if "soort" in turn:
            assert turn["soort"] in [m["kind"] for m in doctor.last["messages"]], where
        if "stand" in turn:
            script = doctor.last["script"] or {}
            assert {k: script.get(k) for k in turn["stand"]} == turn["stand"], f"{where}: {script}"
        said.append(doctor.heard)


def _list(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []
