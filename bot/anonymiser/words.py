"""A text as words: where each stands, how it is written, and what stands before it."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from bot.anonymiser.spans import KINDS

# Placeholders of an earlier reading; initials and 'v.d.'; numbers; words with hyphens and apostrophes inside.
_WORD = regex.compile(
    rf"\[(?:{'|'.join(KINDS)})\]"
    r"|(?:\p{L}\p{M}*\.){2,}(?:\p{Lu}[hrl]{1,2}\.)?"
    r"|\d+"
    r"|['’‘`](?=[tsn]\b)\p{L}(?:-\p{L}[\p{L}\p{M}]*)*"
    r"|\p{L}[\p{L}\p{M}]*(?:['’‘`-]\p{L}[\p{L}\p{M}]*)*(?:['’](?!\p{L}))?",
    flags=regex.VERSION1,
)
# Initials of more than one letter: Th., Chr., Tj.
_DIGRAPH = regex.compile(r"(?:Chr|[TPC]h|[ST]j|IJ)")
_CLOSERS = "\"'”’»)]*_ \t\r"
_ENDS = ".!?…\n"
# So many words make a text whose capitals say something.
_ENOUGH = 6


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text."""

    start: int
    end: int
    text: str
    low: str
    capital: bool
    """Begins with a capital, and is not written in capitals only."""
    upper: bool
    """Two or more letters, capitals only."""
    opens: bool
    """Stands where a capital says nothing: at the beginning of a sentence."""
    gap: str
    """What stands between the word before and this one."""
    dot: bool
    """A full stop follows at once."""

    @property
    def near(self) -> bool:
        """Whether only a space stands between the word before and this one."""
        return bool(self.gap) and not self.gap.strip(" \t\u00a0\n\r") and "\n\n" not in self.gap and len(self.gap) < 4

    @property
    def initial(self) -> bool:
        """Whether this is one capital letter, or letters with full stops: J., J.W."""
        letters = _DIGRAPH.sub(lambda m: m[0][0], self.text.replace(".", ""))
        dotted = self.dot and letters != self.text
        return (
            (len(letters) == 1 or "." in self.text)
            and letters.isupper()
            and (len(self.text) == 1 or dotted or "." in self.text)
        )

    @property
    def placeholder(self) -> bool:
        """Whether this is a kind that was put here in the place of something."""
        return self.text[0] == "["


def plain(word: str) -> str:
    """A word in lower case with plain apostrophes, as the lists have it."""
    return word.lower().replace("’", "'").replace("‘", "'").replace("`", "'")


def words_of(text: str, abbreviations: frozenset[str] = frozenset()) -> list[Word]:
    """The words of a text. After an abbreviation that ends with a full stop no sentence begins.

    In a text that is all capitals a capital says nothing: each word counts as lower case.
    """
    found = list(_WORD.finditer(text))
    lettered = [m for m in found if m[0][0].isalpha() and len(m[0]) > 1]
    loud = len(lettered) >= _ENOUGH and sum(m[0].isupper() for m in lettered) > 0.8 * len(lettered)
    words: list[Word] = []
    at = 0
    for match in found:
        written, gap = match[0], text[at : match.start()]
        opens = _opens(words, gap, abbreviations)
        letters = written.replace(".", "")
        upper = len(letters) > 1 and "." not in written and _acronym(written)
        capital = not loud and written[0].isupper() and not upper
        if written[0] in "'’‘`" and len(written) > 2:
            capital = any(c.isupper() for c in written)
        words.append(
            Word(
                start=match.start(),
                end=match.end(),
                text=written,
                low=plain(written),
                capital=capital,
                upper=upper and not loud,
                opens=opens,
                gap=gap,
                dot=text[match.end() : match.end() + 1] == ".",
            )
        )
        at = match.end()
    return words


def _acronym(word: str) -> bool:
    """Whether a word begins with two capitals (SSRI's, DNR-code, RvB); IJ is one letter, and O'Neill no acronym."""
    letters = [c for c in word if c.isalpha()]
    if len(letters) < 2 or not letters[0].isupper() or (word.startswith("IJ") and not word.isupper()):
        return False
    if letters[1].isupper():
        return word[1] not in "'’"
    return letters[-1].isupper() and "-" not in word and len(letters) <= 4


def _opens(words: list[Word], gap: str, abbreviations: frozenset[str]) -> bool:
    """Whether a sentence begins after this gap."""
    if not words:
        return True
    bare = gap.rstrip(_CLOSERS + "“„‘'\"(-–—•·")
    if "\n" in gap:
        return True
    if not bare:
        # A sentence within quotation marks begins with a capital too.
        return any(sign in gap for sign in '“„"') and gap[:1] in " :,"
    if bare[-1] == ":":
        return True
    if bare[-1] not in _ENDS:
        return False
    last = words[-1]
    short = bare.strip() == "." and (last.initial or last.low in abbreviations or last.low + "." in abbreviations)
    return not short
