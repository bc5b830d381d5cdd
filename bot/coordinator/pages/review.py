"""Reading along: the anonymised pieces, what a coordinator makes of them, and the sentences that teach the bot."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

import regex
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from bot.coordinator import teaching
from bot.coordinator.care import SEE_OTHER, NotDone, Posted, field, is_editor, kind_router
from bot.coordinator.context import Context
from bot.language.labels import intent_of, labels
from bot.language.reading import NO_TOPIC
from bot.scripts.inputs import plain
from bot.scripts.schema import placeholders
from bot.store.lessons import LONGEST, Lesson, Lessons, Use
from bot.store.masters import MasterKeys
from bot.store.review import REMARK, Note, Review, Shown

HERE = "/meelezen"
AT_ONCE = 10
DONE = ("bewaard", "gewist", "geleerd", "weggehaald")
CONTEXTS = ("script", "idle")
_PLACE = regex.compile(r"[0-9a-f]{1,32}")


@dataclass(frozen=True)
class Asked:
    """The question that a piece answers, as it was asked; title: of its script."""

    title: str
    heading: str
    text: str


def router(context: Context) -> APIRouter:
    """The pages of reading along."""
    pages = kind_router(context, HERE)
    desk = _Desk(context)
    _queue(pages, desk)
    _lessons(pages, desk)
    return pages


class _Desk:
    """What these pages are made from."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.review = Review(context.database, MasterKeys(context.settings.review_key_path))
        self.lessons = Lessons(context.database)

    def asked(self, pieces: list[Shown]) -> list[tuple[Shown, Asked]]:
        """The pieces with their questions."""
        scripts = self.context.texts.library.versions()

        def question(piece: Shown) -> Asked:
            for script in scripts.get(piece.script, []):
                if script.version == piece.version:
                    try:
                        step = script.step(piece.step)
                    except (KeyError, StopIteration):
                        continue
                    return Asked(script.title, step.heading or "", _open(" ".join(step.ask[:1])))
            return Asked(piece.script, piece.step, "")

        return [(piece, question(piece)) for piece in pieces]

    def made(self, piece: Shown) -> list[str]:
        """What the bot made of a piece, in sentences."""
        says = [self.context.text(f"care_werd_{piece.what}")] if piece.what else []
        if piece.act in labels():
            says.append(self.context.text("care_gelezen", daad=self.act(piece.act)))
        if piece.cue:
            says.append(self.context.text("care_doorgevraagd", cue=piece.cue))
        return says

    def act(self, name: str) -> str:
        """An act in words."""
        return self.context.text(f"care_daad_{name}")

    def show(self, request: Request, pieces: list[Shown], status: int = 200, **values: Any) -> Response:
        """The page with these pieces."""
        shown = {
            "pieces": self.asked(pieces),
            "made": self.made,
            "acts": sorted((self.act(name), name) for name in labels()),
            "topics": [(topic, topic) for topic in _topics()],
            "editor": is_editor(request),
            "longest": LONGEST,
            "remark": REMARK,
            "judged": False,
            "start": "",
            "following": "",
            "done": "",
            "wrong": {},
            "typed": {},
            "alone": False,
        }
        return self.context.page(request, "care_review", status, **(shown | values))


