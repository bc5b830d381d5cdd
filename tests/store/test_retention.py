"""Whatever is said, erased, kept and swept, in whatever order: what can be read is exactly what should be."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from sqlalchemy import text

from bot.coordinator.audit import Audit
from bot.settings import Settings
from bot.store import Store, keepcode, open_store
from bot.store.conversations import Known, UnknownConversation
from bot.store.keeping import UnknownCode
from bot.store.pairing import NotPaired
from bot.store.pieces import Said
from bot.store.retention import LOG_KEPT, sweep
from bot.store.sealing import unseal
from tests.store.conftest import NOW, ON_FILES, TODAY, begun, said

DAYS = 30


class Killed(BaseException):
    """The process stopped here."""


def files(settings: Settings) -> bytes:
    """Every byte of the state folder."""
    return b"".join(path.read_bytes() for path in sorted(settings.var.rglob("*")) if path.is_file())


def sealed_of(store: Store, known: Known) -> list[bytes]:
    """Everything that is stored of a talk in its sealed form."""
    with store.database.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT snapshot FROM conversation WHERE id = :i UNION ALL SELECT notes FROM conversation WHERE id = :i "
                "UNION ALL SELECT panel FROM conversation WHERE id = :i "
                "UNION ALL SELECT content FROM turn WHERE conversation_id = :i "
                "UNION ALL SELECT content FROM waiting_piece WHERE conversation_id = :i"
            ),
            {"i": known.id},
        ).all()
    with store.key_database.connect() as connection:
        wrapped = connection.execute(text("SELECT wrapped FROM data_key WHERE conversation_id = :i"), {"i": known.id})
        return [row[0] for row in rows] + [row[0] for row in wrapped]


@ON_FILES
def test_of_what_was_erased_no_byte_is_left_in_any_file(store: Store, settings: Settings) -> None:
    known = begun(store)
    for n in range(20):
        store.conversations.add_turn(known.id, f"m{n}", f"woord {n}", said("ja"), TODAY)
    sealed = sealed_of(store, known)
    assert all(part in files(settings) for part in sealed), "the search must be able to find what is there"
    store.conversations.erase(known.id)
    left = files(settings)
    assert not [part for part in sealed if part in left or part[:64] in left or part[-64:] in left]
    assert known.id.encode() not in left


@ON_FILES
def test_an_older_copy_of_the_database_says_nothing_of_what_was_erased(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    gone, stays = begun(store, "weg"), begun(store, "hier")
    store.close()
    backup = tmp_path / "backup.db"
    shutil.copy(settings.var / "pas.db", backup)
    store.conversations.erase(gone.id)
    store.close()
    restored = open_store(settings.model_copy(update={"database": f"sqlite:///{backup}"}))
    assert [m["text"] for m in restored.conversations.messages(stays.id, 0)] == ["hier"]
    with pytest.raises(UnknownConversation):
        restored.conversations.messages(gone.id, 0)
    assert sweep(restored, NOW, DAYS).talks == 1
    assert restored.conversations.all() == {stays.id}
    restored.close()


def test_the_master_key_opens_nothing_of_what_was_erased(store: Store, settings: Settings) -> None:
    known = begun(store)
    with store.database.connect() as connection:
        sealed = connection.execute(text("SELECT snapshot FROM conversation")).scalar_one()
    assert unseal(sealed, store.keys.of(known.id), f"{known.id}/snapshot")
    store.conversations.erase(known.id)
    with pytest.raises(UnknownConversation):
        store.conversations.snapshot(known.id)
    assert store.keys.count() == 0


def test_a_talk_goes_so_many_days_after_its_last_message(store: Store) -> None:
    known = begun(store)
    store.conversations.add_turn(known.id, "m1", "later nog iets", said("ja"), TODAY + dt.timedelta(days=5))
    assert sweep(store, NOW + dt.timedelta(days=5 + DAYS), DAYS).talks == 0
    assert store.conversations.texts(known.id, 1)
    assert sweep(store, NOW + dt.timedelta(days=6 + DAYS), DAYS).talks == 1
    with pytest.raises(UnknownConversation):
        store.conversations.texts(known.id, 1)


@pytest.mark.parametrize("days", [0, 91])
def test_the_days_can_be_set_to_90_at_most(days: int) -> None:
    with pytest.raises(ValueError, match="retention_days"):
        Settings(retention_days=days)


STOPS: list[tuple[str, str]] = [
    ("conversations", "_withdraw"), ("keys", "destroy"), ("keys", "tidy"), ("conversations", "drop_links"),
    ("keeping", "drop_unopened"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "method"), STOPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_that_is_killed_does_no_harm_and_the_next_one_does_the_rest(
    store: Store, monkeypatch: pytest.MonkeyPatch, part: str, method: str, when: str
) -> None:
    old, young = begun(store, "oud", TODAY - dt.timedelta(days=DAYS + 1)), begun(store, "jong")
    other = begun(store, "ook oud", TODAY - dt.timedelta(days=DAYS + 1))
    real: Callable[..., object] = getattr(getattr(store, part), method)

    def killed(*arguments: object) -> None:
        if when == "after":
            real(*arguments)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(getattr(store, part), method, killed)
        with pytest.raises(Killed):
            sweep(store, NOW, DAYS)
    sweep(store, NOW, DAYS)
    assert store.conversations.all() == {young.id}
    assert store.keys.all(TODAY + dt.timedelta(days=1)) == {young.id}
    for known in (old, other):
        with pytest.raises(UnknownConversation):
            store.conversations.messages(known.id, 0)


@ON_FILES
@pytest.mark.parametrize("name", ["key_database", "database"])
def test_another_database_in_the_place_of_one_of_them_makes_nothing_go(
    store: Store, settings: Settings, name: str
) -> None:
    known = begun(store)
    wrong = open_store(settings.model_copy(update={name: f"sqlite:///{settings.var / 'other.db'}"}))
    with pytest.raises(NotPaired):
        wrong.prepare()
    with pytest.raises(NotPaired):
        sweep(wrong, NOW + dt.timedelta(days=400), DAYS)
    assert store.conversations.messages(known.id, 0)
    wrong.close()


def test_one_talk_that_cannot_be_erased_does_not_keep_the_others(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, other = (begun(store, "oud", TODAY - dt.timedelta(days=DAYS + 1)) for _ in range(2))
    real = store.conversations.erase

    def erase(identifier: str) -> None:
        if identifier == stuck.id:
            raise ValueError("something unforeseen")
        real(identifier)

    monkeypatch.setattr(store.conversations, "erase", erase)
    assert sweep(store, NOW, DAYS).talks == 1
    assert store.conversations.all() == {stuck.id}
    assert other.id not in store.conversations.all()


def test_a_talk_that_was_just_spoken_in_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    known = begun(store, "oud", TODAY - dt.timedelta(days=DAYS + 1))
    found = store.conversations.expired

    def spoken_meanwhile(before: dt.date) -> list[str]:
        old = found(before)
        store.conversations.add_turn(known.id, "m1", "ik ben er weer", said("ja"), TODAY)
        return old

    monkeypatch.setattr(store.conversations, "expired", spoken_meanwhile)
    assert sweep(store, NOW, DAYS).talks == 0
    assert store.conversations.texts(known.id, 1) == ["ik ben er weer"]


def test_of_who_looked_at_what_a_year_is_kept(store: Store) -> None:
    audit = Audit(store.database)
    audit.note(NOW - LOG_KEPT - dt.timedelta(minutes=1), "oud", "seen", "/bereik")
    audit.note(NOW - LOG_KEPT, "net", "seen", "/bereik")
    sweep(store, NOW, DAYS)
    assert [entry.account for entry in audit.last()[0]] == ["net"]


def test_pieces_go_when_any_talk_of_their_week_would_have(store: Store) -> None:
    known = begun(store)
    store.pieces.consent(known.id, given=True)
    store.pieces.add(known.id, [Said(script="apk", version=1, step="fase", text="een")])
    store.pieces.anonymise(str.upper, TODAY)
    store.keys.destroy(known.id)
    assert [piece.text for piece in store.pieces.all()] == ["EEN"]
    sweep(store, NOW + dt.timedelta(days=DAYS + 8), DAYS)
    assert store.pieces.all() == []


class Talks(RuleBasedStateMachine):
    """Doctors who talk, keep, consent, erase and stay away, and a sweep now and then."""

    talks = Bundle("talks")
    codes = Bundle("codes")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="pas-test-"))
        settings = Settings(var=self.folder)
        settings.prepare()
        self.store = open_store(settings)
        self.store.prepare()
        self.now = NOW
        self.said: dict[str, list[str]] = {}
        self.last: dict[str, dt.date] = {}
        self.seen: dict[str, list[str]] = {}
        self.kept: dict[str, set[str]] = {}
        self.opened: dict[str, dt.date] = {}
        self.count = 0

    @property
    def today(self) -> dt.date:
        return self.now.date()

    @rule(target=talks)
    def begin(self) -> str:
        known = begun(self.store, "welkom", self.today)
        self.said[known.id], self.last[known.id] = [], self.today
        return known.id

    @rule(talk=talks)
    def say(self, talk: str) -> None:
        self.count += 1
        words = f"woord {self.count}"
        try:
            self.store.conversations.add_turn(talk, f"m{self.count}", words, said("ja"), self.today)
            self.store.pieces.add(talk, [Said(script="apk", version=1, step="fase", text=words)])
        except UnknownConversation:
            assert talk not in self.said
            return
        self.said[talk].append(words)
        self.last[talk] = self.today
        if talk in self.seen:
            self.seen[talk].append(words)

    @rule(talk=talks, given=st.booleans())
    def consent(self, talk: str, given: bool) -> None:
        try:
            self.store.pieces.consent(talk, given=given)
        except UnknownConversation:
            assert talk not in self.said
            return
        if given:
            self.seen.setdefault(talk, [])
        else:
            self.seen.pop(talk, None)

    @rule()
    def anonymise(self) -> None:
        self.store.pieces.anonymise(str.upper, self.today)

    @rule(talk=consumes(talks))
    def erase(self, talk: str) -> None:
        self.store.conversations.erase(talk)
        self._gone(talk)

    @rule(target=codes, words=st.sampled_from(["appel", "boom"]))
    def keep(self, words: str) -> str:
        code, _ = self.store.keeping.begin({words: words}, self.today)
        self.kept[code], self.opened[code] = {words}, self.today.replace(day=1)
        return code

    @rule(code=codes)
    def open(self, code: str) -> None:
        try:
            _, items = self.store.keeping.open(code, self.today)
        except UnknownCode:
            assert code not in self.kept
            return
        assert set(items) == self.kept[code]
        self.opened[code] = self.today.replace(day=1)

    @rule(days=st.sampled_from([1, 20, 31, 400]))
    def wait(self, days: int) -> None:
        self.now += dt.timedelta(days=days)

    @rule()
    def rotate(self) -> None:
        self.store.keys.rotate(self.now)

    @rule()
    def sweep(self) -> None:
        sweep(self.store, self.now, DAYS)
        for talk, last in list(self.last.items()):
            if self.today > last + dt.timedelta(days=DAYS):
                self._gone(talk)
        for code, opened in list(self.opened.items()):
            if (self.today.year - opened.year) * 12 + self.today.month - opened.month > 26:
                del self.kept[code], self.opened[code]

    @invariant()
    def what_can_be_read_is_what_should_be(self) -> None:
        store = self.store
        assert store.conversations.all() == set(self.said)
        for talk, words in self.said.items():
            assert [m["text"] for m in store.conversations.messages(talk, 0) if m["from"] == "doctor"] == words
        shown = {piece.text.lower() for piece in store.pieces.all()}
        allowed = {words for talk in self.seen.values() for words in talk}
        assert shown <= allowed
        if not store.pieces.any_waiting():
            assert shown == allowed

    def _gone(self, talk: str) -> None:
        for part in (self.said, self.last, self.seen):
            part.pop(talk, None)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)


@pytest.fixture(autouse=True)
def quick(request: pytest.FixtureRequest) -> Iterator[None]:
    """Making a key of a code is slow on purpose; here its strength is not what is looked at."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(keepcode, "_MEMORY_KIB", 64)
        yield


TestTalks = Talks.TestCase
TestTalks.settings = settings(
    max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
