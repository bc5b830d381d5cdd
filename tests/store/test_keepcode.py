"""The bewaarcode: six ordinary words that nobody guesses, and that are read however they are written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from bot.store.keepcode import WORDS, CodeKeys, new_code, read_code, seal_for, split_code, words
from bot.store.sealing import SealBroken

CODE = " ".join(words()[n] for n in (3, 500, 900, 1200, 1700, 2000))


def test_six_words_are_at_least_64_bits() -> None:
    assert WORDS * math.log2(len(set(words()))) >= 64


def test_the_words_are_plain_and_no_two_are_a_letter_apart() -> None:
    listed = words()
    assert all(word.isascii() and word.isalpha() and word.islower() and 3 < len(word) < 9 for word in listed)
    close = [
        (one, other)
        for n, one in enumerate(listed)
        for other in listed[n + 1 :]
        if Levenshtein.distance(one, other, score_cutoff=1) <= 1
    ]
    assert not close


def test_codes_are_drawn_anew() -> None:
    drawn = {new_code() for _ in range(200)}
    assert len(drawn) == 200
    assert all(read_code(code) == code for code in drawn)


@pytest.mark.parametrize(
    "written",
    [
        CODE,
        CODE.upper(),
        CODE.replace(" ", "-"),
        CODE.replace(" ", ",  "),
        CODE.replace(" ", "\n"),
        f"  {CODE}. ",
        f"Mijn bewaarcode is {CODE}",
        f"bewaarcode: {CODE}",
        "1. " + " 2. ".join(CODE.split()),
    ],
)
def test_a_code_is_read_however_it_is_written(written: str) -> None:
    assert read_code(written, right=6) == CODE


def test_what_was_said_before_a_code_is_told_apart_from_it() -> None:
    assert split_code(f"Ik ben moe. Mijn code is {CODE}", right=5) == ("ik ben moe mijn code is", CODE)
    assert split_code("Ik ben zo moe vandaag, echt waar", right=5) == ("Ik ben zo moe vandaag, echt waar", None)


@given(st.integers(0, WORDS - 1), st.integers(0, 2), st.sampled_from("qxzj"))
def test_a_slip_in_a_word_is_mended_or_refused_but_never_read_as_another(which: int, place: int, letter: str) -> None:
    parts = CODE.split()
    parts[which] = parts[which][:place] + letter + parts[which][place + 1 :]
    assert read_code(" ".join(parts)) in (CODE, None)


@pytest.mark.parametrize("length", sorted({len(word) for word in words()}))
def test_a_letter_too_few_or_too_many_is_mended_in_a_word_of_any_length(length: int) -> None:
    word = next(word for word in words() if len(word) == length)
    rest = CODE.split()[1:]
    for slipped in (word[:-1], f"{word}q"):
        assert read_code(" ".join([slipped, *rest])) == " ".join([word, *rest])


@pytest.mark.parametrize(
    "text",
    [
        "", "ik ben zo ontzettend moe vandaag", " ".join(CODE.split()[:5]), f"{CODE} extra", "a b c d e f",
        "ik dacht aan " + " ".join(CODE.split()[:3]), "\0", "😀 😀 😀 😀 😀 😀",
    ],
)  # fmt: skip
def test_what_is_no_code_is_not_taken_for_one(text: str) -> None:
    assert read_code(text, right=5) is None


def test_a_text_that_is_longer_than_any_message_is_not_looked_through_for_one() -> None:
    assert split_code("x " * 2_400 + "mijn bewaarcode is " + CODE, right=5)[1] == CODE
    assert split_code("x " * 500_000 + "mijn bewaarcode is " + CODE, right=5)[1] is None


def test_only_the_code_opens_what_was_sealed_for_it() -> None:
    keys = CodeKeys.of(CODE)
    sealed = seal_for(keys.public, {"tekst": "van mij"}, "hier")
    assert keys.open(sealed, "hier") == {"tekst": "van mij"}
    other = CodeKeys.of(" ".join(reversed(CODE.split())))
    assert other.set_id != keys.set_id
    for who, place in ((other, "hier"), (keys, "daar")):
        with pytest.raises(SealBroken):
            who.open(sealed, place)
    with pytest.raises(SealBroken):
        keys.open(b"kapot", "hier")