def _queue(pages: APIRouter, desk: _Desk) -> None:
    @pages.get(HERE)
    def queue(request: Request, vanaf: str = "", toon: str = "", gedaan: str = "") -> Response:
        start = vanaf if _PLACE.fullmatch(vanaf) else secrets.token_hex(6)
        judged = toon == "beoordeeld"
        found = desk.review.some(start, AT_ONCE + 1, judged=judged)
        following = found[AT_ONCE].id[:12] if len(found) > AT_ONCE else ""
        says = desk.context.text(f"care_gedaan_{gedaan}") if gedaan in DONE else ""
        return desk.show(request, found[:AT_ONCE], judged=judged, start=start, following=following, done=says)

    @pages.post(f"{HERE}/oordeel")
    def judge(request: Request, form: Posted) -> Response:
        piece = desk.review.one(field(form, "piece"))
        verdict, act, topic = (field(form, name) for name in ("understood", "act", "topic"))
        known = (not act or act in labels()) and (not topic or topic in _topics())
        try:
            remark = field(form, "remark").strip().replace("\r\n", "\n")
            note = Note(understood=verdict == "ja", act=act, topic=topic, remark=remark)
        except ValidationError:
            known = False
        if not known or verdict not in ("ja", "nee"):
            says = desk.context.text("care_fout_oordeel", most=REMARK)
            return desk.show(
                request, [piece], 422, alone=True, wrong={"verdict": says}, typed=_typed(form), judged=bool(piece.note)
            )
        desk.review.judge(piece.id, note)
        return _back(form, "bewaard")

    @pages.post(f"{HERE}/wis")
    def erase(form: Posted) -> Response:
        desk.review.erase(field(form, "piece"))
        return _back(form, "gewist")

    @pages.post(f"{HERE}/zin")
    def teach(request: Request, form: Posted) -> Response:
        piece = desk.review.one(field(form, "piece"))
        sentence = teaching.tidy(field(form, "sentence"))
        act, topic, use = (field(form, name) for name in ("act", "topic", "use"))
        where = field(form, "context")
        says = _mistake(desk, sentence, piece, act, topic or NO_TOPIC, where, use)
        if says:
            return desk.show(
                request, [piece], 422, alone=True, wrong={"lesson": says}, typed=_typed(form), judged=bool(piece.note)
            )
        lesson = Lesson.model_validate(
            {"sentence": sentence, "act": act, "topic": topic or NO_TOPIC, "context": where, "use": use}
        )
        desk.lessons.add(lesson, desk.context.clock().date())
        return _back(form, "geleerd")


def _lessons(pages: APIRouter, desk: _Desk) -> None:
    text = desk.context.text

    @pages.get(f"{HERE}/lessen")
    def lessons(request: Request, gedaan: str = "") -> Response:
        every = desk.lessons.all()
        fresh = {id(one) for one in teaching.new(every.values())}
        rows = [
            (
                name,
                one,
                desk.act(one.act),
                text(f"care_kort_{one.context}"),
                text(f"care_kort_{one.use}"),
                id(one) in fresh,
            )
            for name, one in every.items()
        ]
        says = text(f"care_gedaan_{gedaan}") if gedaan in DONE else ""
        return desk.context.page(request, "care_lessons", lessons=rows, editor=is_editor(request), done=says)

    @pages.post(f"{HERE}/lessen/weg")
    def remove(form: Posted) -> Response:
        if not desk.lessons.remove(field(form, "lesson")):
            raise NotDone(410, "zin_weg")
        return RedirectResponse(f"{HERE}/lessen?gedaan=weggehaald", SEE_OTHER)

    @pages.get(f"{HERE}/lessen.yml")
    def examples() -> Response:
        return _file(teaching.as_examples(_new(), text("care_kop_leren")), "lessen.yml")

    @pages.get(f"{HERE}/lessen-toetsen.yml")
    def cases() -> Response:
        return _file(teaching.as_cases(_new(), text("care_kop_toetsen")), "lessen-toetsen.yml")

    def _new() -> list[Lesson]:
        return teaching.new(desk.lessons.all().values())


def _mistake(desk: _Desk, sentence: str, piece: Shown, act: str, topic: str, where: str, use: str) -> str:
    """Why a sentence cannot be a lesson, in words; empty when it can."""
    key = teaching.mistake(sentence)
    if not key and teaching.borrowed(sentence, piece.text):
        key = "geleend"
    if not key and any(plain(one.sentence) == plain(sentence) for one in desk.lessons.all().values()):
        key = "bekend"
    if not key and (where not in CONTEXTS or use not in get_args(Use)):
        key = "keuze"
    if not key:
        try:
            intent_of(act, topic, "script" if where == "script" else "idle")
        except KeyError:
            key = "daad"
    return desk.context.text(f"care_fout_{key}", most=LONGEST) if key else ""


def _open(text: str) -> str:
    """A question with an ellipsis where a doctor's own words were filled in."""
    for name in set(placeholders(text)):
        text = text.replace(f"{{{name}}}", "…")
    return text


def _topics() -> list[str]:
    """Everything that a message can be about."""
    return sorted({topic for topics in labels().values() for topic in topics} - {NO_TOPIC})


def _typed(form: Posted) -> Mapping[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _back(form: Posted, done: str) -> RedirectResponse:
    """To the pieces that were on the page, with the word that it was done."""
    start = field(form, "vanaf")
    place = f"&vanaf={start}" if _PLACE.fullmatch(start) else ""
    which = "&toon=beoordeeld" if field(form, "toon") == "beoordeeld" else ""
    return RedirectResponse(f"{HERE}?gedaan={done}{which}{place}", SEE_OTHER)


def _file(content: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, media_type="application/yaml; charset=utf-8")
