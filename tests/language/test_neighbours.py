"""What the sentences most like a text were."""

from __future__ import annotations

import itertools
import math
from array import array

import pytest

from bot.language.neighbours import DOUBT, LOOKED_FOR, NEAREST, NOTHING, Neighbours

COMMON, RARE = 1.0, 9.0


def neighbours(sentences: list[set[int]], kind: list[int], squares: list[float]) -> Neighbours:
    """These sentences, each a set of features, as they are looked for."""
    holders = [[n for n, held in enumerate(sentences) if feature in held] for feature in range(len(squares))]
    begins = [sum(map(len, holders[:feature])) for feature in range(len(squares) + 1)]
    lengths = [sum(squares[feature] for feature in held) ** 0.5 for held in sentences]
    return Neighbours(
        array("I", begins),
        array("I", itertools.chain.from_iterable(holders)),
        array("f", [1 / length for length in lengths]),
        bytes(kind),
    )


def test_who_shares_the_rare_with_a_dangerous_sentence_is_heard_and_who_shares_it_with_a_harmless_one_is_not() -> None:
    squares = [COMMON, RARE, RARE]
    told = neighbours([{0, 1}, {0, 2}], [1, 0], squares)
    assert told.log_odds([0, 1], squares) > 0 > told.log_odds([0, 2], squares)


def test_what_is_shared_with_both_alike_says_nothing() -> None:
    squares = [COMMON, RARE, RARE]
    assert neighbours([{0, 1}, {0, 2}], [1, 0], squares).log_odds([0], squares) == pytest.approx(0, abs=1e-6)


def test_without_anything_alike_nothing_is_said() -> None:
    squares = [COMMON, RARE, RARE]
    told = neighbours([{0, 1}], [1], squares)
    assert told.log_odds([2], squares) == told.log_odds([], squares) == 0


def test_the_same_sentence_alone_says_as_much_as_it_can() -> None:
    squares = [COMMON, RARE]
    share = (1 + NOTHING / 2) / (1 + NOTHING)
    expected = (share + DOUBT) / (1 - share + DOUBT)
    assert neighbours([{0, 1}], [1], squares).log_odds([0, 1], squares) == pytest.approx(math.log(expected))


def test_only_the_nearest_have_a_say() -> None:
    """Ten sentences that are the text itself, and a hundred of the other kind that share a word with it."""
    squares = [COMMON, RARE, RARE]
    sentences = [{0, 1}] * NEAREST + [{0, 2}] * 100
    told = neighbours(sentences, [1] * NEAREST + [0] * 100, squares)
    alone = neighbours(sentences[:NEAREST], [1] * NEAREST, squares)
    assert told.log_odds([0, 1], squares) == alone.log_odds([0, 1], squares) > 0


def test_a_long_text_is_looked_for_by_its_rarest_words() -> None:
    squares = [RARE] * LOOKED_FOR + [COMMON]
    told = neighbours([{LOOKED_FOR}], [1], squares)
    assert told.log_odds(range(1, LOOKED_FOR + 1), squares) > 0
    everything = neighbours([{feature} for feature in range(LOOKED_FOR + 1)], [0] * LOOKED_FOR + [1], squares)
    assert everything.log_odds(range(LOOKED_FOR + 1), squares) < 0


def test_in_whatever_order_the_features_come_the_same_is_looked_for() -> None:
    squares = [RARE] * (LOOKED_FOR + 1)
    told = neighbours([{feature} for feature in range(LOOKED_FOR + 1)], [0] * LOOKED_FOR + [1], squares)
    features = range(LOOKED_FOR + 1)
    assert told.log_odds(features, squares) == told.log_odds(reversed(features), squares)


def test_what_does_not_fit_together_are_no_neighbours() -> None:
    with pytest.raises(ValueError, match="fit together"):
        Neighbours(array("I", [0, 2]), array("I", [0]), array("f", [1.0]), b"\x01")
