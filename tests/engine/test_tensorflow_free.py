"""The engine without TensorFlow: Rasa can be imported, and nothing that is used asks it to calculate."""

from __future__ import annotations

from tests.engine.apart import printed_by

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
    assert printed_by(READING) == ["apk", "_Finder"]
