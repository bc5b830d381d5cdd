"""The graph of the language model, run in an order that is found once: it gives what Rasa's own runner gives."""

from __future__ import annotations

from tests.engine.apart import printed_by

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
    # Rasa says beside it what it did not get.
    assert [line for line in printed_by(_CODE) if "Node" not in line] == ["True", "refused", "True"]
