"""What the bot shows the way to and asks: the referrals, the directory of coaches, and the scripts as doctors see them."""

from __future__ import annotations

import json
from collections.abc import Callable

import regex
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import UploadFile

from bot.coordinator.care import SEE_OTHER, UPLOAD, NotDone, Posted, is_editor, kind_router
from bot.coordinator.context import Context
from bot.dialogue.people import COACH_ENTRY, COACHES_NAMED, region
from bot.language.labels import labels
from bot.language.reading import NO_TOPIC
from bot.referrals.coaches import Coach, read_csv, write_csv
from bot.referrals.directory import Entry
from bot.scripts.preview import render
from bot.scripts.schema import Script
from bot.store.coaches import StoredCoaches
from bot.store.database import sessions

HERE = "/inhoud"
_HEAD = regex.compile(r"\[(?:\d+\. )?(?P<id>[a-z0-9-]+)[^]]*\]")
DAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")


def router(context: Context) -> APIRouter:
    """The pages of the content."""
    pages = kind_router(context, HERE)
    _referrals(pages, context)
    _coaches(pages, context)
    _scripts(pages, context)
    return pages


def _referrals(pages: APIRouter, context: Context) -> None:
    @pages.get(HERE)
    def referrals(request: Request) -> Response:
        stale = {entry.id for entry in context.directory.stale(context.clock().date())}
        ordered = sorted(
            context.directory.entries.values(), key=lambda entry: (entry.id not in stale, entry.rung, entry.name)
        )
        rows = [
            (entry, context.text(f"care_trede_{entry.rung}"), hours(entry, context.text), entry.id in stale)
            for entry in ordered
        ]
        return context.page(request, "care_referrals", rows=rows, stale=len(stale))


def hours(entry: Entry, text: Callable[..., str]) -> str:
    """When someone can be reached, in words."""
    if isinstance(entry.hours, str):
        return text(f"care_uren_{entry.hours}")
    parts = []
    for one in entry.hours:
        days = ", ".join(text(f"care_dag_{DAYS[day]}") for day in one.days)
        parts.append(text("care_uren", dagen=days, van=f"{one.from_:%H:%M}", tot=f"{one.to:%H:%M}"))
    return "; ".join(parts)


def _coaches(pages: APIRouter, context: Context) -> None:
    stored = StoredCoaches(sessions(context.database))

    def page(request: Request, found: list[Coach], status: int = 200, **values: object) -> Response:
        shown = {
            "coaches": found,
            "themes": [(theme, theme) for theme in _themes()],
            "named": COACHES_NAMED,
            "editor": is_editor(request),
            "theme": "",
            "region": "",
            "wrong": [],
            "done": "",
        }
        return context.page(request, "care_coaches", status, **(shown | values))

    @pages.get(f"{HERE}/coaches")
    def coaches(request: Request, thema: str = "", regio: str = "", gedaan: str = "") -> Response:
        theme = thema if thema in _themes() else ""
        where = region(regio)
        if theme or where:
            wanted = theme or NO_TOPIC
            found = stored.find(wanted, where, context.directory[COACH_ENTRY].term(wanted))
        else:
            found = stored.all()
        says = context.text("care_coaches_klaar") if gedaan == "klaar" else ""
        return page(request, found, theme=theme, region=where, done=says)

    @pages.post(f"{HERE}/coaches")
    def replace(request: Request, form: Posted) -> Response:
        found, wrong = read_csv(_text(form))
        if wrong or not found:
            # In the order of the file: what is wrong with a line stands together.
            says = [(line, context.responses.text(f"coaches_{name}")) for line, name in wrong]
            return page(request, stored.all(), 422, wrong=says or [(1, context.text("care_coaches_leeg"))])
        try:
            stored.replace(found)
        except SQLAlchemyError:
            raise NotDone(503, "opslag") from None
        return RedirectResponse(f"{HERE}/coaches?gedaan=klaar", SEE_OTHER)

    @pages.get(f"{HERE}/coaches.csv")
    def as_csv() -> Response:
        return _file(write_csv(stored.all()), "csv", "text/csv; charset=utf-8")

    @pages.get(f"{HERE}/coaches.json")
    def as_json() -> Response:
        rows = [coach.model_dump() for coach in stored.all()]
        return _file(json.dumps(rows, ensure_ascii=False, indent=1), "json", "application/json")


def _themes() -> list[str]:
    """The themes that the bot looks for a coach by."""
    return sorted(set(labels()["mens"]) - {NO_TOPIC})


def _text(form: Posted) -> str:
    """The text of the file that was sent. Raises NotDone."""
    upload = form.get("file")
    if not isinstance(upload, UploadFile) or not upload.filename:
        raise NotDone(422, "bestand")
    content = upload.file.read(UPLOAD + 1)
    if len(content) > UPLOAD:
        raise NotDone(413, "groot")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotDone(422, "letters") from None


def _file(content: str, kind: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="coaches.{kind}"'}
    return Response(content, headers=headers, media_type=media_type)


def _scripts(pages: APIRouter, context: Context) -> None:
    library = context.texts.library

    def live() -> dict[str, str]:
        """The digest of the current version of each script."""
        try:
            return {name: library.current(name).digest for name in library.names()}
        except OSError:
            return {}

    @pages.get(f"{HERE}/oefeningen")
    def scripts(request: Request) -> Response:
        return context.page(request, "care_scripts", scripts=library.versions(), live=live())

    @pages.get(f"{HERE}/oefeningen/{{name}}")
    def script(request: Request, name: str, versie: str = "") -> Response:
        versions = library.versions().get(name, [])
        wanted = versie or live().get(name, "")
        chosen = next((one for one in versions if one.digest == wanted), None)
        if chosen is None:
            raise NotDone(404, "oefening")
        return context.page(
            request, "care_script", script=chosen, versions=versions, live=live().get(name, ""), parts=parts(chosen)
        )


def parts(script: Script) -> list[tuple[str, str, str]]:
    """A script as a doctor would meet it, in parts: the name of each step for a link to it, its head, and its text."""
    found = []
    for block in render(script).split("\n\n")[1:]:
        head, _, rest = block.strip("\n").partition("\n")
        step = _HEAD.match(head)
        if step:
            found.append((f"stap-{step['id']}", head.replace("[", "", 1).replace("]", "", 1), rest))
        else:
            found.append(("", "", block.strip("\n")))
    return found
