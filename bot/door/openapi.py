"""The door's OpenAPI document: what each call takes and gives."""

from __future__ import annotations

import json
from typing import Any, Literal, TypeVar

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.door.problems import MEDIA_TYPE, Problem
from bot.door.reading import TEXT_LIMIT, Message
from bot.messages import Input, Link, ScriptStatus, Section

PATH = "/api/openapi.json"
TOO_LONG = f"At most {TEXT_LIMIT} characters; what is longer is refused with 413."


class ReportWanted(BaseModel):
    """The body of a call for a report."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["pdf", "md", "txt", "ics"]


class Code(BaseModel):
    """The body of a call that opens what was kept."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=500)


class Consent(BaseModel):
    """The body of a call on consent: whether a coordinator may see anonymised pieces."""

    model_config = ConfigDict(extra="forbid", strict=True)

    review: bool


Body = TypeVar("Body", bound=BaseModel)


def read_body(body: bytes, wanted: type[Body]) -> Body:
    """What a body holds. Raises Problem when it is no JSON, or not what is wanted."""
    try:
        raw = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Problem(400, "vorm") from None
    try:
        return wanted.model_validate(raw)
    except (ValidationError, RecursionError):
        raise Problem(422, "vorm") from None


def report_format(body: bytes) -> str:
    """The form of report that a body asks for. Raises Problem."""
    return read_body(body, ReportWanted).format


def _json(schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _problems(*statuses: int) -> dict[int, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {s: {"description": "A problem document (RFC 9457)", "content": content} for s in statuses}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": {**required, **(optional or {})}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_MESSAGES = {"type": "array", "items": _ref("BotMessage")}
_STATUS = {"anyOf": [_ref("ScriptStatus"), {"type": "null"}]}
_STRING = {"type": "string"}
_TALK = _object(
    {"messages": _MESSAGES, "script": _STATUS},
    {"stored": {"type": "boolean"}, "erased": {"const": True}, "remind": _STRING, "changed": _MESSAGES},
)
_SECURED: dict[str, Any] = {"security": [{"token": []}]}


def _body(name: str) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": _ref(name)}}}}


# Each as the keyword arguments of a route.
OPEN: dict[str, Any] = {
    "responses": {
        201: _json(_object({"token": _STRING, "messages": _MESSAGES, "script": _STATUS}), "A new conversation"),
        **_problems(422, 429, 500, 503),
    }
}
MESSAGE: dict[str, Any] = {
    "openapi_extra": {**_SECURED, **_body("Message")},
    "responses": {200: _json(_TALK, "The replies"), **_problems(400, 401, 413, 422, 429, 500, 503)},
}
TRANSCRIPT: dict[str, Any] = {
    "openapi_extra": _SECURED,
    "responses": {200: _json(_TALK, "Both sides of the talk"), **_problems(401, 422, 500, 503)},
}
ERASE: dict[str, Any] = {
    "openapi_extra": _SECURED,
    "responses": {204: {"description": "Gone"}, **_problems(401, 422, 500, 503)},
}
KEEP: dict[str, Any] = {
    "openapi_extra": _SECURED,
    "responses": {
        201: _json(
            _object({"code": {"type": ["string", "null"]}}),
            "Kept. The code is shown once; null: kept under the code that opened this conversation",
        ),
        **_problems(401, 409, 422, 500, 503),
    },
}
OPEN_KEPT: dict[str, Any] = {
    "openapi_extra": _body("Code"),
    "responses": {
        200: _json(
            _object({"token": _STRING, "messages": _MESSAGES, "script": _STATUS}),
            "A new conversation with what was kept",
        ),
        **_problems(400, 404, 413, 422, 429, 500, 503),
    },
}
CONSENT: dict[str, Any] = {
    "openapi_extra": {**_SECURED, **_body("Consent")},
    "responses": {204: {"description": "Noted"}, **_problems(400, 401, 413, 422, 500, 503)},
}
EXPORT: dict[str, Any] = {
    "openapi_extra": _SECURED,
    "responses": {
        200: {"description": "Everything of the conversation", "content": {"application/zip": {}}},
        **_problems(401, 422, 500, 503),
    },
}
_ANSWER = _object(
    {
        "step": {"type": "integer"},
        "id": _STRING,
        "heading": _STRING,
        "answer": _STRING,
        "skipped": {"type": "boolean"},
    }
)
ANSWERS: dict[str, Any] = {
    "openapi_extra": _SECURED,
    "responses": {
        200: _json(_object({"script": _STATUS, "answers": {"type": "array", "items": _ANSWER}}), "The answers"),
        **_problems(401, 422, 500, 503),
    },
}
REPORT: dict[str, Any] = {
    "openapi_extra": {**_SECURED, **_body("ReportWanted")},
    "responses": {
        201: _json(_object({"href": _STRING}), "A link that works once, for five minutes"),
        **_problems(400, 401, 404, 409, 413, 422, 500, 503),
    },
}
DOWNLOAD: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The report",
            "content": {"application/pdf": {}, "text/plain": {}, "text/markdown": {}, "text/calendar": {}},
        },
        **_problems(404, 409, 422, 500, 503),
    }
}
_HEALTH = _object({name: {"type": "string", "enum": ["ok", "loading", "down"]} for name in ("door", "engine", "store")})
HEALTH: dict[str, Any] = {"responses": {200: _json(_HEALTH, "How the parts are"), **_problems(500)}}


def _message_schema() -> dict[str, Any]:
    """A message: an id and exactly one kind of content."""
    properties = Message.model_json_schema(ref_template="#/components/schemas/{model}")["properties"]
    kinds = {}
    for name in ("text", "choice", "choices", "value", "date", "lines"):
        given = next(s for s in properties[name]["anyOf"] if s.get("type") != "null")
        kinds[name] = {**given, "description": TOO_LONG} if name == "text" else given
    corrects = {"type": "boolean", "description": "Whether it takes the place of the message before it"}
    one_of = [
        {**_object({"id": properties["id"], name: schema}, {"corrects": corrects}), "additionalProperties": False}
        for name, schema in kinds.items()
    ]
    return {"oneOf": one_of}


def _schemas() -> dict[str, Any]:
    template = "#/components/schemas/{model}"
    schemas: dict[str, Any] = {"Message": _message_schema()}
    for model in (ReportWanted, Code, Consent, ScriptStatus, Input, Link, Section, Message):
        whole = model.model_json_schema(ref_template=template)
        schemas.update(whole.pop("$defs", {}))
        schemas.setdefault(model.__name__, whole)
    schemas["BotMessage"] = _object(
        {
            "n": {"type": ["integer", "null"]},
            "from": {"enum": ["bot", "doctor"]},
            "kind": {"enum": ["say", "ask", "reflect", "refer", "crisis", "report", "error"]},
            "text": _STRING,
            "input": {"anyOf": [_ref("Input"), {"type": "null"}]},
            "links": {"type": "array", "items": _ref("Link")},
            "sections": {"type": "array", "items": _ref("Section")},
            "code": {"type": ["string", "null"]},
        }
    )
    schemas["Problem"] = _object(
        {"type": _STRING, "title": _STRING, "status": {"type": "integer"}, "detail": _STRING},
        {"messages": _MESSAGES, "stored": {"const": False}},
    )
    return schemas


def add(app: FastAPI) -> None:
    """Serve the document."""

    def document() -> dict[str, Any]:
        whole = get_openapi(title=app.title, version=app.version, routes=app.routes)
        whole["components"] = {
            "schemas": _schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        }
        return whole

    @app.get(PATH, include_in_schema=False)
    async def openapi_document() -> JSONResponse:
        return JSONResponse(document())
