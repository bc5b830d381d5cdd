"""Rasa's default pipeline on the same sentences, to compare with."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.engine.quiet import quiet
from bot.language import evaluation
from bot.language.evaluation import Case, Result
from bot.language.examples import examples, ordinary
from bot.language.reading import NO_TOPIC, read
from bot.language.safety import check
from bot.language.training_data import sentences

# What `rasa init` writes into config.yml as the default pipeline of Rasa 3.6.
PIPELINE: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
    {"name": "EntitySynonymMapper"},
    {"name": "ResponseSelector", "epochs": 100, "constrain_similarities": True},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
]
_FALLBACK = "nlu_fallback"


def write_yaml(path: Path, content: Any) -> None:
    """Write a file of a Rasa project. Not as JSON, though that is YAML too: Rasa takes sentences in JSON for a format of
    its own, and finds none. Raises OSError."""
    YAML(typ="safe").dump(content, path)


def acts(folder: Path) -> Iterator[str]:
    """Act and topic by the default pipeline, with our rule for what is a command inside a script."""
    parse = _trained(folder / "acts", sentences())
    results = []
    for case in evaluation.acts():
        parsed = parse(case.text)
        ranking = [r for r in parsed["intent_ranking"] if r["name"] != _FALLBACK]
        reading = read({"text": case.text, "intent_ranking": ranking}, case.context)
        results.append(Result(case, {"act": reading.act, "topic": reading.topic}))
    yield from evaluation.act_report(results)


def dangers(folder: Path) -> Iterator[str]:
    """Danger by the default pipeline: each label an intent, of the same sentences as our classifier learns from."""
    known = [(example.text, example.label) for example in examples()]
    known += [(text, NO_TOPIC) for text in ordinary() if check(text).risk == NO_TOPIC]
    parse = _trained(folder / "danger", known)
    results = [Result(case, _danger(parse, case)) for case in evaluation.dangers()]
    yield from evaluation.danger_report(results)


def _danger(parse: Any, case: Case) -> dict[str, str]:
    ranking = [r for r in parse(case.text)["intent_ranking"] if r["name"] != _FALLBACK]
    risk, _, subject = ranking[0]["name"].partition(".")
    return {"risk": risk, "subject": subject} if subject else {"risk": NO_TOPIC, "subject": NO_TOPIC}


def _trained(folder: Path, known: Iterable[tuple[str, str]]) -> Any:
    """A function that parses a text with a model trained on these sentences."""
    quiet()
    import rasa.model_training
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
    folder.mkdir(parents=True)
    by_intent: dict[str, list[str]] = {}
    for text, intent in known:
        by_intent.setdefault(intent, []).append(" ".join(text.replace("\\", " ").split()))
    blocks = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in by_intent.items()
    ]
    files = {
        "nlu": {"version": "3.1", "nlu": blocks},
        "domain": {"version": "3.1", "intents": list(by_intent)},
        "config": {"recipe": "default.v1", "language": "nl", "assistant_id": "stock", "pipeline": PIPELINE},
    }
    for name, content in files.items():
        write_yaml(folder / f"{name}.yml", content)
    path = rasa.model_training.train_nlu(
        str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder), fixed_model_name="stock"
    )
    agent = Agent.load(path)
    return lambda text: asyncio.run(agent.parse_message(text))
