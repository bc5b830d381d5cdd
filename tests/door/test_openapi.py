"""The door keeps to its own OpenAPI document, whatever is sent."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from bot.settings import Settings
from bot.supervision import address
from tests.processes import ASKER

# What each call can be answered with.
OF_A_TALK = {401, 422, 500, 503}
ANSWERS = {
    ("post", "/api/conversation"): {201, 422, 429, 500, 503},
    ("get", "/api/conversation"): {200, *OF_A_TALK},
    ("delete", "/api/conversation"): {204, *OF_A_TALK},
    ("post", "/api/message"): {200, 400, 401, 413, 422, 429, 500, 503},
    ("get", "/api/answers"): {200, *OF_A_TALK},
    ("get", "/api/export"): {200, *OF_A_TALK},
    ("put", "/api/consent"): {204, 400, 413, *OF_A_TALK},
    ("post", "/api/keep"): {201, 409, *OF_A_TALK},
    ("delete", "/api/keep"): {204, *OF_A_TALK},
    ("post", "/api/open"): {200, 400, 404, 413, 422, 429, 500, 503},
    ("post", "/api/report"): {201, 400, 404, 409, 413, *OF_A_TALK},
    ("get", "/api/report/{link}"): {200, 404, 409, 422, 500, 503},
    ("get", "/health"): {200, 500},
}
# `make fuzz` has them for ten minutes.
CASES = 15


@pytest.fixture(scope="session")
def door_schema(system: Settings) -> Any:
    """The document that the door itself serves, with a conversation of its own for every call."""

    class Token:
        def get(self, case: Any, context: Any) -> str:
            opened = ASKER.post(f"{address(system)}/api/conversation")
            return str(opened.json()["token"])

        def set(self, case: Any, data: str, context: Any) -> None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}

    found = schemathesis.openapi.from_url(f"{address(system)}/api/openapi.json")
    found.auth(refresh_interval=None)(Token)
    return found


schema = schemathesis.pytest.from_fixture("door_schema")


@pytest.mark.filterwarnings("default")
@schema.parametrize()
@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_every_call_answers_as_the_document_says(case: Any) -> None:
    case.call_and_validate()


def test_the_document_names_what_each_call_can_be_answered_with(system: Settings) -> None:
    paths = ASKER.get(f"{address(system)}/api/openapi.json").json()["paths"]
    told = {
        (method, path): {int(status) for status in call["responses"]}
        for path, calls in paths.items()
        for method, call in calls.items()
    }
    assert told == ANSWERS
