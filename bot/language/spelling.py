"""From plain letters to known words: what was abbreviated, disguised, pulled apart or mistyped is put right.

Only ever towards a word that the safety data knows, and never away from a word that is a real one.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from bot.language.lexicon import MARKS, Lexicon

# One letter, a short separator, one letter, …: a word written letter by letter.
_LETTERS = re.compile(r"(?<![\w'])[^\W_](?:(?P<sep>[ .\-_*/|,~+=]{1,3})[^\W_](?![^\W_])){2,200}(?!\w)")
_TWO_LETTERS = re.compile(r"(?<!\w)\w[ .\-_*/|,~+=]{1,3}\w(?!\w)")
_WIDE = re.compile(r"[ ]{2,}|[ ]?[/|,][ ]")
_TOKEN = re.compile(
    # An exclamation mark within a word stands for a letter, after it for the end of a sentence.
    r"(?P<number>\d+(?:[.,:/]\d+)+)|(?P<pause>\.{2,})"
    r"|(?P<word>[^\W_@$](?:[\w'@$|+*\-]|!+(?=\w))*|[@$](?:[\w'@$|+*\-]|!+(?=\w))+)"
    r"|(?P<blank>\n\s*\n)|(?P<end>[.!;?]+)|(?P<clause>[,()\[\]{}]|(?<=\s)-+(?=\s))|(?P<colon>:)|(?P<quote>\"|(?<!\w)'(?=\w))"
)
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_SHORT_FORM = re.compile(r"(?<!\w)'(?=[stknmr]\b)")
# 's avonds: one word here.
_TIME_OF_DAY = re.compile(r"(?<!\w)'?s (?=(?:ochtends|morgens|middags|avonds|nachts|zondags|maandags)\b)")
_QUOTED_WORDS = re.compile(r"\"(\w+(?: \w+)?)\"")
_SIGN_OF = {"blank": ".", "clause": ",", "colon": ":", "quote": '"'}
_RUN = re.compile(r"([^\W\d])\1{2,}")
_SHORTEST_NEAR = 4
# No word is longer; what is, is no word.
_LONGEST = 60


class Spelling:
    """Cuts a folded text into words of the lexicon, signs, and words that are not known."""

    def __init__(
        self,
        lexicon: Lexicon,
        *,
        shorthand: Mapping[str, str],
        leet: Mapping[str, str],
        near: Iterable[str],
        real: Iterable[str],
        together: Iterable[str],
        abbreviations: Iterable[str],
        after_k: Iterable[str],
        fillers: Iterable[str],
    ) -> None:
        """Take the closed lexicon and the tables of `data/safety/words.yml`, all folded already."""
        self._lexicon = lexicon
        self._exact = frozenset(lexicon.exact())
        self._shorthand = {short: tuple(words.split()) for short, words in shorthand.items()}
        self._leet = {sign: tuple(letters) for sign, letters in leet.items()}
        self.real = frozenset(real)
        self._together = [(phrase.replace(" ", ""), tuple(phrase.split())) for phrase in together]
        self._glued = re.compile("|".join(re.escape(glued) for glued, _ in self._together))
        self._pieces = frozenset(itertools.chain.from_iterable(words for _, words in self._together))
        self._abbreviations = frozenset(abbreviations)
        self._fillers = sorted((tuple(phrase.split()) for phrase in fillers), key=len, reverse=True)
        self._first_of_filler = frozenset(phrase[0] for phrase in self._fillers)
        self._stuck = {"k" + verb: ("ik", verb) for verb in after_k}
        self._near: dict[str, list[str]] = defaultdict(list)
        for word in near:
            for shorter in _without_one(word):
                self._near[shorter].append(word)

    def words(self, text: str, check: Callable[[], None], memo: dict[str, tuple[str, ...]]) -> list[str]:
        """The words and signs of a folded text.

        `check` is called now and then and may raise to stop; `memo` keeps what was put right for the next part of a
        long text.
        """
        if _TWO_LETTERS.search(text):
            text = _LETTERS.sub(self._letters, text)
        text = _TIME_OF_DAY.sub("s", text.replace("_", "-"))
        text = _QUOTED_WORDS.sub(r"\1", _SHORT_FORM.sub("", text))
        typed: list[str] = []
        for count, match in enumerate(_TOKEN.finditer(text)):
            if count % 500 == 0:
                check()
            kind, token = match.lastgroup, match.group()
            if kind == "end":
                if not (token == "." and typed and typed[-1] in self._abbreviations):
                    typed.append("?" if "?" in token else ".")
            elif kind in _SIGN_OF:
                typed.append(_SIGN_OF[kind])
            elif kind != "pause":
                typed.append(token[:_LONGEST])
        found: list[str] = []
        for count, token in enumerate(self._respaced(typed)):
            if count % 500 == 0:
                check()
            if token not in memo:
                memo[token] = (token,) if token in MARKS else tuple(self._read(token))
            found += memo[token]
        return self._without_fillers(self._respaced(found))

    def _without_fillers(self, words: list[str]) -> list[str]:
        """The words without what is said in between; a pair of commas goes with it."""
        if self._first_of_filler.isdisjoint(words):
            return words
        result: list[str] = []
        at = 0
        while at < len(words):
            filler = self._filler_at(words, at)
            if not filler:
                result.append(words[at])
                at += 1
                continue
            at += len(filler)
            if result and result[-1] == "," and words[at : at + 1] == [","]:
                result.pop()
                at += 1
        return result

    def _filler_at(self, words: list[str], at: int) -> tuple[str, ...]:
        if words[at] not in self._first_of_filler:
            return ()
        return next((phrase for phrase in self._fillers if tuple(words[at : at + len(phrase)]) == phrase), ())

    def _letters(self, match: re.Match[str]) -> str:
        """Letters that were typed one by one, as words again."""
        text = match.group()
        narrow = re.search(r"[^\W_][ ][^\W_]", text) is not None
        parts = _WIDE.split(text) if narrow else [text]
        return " ".join(" ".join(self._cut(re.sub(r"[\W_]", "", part))) for part in parts)

    def _cut(self, letters: str) -> Sequence[str]:
        """The letters cut into words that are often written together, or as they are when that does not come out."""
        best: list[tuple[str, ...] | None] = [()] + [None] * len(letters)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - 20), end):
                before, piece = best[start], letters[start:end]
                if before is None or piece not in self._pieces:
                    continue
                shortest = best[end]
                if shortest is None or len(before) + 1 < len(shortest):
                    best[end] = (*before, piece)
        return best[-1] or (letters,)

    def _read(self, token: str) -> Iterator[str]:
        """One token as typed, as the words that it stands for."""
        if _NUMBER.fullmatch(token):
            yield token
            return
        token = token.rstrip("'!|+-")
        token = token.rstrip("*") or token
        if "-" in token:
            joined = token.replace("-", "")
            if joined in self._lexicon:
                yield joined
            else:
                for part in filter(None, token.split("-")):
                    yield from self._read(part)
            return
        token = token if token in self._shorthand else token.replace("'", "") or token
        if token in self._shorthand:
            yield from self._shorthand[token]
        elif token in self._stuck and token not in self._exact:
            yield from self._stuck[token]
        elif token in self._exact or token in self.real:
            yield token
        else:
            yield from self._repaired(token)

    def _repaired(self, token: str) -> Sequence[str]:
        candidates = list(itertools.islice(self._plainer(token), 24))
        for candidate in candidates:
            if candidate in self._shorthand and candidate != token:
                return self._shorthand[candidate]
            if candidate in self._exact or (candidate not in self.real and candidate in self._lexicon):
                return (candidate,)
        for candidate in candidates:
            near = self._nearest(candidate)
            if near:
                return (near,)
        if token.isalpha() and len(token) > 6:
            pieces = self._cut(token)
            if len(pieces) > 2 or pieces[0] in ("wil", "ik", "niet"):
                return pieces
        parts = [part for part in token.split("@") if part]
        if "@" in token and not self._exact.isdisjoint(parts):
            return [word for part in parts for word in self._read(part)]
        return (token,)

    def _plainer(self, token: str) -> Iterator[str]:
        """The token itself, then without digits and signs for letters, then without letters held down."""
        readings = [token]
        if not token.isalpha() and any(map(str.isalpha, token)):
            letters = [self._leet.get(sign, (sign,)) for sign in token[:24]]
            readings += ["".join(choice) for choice in itertools.islice(itertools.product(*letters), 8)]
        for reading in readings:
            yield reading
            runs = len(_RUN.findall(reading))
            if 0 < runs <= 3:
                for lengths in itertools.product((2, 1), repeat=runs):
                    yield _RUN.sub(_held_down(lengths), reading)
            elif runs:
                yield _RUN.sub(r"\1", reading)

    def _nearest(self, token: str) -> str | None:
        """The key word that is one slip of the fingers away, or whose letters are masked by asterisks."""
        if not _SHORTEST_NEAR - 1 <= len(token) <= 30 or token in self.real:
            return None
        for shorter in _without_one(token):
            for word in self._near.get(shorter, ()):
                if _one_slip(token, word):
                    return word
        if "*" in token[1:]:
            shape = re.compile(re.escape(token).replace(r"\*", ".{1,3}"))
            return next((word for words in self._near.values() for word in words if shape.fullmatch(word)), None)
        return None

    def _respaced(self, words: list[str]) -> list[str]:
        """The words with spaces put where they belong in the phrases that must not be missed."""
        if not self._glued.search("".join(words)):
            return words
        result: list[str] = []
        for is_mark, group in itertools.groupby(words, lambda word: word in MARKS):
            run = list(group)
            result += run if is_mark else self._respaced_run(run)
        return result

    def _respaced_run(self, run: list[str]) -> list[str]:
        compact = "".join(run)
        if not self._glued.search(compact):
            return run
        for glued, phrase in self._together:
            at = compact.find(glued)
            while at >= 0:
                starts = [0, *itertools.accumulate(map(len, run))]
                if at in starts and at + len(glued) in starts:
                    first, last = starts.index(at), starts.index(at + len(glued))
                    typed = tuple(run[first:last])
                    if typed != phrase and self._was_broken(typed, phrase):
                        run = [*run[:first], *phrase, *run[last:]]
                at = compact.find(glued, at + 1)
        return run

    def _was_broken(self, typed: Sequence[str], phrase: Sequence[str]) -> bool:
        """Whether the typed parts are a broken phrase: a long one surely, a short word only if its parts are no words."""
        if len(phrase) > 1 or len(phrase[0]) >= 6:
            return True
        return any(part not in self._exact and part not in self.real for part in typed)


def _without_one(word: str) -> Iterator[str]:
    """The word, and the word without each of its letters."""
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter more, less, different, or two neighbours swapped turn one word into the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    left, right = one[start:], other[start:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (left[2:] == right[2:] and left[:2] == right[:2][::-1])
    return left[1:] == right if len(left) > len(right) else left == right[1:]


def _held_down(lengths: Sequence[int]) -> Callable[[re.Match[str]], str]:
    """Writes the letters that were held down as often as these lengths say, one after the other."""
    length = iter(lengths)
    return lambda match: match[1] * next(length)
