"""Invented input for what reads from outside, by hypothesis: `python -m tests.faults.fuzzing [seconds each] [seed]`.

In the suite each gets some hundred examples; here it goes on, with a new seed each round, until its time is over.
"""

from __future__ import annotations

import contextlib
import copy
import json
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from bot.door.problems import Problem
from bot.door.reading import Message, message_in, words_in
from bot.language import safety
from bot.matrix.incoming import Meaning, meaning
from bot.settings import DATA
from bot.settings import settings as chosen
from bot.supervision import address, own
from bot.validation.scripts import check_file
from bot.yaml import load
from tests.answers import DANGER, panel_in
from tests.processes import UNLIMITED

SECONDS, ROUND = 600.0, 200
QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
# Characters that readers stumble over.
ODD = "\x00\u200b\u202e\ufeff\ud800\udfff\U0001f468\u0301/{}[]\"'\\<>=@%\n\r\t"
TEXTS = st.text(max_size=40) | st.text(alphabet=st.sampled_from(ODD), max_size=20)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
NAMES = ("id", "text", "choice", "choices", "value", "date", "lines", "corrects", "who", "said", "unsaid", "__class__")
MESSAGES = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=6) | st.fixed_dictionaries(
    {"id": st.uuids().map(str)}, optional=dict.fromkeys(NAMES[1:8], JSON)
)


def _encoded(content: Any) -> bytes:
    return json.dumps(content).encode("utf-8", "surrogatepass")


@st.composite
def broken(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    """Bytes in which some were changed, cut off or put in."""
    content = bytearray(draw(whole))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(content)))
        content[at : at + draw(st.integers(0, 5))] = draw(st.binary(max_size=5))
    return bytes(content)


BODIES = st.binary(max_size=200) | MESSAGES.map(_encoded) | broken(MESSAGES.map(_encoded)) | JSON.map(_encoded)


class Target(NamedTuple):
    """What is given what."""

    name: str
    function: Callable[..., None]
    given: tuple[st.SearchStrategy[Any], ...]

    def __call__(self, how: settings, first: int) -> None:
        """Give it as many examples as these settings say, by this seed; what it raises is raised."""
        seed(first)(how(given(*self.given)(self.function)))()


def reading(body: bytes) -> None:
    """What a body holds is a message or a problem, and its words can be read for danger."""
    with contextlib.suppress(Problem):
        assert isinstance(message_in(body), Message)
    assert safety.check(words_in(body)).risk


EVENTS = ("m.room.message", "m.reaction", "m.sticker", "m.poll.start", "m.room.encrypted", "m.room.redaction")
PARTS = (
    "msgtype", "body", "m.relates_to", "m.new_content", "filename", "rel_type", "event_id", "key", "m.in_reply_to",
    "format", "formatted_body", "url", "file", "info", "m.mentions", "algorithm",
)  # fmt: skip
KNOWN = st.sampled_from(
    ["m.text", "m.emote", "m.image", "m.audio", "m.notice", "m.replace", "m.annotation", "$a", "👍"]
)
CONTENTS = st.recursive(
    LEAVES | KNOWN,
    lambda inner: st.dictionaries(st.sampled_from(PARTS), inner, max_size=6) | st.lists(inner, max_size=3),
    max_leaves=14,
)


def events(kind: str, content: dict[str, Any]) -> None:
    """An event of Matrix means something or nothing."""
    found = meaning(kind, content)
    assert found is None or isinstance(found, Meaning)


REFERRALS = DATA / "referrals.yml"
SCRIPTS = [load(path) for path in sorted((DATA / "scripts").glob("*.yml"))]


# By number: what hypothesis tells of a choice would be all of them.
WHOLE = st.integers(0, len(SCRIPTS) - 1).map(lambda number: copy.deepcopy(SCRIPTS[number]))


def dump(content: Any) -> str:
    """A document as YAML, of which JSON is a part."""
    return json.dumps(content, indent=1, default=str)


