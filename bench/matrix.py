"""What many rooms cost the bot on Matrix: memory, the time to greet them all, a restart, and an answer among them."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import nio

from bot.settings import settings
from bot.store import open_store
from bot.supervision import own
from tests.matrix.conftest import Bot
from tests.matrix.doctors import Doctor
from tests.matrix.homeserver import running

ROOMS, AT_ONCE = 300, 8


def main() -> int:
    """Measure and print. Gives an exit status."""
    rooms = int(sys.argv[1]) if len(sys.argv) > 1 else ROOMS
    many = {f"PAS_{name}_PER_MINUTE": "1000000" for name in ("MESSAGES", "CONVERSATIONS")}
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder)) as server,
        own(settings(), print, **many) as system,
    ):
        (system.var / "scratch").mkdir()
        bot = Bot(system, server, "pas")
        bot.start()
        store = open_store(system)
        channel = store.channel("matrix", bot.user)
        doctor = Doctor(server, bot.user, channel, Path(folder))
        try:
            asyncio.run(_measure(bot, doctor, rooms))
        finally:
            bot.stop()
            store.close()
    return 0


async def _measure(bot: Bot, doctor: Doctor, rooms: int) -> None:
    await doctor.log_in()
    await doctor.begin(encrypted=True)
    empty, began = memory(bot), time.monotonic()
    gate = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with gate:
            preset = nio.RoomPreset.trusted_private_chat
            await doctor.client.room_create(is_direct=True, invite=[bot.user], preset=preset)

    await asyncio.gather(*(one() for _ in range(rooms - 1)))
    await doctor.until(lambda: _greeted(doctor) == rooms, seconds=3600)
    full = memory(bot)
    print(f"{rooms} rooms greeted in {time.monotonic() - began:.0f} s (with making them)")
    print(f"memory: {empty} MB with one, {full} MB with all: {(full - empty) * 1024 / max(1, rooms - 1):.0f} KB a room")
    began = time.monotonic()
    await doctor.say("ik wil de loopbaan-APK doen")
    print(f"an answer among them: {time.monotonic() - began:.2f} s")
    bot.kill()
    began = time.monotonic()
    bot.start()
    await doctor.say("kort")
    print(f"from a kill to the next answer: {time.monotonic() - began:.1f} s; {memory(bot)} MB")
    await doctor.close()


def _greeted(doctor: Doctor) -> int:
    return sum(bool(room.get("token")) and not room.get("working") for room in doctor.channel.rooms())


def memory(bot: Bot) -> int:
    """Of the bot's process, in MB."""
    assert bot.process is not None
    lines = Path(f"/proc/{bot.process.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) // 1024


if __name__ == "__main__":
    sys.exit(main())
