"""Errors as RFC 9457 problem documents, in Dutch, that never repeat what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse

from bot.responses import Responses

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """Something that cannot be done. key names its text among the responses (``fout_<key>``)."""

    def __init__(self, status: int, key: str, *, retry_after: int | None = None) -> None:
        super().__init__(key)
        self.status = status
        self.key = key
        self.retry_after = retry_after


def document(problem: Problem, responses: Responses, panel: Sequence[dict[str, Any]] = ()) -> JSONResponse:
    """The answer for a problem; panel: the crisis messages that go with it, whatever the problem is."""
    content: dict[str, Any] = {
        "type": f"urn:pas-op-de-plaats:{problem.key.replace('_', '-')}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": responses.text(f"fout_{problem.key}"),
    }
    if panel:
        content |= {"messages": list(panel), "stored": False}
    headers = {"Retry-After": str(problem.retry_after)} if problem.retry_after is not None else {}
    return JSONResponse(content, problem.status, headers, MEDIA_TYPE)
