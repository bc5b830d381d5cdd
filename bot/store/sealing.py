"""Turning what a doctor wrote into bytes that only its own key opens, and back. Pure.

AES-256-GCM (NIST SP 800-38D) with a random nonce; the place where the bytes belong is sealed in with them, so that they
open nowhere else. Before sealing the text is filled up to a power of two, so that its length says little.
"""

from __future__ import annotations

import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
_LENGTH_BYTES = 4
_SMALLEST = 1024
_FORMAT = b"\x01"


class SealBroken(Exception):
    """These bytes were not sealed with this key for this place, or are damaged."""


def new_key() -> bytes:
    """A random key."""
    return AESGCM.generate_key(KEY_BYTES * 8)


def seal(value: Any, key: bytes, place: str) -> bytes:
    """The sealed bytes of a value (anything that JSON can hold) that belongs at this place."""
    return seal_bytes(_filled(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()), key, place)


def unseal(sealed: bytes, key: bytes, place: str) -> Any:
    """The value of these bytes. Raises SealBroken."""
    filled = unseal_bytes(sealed, key, place)
    size = int.from_bytes(filled[:_LENGTH_BYTES], "big")
    return json.loads(filled[_LENGTH_BYTES : _LENGTH_BYTES + size])


def seal_bytes(content: bytes, key: bytes, place: str) -> bytes:
    """The sealed bytes of other bytes, whose length can be told from them."""
    nonce = os.urandom(_NONCE_BYTES)
    return _FORMAT + nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def unseal_bytes(sealed: bytes, key: bytes, place: str) -> bytes:
    """What was sealed by :func:`seal_bytes`. Raises SealBroken."""
    body = bytes(sealed)
    nonce = body[1 : 1 + _NONCE_BYTES]
    try:
        if body[:1] != _FORMAT:
            raise ValueError("another format")
        return AESGCM(key).decrypt(nonce, body[1 + _NONCE_BYTES :], place.encode())
    except (InvalidTag, ValueError):
        raise SealBroken from None


def _filled(content: bytes) -> bytes:
    """The content after its length, with zeros after it up to a power of two."""
    size = max(_SMALLEST, 1 << (len(content) + _LENGTH_BYTES - 1).bit_length())
    return (len(content).to_bytes(_LENGTH_BYTES, "big") + content).ljust(size, b"\0")
