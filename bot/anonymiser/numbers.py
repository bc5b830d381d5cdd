"""Numbers and addresses that lead to one person: telephone, mail, web, BSN, BIG number, postcode, patient number."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import regex

from bot.anonymiser.lexicon import Lexicon, any_of
from bot.anonymiser.spans import Span

_MAIL = regex.compile(r"(?<![\w.%+-])[\p{L}\d][\p{L}\d._%+'-]{0,63}+@[\p{L}\d](?:[\p{L}\d.-]{0,252}[\p{L}\d])?")
_LINK = regex.compile(r"(?:https?://|www\.)[^\s<>\"“”„]{2,2000}+", flags=regex.I)
_DOMAIN = regex.compile(
    r"(?<![\p{L}\d@.-])(?P<host>[a-z0-9-]{1,63}+(?:\.[a-z0-9-]{1,63}+){1,5}+)(?P<path>/[^\s<>\"“”„]*+)?", flags=regex.I
)
_TOPS = frozenset(
    [
        "nl",
        "be",
        "com",
        "org",
        "net",
        "eu",
        "io",
        "frl",
        "gent",
        "brussels",
        "amsterdam",
        "vlaanderen",
        "care",
        "health",
        "coach",
        "online",
        "info",
        "app",
    ]
)
_TOPS_WITH_PATH = _TOPS | frozenset(["de", "fr", "uk", "nu", "me", "co", "tv", "ly", "gl", "be", "us"])
_TRAILING = ".,;:!?'\"’”)]}»*…"
_DIGITS = regex.compile(r"(?<![\d\p{L}])[+(]?\d(?:[ \u00a0./()–-]{0,3}\d){5,16}+(?!\d)")
_NUMBER = regex.compile(
    r"(?<![\p{L}\d])(?=[\p{L}\d./-]{0,12}\d)(?:\p{L}{1,6}[-/.]?)?\d(?:[./-]?[\d\p{Lu}]){0,20}(?: \d{2,4}){0,4}(?![\p{L}\d])"
)
_POSTCODE = regex.compile(r"(?<![\d\p{L}+.,/-])(?:NL-)?([1-9]\d{3})([ \u00a0-]{0,2})([A-Za-z]{2})(?![\p{L}\d])")
_BELGIAN = regex.compile(r"(?<![\d\p{L}+.,/-])(?:B-)?([1-9]\d{3})[ \u00a0](?=\p{L})")
_INSZ = regex.compile(r"(?<!\d)\d{2}[. ]?\d{2}[. ]?\d{2}[- ]?\d{3}[. ]?\d{2}(?!\d)")
_BARE = regex.compile(
    r"\p{L}{0,3}-?\d{6,10}|(?!NEN|ISO)\p{Lu}{1,3}-\d{4,10}|\d{3,8}-\p{Lu}{1,2}|\d{2,4}-\d{4,6}-\p{Lu}"
)
_CODE = regex.compile(r"\p{L}{0,3}-?\d{5,10}|(?:\p{L}{1,3}-?)?\d{2,7}[-.]\d{2,7}|\d{4,8}-?\p{L}{1,2}")
_LONG = 6
_LAST_YEAR = 2035
_CODE_BEFORE = 50
"""So many characters before a number its cue may stand."""
_NO_CITY = frozenset({"SA", "SD", "SS"})


def bsn_fits(digits: str) -> bool:
    """Whether nine digits pass the test that every BSN passes (the eleven test with -1 for the last)."""
    if len(digits) != 9 or not int(digits):
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(w * int(d) for w, d in zip(weights, digits, strict=True)) % 11 == 0


def insz_fits(digits: str) -> bool:
    """Whether eleven digits are a Belgian national number: a date, and a check of 97."""
    if len(digits) != 11 or not (1 <= int(digits[2:4]) <= 12 and 1 <= int(digits[4:6]) <= 31):
        return False
    check = int(digits[9:])
    return check in (97 - int(digits[:9]) % 97, 97 - int("2" + digits[:9]) % 97)


class Numbers:
    """Reads numbers and addresses."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._lists = lexicon.patterns

    @cached_property
    def _composed(self) -> str:
        """'patiënt nr', 'HIS-nummer': a beginning and an end, with or without something between."""
        stems, ends = any_of(self._lists.words("number_stems")), any_of(self._lists.words("number_ends"))
        return rf"(?:{stems})[-. ]?(?:{ends})"

    @cached_property
    def _composed_before(self) -> regex.Pattern[str]:
        return regex.compile(rf"(?<!\p{{L}}){self._composed}(?!\p{{L}})[^.!?;\d\n]{{0,30}}$", flags=regex.I)

    @cached_property
    def _composed_after(self) -> regex.Pattern[str]:
        return regex.compile(
            rf"[^.!?;\d\n]{{0,25}}(?<!\p{{L}}){self._composed}(?!\p{{L}})(?![^.!?\n]{{0,4}}\d)", flags=regex.I
        )

    def _cue(self, name: str) -> regex.Pattern[str]:
        between = any_of(self._lists.words("number_words"))
        words = any_of(self._lists.words(name))
        return regex.compile(
            rf"(?<![\p{{L}}])(?:{words})[\s:=.(#]{{0,3}}(?:(?:{between})[\s:=.(#]{{0,3}}){{0,2}}$", flags=regex.I
        )

    @cached_property
    def _bsn_cue(self) -> regex.Pattern[str]:
        return self._cue("bsn_cues")

    @cached_property
    def _big_cue(self) -> regex.Pattern[str]:
        return self._cue("big_cues")

    @cached_property
    def _patient_cue(self) -> regex.Pattern[str]:
        return self._cue("number_cues")

    @cached_property
    def _of_patient(self) -> regex.Pattern[str]:
        return self._cue("patient_cues")

    @cached_property
    def _phone_cue(self) -> regex.Pattern[str]:
        return regex.compile(
            rf"(?<!\p{{L}})(?:{any_of(self._lists.words('phone_cues'))})\b[^.!?\d]{{0,25}}$", flags=regex.I
        )

    @cached_property
    def _postcode_cue(self) -> regex.Pattern[str]:
        return regex.compile(
            rf"(?<!\p{{L}})(?:{any_of(self._lists.words('postcode_cues'))})[\s:]{{1,3}}$", flags=regex.I
        )

    @cached_property
    def _postcode_alone(self) -> regex.Pattern[str]:
        words = any_of(self._lists.words("postcode_alone"))
        return regex.compile(rf"(?<!\p{{L}})(?:{words})[\s:]{{1,3}}([1-9]\d{{3}})(?![\d\p{{L}}])", flags=regex.I)

    @cached_property
    def _spoken_mail(self) -> regex.Pattern[str]:
        at, dot = any_of(self._lists.words("at")), any_of(self._lists.words("dot"))
        return regex.compile(
            rf"(?<![\w.])[\w.+-]{{2,40}}+ ?(?:{at}) ?[\w-]{{2,40}}+ ?(?:{dot}) ?(?:nl|be|com|net|org|eu)\b",
            flags=regex.I,
        )

    def find(self, text: str) -> Iterator[Span]:
        """Every such number and address, perhaps overlapping."""
        yield from self._addresses(text)
        yield from self._numbers(text)
        yield from self._patient_numbers(text)
        yield from self._postcodes(text)

    def _addresses(self, text: str) -> Iterator[Span]:
        for match in _MAIL.finditer(text):
            yield Span(match.start(), match.start() + len(match[0].rstrip(_TRAILING + "-")), "email")
        if "@" not in text:
            for match in self._spoken_mail.finditer(text):
                yield Span(match.start(), match.end(), "email")
        public = self._lexicon.stays.words("web")
        for match in _LINK.finditer(text):
            written = match[0].rstrip(_TRAILING)
            host = regex.sub(r"^(?:https?://)?(?:www\.)?", "", written.lower()).partition("/")[0]
            if host not in public or "/" in regex.sub(r"^https?://", "", written.rstrip("/")):
                yield Span(match.start(), match.start() + len(written), "url")
        for match in _DOMAIN.finditer(text):
            host, path = match["host"].lower(), match["path"] or ""
            top = host.rpartition(".")[2]
            known = _TOPS_WITH_PATH if len(path) > 1 else _TOPS
            if (
                top in known
                and (len(path) > 1 or host.removeprefix("www.") not in public)
                and regex.search(r"[a-z]", host.rpartition(".")[0])
            ):
                yield Span(match.start(), match.start() + len(match[0].rstrip(_TRAILING)), "url")

    def _numbers(self, text: str) -> Iterator[Span]:
        for match in _INSZ.finditer(text):
            if insz_fits(regex.sub(r"\D", "", match[0])):
                yield Span(match.start(), match.end(), "bsn")
        for match in _DIGITS.finditer(text):
            for start, end in _pieces(match[0], match.start()):
                kind = self._kind(text, start, end)
                if kind:
                    yield Span(start, end, kind)

    def _kind(self, text: str, start: int, end: int) -> str | None:
        """What a row of digits is, when it could lead to someone."""
        written = text[start:end]
        digits = regex.sub(r"\D", "", written)
        before = text[max(0, start - _CODE_BEFORE) : start]
        if self._big_cue.search(before) and 8 <= len(digits) <= 12:
            return "big"
        if self._bsn_cue.search(before) and 8 <= len(digits) <= 11:
            return "bsn"
        if self._patient_cue.search(before):
            return "patientnummer"
        if phone(written, digits):
            return "telefoon"
        if bsn_fits(digits) and not regex.search(r"[ (]{2}|[/()]", written):
            return "bsn"
        if len(digits) == 11 and digits.isdigit() and written.isdigit() and digits[0] != "0":
            # Whoever sees a bare number of eleven digits can look it up in the public register.
            around = before + text[end : end + _CODE_BEFORE]
            return "big" if digits.endswith("01") or self._named(around, "big_cues") else None
        if (
            6 <= len(digits) <= 15
            and not regex.fullmatch(r"\d{4}[ –-]{1,3}\d{4}", written)
            and self._phone_cue.search(before)
        ):
            return "telefoon"
        return None

    def _named(self, before: str, name: str) -> bool:
        return any(word in before.lower() for word in self._lists.words(name))

    @cached_property
    def _no_patient(self) -> regex.Pattern[str]:
        words = any_of(self._lists.words("not_patient_numbers"))
        return regex.compile(rf"(?:(?:{words})\p{{L}}*[^.!?\n]{{0,30}}|[€$£#=<>@/_&?%-]\s?)$", flags=regex.I)

    @cached_property
    def _amount(self) -> regex.Pattern[str]:
        units = self._lists.words("not_ages_after") | self._lists.words("year_units") | self._lists.words("amounts")
        return regex.compile(rf"\s?(?:[€$£%°]|(?:{any_of(units)})(?!\p{{L}}))|,-|[,.:]\d|[@/=&_]", flags=regex.I)

    @cached_property
    def _system(self) -> regex.Pattern[str]:
        return regex.compile(any_of(self._lists.words("systems")), flags=regex.I)

    @cached_property
    def _a_number(self) -> regex.Pattern[str]:
        return regex.compile(rf"(?<!\p{{L}})(?:{any_of(self._lists.words('number_ends'))})(?!\p{{L}})", flags=regex.I)

    def _bare(self, text: str, match: regex.Match[str], shape: regex.Pattern[str]) -> bool:
        """Whether a number with nothing beside it is long enough to lead to someone, and no amount, order or the like."""
        if not shape.fullmatch(match[0]) or self._amount.match(text, pos=match.end()):
            return False
        return not self._no_patient.search(text[max(0, match.start() - _CODE_BEFORE) : match.start()])

    def _patient_numbers(self, text: str) -> Iterator[Span]:
        found = list(self._cued_numbers(text))
        shapes = {_shape(text[span.start : span.end]) for span in found}
        yield from found
        for match in _NUMBER.finditer(text):
            # 'niet 602213 maar 602231': what looks the same is the same kind of thing.
            if _shape(match[0]) in shapes:
                yield Span(match.start(), match.end(), "patientnummer")

    def _cued_numbers(self, text: str) -> Iterator[Span]:
        reach = -1
        system = self._system.search(text) is not None and self._a_number.search(text) is not None
        for match in _NUMBER.finditer(text):
            if sum(c.isdigit() for c in match[0]) < 4:
                continue
            if self._bare(text, match, _CODE if system else _BARE):
                reach = match.end()
                yield Span(match.start(), match.end(), "patientnummer")
                continue
            before = text[max(0, match.start() - _CODE_BEFORE) : match.start()]
            chained = reach >= 0 and regex.fullmatch(r",? ?(?:en|of|/|,|&)? ?", text[reach : match.start()])
            of_patient = match[0].isdecimal() and len(match[0]) >= _LONG and self._of_patient.search(before)
            composed = self._composed_before.search(before) or self._composed_after.match(
                text[match.end() : match.end() + _CODE_BEFORE]
            )
            if self._patient_cue.search(before) or chained or of_patient or composed:
                reach = match.end()
                yield Span(match.start(), match.end(), "patientnummer")

    def _postcodes(self, text: str) -> Iterator[Span]:
        units = self._lists.words("not_postcode")
        for match in _POSTCODE.finditer(text):
            letters, before = match[3], text[max(0, match.start() - _CODE_BEFORE) : match.start()]
            if letters.upper() in _NO_CITY:
                continue
            cued = bool(self._postcode_cue.search(before))
            after = regex.match(r"[ ,]{1,2}([\p{L}'-]+(?: [\p{L}'-]+)?)", text, pos=match.end())
            placed = after is not None and self._place(after[1])
            if cued or (placed and (letters.isupper() or letters not in units or before[-2:] == ", ")):
                fits = True
            elif letters.isupper():
                year = 1900 <= int(match[1]) <= _LAST_YEAR
                measured = letters.lower() in self._lists.words("measures") or (year and letters.lower() in units)
                fits = not measured or (not year and ("," in before[-2:] or cued))
            elif letters.islower():
                closed = before[-2:] == ", " or bool(regex.match(r",|\.|\s*$", text, pos=match.end()))
                fits = letters not in units and (not match[2] or closed or not self._lexicon.known(letters))
            else:
                fits = False
            if fits:
                yield Span(match.start(), match.end(), "postcode")
        for match in self._postcode_alone.finditer(text):
            yield Span(match.start(1), match.end(), "postcode")
        for match in _BELGIAN.finditer(text):
            after = regex.match(r"[\p{L}'-]+(?: [\p{L}'-]+){0,2}", text, pos=match.end())
            year = 1900 <= int(match[1]) <= _LAST_YEAR
            if after and self._place(after[0]) and (not year or after[0][0].isupper()):
                yield Span(match.start(), match.end(1), "postcode")

    def _place(self, words: str) -> bool:
        """Whether a text begins with a place."""
        parts = words.lower().split()
        if (
            len(parts[0]) > 2
            and parts[0] in self._lexicon.single_places
            and (
                words[0].isupper()
                or not self._lexicon.known(parts[0])
                or parts[0] in self._lexicon.places.words("more")
            )
        ):
            return True
        return any(tuple(parts[: len(phrase)]) == phrase for phrase in self._lexicon.long_places.starting(parts[0]))


