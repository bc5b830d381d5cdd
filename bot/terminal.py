"""A talk in the terminal, through the door like every other."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from typing import Any, TextIO

import httpx

WAIT_SECONDS = 60
DOCTOR, BOT = "▸", "◂"


def talk(address: str, lines: Iterable[str] | None, source: TextIO, out: TextIO) -> int:
    """Talk with the door at an address until the lines, or the source, end. Gives an exit status.

    With lines the doctor's side is printed too. In a file, a line that begins with '#' is a remark, '\\n' stands for
    a line break, and an empty line is an empty message only when written as '\\n' alone.
    """
    with httpx.Client(base_url=address, timeout=WAIT_SECONDS, trust_env=False) as client:
        opened = _retrying(lambda: client.post("/api/conversation"))
        if opened.status_code != 201:
            print(f"{BOT} {opened.json().get('detail', opened.status_code)}", file=out)
            return 1
        client.headers["Authorization"] = f"Bearer {opened.json()['token']}"
        _show(opened.json()["messages"], out)
        for line in _said(lines, source, out):
            body = {"id": str(uuid.uuid4()), "text": line}
            answer = _retrying(lambda body=body: client.post("/api/message", json=body))
            content = answer.json()
            _show(content.get("messages", []), out)
            if answer.status_code != 200:
                print(f"{BOT} {content.get('detail', answer.status_code)}", file=out, flush=True)
                if answer.status_code == 401:
                    break
    return 0


def _said(lines: Iterable[str] | None, source: TextIO, out: TextIO) -> Iterable[str]:
    if lines is not None:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                print(f"{DOCTOR} {line}", file=out, flush=True)
                yield line.replace("\\n", "\n")
        return
    while True:
        print(f"{DOCTOR} ", end="", file=out, flush=True)
        line = source.readline()
        if not line:
            print(file=out)
            return
        yield line.rstrip("\n")


def _retrying(call: Any) -> httpx.Response:
    """An answer that is not 'wait': the door says itself how long."""
    while True:
        answer: httpx.Response = call()
        if answer.status_code not in (429, 503) or "retry-after" not in answer.headers:
            return answer
        time.sleep(min(float(answer.headers["retry-after"]), WAIT_SECONDS))


def _show(messages: list[dict[str, Any]], out: TextIO) -> None:
    for message in messages:
        text = message["text"].replace("\n", "\n  ")
        print(f"{BOT} {text}", file=out)
        for number, choice in enumerate((message.get("input") or {}).get("choices", []), 1):
            print(f"    {number}. {choice['label']}", file=out)
        for link in message.get("links", []):
            print(f"    {link['label']} <{link['href']}>", file=out)
    out.flush()
