"""The tagger: its examples are well marked, it is taught once, and what it finds is held against the lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.anonymiser import teaching
from bot.anonymiser.full import Anonymiser, believable, joined
from bot.anonymiser.lexicon import lexicon
from bot.anonymiser.spans import Span
from bot.anonymiser.tagger import Tagger
from bot.anonymiser.words import words_of


def test_a_marked_line_is_a_text_and_where_its_marks_stood() -> None:
    marked = teaching.unmarked("mw [[naam|de wit]] uit [[plaats|Ede]] belde")
    assert marked.text == "mw de wit uit Ede belde"
    assert [marked.text[s.start : s.end] + "/" + s.kind for s in marked.spans] == ["de wit/naam", "Ede/plaats"]


def test_every_example_is_marked_with_known_kinds_and_nothing_is_left_of_the_marks() -> None:
    texts = list(teaching.examples())
    assert len(texts) > 6_000
    assert not [t.text for t in texts if "[[" in t.text or "]]" in t.text or not t.text.strip()]
    assert sum(not t.spans for t in texts) > 2_000


def test_a_wrong_mark_is_told_by_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "een.txt").write_text("goed\n[[iemand|Jan]] belde\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"^een\.txt:2$"):
        list(teaching.examples(tmp_path))


def test_a_word_has_the_label_of_the_span_that_it_lies_in() -> None:
    marked = teaching.unmarked("dr. [[naam|van Dijk]] belt [[telefoon|06]]")
    assert teaching.labels_of(words_of(marked.text), marked.spans) == ["O", "B-naam", "I-naam", "O", "O"]


def test_it_is_taught_only_when_something_changed(
    full: Anonymiser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = tmp_path / "examples"
    few.mkdir()
    lines = [f"gisteren belde {name} over zijn {thing}" for name in ("[[naam|henk]]", "iemand") for thing in "abcdef"]
    (few / "klein.txt").write_text("\n".join(lines), encoding="utf-8")
    # These lie outside the project.
    monkeypatch.setattr("bot.fingerprints.ROOT", Path("/"))
    monkeypatch.setattr(teaching, "EXAMPLES", few)
    monkeypatch.setattr(teaching.examples, "__defaults__", (few,))
    said: list[str] = []
    path = tmp_path / "models" / "tagger.crf"
    assert teaching.teach(path, said.append) and said
    assert not teaching.teach(path, said.append)
    found = Tagger(path, lexicon()).find("gisteren belde henk over zijn knie")
    assert [(s.start, s.end, s.kind) for s in found] == [(15, 19, "naam")]
    (few / "klein.txt").write_text("\n".join([*lines, "morgen belt niemand"]), encoding="utf-8")
    assert teaching.teach(path, said.append)


@pytest.mark.parametrize(
    ("text", "found", "kind", "kept"),
    [
        ("de saturatie was 88%", "88", "leeftijd", False),
        ("hij is 88, en kwiek", "88", "leeftijd", True),
        ("kracht 4/5 links", "4/5", "datum", True),
        ("MMSE 14/30", "14/30", "datum", False),
        ("de apotheek belde", "apotheek", "instelling", False),
        ("apotheek de gaper", "apotheek de gaper", "instelling", True),
        ("volgens SBARR", "SBARR", "naam", False),
        ("vincent en ik", "vincent", "naam", True),
        ("'t is weer zover", "'t", "naam", False),
        ("het NHG belde", "NHG", "instelling", False),
    ],
)
def test_what_it_finds_is_held_against_what_can_be(text: str, found: str, kind: str, kept: bool) -> None:
    at = text.index(found)
    assert believable(text, Span(at, at + len(found), kind), words_of(text), lexicon()) is kept


def test_a_surname_with_what_stands_after_its_comma_is_one_name() -> None:
    text = "Van Nispen, A.G. en Boonstra, Hielke, en Jan, Piet"
    assert joined("Noordeinde 117", [Span(0, 10, "plaats"), Span(11, 14, "instelling")], lexicon()) == [
        Span(0, 14, "plaats")
    ]
    parts = ["Van Nispen", "A.G.", "Boonstra", "Hielke", "Jan", "Piet"]
    spans = [Span(text.index(part), text.index(part) + len(part), "naam") for part in parts]
    assert [text[s.start : s.end] for s in joined(text, spans, lexicon())] == [
        "Van Nispen, A.G.", "Boonstra, Hielke", "Jan", "Piet"
    ]  # fmt: skip
