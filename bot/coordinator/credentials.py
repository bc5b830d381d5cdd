"""Passwords and codes of coordinators. Pure, but for the random numbers."""

from __future__ import annotations

import base64
import hmac
import os
import unicodedata

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SHORTEST = 12
LONGEST = 200
STEP_SECONDS = 30
ISSUER = "Pas op de plaats"
_DIGITS = 6
_SECRET_BYTES = 20
# RFC 9106, the second recommended setting: 64 MiB, three passes, four lanes.
_PASSES, _LANES, _MEMORY_KIB, _HASH_BYTES = 3, 4, 64 * 1024, 32
# Made as every other, of a password that was thrown away: a name that is not known takes as long as one that is.
DUMMY = "$argon2id$v=19$m=65536,t=3,p=4$lQg1mV31EFoSsRckDTP/PA$dvMmr0KBIdXVBlkvrL3SByKvn3kNtwsd2XXickjO02k"


def hash_password(password: str) -> str:
    """What is kept of a password (a PHC string). Takes 64 MiB and a tenth of a second or more."""
    kdf = Argon2id(salt=os.urandom(16), length=_HASH_BYTES, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB)
    return str(kdf.derive_phc_encoded(_bytes(password)))


def is_right(password: str, kept: str) -> bool:
    """Whether this is the password of which that is kept. Takes as long either way."""
    try:
        Argon2id.verify_phc_encoded(_bytes(password), kept)
    except InvalidKey:
        return False
    return True


def new_secret() -> str:
    """A secret for an authenticator app, in base32."""
    return base64.b32encode(os.urandom(_SECRET_BYTES)).decode("ascii")


def uri(secret: str, name: str) -> str:
    """The address by which an authenticator app takes a secret in."""
    return _totp(secret).get_provisioning_uri(name, ISSUER)


def code(secret: str, moment: int) -> str:
    """The code of a moment (in seconds since 1970), as RFC 6238 has it."""
    return _totp(secret).generate(moment).decode("ascii")


def step_of(secret: str, given: str, moment: int) -> int | None:
    """The step of thirty seconds to which a code belongs: this one, the one before or the next; None when to none of
    them. Whoever asks sees to it that a step counts once."""
    wanted = "".join(given.split()).encode()
    found = None
    for step in range(moment // STEP_SECONDS - 1, moment // STEP_SECONDS + 2):
        if hmac.compare_digest(code(secret, step * STEP_SECONDS).encode(), wanted):
            found = step
    return found


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), _DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - what authenticator apps know.


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
