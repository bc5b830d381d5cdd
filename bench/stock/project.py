"""A Rasa project as its documentation has it, with our sentences and the recorded talks: each script is a form that asks what
our bot asked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.recorded import Talk
from bot.engine.stock import PIPELINE, write_yaml
from bot.language.training_data import sentences

# What `rasa init` writes into config.yml as the default policies of Rasa 3.6.
POLICIES: list[dict[str, Any]] = [
    {"name": "MemoizationPolicy"},
    {"name": "RulePolicy"},
    {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": 100},
    {"name": "TEDPolicy", "max_history": 5, "epochs": 100, "constrain_similarities": True},
]
# An epoch of its intent classifier takes minutes on our sentences, and how many there were makes no difference to a turn:
# so many are trained, and the time of all of them is reckoned from one.
EPOCHS, ALL_EPOCHS = 1, 100
CLASSIFIER = "DIETClassifier"
HEAD = {"version": "3.1"}
ACTIONS = Path(__file__).with_name("actions.py")
FALLBACK = "nlu_fallback"


def write(folder: Path, talks: Sequence[Talk], *, tracker_store: str, actions: str) -> None:
    """Write the project; tracker_store: the file of its SQLite database, actions: the address of its action server."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "actions").mkdir(exist_ok=True)
    (folder / "actions" / "__init__.py").touch()
    shutil.copy(ACTIONS, folder / "actions" / "actions.py")
    forms = {talk.script.replace("-", "_"): talk for talk in talks}
    slots = {form: [f"{form}_{n}" for n in range(1, len(talk.answers) + 1)] for form, talk in forms.items()}
    filled = {f"{form}_form": names for form, names in slots.items()}
    (folder / "actions" / "forms.json").write_text(json.dumps(filled), encoding="utf-8")
    by_intent: dict[str, list[str]] = {}
    for text, intent in sentences():
        # A plus or a dot in a name means something else to Rasa's stories.
        by_intent.setdefault(intent.replace(".", "_"), []).append(" ".join(text.replace("\\", " ").split()))
    for form, talk in forms.items():
        by_intent.setdefault(f"start_{form}", []).extend((talk.begin.said, f"ik wil {talk.begin.said}"))
    write_yaml(
        folder / "data" / "nlu.yml", {**HEAD, "nlu": [_block(intent, texts) for intent, texts in by_intent.items()]}
    )
    write_yaml(folder / "data" / "rules.yml", {**HEAD, "rules": list(_rules(slots, by_intent))})
    write_yaml(folder / "data" / "stories.yml", {**HEAD, "stories": list(_stories(slots, by_intent))})
    write_yaml(folder / "domain.yml", _domain(forms, slots, by_intent))
    pipeline = [{**part, "epochs": EPOCHS} if part["name"] == CLASSIFIER else part for part in PIPELINE]
    write_yaml(
        folder / "config.yml",
        {"recipe": "default.v1", "language": "nl", "assistant_id": "stock", "pipeline": pipeline, "policies": POLICIES},
    )
    write_yaml(
        folder / "endpoints.yml",
        {
            "action_endpoint": {"url": f"{actions}/webhook"},
            "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": tracker_store},
        },
    )
    write_yaml(folder / "credentials.yml", {"rest": {}})


def _block(intent: str, texts: Sequence[str]) -> dict[str, str]:
    return {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}


def _domain(
    forms: Mapping[str, Talk], slots: Mapping[str, Sequence[str]], by_intent: Mapping[str, Any]
) -> dict[str, Any]:
    questions = {
        slot: turn.asked for form, names in slots.items() for slot, turn in zip(names, forms[form].answers, strict=True)
    }
    answers = {f"utter_{intent}": [{"text": intent}] for intent in (*by_intent, FALLBACK)}
    return {
        **HEAD,
        "intents": list(by_intent),
        "slots": {
            slot: {
                "type": "text",
                "influence_conversation": False,
                "mappings": [
                    {"type": "from_text", "conditions": [{"active_loop": f"{form}_form", "requested_slot": slot}]}
                ],
            }
            for form, names in slots.items()
            for slot in names
        },
        "forms": {f"{form}_form": {"required_slots": list(names)} for form, names in slots.items()},
        "responses": {**answers, **{f"utter_ask_{slot}": [{"text": text}] for slot, text in questions.items()}},
        "actions": [f"validate_{form}_form" for form in slots],
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }


def played(talk: Talk) -> list[str]:
    """What a doctor sends to this project: the recorded words, and a button where the script was chosen from the list."""
    texts = [turn.said for turn in talk.turns]
    texts[1] = f"/start_{talk.script.replace('-', '_')}"
    return texts


def _rules(slots: Mapping[str, Sequence[str]], by_intent: Mapping[str, Any]) -> Any:
    for form in slots:
        name = f"{form}_form"
        yield {
            "rule": f"begin {form}",
            "steps": [{"intent": f"start_{form}"}, {"action": name}, {"active_loop": name}],
        }
        yield {
            "rule": f"end {form}",
            "condition": [{"active_loop": name}],
            "steps": [{"action": name}, {"active_loop": None}, {"action": "utter_bedankt"}],
        }
    for intent in (*by_intent, FALLBACK):
        if not intent.startswith(("start_", "vertellen_")):
            yield {"rule": intent, "steps": [{"intent": intent}, {"action": f"utter_{intent}"}]}


def _stories(slots: Mapping[str, Sequence[str]], by_intent: Mapping[str, Any]) -> Any:
    for form in slots:
        if f"vertellen_{form}" not in by_intent:
            continue
        yield {
            "story": f"told of {form}, then begun",
            "steps": [
                {"intent": f"vertellen_{form}"},
                {"action": f"utter_vertellen_{form}"},
                {"intent": f"start_{form}"},
                {"action": f"{form}_form"},
                {"active_loop": f"{form}_form"},
                {"active_loop": None},
                {"action": "utter_bedankt"},
            ],
        }
