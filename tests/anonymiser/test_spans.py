"""Spans: whatever the text, they are in order, apart and inside it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.anonymiser import light
from bot.anonymiser.full import Anonymiser
from bot.anonymiser.spans import KINDS, Span, merge, replace
from tests.anonymiser.conftest import CASES

# Words that the rules look for, in any order, with anything between them.
PIECES = st.sampled_from(sorted({word for case in CASES for word in case["text"].split()}))
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=25).map(" ".join))
SPANS = st.builds(
    lambda start, length, kind: Span(start, start + length, kind),
    st.integers(0, 50),
    st.integers(1, 20),
    st.sampled_from(KINDS),
)


def sound(text: str, spans: list[Span]) -> None:
    """Assert that spans are in order, apart, inside the text, and of a known kind."""
    at = 0
    for span in spans:
        assert at <= span.start < span.end <= len(text)
        assert span.kind in KINDS
        at = span.end


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_any_text_gives_spans_in_order_and_apart(text: str) -> None:
    sound(text, light.find(text))


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_any_text_does_so_with_deduce(full: Anonymiser, text: str) -> None:
    sound(text, full.find(text))


@given(st.lists(SPANS, max_size=12))
def test_merging_keeps_all_that_was_covered_and_nothing_more(spans: list[Span]) -> None:
    merged = merge(spans)
    sound("x" * 80, merged)
    covered = {i for span in spans for i in range(span.start, span.end)}
    assert {i for span in merged for i in range(span.start, span.end)} == covered


def test_what_overlaps_is_of_the_kind_of_its_longest_part() -> None:
    assert merge([Span(0, 4, "naam"), Span(2, 12, "instelling")]) == [Span(0, 12, "instelling")]


def test_a_span_without_length_or_of_no_kind_cannot_be_made() -> None:
    for start, end, kind in ((3, 3, "naam"), (-1, 2, "naam"), (0, 1, "iets")):
        with pytest.raises(ValueError):
            Span(start, end, kind)


@pytest.mark.parametrize("case", CASES[::3], ids=lambda case: case["text"][:40])
def test_what_was_replaced_is_not_replaced_again(case: dict[str, str]) -> None:
    once = replace(case["text"], light.find(case["text"]))
    assert replace(once, light.find(once)) == once


@pytest.mark.parametrize(
    "text",
    [
        "😀😀 mevrouw Jansen 👩‍⚕️ uit Zwolle",
        "e\u0301e\u0301n Yılmaz heette Jose\u0301, mevrouw Jansen",
        "\u202emevrouw Jansen",
        "Mevrouw\u00a0Jansen",
    ],
)
def test_offsets_count_code_points_of_the_text_as_given(text: str) -> None:
    assert "Jansen" in [text[span.start : span.end] for span in light.find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Mevrouw Jansen uit Zwolle belde op 3 mei. " * 95,
        "Jan " * 1000,
        "van der " * 500,
        "a." * 2000,
        "1 " * 2000,
        "0-" * 2000,
        "1234 5678 9" * 363,
        "www." * 1000,
        "a@" * 2000,
        "x" * 4000,
        "De " * 1333,
        "J. " * 1333,
        "nummer: " * 500 + "1234567",
        "bsn nr : " * 444,
        "' " * 2000,
        "1 mei, " * 571,
        "ik ben " * 571,
        "is net 43 en " * 307,
        "praktijk de " * 333,
        "straat 1 " * 444,
        "\n" * 4000,
        "a-" * 2000,
        "jan-" * 1000,
    ],
    ids=lambda text: text[:10],
)
def test_four_thousand_characters_take_less_than_a_second(text: str) -> None:
    light.find("warm")
    began = time.thread_time()
    light.find(text[:4000])
    assert time.thread_time() - began < 1


def test_a_message_is_read_in_ten_milliseconds() -> None:
    light.find("warm")
    began = time.thread_time()
    for case in CASES:
        light.find(case["text"])
    assert (time.thread_time() - began) / len(CASES) < 0.010
