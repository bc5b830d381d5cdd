"""The bot's messages as Matrix shows them: formatted, with a plain text beside it that reads as well. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import regex

from bot.responses import Responses

# A text is read on a telephone: what is longer than this comes in pieces, cut between paragraphs or sentences.
PIECE = 1_500
FORMAT = "org.matrix.custom.html"
_SAFE = regex.compile(r"(?i)(tel:|mailto:|https://)\S+")
_SCHEME = regex.compile(r"(?i)^(tel:|mailto:|https://)")
# In a question that asks on, the doctor's own words stand between these.
_QUOTED = regex.compile(r"^([^‘]*)‘(.+)’([^’]*)$", flags=regex.DOTALL)
_SENTENCE = regex.compile(r"(?<=[.?!…])\s+")
Content = dict[str, Any]
Said = Mapping[str, Any]


@dataclass(frozen=True)
class Block:
    """A part that is kept together, as plain text and as HTML."""

    plain: str
    html: str


def contents(messages: Sequence[Said], texts: Responses) -> list[Content]:
    """The contents of the events for an answer, in order: the crisis panel first, and choices numbered on."""
    ordered = sorted(messages, key=lambda m: m.get("kind") != "crisis")
    found, number = [], 1
    for message in ordered:
        choices = (message.get("input") or {}).get("choices") or []
        found += [_content(piece) for piece in _pieces(list(_blocks(message, number, texts)))]
        number += len(choices)
    return found


def plain(text: str) -> Content:
    """The content of an event for a text of the bot's own."""
    return _content(list(_paragraphs(text)))


def numbers(text: str, links: Sequence[Mapping[str, str]]) -> Content:
    """The numbers of the crisis panel once more, so that they stay in sight."""
    return _content([*_paragraphs(text, strong=True), *_links(links)])


def file(name: str, media_type: str, size: int, where: Mapping[str, Any]) -> Content:
    """The content of an event for a file that was uploaded; where: its address, or how to decrypt it."""
    return {
        "msgtype": "m.file",
        "body": name,
        "filename": name,
        "info": {"mimetype": media_type, "size": size},
        **where,
    }


def _content(blocks: Sequence[Block]) -> Content:
    return {
        "msgtype": "m.text",
        "body": "\n\n".join(block.plain for block in blocks),
        "format": FORMAT,
        "formatted_body": "".join(block.html for block in blocks),
        "m.mentions": {},
    }


def _pieces(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """The blocks in groups that are not too long."""
    group: list[Block] = []
    for block in blocks:
        if group and sum(len(b.plain) for b in group) + len(block.plain) > PIECE:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _blocks(message: Said, number: int, texts: Responses) -> Iterator[Block]:
    if message.get("sections"):
        yield from _report(message)
    elif message.get("kind") == "reflect" and (found := _QUOTED.match(message["text"])):
        before, own, after = found.groups()
        if before.strip():
            yield from _paragraphs(before.strip())
        yield _quoted(own)
        # What follows the quote begins with what ended it.
        if rest := after.lstrip(".,;: ").strip():
            yield from _paragraphs(rest)
    else:
        yield from _paragraphs(message["text"], strong=message.get("kind") == "crisis")
    yield from _links(message.get("links") or [])
    wanted = message.get("input") or {}
    if choices := wanted.get("choices"):
        yield _choices([c["label"] for c in choices], number)
    if hint := _hint(wanted, texts):
        yield Block(hint, f"<p><em>{html.escape(hint)}</em></p>")


def _hint(wanted: Mapping[str, Any], texts: Responses) -> str:
    """How to answer, where a messenger has no buttons for it."""
    match wanted.get("type"):
        case "several":
            return texts.text("matrix_meer_keuzes")
        case "scale":
            return texts.text("matrix_schaal", min=wanted.get("min"), max=wanted.get("max"))
        case "date":
            return texts.text("matrix_dag")
        case "lines":
            return texts.text("matrix_regels")
        case _:
            return ""


def _report(message: Said) -> Iterator[Block]:
    title = message["text"].split("\n", 1)[0]
    yield Block(title, f"<h3>{html.escape(title)}</h3>")
    for part in message["sections"]:
        heading = html.escape(part["heading"])
        for index, text in enumerate(_cut(part["text"])):
            shown = _quoted(text)
            first = Block(f"{part['heading']}\n{shown.plain}", f"<h4>{heading}</h4>{shown.html}")
            yield shown if index else first


def _quoted(text: str) -> Block:
    lines = text.split("\n")
    return Block(
        "\n".join(f"> {line}" for line in lines), f"<blockquote>{'<br/>'.join(map(html.escape, lines))}</blockquote>"
    )


def _paragraphs(text: str, *, strong: bool = False) -> Iterator[Block]:
    for paragraph in text.split("\n\n"):
        for piece in _cut(paragraph):
            inner = "<br/>".join(map(html.escape, piece.split("\n")))
            yield Block(piece, f"<p><strong>{inner}</strong></p>" if strong else f"<p>{inner}</p>")


def _cut(text: str) -> Iterator[str]:
    """A text in pieces: between sentences, or else between words, or else anywhere."""
    piece = ""
    for sentence in _SENTENCE.split(text) if len(text) > PIECE else [text]:
        if piece and len(piece) + 1 + len(sentence) > PIECE:
            yield piece
            piece = ""
        piece = f"{piece} {sentence}" if piece else sentence
        while len(piece) > PIECE:
            end = piece.rfind(" ", 1, PIECE)
            end = PIECE if end < 0 else end
            yield piece[:end]
            piece = piece[end:].lstrip()
    if piece:
        yield piece


def _links(links: Sequence[Mapping[str, str]]) -> Iterator[Block]:
    """Where to dial, mail or look. Only telephone, mail and https become links; anything else stays text."""
    if not links:
        return
    rows, items = [], []
    for link in links:
        label, href = link["label"], link["href"]
        shown = _SCHEME.sub("", href).rstrip("/")
        # Who cannot tap must be able to read the number.
        same = not _SAFE.fullmatch(href) or regex.sub(r"\W", "", shown) in regex.sub(r"\W", "", label)
        words = label if same else f"{label}: {shown}"
        rows.append(f"– {words}")
        safe = (
            f'<a href="{html.escape(href)}">{html.escape(words)}</a>' if _SAFE.fullmatch(href) else html.escape(words)
        )
        items.append(f"<li>{safe}</li>")
    yield Block("\n".join(rows), f"<ul>{''.join(items)}</ul>")


def _choices(labels: Sequence[str], first: int) -> Block:
    rows = [f"{number}. {label}" for number, label in enumerate(labels, first)]
    items = "".join(f"<li>{html.escape(label)}</li>" for label in labels)
    start = f' start="{first}"' if first > 1 else ""
    return Block("\n".join(rows), f"<ol{start}>{items}</ol>")
