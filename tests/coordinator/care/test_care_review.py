"""Reading along: what a coordinator sees of a piece, says of it and teaches by it, and that nothing of a doctor stays."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from tests.coordinator.care.conftest import Site, Someone

WORDS = "ik loop al weken op mijn tandvlees door de praktijk"
SCRIPT = "<script>alert('mee')</script>"


def shown(client: Someone, address: str = "/meelezen") -> str:
    """The text of a page."""
    page = client.get(address)
    assert page.status_code == 200
    return html.unescape(page.text)


def ids(client: Someone, address: str = "/meelezen") -> list[str]:
    """The pieces on a page, in its order."""
    return list(dict.fromkeys(re.findall(r'name="piece" value="([0-9a-f]{32})"', client.get(address).text)))


def only(client: Someone) -> str:
    """The one piece there is."""
    (one,) = ids(client)
    return one


def judged(client: Someone, piece: str, **fields: str) -> httpx.Response:
    """Judge a piece."""
    return client.form("/meelezen/oordeel", {"piece": piece, "understood": "nee", **fields})


def taught(client: Someone, piece: str, sentence: str, **fields: str) -> httpx.Response:
    """Write a sentence beside a piece."""
    usual = {"act": "overslaan", "topic": "", "context": "script", "use": "leren"}
    return client.form("/meelezen/zin", {"piece": piece, "sentence": sentence, **usual, **fields})


def test_a_piece_stands_with_its_question_and_what_the_bot_made_of_it(site: Site, reader: Someone) -> None:
    site.piece(WORDS, step="herkenning", cue="zelfverwijt")
    page = shown(reader)
    assert WORDS in page
    assert "Elke fase heeft een ‘ha’, het plezier" in page
    assert "Genomen als antwoord op de vraag." in page
    assert "Doorgevraagd op ‘zelfverwijt’." in page
    assert "Gelezen als: vertellen, of antwoord geven." in page


def test_what_a_piece_says_stays_text(site: Site, editor: Someone) -> None:
    site.piece(f'"><img src=x onerror=alert(1)>{SCRIPT}')
    page = editor.get("/meelezen").text
    assert "<script" not in page
    assert "<img" not in page
    assert html.escape(SCRIPT, quote=False).replace("'", "&#39;") in page


def test_a_remark_stays_text(site: Site, editor: Someone) -> None:
    site.piece(WORDS)
    assert judged(editor, only(editor), remark=f"</textarea>{SCRIPT}").status_code == 303
    for client in (editor, site.as_("reader")):
        page = client.get("/meelezen?toon=beoordeeld").text
        assert "<script" not in page
        assert "&lt;script&gt;" in page
        client.close()


def test_the_page_says_nothing_of_when(site: Site, editor: Someone) -> None:
    site.piece(WORDS)
    page = editor.get("/meelezen").text
    monday = "2026-11-23"
    assert monday not in page
    assert "23-11" not in page
    assert "week" not in page.replace("weken", "")


def test_the_order_is_random_and_the_same_place_gives_the_same_pieces(site: Site, editor: Someone) -> None:
    for number in range(12):
        site.piece(f"antwoord {number}")
    here = ids(editor, "/meelezen?vanaf=8")
    assert len(here) == 10
    assert here == ids(editor, "/meelezen?vanaf=8")
    assert len({tuple(ids(editor)) for _ in range(12)}) > 1
    every = {*here, *ids(editor, "/meelezen?vanaf=0"), *ids(editor, f"/meelezen?vanaf={here[-1]}")}
    assert len(every) == 12


def test_one_page_leads_to_the_next(site: Site, reader: Someone, editor: Someone) -> None:
    for number in range(11):
        site.piece(f"antwoord {number}")
    page = editor.get("/meelezen?vanaf=0").text
    (following,) = re.findall(r"vanaf=([0-9a-f]{12})\"", page)
    assert len({*ids(editor, "/meelezen?vanaf=0"), *ids(editor, f"/meelezen?vanaf={following}")}) == 11


def test_what_was_judged_leaves_the_queue_and_can_be_judged_again(site: Site, editor: Someone) -> None:
    site.piece(WORDS)
    piece = only(editor)
    answer = judged(editor, piece, act="pauze", topic="stop", remark="meer een zucht", vanaf="8")
    assert (answer.status_code, answer.headers["location"]) == (303, "/meelezen?gedaan=bewaard&vanaf=8")
    assert "Je oordeel is bewaard." in shown(editor, answer.headers["location"])
    assert ids(editor) == []
    assert ids(editor, "/meelezen?toon=beoordeeld") == [piece]
    judged(editor, piece, understood="ja", toon="beoordeeld")
    with site.as_("reader") as reader:
        page = shown(reader, "/meelezen?toon=beoordeeld")
    assert "Goed begrepen: ja." in page
    assert "meer een zucht" not in page


def test_a_reader_sees_the_verdict_and_can_change_nothing(site: Site, editor: Someone, reader: Someone) -> None:
    site.piece(WORDS)
    piece = only(editor)
    judged(editor, piece, act="pauze", topic="stop", remark="meer een zucht")
    page = shown(reader, "/meelezen?toon=beoordeeld")
    for sentence in ("Goed begrepen: nee.", "Beter was: pauze nemen.", "Het ging over: stop.", "meer een zucht"):
        assert sentence in page
    assert "<form" not in page.partition("<main")[2]
    refused = [judged(reader, piece), taught(reader, piece, "ik hou het even voor gezien"),
               reader.form("/meelezen/wis", {"piece": piece}), reader.form("/meelezen/lessen/weg", {"lesson": "x"})]  # fmt: skip
    assert [answer.status_code for answer in refused] == [403] * 4
    assert len(site.store.pieces.all()) == 1


@pytest.mark.parametrize("fields", [{"understood": ""}, {"remark": "x" * 301}, {"act": "toveren"}, {"topic": "x"}])
def test_a_verdict_that_is_none_is_told_kindly_and_nothing_typed_is_lost(
    site: Site, editor: Someone, fields: dict[str, str]
) -> None:
    site.piece(WORDS)
    answer = judged(editor, only(editor), **{"remark": "dit blijft staan", **fields})
    assert answer.status_code == 422
    assert "Kies ja of nee" in answer.text
    assert fields.get("remark", "dit blijft staan") in answer.text
    assert len(ids(editor)) == 1


def test_what_is_recognisable_is_gone_at_once_also_from_disk(site: Site, editor: Someone) -> None:
    site.piece(WORDS)
    piece = only(editor)
    judged(editor, piece, remark="dit is collega X")
    with site.store.database.connect() as connection:
        sealed = [
            row[0]
            for table in ("piece", "piece_note")
            for row in connection.exec_driver_sql(f"SELECT content FROM {table}")
        ]
    assert len(sealed) == 2
    assert all(part[:64] in site.files() for part in sealed), "the search must be able to find what is there"
    answer = editor.form("/meelezen/wis", {"piece": piece})
    assert answer.headers["location"] == "/meelezen?gedaan=gewist"
    assert site.store.pieces.all() == []
    left = site.files()
    assert not [part for part in sealed if part[:64] in left or part[-64:] in left]


def test_neither_a_word_nor_a_remark_stands_open_on_disk(site: Site, editor: Someone) -> None:
    site.piece(WORDS)
    judged(editor, only(editor), remark="dit is collega X")
    assert b"tandvlees" not in site.files()
    assert b"collega X" not in site.files()


@pytest.mark.parametrize("how", ["withdrawn", "erased", "recognised"])
@pytest.mark.parametrize("what", ["oordeel", "wis", "zin"])
def test_a_piece_that_went_while_the_page_was_open_is_told_kindly(
    site: Site, editor: Someone, how: str, what: str
) -> None:
    known = site.piece(WORDS)
    piece = only(editor)
    judged(editor, piece, remark="een zucht")
    match how:
        case "withdrawn":
            site.store.pieces.consent(known.id, given=False)
        case "erased":
            site.store.conversations.erase(known.id)
        case _:
            editor.form("/meelezen/wis", {"piece": piece})
    fields = {"piece": piece, "understood": "ja", "sentence": "ik hou het even voor gezien", "act": "pauze"}
    answer = editor.form(f"/meelezen/{what}", {**fields, "context": "script", "use": "leren"})
    assert answer.status_code == 410
    assert "Dit stukje is er niet meer." in answer.text
    assert WORDS not in shown(editor, "/meelezen?toon=beoordeeld")
    with site.store.database.connect() as connection:
        for table in ("piece", "piece_note", "lesson"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0


def test_an_id_that_is_none_is_a_piece_that_is_gone(editor: Someone) -> None:
    for piece in ("", "x" * 500, "' OR 1=1 --"):
        assert judged(editor, piece).status_code == 410


@pytest.mark.parametrize(
    "sentence",
    [
        "al weken op mijn tandvlees lopen, dat herken ik",
        "Al WEKEN – op m\u200bijn tándvlees!",
        WORDS,
    ],
)
def test_a_doctors_own_words_never_become_a_lesson(site: Site, editor: Someone, sentence: str) -> None:
    site.piece(WORDS)
    answer = taught(editor, only(editor), sentence, act="vertellen")
    assert answer.status_code == 422
    assert "die woorden blijven hier" in answer.text or "bijzondere tekens" in answer.text
    assert "tandvlees" not in editor.get("/meelezen/lessen").text


def test_a_short_piece_as_a_whole_is_a_doctors_own_too(site: Site, editor: Someone) -> None:
    site.piece("tandvlees en regenlaarzen")
    assert taught(editor, only(editor), "Tandvlees en regenlaarzen.").status_code == 422


def test_a_sentence_of_ones_own_is_kept_without_who_or_beside_what(site: Site, editor: Someone) -> None:
    site.piece(WORDS)
    answer = taught(editor, only(editor), "  laat deze vraag maar   even\tzweven ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/meelezen?gedaan=geleerd")
    with site.store.database.connect() as connection:
        ((_, *kept),) = connection.exec_driver_sql("SELECT * FROM lesson").all()
    assert kept == ["2026-11-23", "laat deze vraag maar even zweven", "overslaan", "geen", "script", "leren"]
    assert "laat deze vraag maar even zweven" in shown(editor, "/meelezen/lessen")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"sentence": "!!"}, "minstens één woord"),
        ({"sentence": "woord " * 60}, "hoogstens 200 tekens"),
        ({"sentence": "zie [hier](daar)"}, "geen haakjes"),
        ({"sentence": "/restart nu"}, "geen haakjes"),
        ({"sentence": "- intent: overslaan"}, "geen haakjes"),
        ({"sentence": "intent: overslaan"}, "geen haakjes"),
        ({"sentence": "tot later"}, "kent de bot al"),
        ({"sentence": "dit mag zweven", "topic": "apk"}, "passen niet bij elkaar"),
        ({"sentence": "dit mag zweven", "act": "toveren"}, "passen niet bij elkaar"),
        ({"sentence": "dit mag zweven", "context": "bed"}, "Kies waar iemand dit zegt"),
        ({"sentence": "dit mag zweven", "use": "delen"}, "Kies waar iemand dit zegt"),
    ],
)
def test_a_sentence_that_teaches_nothing_is_told_kindly(
    site: Site, editor: Someone, fields: dict[str, str], says: str
) -> None:
    site.piece(WORDS)
    answer = taught(editor, only(editor), **fields)
    assert answer.status_code == 422
    assert says in html.unescape(answer.text)
    assert "Er zijn nog geen eigen zinnen." in shown(editor, "/meelezen/lessen")


def test_the_same_sentence_counts_once(site: Site, editor: Someone) -> None:
    site.piece(WORDS)
    piece = only(editor)
    assert taught(editor, piece, "dit mag zweven").status_code == 303
    assert taught(editor, piece, "Dit mag zweven!").status_code == 422


def test_a_lesson_outlives_its_piece_and_can_be_taken_away(site: Site, editor: Someone) -> None:
    known = site.piece(WORDS)
    taught(editor, only(editor), "dit mag zweven")
    site.store.conversations.erase(known.id)
    (lesson,) = re.findall(r'name="lesson" value="(\w+)"', editor.get("/meelezen/lessen").text)
    assert editor.form("/meelezen/lessen/weg", {"lesson": lesson}).status_code == 303
    again = editor.form("/meelezen/lessen/weg", {"lesson": lesson})
    assert (again.status_code, "was al weg" in again.text) == (410, True)


def test_what_was_looked_at_and_changed_is_written_down_without_words(site: Site, editor: Someone) -> None:
    site.piece(WORDS)
    piece = only(editor)
    judged(editor, piece)
    taught(editor, piece, "dit mag zweven")
    editor.get("/meelezen/lessen.yml")
    editor.form("/meelezen/wis", {"piece": piece})
    assert site.noted == [
        ("seen", "/meelezen"), ("changed", "/meelezen/oordeel"), ("changed", "/meelezen/zin"),
        ("seen", "/meelezen/lessen.yml"), ("changed", "/meelezen/wis"),
    ]  # fmt: skip


def test_what_cannot_be_written_down_is_not_shown(site: Site, editor: Someone) -> None:
    site.piece(WORDS)
    assert WORDS in shown(editor)
    with site.store.database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE audit RENAME TO away")
    answer = editor.get("/meelezen")
    with site.store.database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO audit")
    assert (answer.status_code, WORDS in answer.text) == (503, False)


def test_a_piece_of_a_version_that_is_not_published_any_more_can_still_be_read(site: Site, editor: Someone) -> None:
    site.piece(WORDS, step="verdwenen")
    assert "De tekst van deze vraag is er niet meer." in shown(editor)


def test_without_its_key_the_page_says_so(site: Site, editor: Someone) -> None:
    site.piece(WORDS)
    away = site.settings.review_key_path.rename(site.settings.var / "weg")
    answer = editor.get("/meelezen")
    away.rename(site.settings.review_key_path)
    assert answer.status_code == 503
    assert "de sleutel ervan is niet te lezen" in answer.text
