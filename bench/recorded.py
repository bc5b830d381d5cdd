"""The talks that every measurement plays: each script led through in words, recorded from the running bot."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
from pydantic import BaseModel

from bot.validation import read_scripts

LONGEST = 80
WORDS = "Op kamer {n} had ik weer tijd voor wie er voor me zat, en dat was lang geleden."


class Turn(BaseModel):
    """What a doctor says, and the question it answers."""

    asked: str
    said: str


class Talk(BaseModel):
    """One talk: the script it leads through, and its turns."""

    script: str
    turns: list[Turn]

    @property
    def begin(self) -> Turn:
        """The turn in which the script is chosen from the list."""
        return self.turns[1]

    @property
    def answers(self) -> list[Turn]:
        """The turns within the script."""
        return self.turns[2:]


def record(base: str) -> list[Talk]:
    """Lead through each script that can be begun. Raises httpx.HTTPError when the bot does not answer."""
    return [
        Talk(script=script.name, turns=_led(base, script.title)) for script in read_scripts() if not script.intention
    ]


def _led(base: str, title: str) -> list[Turn]:
    with httpx.Client(base_url=base, timeout=60, trust_env=False) as client:
        opened = client.post("/api/conversation").json()
        client.headers["Authorization"] = f"Bearer {opened['token']}"
        turns: list[Turn] = []
        messages, said = opened["messages"], "laat alles zien"
        for n in range(LONGEST):
            turns.append(Turn(asked=messages[-1]["text"], said=said))
            sent = client.post("/api/message", json={"id": str(uuid.uuid4()), "text": said})
            answer = sent.raise_for_status().json()
            messages = answer["messages"]
            if n > 1 and (answer["script"] or {}).get("state") != "running":
                return turns
            wanted = messages[-1].get("input") or {}
            said = (
                _fitting(wanted, n)
                if n
                else next(c["label"] for c in wanted["choices"] if c["label"].startswith(title))
            )
        raise AssertionError(f"{title} has no end")


def _fitting(wanted: dict[str, Any], n: int) -> str:
    """Words that answer what is asked for."""
    match wanted.get("type"):
        case "choice":
            return str(wanted["choices"][0]["label"])
        case "several":
            return ", ".join(str(at) for at in range(1, (wanted["max"] or len(wanted["choices"])) + 1))
        case "scale":
            return str(wanted["min"])
        case "date":
            return "over twee maanden"
        case _:
            return WORDS.format(n=100 + n)
