"""The light rules with a tagger that was taught by examples, deduce's names, places and institutions, and spaCy's names
where its trained Dutch is installed.

For a process of its own: importing this imports nothing heavy, making an :class:`Anonymiser` does.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bot.anonymiser.lexicon import Lexicon, lexicon, package
from bot.anonymiser.light import Light
from bot.anonymiser.spans import Span, merge
from bot.anonymiser.tagger import Tagger
from bot.anonymiser.teaching import teach
from bot.anonymiser.words import Word, plain, words_of

Say = Callable[[str], None]

# What of deduce is used. Its ages, dates and numbers take durations and order numbers along; ours are stricter.
_GROUPS = {"names": "naam", "locations": "plaats", "institutions": "instelling"}
_TAGS = {
    "persoon": "naam",
    "patient": "naam",
    "locatie": "plaats",
    "ziekenhuis": "instelling",
    "zorginstelling": "instelling",
}
_LABELS = {"PERSON": "naam", "PER": "naam", "GPE": "plaats", "LOC": "plaats", "FAC": "plaats", "ORG": "instelling"}
# Lists of deduce that cost most and that our own rules cover; one entry each is left, as deduce wants some.
_REDUCED = ("locations/lst_street", "institutions/lst_healthcare_institution")
_REST = "Xxxxxxxxxx"
_READY = "ready"
# A number with this after it measures something; a date of two numbers has a day and a month.
_MEASURED = re.compile(r"\s?(?:%|[,./]\d|mg|ml|mmol|graden|kg|cm|uur)")
_INITIALS = re.compile(r"(?:\w{1,2}\.\s?)+")
_ABBREVIATION = 6
_DAY_MONTH = re.compile(r"(\d{1,2})\s?[/-]\s?(\d{1,2})")


class Anonymiser:
    """Everything that can be found."""

    def __init__(self, folder: Path, tagger: Path, say: Say | None = None) -> None:
        """Load the tagger and deduce. What the tagger learnt, and in the folder what deduce looks words up in, is made when
        it is not there and kept.

        Raises OSError when one of them cannot be used.
        """
        tell = say or (lambda _: None)
        self._lexicon = lexicon()
        self._light = Light(self._lexicon)
        self._abbreviations = self._lexicon.names.words("titles") | self._lexicon.names.words("abbreviations")
        teach(tagger, tell)
        self._tagger = Tagger(tagger, self._lexicon)
        self._deduce = _deduce(folder, tell)
        self._spacy = _spacy()

    def find(self, text: str) -> list[Span]:
        """What could identify someone, in order and without overlap."""
        sure = self._light.find(text)
        words = words_of(text, self._abbreviations)
        more = [*self._by_deduce(text), *self._by_spacy(text)]
        sayings = self._light.sayings(words)
        taught = [
            span
            for span in self._tagger.find(text)
            if not any(span.meets(saying) for saying in sayings) and believable(text, span, words, self._lexicon)
        ]
        rest = (part for span in more for part in added(span, [*sure, *sayings], words, self._lexicon))
        return joined(text, merge([*sure, *taught, *rest]), self._lexicon)

    def _by_deduce(self, text: str) -> Iterator[Span]:
        found = self._deduce.deidentify(text, disabled={"redactor"})
        for annotation in found.annotations:
            kind = _TAGS.get(annotation.tag)
            if kind and annotation.end_char > annotation.start_char:
                yield Span(annotation.start_char, annotation.end_char, kind)

    def _by_spacy(self, text: str) -> Iterator[Span]:
        if self._spacy is None:
            return
        for entity in self._spacy(text).ents:
            kind = _LABELS.get(entity.label_)
            if kind and entity.end_char > entity.start_char:
                yield Span(entity.start_char, entity.end_char, kind)


def added(span: Span, sure: Sequence[Span], words: Sequence[Word], lists: Lexicon) -> Iterator[Span]:
    """The parts of what another tool found that are new and believable: not ordinary Dutch, nor something that stays.

    A part begins with no title and reaches over nothing that our own rules found, so that their kinds hold.
    """
    run: list[Word] = []
    for word in [*(w for w in words if span.start <= w.start and w.end <= span.end), None]:
        known = word is None or any(s.start < word.end and word.start < s.end for s in sure)
        if word is not None and not known and (run or word.low not in lists.names.words("titles")):
            run.append(word)
            continue
        if any(_telling(part, lists) for part in run):
            yield Span(run[0].start, run[-1].end, span.kind)
        run = []


def believable(text: str, span: Span, words: Sequence[Word], lists: Lexicon) -> bool:
    """Whether what the tagger found may be so: not only what stays or an abbreviation, no measurement."""
    inside = [word for word in words if span.start <= word.start and word.end <= span.end]
    found = text[span.start : span.end]
    match span.kind:
        case "leeftijd":
            return _MEASURED.match(text, span.end) is None or not found[-1].isdecimal()
        case "datum":
            pair = _DAY_MONTH.fullmatch(found)
            return pair is None or (int(pair[1]) <= 31 and int(pair[2]) <= 12)
        case "instelling":
            kinds = lists.institutions.words("kinds") | lists.institutions.words("articles")
            return not all(_says_nothing(word, lists) or (word.low in kinds and not word.capital) for word in inside)
        case _:
            return not all(_says_nothing(word, lists) for word in inside)


def _says_nothing(word: Word, lists: Lexicon) -> bool:
    """Something that stays, a letter, an abbreviation, or what only comes before a surname."""
    stays = lists.stays_put(word.low) and word.low not in lists.all_first
    joins = word.low in lists.names.words("interfix_words")
    return stays or joins or len(word.low) == 1 or (word.upper and len(word.low) < _ABBREVIATION)


def joined(text: str, spans: Sequence[Span], lists: Lexicon) -> list[Span]:
    """The spans, a street with its number as one, and a surname with the initials or first name after it and a comma."""
    found: list[Span] = []
    for span in spans:
        last = found[-1] if found else None
        if last and last.kind == "plaats" and text[last.end : span.start] == " " and text[span.start].isdecimal():
            found[-1] = Span(last.start, span.end, "plaats")
            continue
        if last and last.kind == span.kind == "naam" and text[last.end : span.start] == ", ":
            surname, given = (text[one.start : one.end] for one in (last, span))
            if _INITIALS.fullmatch(given) or (
                plain(given) in lists.all_first and plain(surname.split()[0]) not in lists.all_first
            ):
                found[-1] = Span(last.start, span.end, "naam")
                continue
        found.append(span)
    return found


def _telling(word: Word, lists: Lexicon) -> bool:
    if word.placeholder or word.text.isdecimal() or word.initial or len(word.low) < 3 or word.upper:
        return False
    if lists.stays_put(word.low) or word.low in lists.names.words("titles"):
        return False
    if word.low in lists.first or word.low in lists.surnames:
        return word.capital or len(word.low) > 3
    if lists.ordinary_word(word.low) or word.low in lists.ordinary or word.low in lists.names.words("interfix_words"):
        # A capital in the midst of a sentence on a word that is a name too.
        return word.capital and not word.opens and word.low in (lists.soft_first | lists.soft_surnames)
    # At the beginning of a sentence a capital says nothing, but two tools that take an unknown word for a name do.
    return word.capital


def _spacy() -> Any | None:
    """spaCy's trained Dutch, when it is installed."""
    if find_spec("nl_core_news_sm") is None:
        return None
    from bot.language import dutch

    return dutch.load() if dutch.name() == dutch.TRAINED else None


