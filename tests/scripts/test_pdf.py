"""The report as a screen reader meets it: the demands of PDF/UA-1 (ISO 14289-1) that can be read from the file.

Typst checks while it writes; this reads what was written, with another library.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pikepdf
import pytest

from bot.responses import Responses
from bot.scripts import engine
from bot.scripts.engine import Answer
from bot.scripts.pdf import as_pdf
from bot.scripts.report import report
from bot.scripts.schema import Step
from tests.scripts.test_report import HARD, NOW, TODAY
from tests.walking import SCRIPTS

TEXTS = Responses.read()
# ISO 32000-1, table 333 and on; Typst writes no others.
KNOWN = {
    "Document", "H1", "H2", "H3", "P", "Title", "Table", "THead", "TBody", "TR", "TH", "TD", "L", "LI", "Lbl", "LBody", "Div", "Span",
    "Strong", "Em", "Sect", "Part", "BlockQuote", "NonStruct", "Link",
}  # fmt: skip


def given(step: Step, words: str) -> Answer:
    """An answer to any question, in these words where it takes words."""
    match step.kind:
        case "choice":
            return Answer(options=[step.options[-1].id])
        case "several":
            return Answer(options=[o.id for o in step.options[: step.max or 2]])
        case "scale":
            return Answer(value=step.max)
        case "date":
            return Answer(date=dt.date(2027, 3, 1))
    return Answer(text=words)


def made(name: str, words: str, *, again: bool = False) -> pikepdf.Pdf:
    """The report of a whole run of a script; again: with an earlier one beside it."""
    script = SCRIPTS[name]
    run = engine.begin(script, "volledig")
    while run.at:
        run = engine.advance(script, engine.answer(script, run, given(script.step(run.at), words)))[0]
    if again:
        before = {key: a.model_copy(update={"options": a.options[:1]}) for key, a in run.answers.items()}
        run = run.model_copy(update={"earlier": before})
    return pikepdf.open(io.BytesIO(as_pdf(report(script, run, [], TEXTS, TODAY), TEXTS, NOW)))


def tree(node: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every element of the structure in reading order, as (type, element)."""
    if isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield str(node.S)[1:], node
    children: Any = node.get("/K", []) if isinstance(node, pikepdf.Dictionary) else []
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary):
            yield from tree(child, depth + 1)


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("again", [False, True], ids=["first", "again"])
def test_the_report_of_every_form_is_accessible(name: str, again: bool) -> None:
    with made(name, "Ik zei niets, en dat bleef hangen.", again=again) as pdf:
        check(pdf)


@pytest.mark.parametrize("words", HARD, ids=["plain", "long word", "long", "no letters", "markup", "directions"])
def test_it_is_accessible_whatever_was_written(words: str) -> None:
    with made("visitatie", words, again=True) as pdf:
        check(pdf)


@pytest.mark.parametrize("lost", ["/StructTreeRoot", "/MarkInfo", "/Lang", "/ViewerPreferences"])
def test_without_one_of_these_it_would_be_seen(lost: str) -> None:
    with made("apk", "Ik zei niets.") as pdf:
        pdf.Root[lost] = pikepdf.Dictionary(Marked=False, DisplayDocTitle=False) if lost != "/Lang" else "en"
        with pytest.raises((AssertionError, AttributeError)):
            check(pdf)


def check(pdf: pikepdf.Pdf) -> None:
    """Assert what a reader of PDF/UA-1 relies on."""
    root = pdf.Root
    assert bool(root.MarkInfo.Marked), "tagged"
    assert str(root.Lang) == "nl-NL", "the language is told"
    assert bool(root.ViewerPreferences.DisplayDocTitle), "its title stands above it"
    with pdf.open_metadata() as metadata:
        assert metadata.get("dc:title") and str(metadata.get("pdfuaid:part")) == "1"
    elements = list(tree(root.StructTreeRoot))
    roles = {str(key)[1:]: str(value)[1:] for key, value in dict(root.StructTreeRoot.get("/RoleMap", {})).items()}
    kinds = [roles.get(kind, kind) for kind, _ in elements]
    assert set(kinds) <= KNOWN, set(kinds) - KNOWN
    levels = [int(kind[1]) for kind in kinds if kind in ("H1", "H2", "H3")]
    assert levels and levels[0] == 1 and all(b <= a + 1 for a, b in pairwise(levels)), levels
    for kind, element in elements:
        if kind == "Table":
            assert "TH" in [inner for inner, _ in tree(element)], "a table says what its columns are"
        if kind == "TH":
            assert any("/Scope" in attribute for attribute in _attributes(element)), "a heading says what it is of"
    for page in pdf.pages:
        assert "/StructParents" in page and page.get("/Tabs") == "/S", "read in the order of the structure"
        fonts: Any = page.Resources.get("/Font", {})
        assert all(_embedded(font) and "/ToUnicode" in font for font in fonts.values()), "its letters can be read back"


def _attributes(element: Any) -> list[Any]:
    found = element.get("/A", [])
    return list(found) if isinstance(found, pikepdf.Array) else [found]


def _embedded(font: Any) -> bool:
    inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
    return any(key in inner.FontDescriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
