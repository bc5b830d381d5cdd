"""The graph of the language model, run in an order that is found once: it gives what Rasa's own runner gives."""

from __future__ import annotations

import subprocess
import sys

from bot.settings import ROOT

# Rasa takes half a gigabyte and leaves warnings about, so it is tried in a process of its own.
_CODE = """
from bot.engine.quiet import quiet
quiet()
from bot.engine.tensorflow_free import leave_out_tensorflow
leave_out_tensorflow()
import asyncio, logging
from rasa.core.agent import Agent
from rasa.engine.exceptions import GraphRunError
from rasa.utils.log_utils import configure_structlog
from bot.engine.runner import PlannedRunner
from bot.engine.training import verified_model
from bot.settings import settings

configure_structlog(logging.WARNING)
agent = Agent.load(str(verified_model(settings())))
messages = ["ik heb vandaag een fout gemaakt", "stop", "", "ik had het eerder moeten zien"]
read = lambda: [asyncio.run(agent.parse_message(text)) for text in messages]
theirs = agent.processor.graph_runner
by_theirs = read()
planned = agent.processor.graph_runner = PlannedRunner.of(theirs)
print(read() == by_theirs)
try:
    planned.run(inputs={}, targets=[agent.processor.model_metadata.nlu_target])
except GraphRunError:
    print("refused")
agent.processor.graph_runner = theirs
print(read() == by_theirs)
"""


def test_it_gives_what_rasas_own_runner_gives_and_refuses_a_graph_that_gets_nothing() -> None:
    shown = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _CODE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert shown.returncode == 0, shown.stderr[-800:]
    # Rasa says beside it what it did not get.
    assert [line for line in shown.stdout.splitlines() if "Node" not in line] == ["True", "refused", "True"]