def _shape(written: str) -> str:
    return regex.sub(r"\p{L}", "x", regex.sub(r"\d", "0", written))


def phone(written: str, digits: str) -> bool:
    """Whether a row of digits is a Dutch or Belgian telephone number, or another with a country code."""
    bare = written.strip()
    if bare.startswith(("+", "(+")) or digits.startswith("00"):
        return 9 <= len(digits) <= 15
    if not digits.startswith("0") or digits.startswith(("0800", "0900")):
        return False
    if len(digits) == 10:
        return digits[1] != "0" and not regex.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4} ?\d{2}", bare)
    if len(digits) == 9:
        # Flemish numbers of a fixed line have nine digits; so has a Dutch mobile number with one forgotten.
        return (digits.startswith("06") or bool(regex.search(r"[ ./-]", bare))) and not regex.search(
            r"\d{4}-\d{2}-", bare
        )
    return len(digits) == 11 and digits.startswith(("06", "04"))


def _pieces(written: str, start: int) -> Iterator[tuple[int, int]]:
    """A row of digits, and what it may be made of: two numbers with a slash or a space between them.

    Brackets that do not belong are left out.
    """
    text = written
    end = start + len(text)
    if text.startswith("(") and ")" not in text:
        start += 1
        text = text[1:]
    yield start, end
    for match in regex.finditer(r"\d{9,11}", text):
        if len(match[0]) != len(text):
            yield start + match.start(), start + match.end()
    halves = regex.split(r" [/–-] |, ?|  |/(?=0)", text)
    if len(halves) > 1:
        at = 0
        for half in halves:
            at = text.index(half, at)
            if half:
                yield start + at, start + at + len(half)
            at += len(half)