@st.composite
def changed(draw: st.DrawFn) -> Any:
    """A script of the project in which some places hold something else, or nothing."""
    script = draw(WHOLE)
    for _ in range(draw(st.integers(1, 3))):
        parent, key = _place(draw, script)
        if parent is None:
            return draw(JSON)
        if draw(st.booleans()):
            parent[key] = draw(JSON | WHOLE)
        else:
            del parent[key]
    return script


def _place(draw: st.DrawFn, inside: Any) -> tuple[Any, Any]:
    """A place somewhere in a document: what holds it, and its key there."""
    found: tuple[Any, Any] = (None, None)
    while isinstance(inside, dict | list) and inside:
        key = draw(
            st.sampled_from(sorted(inside, key=str))
            if isinstance(inside, dict)
            else st.sampled_from(range(len(inside)))
        )
        found, inside = (inside, key), inside[key]
        if draw(st.integers(0, 3)) == 0:
            break
    return found


def scripts(text: str) -> None:
    """Every mistake in a script is told with a line of it; none breaks who looks for them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "proef.yml"
        path.write_text(text, encoding="utf-8", errors="replace")
        lines = path.read_text(encoding="utf-8", errors="replace").count("\n") + 1
        for finding in check_file(path, REFERRALS):
            assert 1 <= finding.line <= lines + 1, finding


TARGETS = (
    Target("messages", reading, (BODIES,)),
    Target(
        "events",
        events,
        (st.sampled_from(EVENTS) | TEXTS, st.dictionaries(st.sampled_from(PARTS), CONTENTS, max_size=8)),
    ),
    Target(
        "scripts",
        scripts,
        (
            changed().map(dump)
            | broken(WHOLE.map(dump).map(str.encode)).map(lambda b: b.decode("utf-8", "replace"))
            | TEXTS,
        ),
    ),
)
PATHS = ("/api/message", "/api/conversation", "/api/report", "/api/open", "/api/consent", "/api/keep", "/api/answers")


@contextlib.contextmanager
def door(base: str, token: str) -> Iterator[Target]:
    """What is asked of a running door: whatever is sent, no answer is a failure of the door, and danger gets the panel."""
    with httpx.Client(base_url=base, timeout=60, trust_env=False) as client:
        client.headers["Authorization"] = f"Bearer {token}"

        def asked(path: str, method: str, body: bytes, danger: bool, more: str) -> None:
            if danger:
                path, method = "/api/message", "POST"
                body = _encoded({"id": str(uuid.uuid4()), "text": f"{DANGER}. {more}"})
            answer = client.request(method, path, content=body)
            assert answer.status_code < 500, answer.status_code
            if danger:
                assert panel_in(answer.json())

        methods = st.sampled_from(["POST", "GET", "PUT", "PATCH"])
        yield Target("door", asked, (st.sampled_from(PATHS), methods, BODIES, st.booleans(), TEXTS))


def rounds(target: Target, seconds: float, first: int) -> int:
    """Let a target go on for so long. Gives how many examples it had; what it finds is raised."""
    ends, examples = time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        target(examples_of(ROUND), first + examples)
        examples += ROUND
    return examples


def examples_of(number: int) -> settings:
    """Settings for so many examples, each as large and as slow as it is."""
    return settings(max_examples=number, database=None, deadline=None, suppress_health_check=QUIET)


def main() -> int:
    """Each in turn. Gives an exit status."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    first = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
    print(f"{seconds:.0f} s each, seed {first}", flush=True)
    safety.prepare(chosen().classifier)
    for target in TARGETS:
        print(f"{target.name}: {rounds(target, seconds, first)} examples, none broke it", flush=True)
    with own(chosen(), print, **UNLIMITED) as system:
        token = httpx.post(f"{address(system)}/api/conversation", trust_env=False).json()["token"]
        with door(address(system), token) as target:
            print(f"{target.name}: {rounds(target, seconds, first)} examples, none broke it", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
