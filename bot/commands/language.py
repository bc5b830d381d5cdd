"""The commands of the language layer and the anonymiser: training, reading, measuring."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from bot.commands.common import Trouble
from bot.commands.common import chosen_settings as _settings
from bot.commands.common import say as _say

if TYPE_CHECKING:
    from bot.anonymiser.spans import Span


def train(_: argparse.Namespace) -> int:
    """Train the language model. Of several who want to, one does so, and the others wait."""
    from bot.anonymiser.teaching import is_taught, teach
    from bot.engine import training
    from bot.files import alone
    from bot.language.examples import is_trained

    chosen = _settings()
    try:
        chosen.models.mkdir(parents=True, exist_ok=True)
        # The language model and the tagger are made by processes of their own: the classifier is made meanwhile.
        with (
            alone(chosen.models / "training.lock", lambda: _say("another process is training …")),
            ThreadPoolExecutor(max_workers=1) as waiting,
            ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_end_with_parent) as aside,
        ):
            model = waiting.submit(training.train, chosen, _say)
            # Nothing is started for what is there already.
            tagger = None if is_taught(chosen.tagger) else aside.submit(teach, chosen.tagger, _say)
            if not is_trained(chosen.classifier):
                # What it takes to learn takes seconds to load.
                from bot.language import classifier_training

                classifier_training.train(chosen.classifier, _say)
            if tagger:
                tagger.result()
            path = model.result()
    except training.TrainingFailed as error:
        raise Trouble(f"Training failed; why stands at the end of {error}") from None
    except OSError as error:
        raise Trouble(f"Training failed: {error.strerror}") from None
    _say(f"language model: {path.name}")
    return 0


def _end_with_parent() -> None:
    """See to it that this process does not outlive the one that started it, which may be killed."""
    parent = parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def parse(arguments: argparse.Namespace) -> int:
    """Read messages and print what was read."""
    from bot.engine.parsing import Parser

    parser: Parser | None = None
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
            text, context = given["text"], given.get("context", "idle")
            if not isinstance(text, str) or context not in ("idle", "script"):
                raise ValueError("shape")
        except (ValueError, KeyError, TypeError, AttributeError):
            _say(f'line {number}: not a JSON object with "text" and, if given, "context" idle or script')
            return 2
        if parser is None:
            train(arguments)
            parser = Parser(_settings(), explain=arguments.explain)
        print(json.dumps(parser.read(text, context), ensure_ascii=False), flush=True)
    return 0


def anonymise(arguments: argparse.Namespace) -> int:
    """Replace what could identify someone."""
    from bot.anonymiser.spans import replace

    find: Callable[[str], Sequence[Span]] | None = None
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            text = json.loads(line.decode("utf-8"))["text"]
            if not isinstance(text, str):
                raise ValueError("shape")
            text.encode("utf-8")  # Half a surrogate pair is no text; nothing could be printed of it.
        except (ValueError, KeyError, TypeError, RecursionError):
            _say(f'line {number}: not a JSON object with "text"')
            return 2
        if find is None:
            find = _light() if arguments.light else anonymiser()
        spans = find(text)
        told = [{"start": span.start, "end": span.end, "kind": span.kind} for span in spans]
        print(json.dumps({"text": replace(text, spans), "spans": told}, ensure_ascii=False), flush=True)
    return 0


def _light() -> Callable[[str], Sequence[Span]]:
    from bot.anonymiser import light

    return light.find


def anonymiser() -> Callable[[str], Sequence[Span]]:
    """What finds all that could identify someone, with deduce. Raises Trouble when its folder cannot be used."""
    from bot.anonymiser.full import Anonymiser

    try:
        return Anonymiser(_settings().var / "deduce", _settings().tagger, _say).find
    except OSError as error:
        raise Trouble(f"The folder of deduce cannot be used: {error.strerror}") from None


def evaluate(arguments: argparse.Namespace) -> int:
    """Measure the language layer."""
    import tempfile

    from bot.engine import evaluate as measuring

    train(arguments)
    if arguments.stock:
        with tempfile.TemporaryDirectory(prefix="pas-stock-") as folder:
            for line in measuring.evaluate_stock(Path(folder), _say):
                print(line, flush=True)
        return 0
    for line in measuring.evaluate(_settings(), _say, misses=arguments.misses):
        print(line)
    return 0
