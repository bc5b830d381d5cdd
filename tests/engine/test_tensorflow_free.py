"""The engine without TensorFlow: Rasa can be imported, and nothing that is used asks it to calculate."""

from __future__ import annotations

import subprocess
import sys

from bot.settings import ROOT

READING = """
from bot.engine import tensorflow_free
tensorflow_free.leave_out_tensorflow()
from bot.engine.parsing import Parser
from bot.settings import settings
parser = Parser(settings())
def used(*given):
    raise AssertionError("TensorFlow was asked for something")
tensorflow_free._AnyName.__getattr__ = tensorflow_free._AnyName.__call__ = used
tensorflow_free._Empty.__getattr__ = used
print(parser.read("ik wil de loopbaan-APK doen", "idle")["topic"])
import tensorflow
print(tensorflow.__spec__.loader.__class__.__name__)
"""


def test_a_message_is_read_without_it() -> None:
    read = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", READING], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert read.returncode == 0, read.stderr
    assert read.stdout.split() == ["apk", "_Finder"]
