"""Sealing: opens with its key in its place, and nowhere else; its length says little."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.sealing import SealBroken, new_key, seal, unseal

KEY = new_key()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_what_is_sealed_comes_back_as_it_was(value: object) -> None:
    assert unseal(seal(value, KEY, "hier"), KEY, "hier") == value


def test_another_key_or_place_opens_nothing() -> None:
    sealed = seal("geheim", KEY, "hier")
    for key, place in ((new_key(), "hier"), (KEY, "daar")):
        with pytest.raises(SealBroken):
            unseal(sealed, key, place)


@given(st.integers(0, 1036), st.integers(1, 255))
def test_any_changed_byte_is_seen(place: int, by: int) -> None:
    sealed = bytearray(seal("geheim", KEY, "hier"))
    sealed[place] ^= by
    with pytest.raises(SealBroken):
        unseal(bytes(sealed), KEY, "hier")


@pytest.mark.parametrize("cut", [b"", b"\x01", b"\x01" + b"0" * 12, b"\x02" * 100])
def test_what_was_never_sealed_is_refused(cut: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal(cut, KEY, "hier")


def test_the_same_twice_looks_different() -> None:
    assert seal("ja", KEY, "hier") != seal("ja", KEY, "hier")


def test_a_short_answer_is_as_long_as_a_long_one() -> None:
    lengths = {len(seal("x" * size, KEY, "hier")) for size in range(0, 1000, 50)}
    assert len(lengths) == 1
    assert len({len(seal("x" * size, KEY, "hier")) for size in range(0, 8000, 100)}) <= 4
