"""The scripts: their shape, what they refer to, and the stance of their questions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from bot.scripts.inputs import plain
from bot.scripts.probes import FILE
from bot.scripts.schema import EACH, JUST, Script, Step, placeholders, sentences
from bot.settings import DATA
from bot.validation.findings import File, Finding, Place, open_files, stance
from bot.yaml import YAMLError, load

OPEN_KINDS = ("text", "lines")
BEFORE_QUESTION = 2
# The words by which a doctor steers the talk at any question.
COMMANDS = DATA / "language" / "commands.yml"


def check(folder: Path, referrals: Path) -> Iterator[Finding]:
    """Every mistake in the scripts of a folder."""
    for path in sorted(folder.glob("*.yml")):
        yield from check_file(path, referrals)


def check_file(path: Path, referrals: Path) -> Iterator[Finding]:
    """Every mistake in one script; the others in its folder are those that it may offer."""
    names = {other.stem for other in path.parent.glob("*.yml")}
    known, cues = set[str](), set[str]()
    # What cannot be read is found by who checks those files.
    with suppress(YAMLError, KeyError, TypeError):
        known = {entry["id"] for entry in load(referrals)["entries"]}
    with suppress(YAMLError, KeyError, TypeError):
        cues = set(load(FILE)["cues"])
    for file in open_files([path]):
        if isinstance(file, Finding):
            yield file
            continue
        try:
            script = Script.model_validate(file.content)
        except ValidationError as error:
            yield from file.of_shape(error)
            continue
        if script.name != file.path.stem:
            yield file.finding(("name",), "naam_bestand")
        for index, step in enumerate(script.steps):
            yield from _step(file, ("steps", index), step, cues)
            yield from _commands(file, ("steps", index), step)
        yield from _closing(file, script, names, known)
        for place, text in (
            (("purpose",), script.purpose),
            *((("opening", i), t) for i, t in enumerate(script.opening)),
        ):
            yield from stance(file, place, text, "text")


def _commands(file: File, place: Place, step: Step) -> Iterator[Finding]:
    """The words of an option by which a doctor steers the talk: as an option they would not do so any more."""
    commands = {plain(word) for word in load(COMMANDS)["words"]}
    for index, option in enumerate(step.options):
        for word in (option.label, *option.hears):
            if plain(word) in commands:
                yield file.finding((*place, "options", index), "stuurwoord", naam=word)


def _step(file: File, place: Place, step: Step, cues: set[str]) -> Iterator[Finding]:
    for index, name in enumerate(step.probes.allow if step.probes else ()):
        if name not in cues:
            toegestaan = ", ".join(sorted(cues))
            yield file.finding((*place, "probes", "allow", index), "waarde", naam=name, toegestaan=toegestaan)
    for index, text in enumerate(step.ask):
        where = (*place, "ask", index)
        yield from stance(file, where, text, "text", "ask", *(["open"] if step.kind in OPEN_KINDS else []))
        if len(sentences(text)) > BEFORE_QUESTION + 1:
            yield file.finding(where, "te_lang")
    for name in ("why", "rephrase"):
        if text := getattr(step, name):
            yield from stance(file, (*place, name), text, "text")
    if step.rephrase:
        yield from stance(file, (*place, "rephrase"), step.rephrase, "ask")
    for index, option in enumerate(step.options):
        yield from stance(file, (*place, "options", index), f"{option.label} {option.say or ''}", "text")
    for index, case in enumerate(step.cases):
        for number, text in enumerate(case.say):
            yield from stance(file, (*place, "cases", index, "say", number), text, "text")
    for lack, wordings in step.sharpen.items():
        for index, text in enumerate(wordings):
            yield from stance(file, (*place, "sharpen", lack, index), text, "text", "ask")
    if step.is_question:
        if len(step.ask) < 2:
            yield file.finding((*place, "ask"), "een_wording")
        if all(set(placeholders(text)) - {EACH, JUST} for text in step.ask):
            yield file.finding((*place, "ask"), "zonder_invulling")


def _closing(file: File, script: Script, names: set[str], known: set[str]) -> Iterator[Finding]:
    for index, referral in enumerate(script.closing.refer):
        if referral.id not in known:
            yield file.finding(("closing", "refer", index), "verwijzing", naam=referral.id)
    for index, offer in enumerate(script.closing.offers):
        if offer.script not in names:
            yield file.finding(("closing", "offers", index), "aanbod", naam=offer.script)
        yield from stance(file, ("closing", "offers", index), offer.say, "text")
    for index, text in enumerate(script.closing.say):
        yield from stance(file, ("closing", "say", index), text, "text")
    for index, case in enumerate(script.closing.tell):
        for number, text in enumerate(case.say):
            yield from stance(file, ("closing", "tell", index, "say", number), text, "text")
