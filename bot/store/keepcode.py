"""The bewaarcode: six words, and the keys that are made from them. Pure.

Six words out of 2,048 are 66 random bits. Argon2id (RFC 9106, its second recommended setting: 64 MiB, three passes)
makes a root of them; from that come the name under which a set is found, and the private key (X25519) that opens what
was sealed with the public one (ephemeral key, HKDF, AES-GCM; the manner of RFC 9180). The server holds the name and the
public key: enough to add, not to read.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from rapidfuzz.distance import Levenshtein

from bot.settings import DATA
from bot.store.sealing import KEY_BYTES, SealBroken, seal, unseal

WORDS = 6
# What a doctor calls it.
NAMED = "code"
# No message is longer than this that is taken; what is gets refused, and soon.
_LONGEST = 5_000
_MEMORY_KIB, _PASSES, _LANES = 64 * 1024, 3, 4
# The code is random, so that one salt for everyone gives nothing away; it ties the keys to this use of them.
_SALT = b"pas op de plaats: bewaarcode"
_PUBLIC_BYTES = 32


@cache
def words() -> tuple[str, ...]:
    """The words that a code is drawn from. No two are a letter apart."""
    return tuple((DATA / "bewaarcode.txt").read_text(encoding="ascii").split())


def new_code() -> str:
    """A random code: six words with spaces between."""
    return " ".join(secrets.choice(words()) for _ in range(WORDS))


def read_code(text: str, *, right: int = 0) -> str | None:
    """The code that a text is, however it is written ('mijn bewaarcode is …'); None when it is none. A word with one
    letter wrong is mended; at least so many must be right, so that ordinary words are not taken for a code.
    """
    return split_code(text, right=right)[1]


def split_code(text: str, *, right: int) -> tuple[str, str | None]:
    """What a text says before the code that it gives, and that code as :func:`read_code` reads it; the whole text and
    None when it gives none."""
    if len(text) > _LONGEST:
        return text, None
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c if c.isascii() and c.isalpha() else " " for c in plain if not unicodedata.combining(c))
    said, before = letters.split(), list[str]()
    if any(word.endswith(NAMED) for word in said[:-WORDS]):
        before, said = said[:-WORDS], said[-WORDS:]
    if len(said) != WORDS or sum(word in _known() for word in said) < right:
        return text, None
    read = [word if word in _known() else _mended(word) for word in said]
    return (text, None) if None in read else (" ".join(before), " ".join(word for word in read if word))


@dataclass(frozen=True)
class CodeKeys:
    """What is made of a code: the name of its set, and the two halves of its key."""

    set_id: str
    private: bytes

    @property
    def naming(self) -> bytes:
        """The secret with which what is kept is named, so that a name says nothing to who does not have it."""
        return _derived(self.private, b"naming")

    @property
    def public(self) -> bytes:
        """The half that seals."""
        return X25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw()

    @classmethod
    def of(cls, code: str) -> CodeKeys:
        """The keys of a code, as :func:`read_code` gives it. Takes some tenths of a second and 64 MiB, on purpose."""
        kdf = Argon2id(salt=_SALT, length=KEY_BYTES, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB)
        root = kdf.derive(code.encode())
        return cls(_derived(root, b"name").hex(), _derived(root, b"private"))

    def open(self, sealed: bytes, place: str) -> Any:
        """What was sealed for this code. Raises SealBroken."""
        half, body = sealed[:_PUBLIC_BYTES], sealed[_PUBLIC_BYTES:]
        try:
            shared = X25519PrivateKey.from_private_bytes(self.private).exchange(X25519PublicKey.from_public_bytes(half))
        except ValueError:
            raise SealBroken from None
        return unseal(body, _derived(shared, half + self.public), place)


def seal_for(public: bytes, value: Any, place: str) -> bytes:
    """The bytes of a value that only the code of this public key opens."""
    once = X25519PrivateKey.generate()
    half = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public))
    return half + seal(value, _derived(shared, half + public), place)


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"pas op de plaats/" + purpose).derive(secret)


@cache
def _known() -> frozenset[str]:
    return frozenset(words())


@cache
def _by_length() -> dict[int, list[str]]:
    lengths = defaultdict(list)
    for word in words():
        lengths[len(word)].append(word)
    return lengths


def _mended(word: str) -> str | None:
    """The one word of the list that is a letter away; None when there is none, or more than one."""
    near = (other for size in (-1, 0, 1) for other in _by_length().get(len(word) + size, []))
    found = [other for other in near if Levenshtein.distance(word, other, score_cutoff=1) <= 1]
    return found[0] if len(found) == 1 else None
