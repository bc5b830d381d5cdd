"""What is remembered of a talk: reflections stay as they were written, and cost nothing until they are asked for."""

from __future__ import annotations

import copy
import json

import pytest

from bot.dialogue.state import Kept, State, Thread
from bot.dialogue.talk import dumps, loads
from bot.dialogue.thread import reflections
from tests.conftest import Conversation
from tests.dialogue.test_looking_back import later, with_an_intention


def with_one_put_by(talk: Conversation) -> Conversation:
    """A talk with a finished run whose place another of the same script took."""
    return with_an_intention(later(with_an_intention(talk, "grenzen"), 3), "grenzen")


def kept_in(state: State) -> list[Kept]:
    """The reflections in a state's thread."""
    return list(state.thread.all().values())


def test_a_state_is_read_as_it_was_written(conversation: Conversation) -> None:
    state = with_one_put_by(conversation).state
    assert len(kept_in(state)) == 1
    assert loads(dumps(state)) == state
    assert kept_in(loads(dumps(state))) == kept_in(state)


def test_a_reflection_is_not_looked_into_until_it_is_asked_for(conversation: Conversation) -> None:
    stored = json.loads(dumps(with_one_put_by(conversation).state))
    (name,) = stored["thread"]
    stored["thread"][name] = {"geen": "terugblik"}
    state = loads(json.dumps(stored))
    assert dumps(state) == dumps(loads(dumps(state)))
    with pytest.raises(ValueError, match="validation"):
        state.thread.get(name)


def test_a_copy_of_a_thread_has_the_same_and_is_changed_by_itself(conversation: Conversation) -> None:
    state = with_one_put_by(conversation).state
    (kept,) = kept_in(state)
    twin = copy.deepcopy(state)
    twin.thread.drop(kept.run.name)
    assert twin.thread == Thread() and twin.thread.get(kept.run.name) is None
    assert kept_in(state) == [kept]
    twin.thread.put(kept)
    assert twin.thread == state.thread


def test_what_is_put_by_is_found_with_the_rest(conversation: Conversation) -> None:
    talk = with_one_put_by(conversation)
    found = reflections(talk.world.library, talk.state, talk.now)
    assert len(found) == 2 and set(talk.state.thread.all()) < set(found)
