"""Memory that was needed for a moment goes back to the system."""

from __future__ import annotations

import subprocess
import sys

from bot.settings import ROOT

# The piece that was taken last stays in use: the C library by itself gives back only what lies beyond it.
PROGRAM = """
import psutil
from bot.memory import give_back

def used():
    return psutil.Process().memory_info().rss // 2**20

pieces = [bytes(2000) for _ in range(50_000)]
last = pieces[-1]
del pieces
before = used()
give_back()
print(before - used())
"""


# Whatever the patterns are like, the door does not serve without collecting.
DAMAGED = """
import contextlib
import gc
from bot import memory
from bot.door import upkeep

memory.hold_collecting()
held = not gc.isenabled()
upkeep.safety.compile_all = lambda: 1 / 0
with contextlib.suppress(ZeroDivisionError):
    upkeep.settle()
print(held, gc.isenabled())
"""


def test_what_was_used_for_a_moment_goes_back_also_when_something_after_it_is_in_use() -> None:
    found = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(found.stdout) > 50


def test_no_garbage_is_collected_while_starting_and_after_it_always() -> None:
    found = subprocess.run([sys.executable, "-c", DAMAGED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["True", "True"]
