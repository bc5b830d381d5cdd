"""nio's client, so that a crash at any moment loses no key.

By itself nio tells the server of its one-time keys before it keeps them: a process that dies in between has told others to
use a key that nobody has. And what one answer of the server brings is kept bit by bit: a process that dies half-way has
used up the key of a message whose content it did not keep. Either way a doctor's messages cannot be read any more.
"""

from __future__ import annotations

import nio
from nio.api import Api


class DurableClient(nio.AsyncClient):
    """Keeps its keys before it tells of them, and what an answer brings all at once."""

    async def keys_upload(self) -> nio.KeysUploadResponse | nio.KeysUploadError:
        """Tell the server of the keys of this device, once they are kept. Raises nio.LocalProtocolError when there is
        nothing to tell."""
        if not self.should_upload_keys:
            raise nio.LocalProtocolError("no keys to upload")
        keys = self.olm.share_keys()
        self.olm.save_account()
        method, path, data = Api.keys_upload(self.access_token, keys)
        return await self._send(nio.KeysUploadResponse, method, path, data)

    async def receive_response(self, response: nio.Response) -> None:
        """Take in an answer of the server, all of it or nothing."""
        if not self.store:
            await super().receive_response(response)
            return
        with self.store.database.atomic():
            await super().receive_response(response)
