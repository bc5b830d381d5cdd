"""The actions in the process of the engine, where no server stands between."""

from __future__ import annotations

from rasa_sdk.executor import ActionExecutor

import actions.turn
from bot.clock import utc_now
from bot.dialogue import names
from bot.scripts import inputs


def executor() -> ActionExecutor:
    """What runs the actions, with all that they look things up in read already."""
    found = ActionExecutor()
    found.register_package(actions.turn)
    warm()
    return found


def warm() -> None:
    """Read what the actions look things up in: the lists of names and what reads dates take a second, and that is not
    for a doctor's first message."""
    actions.turn.world()
    names.heard_in("")
    inputs.moment("morgen", utc_now())
