"""The custom actions of the project that is made for stock Rasa: each form validates what fills it, as its documentation
shows. Runs in stock Rasa's own environment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

FORMS: dict[str, list[str]] = json.loads((Path(__file__).parent / "forms.json").read_text(encoding="utf-8"))


def _validator(slot: str) -> Any:
    def validate(
        self: Any, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        return {slot: value if str(value).strip() else None}

    return validate


def _action(form: str, slots: list[str]) -> type:
    methods = {f"validate_{slot}": _validator(slot) for slot in slots}
    return type(f"Validate{form}", (FormValidationAction,), {"name": lambda self: f"validate_{form}", **methods})


for _form, _slots in FORMS.items():
    globals()[f"Validate{_form}"] = _action(_form, _slots)
