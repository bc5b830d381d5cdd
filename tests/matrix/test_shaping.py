"""How an answer looks in a room: formatted, and as plain text that reads as well."""

from __future__ import annotations

from typing import Any

import pytest

from bot.matrix.shaping import FORMAT, PIECE, contents, file, numbers, plain
from bot.responses import Responses

TEXTS = Responses.read()
LINKS = [
    {"label": "113 of 0800-0113", "href": "tel:0800-0113"},
    {"label": "chat", "href": "https://www.113.nl"},
    {"label": "vraag@113.nl", "href": "mailto:vraag@113.nl"},
    {"label": "raar", "href": "javascript:alert(1)"},
]


def message(text: str = "Hoe is het?", kind: str = "ask", **more: Any) -> dict[str, Any]:
    """A message of the door."""
    return {"kind": kind, "text": text, "input": None, "links": [], "sections": [], **more}


def asking(*labels: str, type_: str = "choice", **more: Any) -> dict[str, Any]:
    """A message that asks for a choice."""
    choices = [{"token": f"1.{n}", "label": label} for n, label in enumerate(labels)]
    return message(input={"type": type_, "choices": choices, "min": None, "max": None, **more})


def test_choices_are_numbered_on_over_all_messages_of_an_answer() -> None:
    first, second = contents([asking("ja", "nee"), asking("nu", "later")], TEXTS)
    assert first["body"].endswith("1. ja\n2. nee")
    assert second["body"].endswith("3. nu\n4. later")
    assert '<ol start="3"><li>nu</li>' in second["formatted_body"]


def test_what_a_doctor_wrote_is_never_read_as_html() -> None:
    (content,) = contents([message("<b>vet</b> & meer", sections=[{"heading": "<i>", "text": '<script>\n"x"'}])], TEXTS)
    assert "<script>" not in content["formatted_body"] and "<i>" not in content["formatted_body"]
    assert "&lt;script&gt;" in content["formatted_body"]
    assert content["format"] == FORMAT and content["m.mentions"] == {}


def test_the_panel_comes_first_and_stands_out() -> None:
    found = contents([message("iets anders", "say"), message("Bel 113.", "crisis", links=LINKS)], TEXTS)
    assert found[0]["body"].startswith("Bel 113.")
    assert "<strong>Bel 113.</strong>" in found[0]["formatted_body"]


def test_one_can_tap_or_read_whom_to_reach_and_nothing_else_becomes_a_link() -> None:
    content = numbers("De nummers.", LINKS)
    assert '<a href="tel:0800-0113">113 of 0800-0113</a>' in content["formatted_body"]
    assert '<a href="https://www.113.nl">chat: www.113.nl</a>' in content["formatted_body"]
    assert "javascript" not in content["formatted_body"]
    assert "– chat: www.113.nl\n– vraag@113.nl\n– raar" in content["body"]


def test_own_words_that_are_asked_on_about_are_a_quote() -> None:
    (content,) = contents([message("Je zei ‘ik moet altijd’. Van wie?", "reflect")], TEXTS)
    assert content["body"] == "Je zei\n\n> ik moet altijd\n\nVan wie?"
    assert "<blockquote>ik moet altijd</blockquote>" in content["formatted_body"]


def test_a_report_has_its_parts_under_headings_with_the_words_as_quotes() -> None:
    parts = [{"heading": "Waar sta je", "text": "midden\nin het leven"}, {"heading": "Wat nu", "text": "rust"}]
    (content,) = contents([message("Loopbaan-APK\n\nWaar sta je …", "report", sections=parts)], TEXTS)
    assert content["body"].startswith("Loopbaan-APK\n\nWaar sta je\n> midden\n> in het leven")
    assert (
        "<h3>Loopbaan-APK</h3><h4>Waar sta je</h4><blockquote>midden<br/>in het leven</blockquote>"
        in content["formatted_body"]
    )


@pytest.mark.parametrize(
    "text",
    [" ".join(f"Zin nummer {n} is er een." for n in range(400)), "woord " * 2_000, "x" * 10_000, "alinea\n\n" * 900],
    ids=["sentences", "words", "letters", "paragraphs"],
)
def test_a_long_text_comes_in_readable_pieces_and_loses_nothing(text: str) -> None:
    found = contents([message(text)], TEXTS)
    assert len(found) > 3
    assert all(len(content["body"]) < 2 * PIECE for content in found)
    assert "".join("".join(content["body"] for content in found).split()) == "".join(text.split())


def test_pieces_end_with_a_sentence_where_they_can() -> None:
    found = contents([message(" ".join(f"Zin nummer {n} is er een." for n in range(400)))], TEXTS)
    assert all(content["body"].endswith(".") for content in found)


@pytest.mark.parametrize(
    ("type_", "words"),
    [("several", "komma"), ("scale", "Een getal van 1 tot 10"), ("date", "januari"), ("lines", "regel")],
)
def test_how_to_answer_is_said_where_there_are_no_buttons_for_it(type_: str, words: str) -> None:
    (content,) = contents([asking(type_=type_, min=1, max=10)], TEXTS)
    assert words in content["body"] and "<em>" in content["formatted_body"]


def test_a_file_says_its_name_kind_and_size() -> None:
    content = file("verslag.pdf", "application/pdf", 12, {"url": "mxc://a/b"})
    assert content["msgtype"] == "m.file" and content["filename"] == content["body"] == "verslag.pdf"
    assert content["info"] == {"mimetype": "application/pdf", "size": 12} and content["url"] == "mxc://a/b"


def test_a_text_of_the_bots_own_keeps_its_paragraphs() -> None:
    assert plain("een\n\ntwee")["formatted_body"] == "<p>een</p><p>twee</p>"
