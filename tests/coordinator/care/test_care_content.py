"""The content: whom the bot names and when that was checked, the coaches, and the scripts as doctors see them."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io

import httpx
import pytest

from bot.coordinator.pages.content import hours, parts
from bot.referrals.coaches import Coach, read_csv, write_csv
from bot.referrals.directory import Directory, Entry
from bot.responses import Responses
from bot.scripts.library import publish
from bot.settings import DATA
from bot.validation import read_scripts
from tests.coordinator.care.conftest import Site, Someone

EXAMPLE = (DATA / "voorbeelden" / "coaches.csv").read_text(encoding="utf-8")
HEAD = "naam,themas,vormen,regios,web,telefoon,email\n"


def sent(client: Someone, content: bytes | str, name: str = "coaches.csv") -> httpx.Response:
    """Import a file."""
    return client.form("/inhoud/coaches", files={"file": (name, content, "text/csv")})


def text_of(client: Someone, address: str) -> str:
    """The text of a page."""
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.text)


def test_every_referral_stands_with_its_rung_what_for_hours_and_when_it_was_checked(reader: Someone) -> None:
    page = text_of(reader, "/inhoud")
    for entry in Directory.read().entries.values():
        assert entry.name in page
        assert entry.what in page
    assert "3, coach of supervisor" in page
    assert "dag en nacht" in page
    assert "data/referrals.yml" in page


def test_what_was_not_checked_for_half_a_year_comes_first(reader: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    def checked(self: Directory, today: dt.date) -> list[Entry]:
        assert today == dt.date(2026, 11, 23)
        return [self["vangnet"]] if "vangnet" in self.entries else [list(self.entries.values())[-1]]

    monkeypatch.setattr(Directory, "stale", checked)
    page = text_of(reader, "/inhoud")
    rows = page.split("<tr")[2:]
    assert "langer dan zes maanden niet nagekeken" in rows[0]
    assert not [row for row in rows[1:] if "langer dan" in row]
    assert "Langer dan zes maanden niet nagekeken: 1." in page


def test_hours_are_told_in_words() -> None:
    texts = Responses.read()
    entry = (
        Directory.read().entries["112"]
        if "112" in Directory.read().entries
        else next(iter(Directory.read().entries.values()))
    )
    told = entry.model_copy(
        update={
            "hours": Entry.model_validate(
                {**entry.model_dump(exclude={"hours"}), "hours": [{"days": [0, 4], "from": "09:00", "to": "17:30"}]}
            ).hours
        }
    )
    assert hours(told, lambda key, **values: texts.text(f"coord_{key}", **values)) == "ma, vr van 09:00 tot 17:30"


def test_coaches_are_imported_found_as_the_bot_finds_them_and_exported_again(site: Site, editor: Someone) -> None:
    assert "Er staan nog geen coaches in." in text_of(editor, "/inhoud/coaches")
    answer = sent(editor, EXAMPLE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/inhoud/coaches?gedaan=klaar")
    assert "De lijst staat erin." in text_of(editor, "/inhoud/coaches?gedaan=klaar")
    found = text_of(editor, "/inhoud/coaches?thema=apk&regio=3581")
    assert "VERZONNEN Anna Voorbeeld" in found
    assert "VERZONNEN Driss Voorbeeld" not in found
    assert 'href="tel:0300000000"' in found
    assert "Hier past niemand bij." in text_of(editor, "/inhoud/coaches?thema=team&regio=35")
    exported = editor.get("/inhoud/coaches.csv").text
    assert read_csv(exported) == read_csv(EXAMPLE)
    assert [coach["naam"] for coach in editor.get("/inhoud/coaches.json").json()] == [
        coach.naam for coach in read_csv(EXAMPLE)[0]
    ]


def test_every_mistake_of_an_import_is_told_by_its_line_and_nothing_changes(site: Site, editor: Someone) -> None:
    sent(editor, EXAMPLE)
    wrong = HEAD + (
        ",apk,coaching,35,,,\n"
        "Goed Iemand,apk,coaching,35,,,\n"
        "Iemand,APK!,,xx,http://onveilig.invalid,geen,geen\n"
        "Iemand,apk,coaching,35,,,,te veel\n"
    )
    answer = sent(editor, wrong)
    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert "Er is niets veranderd" in page
    for told in (
        "Regel 2: De naam ontbreekt of is te lang.", "Regel 4: Noem minstens één thema", "Regel 4: Noem minstens één vorm",
        "Regel 4: Noem de eerste twee cijfers", "Regel 4: Het webadres begint met https", "Regel 4: Het telefoonnummer",
        "Regel 4: Dit is geen mailadres", "Regel 5: Deze regel heeft meer kolommen",
    ):  # fmt: skip
        assert told in page
    assert "Regel 3:" not in page
    assert "VERZONNEN Anna Voorbeeld" in page


@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        (HEAD, 422, "Onder de kolommen staat niemand."),
        ("", 422, "Regel 1: De eerste regel moet precies deze kolommen noemen"),
        ("naam,naam\n", 422, "Regel 1: De eerste regel moet precies deze kolommen noemen"),
        ("naam,themas\nx,y\n", 422, "Regel 1: De eerste regel moet precies deze kolommen noemen"),
        (HEAD.encode() + b"Ren\xe9,apk,coaching,35,,,\n", 422, "Sla het op als CSV in UTF-8"),
        (HEAD + '"' + "x" * 200_000, 422, "Regel 1: Deze regel heeft meer kolommen"),
        (b"x" * (1024 * 1024 + 1), 413, "hoogstens één megabyte"),
        (b"x" * (2 * 1024 * 1024), 413, "te groot"),
    ],
    ids=["nobody", "empty", "twice", "other columns", "other letters", "open quote", "a byte too large", "too large"],
)
def test_a_file_that_is_no_list_is_told_kindly(editor: Someone, content: bytes | str, status: int, says: str) -> None:
    answer = sent(editor, content)
    assert answer.status_code == status
    assert says in html.unescape(answer.text)


def test_without_a_file_nothing_is_imported(editor: Someone) -> None:
    assert "Kies eerst een bestand." in editor.form("/inhoud/coaches").text


def test_a_reader_imports_nothing(site: Site, reader: Someone) -> None:
    assert sent(reader, EXAMPLE).status_code == 403
    page = text_of(reader, "/inhoud/coaches")
    assert 'type="file"' not in page
    assert "Er staan nog geen coaches in." in page


def test_what_stands_in_a_list_stays_text(editor: Someone) -> None:
    name = "<script>alert(1)</script>"
    sent(editor, HEAD + f'{name},apk,"<b>coaching</b>",35,"https://x.invalid/""onmouseover=""alert(1)",,\n')
    page = editor.get("/inhoud/coaches").text
    assert "<script" not in page
    assert "<b>" not in page
    assert '"onmouseover' not in page
    assert html.escape(name) in page


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r="])
def test_no_cell_of_an_export_is_a_formula(sign: str) -> None:
    coach = Coach(naam=f"{sign}HYPERLINK(1)", themas=["apk"], vormen=["=1+1"], regios=["35"], telefoon="+31201234567")
    text = write_csv([coach])
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert read_csv(text) == ([coach], [])


def test_an_import_may_begin_with_the_mark_that_spreadsheets_write(editor: Someone) -> None:
    assert sent(editor, "\ufeff" + EXAMPLE).status_code == 303


def test_every_published_version_of_a_script_can_be_read(site: Site, reader: Someone) -> None:
    apk, *others = read_scripts()
    newer = apk.model_copy(update={"version": apk.version + 1, "title": "Loopbaan-APK nieuw"}).signed()
    publish([newer, *others], site.settings.published)
    try:
        page = text_of(reader, "/inhoud/oefeningen")
        assert f"Versie {apk.version}</a>" in page
        assert f"Versie {newer.version}</a>" in page
        assert page.index(newer.digest) < page.index(apk.digest)
        now = text_of(reader, "/inhoud/oefeningen/apk")
        assert "Loopbaan-APK nieuw" in now
        assert apk.steps[0].ask[0] in now
        assert "waarom: " in now
        before = text_of(reader, f"/inhoud/oefeningen/apk?versie={apk.digest}")
        assert f"Loopbaan-APK, versie {apk.version}" in before
    finally:
        publish([apk, *others], site.settings.published)


@pytest.mark.parametrize("name", ["x", "..%2f..%2fkeys", "current", "apk?versie=../../x", "apk?versie=0"])
def test_what_was_never_published_is_not_there(reader: Someone, name: str) -> None:
    answer = reader.get(f"/inhoud/oefeningen/{name}")
    assert answer.status_code == 404


def test_each_step_of_a_script_can_be_linked_to() -> None:
    for script in read_scripts():
        anchors = [anchor for anchor, _, _ in parts(script)]
        assert [f"stap-{step.id}" for step in script.steps] == [a for a in anchors if a not in ("", "stap-slot")]