def _deduce(folder: Path, say: Say) -> Any:
    """deduce on lists of which the largest are left out, with its cache in the folder."""
    root = logging.getLogger()
    if not root.handlers:
        # deduce sends the log of the whole process to standard output when nothing else took it.
        root.addHandler(logging.NullHandler())
    from deduce import Deduce

    home = folder / f"{version('deduce')}-1"
    lists = _lists(home)
    built = (home / "cache" / "lookup_structs.pickle").exists()
    if not built:
        say("deduce: building its lookup structures, once; this takes some ten seconds")
    config = json.loads((package("deduce") / "base_config.json").read_text(encoding="utf-8"))
    config["annotators"] = {
        name: annotator for name, annotator in config["annotators"].items() if annotator.get("group") in _GROUPS
    }
    made = Deduce(load_base_config=False, config=config, lookup_data_path=lists, cache_path=home)
    if not built:
        say("deduce: built")
    return made


def _lists(home: Path) -> Path:
    """deduce's lists, copied once with the largest reduced to one entry. Gives the folder."""
    source = home / "src"
    if (home / _READY).exists():
        return home
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, mode=0o700)
    shutil.copytree(package("deduce") / "data" / "lookup" / "src", source)
    for name in _REDUCED:
        for path in (source / name).glob("*"):
            path.unlink()
        (source / name / "items.txt").write_text(_REST + "\n", encoding="utf-8")
    (home / _READY).touch()
    return home
