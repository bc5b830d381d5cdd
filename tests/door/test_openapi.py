"""The door keeps to its own OpenAPI document, whatever is sent."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from bot.settings import Settings
from bot.supervision import address
from tests.processes import ASKER

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
