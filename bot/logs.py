"""Logs that hold no word of a doctor, whoever writes them and at whatever level.

Libraries log what they handle, and exceptions repeat it. So a record that is not our own is reduced, as it is made, to
where it comes from; of an exception the class is told, and the places in the code that it passed.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import Any

OURS = ("bot", "actions", "__main__")
FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"

_make = logging.getLogRecordFactory()
_raised = logging.getLogger("bot.raised")


def _as_json(_: logging.Handler, record: logging.LogRecord) -> str:
    """A record as a JSON object on one line."""
    at = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
    line = {"at": at, "level": record.levelname, "name": record.name, "message": record.getMessage()}
    return json.dumps(line, ensure_ascii=False)


def configure(level: str, form: str = "text") -> None:
    """Log to standard error from this level on, for the whole process; call it before libraries are imported.

    form: ``text``, or ``json`` for an object on each line.
    """
    logging.setLogRecordFactory(_discreet)
    logging.basicConfig(level=level, format=FORMAT, force=True)
    if form == "json":
        # Libraries bring handlers with a format of their own.
        logging.Handler.format = _as_json  # type: ignore[assignment, method-assign]
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda raised: _tell(raised.exc_type, raised.exc_traceback)
    threading.excepthook = lambda raised: _tell(raised.exc_type, raised.exc_traceback)


def _discreet(*arguments: Any, **named: Any) -> logging.LogRecord:
    record = _make(*arguments, **named)
    kind = record.exc_info[0] if record.exc_info else None
    places = _places(record.exc_info[2]) if record.exc_info else ""
    if record.name.partition(".")[0] not in OURS:
        record.msg, record.args = f"{record.module}:{record.lineno}", ()
    if kind is not None:
        record.msg, record.args = f"{record.getMessage()} {kind.__name__} {places}".strip(), ()
    record.exc_info = record.exc_text = record.stack_info = None
    return record


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    _tell(kind, trace)


def _tell(kind: type[BaseException], trace: TracebackType | None) -> None:
    _raised.critical("%s %s", kind.__name__, _places(trace))


def _places(trace: TracebackType | None) -> str:
    """The places in the code that an exception passed, the last one first."""
    frames = traceback.extract_tb(trace)
    return " ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
