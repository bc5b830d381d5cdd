"""What the pages of review and content share: what was posted, and a page that says why something was not done. Who may
send a form, and what is written down of it, is the guard's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import FormData

from bot.coordinator.accounts import Account
from bot.coordinator.context import Context
from bot.store.masters import MasterKeyTrouble
from bot.store.review import Vanished

UPLOAD = 1024 * 1024
# What is sent beside an upload: the other fields, and what stands between the parts.
_BESIDE = 16 * 1024
SEE_OTHER = 303

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class NotDone(Exception):
    """Something that was not done; key names its text (``care_niet_<key>``)."""

    def __init__(self, status: int, key: str) -> None:
        super().__init__(key)
        self.status = status
        self.key = key


def kind_router(context: Context, back: str) -> APIRouter:
    """A router whose pages say kindly what was not done and why, with the way back."""

    class Kind(APIRoute):
        def get_route_handler(self) -> Handler:
            handler = super().get_route_handler()

            async def kindly(request: Request) -> Response:
                try:
                    return await handler(request)
                except NotDone as error:
                    why = error
                except Vanished:
                    why = NotDone(410, "weg")
                except MasterKeyTrouble:
                    why = NotDone(503, "sleutel")
                says = context.text(f"care_niet_{why.key}")
                return context.page(request, "care_notice", why.status, says=says, back=back)

            return kindly

    return APIRouter(route_class=Kind)


def is_editor(request: Request) -> bool:
    """Whether who is signed in may change things."""
    account: Account = request.state.account
    return account.role == "editor"


async def _posted(request: Request) -> AsyncIterator[FormData]:
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > UPLOAD + _BESIDE:
        raise NotDone(413, "groot")
    try:
        form = await request.form(max_files=1, max_fields=20, max_part_size=UPLOAD)
    except HTTPException:
        raise NotDone(400, "vorm") from None
    try:
        yield form
    finally:
        await form.close()


# The form that was sent, read before the page's own code runs.
Posted = Annotated[FormData, Depends(_posted)]


def field(form: FormData, name: str) -> str:
    """A field of a form as text; empty when it is not there."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
