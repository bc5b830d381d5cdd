"""The bot's cross-signing identity: without it other people's clients warn of its device, or keep their keys from it.

nio has none, so this speaks the two calls itself (client-server API, end-to-end encryption, cross-signing).
"""

from __future__ import annotations

import base64
import json
import logging
from typing import Any

from aiohttp import ClientError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.matrix.client import Client
from bot.store.channels import Channel

logger = logging.getLogger(__name__)

UPLOAD = "/_matrix/client/v3/keys/device_signing/upload"
SIGNATURES = "/_matrix/client/v3/keys/signatures/upload"
QUERY = "/_matrix/client/v3/keys/query"
Json = dict[str, Any]


def canonical(value: Json) -> bytes:
    """What is signed of a value: canonical JSON, without signatures and what is not signed."""
    bare = {name: part for name, part in value.items() if name not in ("signatures", "unsigned")}
    return json.dumps(bare, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def unpadded(value: bytes) -> str:
    """Base64 as Matrix writes it."""
    return base64.b64encode(value).decode().rstrip("=")


def public(key: Ed25519PrivateKey) -> str:
    """The public half of a key."""
    return unpadded(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def signed(value: Json, user: str, key: Ed25519PrivateKey, name: str) -> Json:
    """The value with a signature of a user's key of this name added."""
    signatures = {**value.get("signatures", {})}
    made = unpadded(key.sign(canonical(value)))
    signatures[user] = {**signatures.get(user, {}), f"ed25519:{name}": made}
    return {**value, "signatures": signatures}


async def sign_device(client: Client, channel: Channel) -> bool:
    """Give the bot an identity if it has none, and sign its device with it. Whether that was done; where the server wants
    more than a login for it, an operator does it by hand (docs/matrix.md)."""
    # Made from the key of the channel, so that there is nothing more to keep, and a restart has the same.
    master, own, users = (
        Ed25519PrivateKey.from_private_bytes(channel.derived(f"identity/{what}/{client.user}"))
        for what in ("master", "self_signing", "user_signing")
    )
    try:
        status, found = await client.call("POST", QUERY, {"device_keys": {client.user: []}})
        current = found.get("master_keys", {}).get(client.user, {}).get("keys", {})
        if status == 200 and not current:
            status, _ = await client.call("POST", UPLOAD, _keys(client.user, master, own, users))
        elif current and public(master) not in current.values():
            logger.warning("the account has another cross-signing identity: sign the bot's device with that one")
            return False
        device = found.get("device_keys", {}).get(client.user, {}).get(client.nio.device_id)
        if status != 200 or device is None or not _is_ours(client, device):
            logger.warning("the bot's device was not signed: the homeserver asks for more than a login")
            return False
        signed_device = signed(device, client.user, own, public(own))
        status, _ = await client.call("POST", SIGNATURES, {client.user: {client.nio.device_id: signed_device}})
    except ClientError as error:
        logger.warning("the bot's device was not signed: %s", type(error).__name__)
        return False
    return status == 200


def _is_ours(client: Client, device: Json) -> bool:
    """Whether what the server shows as this device has the keys that it really has."""
    mine = client.nio.olm.account.identity_keys
    name = client.nio.device_id
    return bool(device.get("keys") == {f"{kind}:{name}": key for kind, key in mine.items()})


def _keys(user: str, master: Ed25519PrivateKey, own: Ed25519PrivateKey, users: Ed25519PrivateKey) -> Json:
    def key(usage: str, made: Ed25519PrivateKey) -> Json:
        return {"user_id": user, "usage": [usage], "keys": {f"ed25519:{public(made)}": public(made)}}

    return {
        "master_key": key("master", master),
        "self_signing_key": signed(key("self_signing", own), user, master, public(master)),
        "user_signing_key": signed(key("user_signing", users), user, master, public(master)),
    }
