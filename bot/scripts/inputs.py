"""What a doctor typed or tapped, read as the answer to a question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Literal, TypeVar

import regex
from num2words import num2words
from rapidfuzz import fuzz

from bot.messages import Incoming, Line
from bot.scripts.engine import Answer
from bot.scripts.schema import Option, Step
from bot.settings import DATA
from bot.yaml import load

Trouble = Literal["empty", "yes", "choice", "several", "too-few", "too-many", "scale", "date", "date-past", "lines"]

# Below this likeness (0 to 100) two wordings are not taken for the same option.
LIKENESS = 88
YEARS_AHEAD = 5
# So many words where one of a few answers was asked for are something told, not a choice in other words.
STORY_WORDS = 8
# 'een 7' is an answer whatever else it may look like; 'wijzig vraag 1' is not.
BARE_WORDS = 2
SPEAKERS = r"(?P<who>[^\W\d][\w .'’-]{0,40}?)(?: (?:zeg|zegt|zei|vraag|vraagt|vroeg))?\s*:\s*(?P<said>.*)"

_MARKS = regex.compile(r"[^\w\s/-]+")
Named = TypeVar("Named")


def plain(text: str) -> str:
    """Lower case, without punctuation at the ends and with single spaces, to compare wordings."""
    return " ".join(_MARKS.sub(" ", text.casefold()).split())


@cache
def numerals() -> dict[str, int]:
    """Dutch number words, cardinal and ordinal, up to a hundred; 'een' and '1e' included."""
    found = {"een": 1, "eerste": 1}
    for n in range(101):
        found[num2words(n, lang="nl")] = n
        found[num2words(n, lang="nl", to="ordinal")] = n
        found.update({f"{n}e": n, f"{n}de": n, f"{n}ste": n})
    return found


def number(text: str) -> int | None:
    """The one whole number in a short text, in digits or words ('een 7', 'zeven', '7/10'); None when there is
    none or more than one."""
    words = plain(text).split()
    found = [_numeral(w) for w in words]
    numbers = [n for n in found if n is not None]
    if len(numbers) == 2 and "een" in words:
        numbers = [n for w, n in zip(words, found, strict=True) if n is not None and w != "een"]
    return numbers[0] if len(numbers) == 1 and len(words) <= 8 else None


def _numeral(word: str) -> int | None:
    if match := regex.fullmatch(r"(\d{1,3})(?:/10)?", word):
        return int(match.group(1))
    return numerals().get(word)


def pick(text: str, labels: Sequence[tuple[Named, Sequence[str]]], *, loose: bool = False) -> Named | None:
    """Which of several labelled things a text names: by its number in the list, one of the wordings that belong to
    it, a wording of several words within a longer text, or (loose) a single word in it or what looks much like a
    wording. None when none or more than one fits as well."""
    return _pick(text, [(named, [plain(w) for w in wordings]) for named, wordings in labels], loose=loose)


def _pick(text: str, known: Sequence[tuple[Named, Sequence[str]]], *, loose: bool) -> Named | None:
    """The same, of wordings that are plain already."""
    wanted = plain(text)
    if not wanted:
        return None
    for named, wordings in known:
        if wanted in wordings:
            return named
    if match := regex.fullmatch(r"(?:optie |nummer |keuze |antwoord )?(\d{1,2}|\p{L}+)", wanted):
        n = _numeral(match.group(1))
        if n is not None and 1 <= n <= len(known):
            return known[n - 1][0]
    firm = [(len(w), i) for i, (_, ws) in enumerate(known) for w in ws if " " in w and within(w, wanted)]
    if firm:
        return known[max(firm)[1]][0]
    if not loose:
        return None
    scored = sorted(
        ((max(_likeness(wanted, w) for w in wordings), index) for index, (_, wordings) in enumerate(known)),
        reverse=True,
    )
    best, index = scored[0]
    if best < LIKENESS or (len(scored) > 1 and scored[1][0] == best):
        return None
    return known[index][0]


def titled(text: str, titles: Mapping[str, str]) -> str | None:
    """Which of several titles, by name, a text is: the whole of it or what stands before its colon, whatever joins its
    words, a slip of the fingers aside. None when it is none of them."""
    said = _joined(text)
    wordings = [(_joined(part), name) for name, title in titles.items() for part in (title, title.partition(":")[0])]
    like = [(fuzz.ratio(said, wording), name) for wording, name in wordings if said and wording]
    likeness, name = max(like, default=(0.0, ""))
    return name if likeness >= LIKENESS else None


def _joined(text: str) -> str:
    return plain(text).replace("-", "").replace(" ", "")


def _likeness(wanted: str, wording: str) -> float:
    """How much a wording is in what was typed, or what was typed is in the wording, 0 to 100."""
    if within(wording, wanted):
        return 100.0 + len(wording) / 1000
    if len(wanted) >= 4 and within(wanted, wording):
        return 99.0
    return fuzz.ratio(wanted, wording)


def within(part: str, whole: str) -> bool:
    """Whether words stand as such in a text; both are plain."""
    # Looking whether it is in there at all comes first: a pattern for each wording takes long to make.
    return part in whole and regex.search(rf"\b{regex.escape(part)}\b", whole) is not None


def moment(text: str, now: dt.datetime) -> dt.date | None:
    """The day that a Dutch phrase names, seen from now ('over een half jaar', 'volgende week donderdag')."""
    rules = load(DATA / "language" / "dates.yml")
    said = plain(text)
    if regex.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", said):
        with suppress(ValueError):
            return dt.date(*(int(part) for part in said.split("-")))
        return None
    said = " ".join(str(_numeral(w)) if w in numerals() and not w.isdigit() else w for w in said.split())
    base = now.replace(tzinfo=None)
    if match := regex.search(rules["next_week"], said):
        sunday = base + dt.timedelta(days=6 - base.weekday())
        found = _parse(match.group("day"), sunday) if match.group("day") else _parse(match.group("day2"), base)
        later = 0 if match.group("day") else 7
        return found.date() + dt.timedelta(days=later) if found else None
    for pattern, replacement in rules["rewrite"]:
        said = regex.sub(rf"\b(?:{pattern})(?!\w)", replacement, said)
    said = " ".join(said.split())
    if not regex.search(r"\p{L}|\d[-/ .]\d", said):
        return None
    found = _parse(said, base)
    return found.date() if found else None


def _parse(text: str, base: dt.datetime) -> dt.datetime | None:
    # The door, which reads no dates, need not wait for it: it takes half a second to import.
    import dateparser

    found: dt.datetime | None = dateparser.parse(
        text,
        languages=["nl"],
        settings={
            "PREFER_DATES_FROM": "future",
            "RELATIVE_BASE": base,
            "PREFER_DAY_OF_MONTH": "first",
            "DATE_ORDER": "DMY",
        },
    )
    return found


def interpret(step: Step, incoming: Incoming, now: dt.datetime, *, loose: bool = True) -> Answer | Trouble:
    """The answer that a message holds to a question, or what is the matter with it.

    loose: also read what looks much like an option; without it only numbers and exact labels count as one.
    """
    text = (incoming.text or "").strip()
    if incoming.lines:
        return _lines(step, incoming.lines)
    if incoming.date is not None and step.kind == "date":
        return _date(incoming.date, now)
    if incoming.value is not None and step.kind == "scale":
        return _scale(step, incoming.value)
    if incoming.value is not None or incoming.date is not None:
        text = str(incoming.value if incoming.value is not None else incoming.date)
    if incoming.choices is not None:
        return _several(step, incoming.choices)
    if incoming.choice is not None:
        return _several(step, [incoming.choice]) if step.kind == "several" else Answer(options=[incoming.choice])
    if not text:
        return "empty"
    match step.kind:
        case "choice":
            return _choice(step, text, loose)
        case "several":
            return _typed_several(step, text, loose)
        case "scale":
            value = number(text) if loose or len(text.split()) <= BARE_WORDS else None
            return "scale" if value is None else _scale(step, value)
        case "date":
            day = moment(text, now)
            return "date" if day is None else _date(day, now)
        case "lines":
            return _typed_lines(text)
        case _:
            return Answer(text=text)


def _labels(options: Sequence[Option]) -> list[tuple[str, Sequence[str]]]:
    return [(o.id, _plain_wordings((o.label, *o.hears))) for o in options]


@cache
def _plain_wordings(wordings: tuple[str, ...]) -> tuple[str, ...]:
    """The wordings of an option of a script, made plain once: they come back with every answer."""
    return tuple(plain(w) for w in wordings)


def _choice(step: Step, text: str, loose: bool) -> Answer | Trouble:
    labels = _labels(step.options)
    picked = _pick(text, labels, loose=loose)
    # What calls the panel does so however the answer begins.
    if picked and (step.calls_panel([picked]) or not _opens_otherwise(plain(text), picked, labels)):
        long = len(text) > 2 * max(len(o.label) for o in step.options if o.id == picked)
        return Answer(options=[picked], text=text if step.own and long else None)
    return Answer(text=text) if step.own and loose else "choice"


def _opens_otherwise(wanted: str, named: str, labels: Sequence[tuple[str, Sequence[str]]]) -> bool:
    """Whether a text begins with a yes where it names the no further on, or the other way round."""
    opens = load(DATA / "language" / "answers.yml")["opens"]
    plainly = dict(labels)
    first = wanted.partition(" ")[0]
    if first not in opens or not set(opens) & set(plainly[named]):
        return False
    belongs = any(w.partition(" ")[0] == first and within(w, wanted) for w in plainly[named])
    return not belongs and any(first in wordings for wordings in plainly.values())


def _typed_several(step: Step, text: str, loose: bool) -> Answer | Trouble:
    labels = _labels(step.options)
    if not step.min and _names_none(text) and not _pick(text, labels, loose=False):
        return Answer()
    parts = [p for p in regex.split(r"\s*(?:,|;|\n|\ben\b|&|\+)\s*", text) if p.strip()]
    if len(parts) == 1 and regex.fullmatch(r"\d(?:\s+\d)+", parts[0].strip()):
        parts = parts[0].split()
    picked = [named for p in parts for named in _named(p, labels, loose)]
    if not any(picked) and (whole := _pick(text, labels, loose=loose)):
        picked = [whole]
    if None in picked:
        named = [p for p in picked if p]
        if step.own and loose:
            return Answer(options=list(dict.fromkeys(named)), text=text)
        return _in_part(step, named, text) if named and loose else "several"
    return _several(step, [p for p in picked if p])


def _in_part(step: Step, named: Sequence[str], text: str) -> Answer | Trouble:
    """What a short answer names, with the whole of it beside that: it names something else too. What tells a story names
    nothing by the words that happen to stand in it."""
    given = _several(step, named) if len(text.split()) < STORY_WORDS else "several"
    return given.model_copy(update={"more": [text]}) if isinstance(given, Answer) else "several"


def names_yes(text: str) -> bool:
    """Whether a text is a yes and nothing more."""
    return plain(text) in load(DATA / "language" / "answers.yml")["yes"]


def _names_none(text: str) -> bool:
    """Whether a text says that nothing of it fits, whatever little words stand around that."""
    words = load(DATA / "language" / "answers.yml")
    said = plain(text)
    bare = " ".join(word for word in said.split() if word not in words["around"])
    return said in words["none"] or bare in words["none"]


def _named(part: str, labels: Sequence[tuple[str, Sequence[str]]], loose: bool) -> list[str | None]:
    """What a part of an answer names, by its sentences or else as a whole."""
    sentences = regex.split(r"(?<=[.!?])\s+", part)
    by_sentence = [_pick(sentence, labels, loose=loose) for sentence in sentences] if len(sentences) > 1 else []
    return [named for named in by_sentence if named] or [_pick(part, labels, loose=loose)]


def _several(step: Step, options: Sequence[str]) -> Answer | Trouble:
    chosen = list(dict.fromkeys(options))
    if len(chosen) < (step.min or 0):
        return "too-few"
    if step.max is not None and len(chosen) > step.max:
        return "too-many"
    return Answer(options=[o.id for o in step.options if o.id in chosen])


def _scale(step: Step, value: int) -> Answer | Trouble:
    return Answer(value=value) if (step.min or 0) <= value <= (step.max or 0) else "scale"


def _date(day: dt.date, now: dt.datetime) -> Answer | Trouble:
    today = now.date()
    if day <= today or day > today + dt.timedelta(days=366 * YEARS_AHEAD):
        return "date-past"
    return Answer(date=day)


def _lines(step: Step, lines: Sequence[Line]) -> Answer | Trouble:
    if step.kind == "lines":
        return Answer(lines=list(lines))
    said = "\n".join(line.said for line in lines if line.said.strip())
    return Answer(text=said) if said and step.kind == "text" else "lines"


def _typed_lines(text: str) -> Answer | Trouble:
    """Lines typed as 'ik: …' below one another, the unsaid between brackets."""
    lines: list[Line] = []
    for row in (r.strip() for r in text.splitlines() if r.strip()):
        match = regex.fullmatch(SPEAKERS, row)
        if match is None:
            return Answer(text=text)
        unsaid = " ".join(regex.findall(r"\(([^()]*)\)", match.group("said")))
        said = " ".join(regex.sub(r"\([^()]*\)", " ", match.group("said")).split())
        lines.append(Line(who=match.group("who"), said=said, unsaid=unsaid))
    return Answer(lines=lines)
