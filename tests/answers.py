"""What is looked for in what the door answers."""

from __future__ import annotations

from typing import Any

import httpx

DANGER = "ik wil niet meer leven"


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem document of an answer with this status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    content: dict[str, Any] = answer.json()
    assert content["status"] == status
    assert {"type", "title", "detail"} <= set(content)
    return content


def panel_in(content: dict[str, Any]) -> bool:
    """Whether an answer carries the crisis panel, with the numbers to call."""
    panels = [m for m in content.get("messages", []) if m["kind"] == "crisis"]
    return any({"tel:113", "tel:112"} <= {link["href"] for link in m["links"]} for m in panels)
