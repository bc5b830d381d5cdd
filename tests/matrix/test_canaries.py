"""Nothing that a doctor wrote in a room can be read in what the bot keeps, logs or started with; nor who they are."""

from __future__ import annotations

from collections.abc import Callable

from bot.settings import Settings
from tests.matrix.conftest import Bot, Loop
from tests.matrix.doctors import Doctor
from tests.matrix.homeserver import Homeserver
from tests.privacy.searching import hits, marked, processes


def test_nothing_a_doctor_wrote_in_a_room_can_be_read_anywhere(
    doctor: Doctor, loop: Loop, system: Settings, bot: Bot
) -> None:
    words = {name: marked() for name in ("story", "answer", "edit", "crisis", "caption", "file")}
    loop.run(doctor.say(f"het was een zware week door {words['story']}"))
    for line in ("ik wil stilstaan bij een fout", "kort", f"het zit me dwars dat {words['answer']} zo ging"):
        loop.run(doctor.say(line))
    loop.run(doctor.edit(doctor.last_event, f"het zit me dwars dat {words['edit']} zo ging"))
    loop.run(doctor.say(f"ik wil niet meer leven {words['crisis']}"))
    picture = {"msgtype": "m.image", "body": words["caption"], "filename": f"{words['file']}.jpg", "url": "mxc://a/b"}
    loop.run(doctor.answered(loop.run(doctor.send(picture))))
    assert [p for p in processes(system) if b"matrix" in (p / "cmdline").read_bytes()]
    secrets = [*words.values(), doctor.kept["token"], bot.password.read_text()]
    bot.password.unlink()
    try:
        assert not hits(system, secrets)
    finally:
        bot.password.write_text(secrets[-1])


def test_nor_who_talks_with_it_nor_where(someone: Callable[[], Doctor], loop: Loop, system: Settings) -> None:
    doctor = someone()
    loop.run(doctor.begin(encrypted=True))
    loop.run(doctor.say("hoi"))
    assert not hits(system, [doctor.user, doctor.room])


def test_the_homeserver_has_the_words_only_of_a_room_without_encryption(
    someone: Callable[[], Doctor], loop: Loop, homeserver: Homeserver
) -> None:
    for encrypted in (False, True):
        doctor, word = someone(), marked()
        loop.run(doctor.begin(encrypted=encrypted))
        loop.run(doctor.say(f"het was een zware week door {word}"))
        files = [path.read_bytes() for path in homeserver.folder.glob("homeserver.db*")]
        assert any(word.encode() in content for content in files) is not encrypted


def test_what_is_kept_is_for_its_owner_alone(bot: Bot, system: Settings) -> None:
    folder = system.var / "matrix"
    assert folder.stat().st_mode & 0o777 == 0o700
    files = list(folder.iterdir())
    assert files and all(file.stat().st_mode & 0o777 == 0o600 for file in files)
