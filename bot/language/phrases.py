"""Phrases: patterns over words instead of characters, written so that a coach can read them.

A text becomes a string with one character a word (its code), a phrase a regular expression over those codes. So a phrase
costs little however many words it allows, and never sees half a word.

======================  ==============================================================================
``dood``                the word; ``suicid*`` words that begin so, ``*dienst`` words that end so
``<wil>``               any entry of the class ``wil`` (``classes`` in `data/safety/words.yml`)
``#``, ``_``            a number; a word that no phrase speaks of
``~3``                  at most three other words, none of class ``niet`` or ``grens``, no comma
``~,3``                 the same, but of any kind, commas too; never past the end of a sentence
``~.9``                 the same, past the end of a sentence too
``a & b``               both, in any order, with the gap of the rule between them (``~4`` when it names none)
``(a | b)``, ``a?``     one of them; perhaps
``not:a``               here no ``a`` follows; ``notafter:a`` here no ``a`` comes before
``^``, ``$``, ``;``     start of a sentence; end of a sentence; end of a clause (a comma will do)
``,`` ``:`` ``"``       the sign itself
======================  ==============================================================================
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import regex

ENDS = ".?"
MARKS = ENDS + ',:"'
NUMBER = "#"
UNKNOWN = "_"
SIGNS = frozenset({*MARKS, NUMBER, UNKNOWN})
_FIRST_CODE = 0x10000
_TOKENS = regex.compile(r"not(?:after)?:|\(|\)\??|\||&|[^\s()|&]+")
_ATOM = regex.compile(r"[\w'*]+|[#,:\".?]")
# Beginnings and endings are looked up by so many letters of theirs; none is shorter.
_KEY = 2
# So many letters of a word must be known before it counts as a known word.
_TELLING = 4


class Lexicon:
    """Every word the phrases speak of, each with its code."""

    def __init__(self, common: Iterable[str] = ()) -> None:
        """Only the common words, which say too little to choose a phrase by; others are added as phrases are read."""
        self._common = list(common)
        self._atoms: dict[str, None] = dict.fromkeys(self._common)
        self._code: dict[str, str] = {}
        self._sets: dict[str, frozenset[str]] = {}
        self._beginnings: dict[str, list[str]] = defaultdict(list)
        self._endings: dict[str, list[str]] = defaultdict(list)

    def add(self, atom: str) -> None:
        """Note a word, or the beginning (`x*`) or ending (`*x`) of words."""
        self._atoms.setdefault(atom)

    def close(self) -> None:
        """Give every atom its code. Phrases can be compiled and words looked up from now on.

        Raises ValueError when a beginning or ending is too short.
        """
        for number, atom in enumerate(self._atoms):
            self._code[atom] = chr(_FIRST_CODE + number)
        by_beginning, by_ending = defaultdict(list), defaultdict(list)
        for atom in self._atoms:
            by_beginning[atom[:_KEY]].append(atom)
            by_ending[atom[-_KEY:]].append(atom)
        for atom in self._atoms:
            stem = atom.strip("*")
            if atom == stem:
                self._sets[atom] = frozenset({self._code[atom]})
                continue
            if len(stem) < _KEY:
                raise ValueError(f"too short: {atom}")
            begins = atom.endswith("*")
            (self._beginnings[stem[:_KEY]] if begins else self._endings[stem[-_KEY:]]).append(stem)
            near = by_beginning[stem[:_KEY]] if begins else by_ending[stem[-_KEY:]]
            alike = [word for word in near if (word.startswith(stem) if begins else word.endswith(stem))]
            self._sets[atom] = frozenset(self._code[word] for word in [atom, *alike])
        for stems in (*self._beginnings.values(), *self._endings.values()):
            stems.sort(key=len, reverse=True)

    @cached_property
    def common(self) -> frozenset[str]:
        """The codes of the common words."""
        return frozenset(self._code[word] for word in self._common)

    def codes(self, atom: str) -> frozenset[str]:
        """The codes of every word that the atom stands for."""
        return self._sets[atom]

    def __contains__(self, word: str) -> bool:
        """Whether the word is known: itself, or by a beginning or ending long enough to tell."""
        return word in self._code or any(
            len(stem) >= _TELLING and (word.startswith(stem) if begins else word.endswith(stem))
            for begins, stems in (
                (True, self._beginnings.get(word[:_KEY], ())),
                (False, self._endings.get(word[-_KEY:], ())),
            )
            for stem in stems
        )

    def exact(self) -> Iterator[str]:
        """The words that stand in the data as a whole."""
        return (atom for atom in self._atoms if "*" not in atom)

    def code(self, word: str) -> str:
        """The code of a word or sign: of itself, else of its longest known beginning, else of its longest ending."""
        found = self._code.get(word)
        if found is not None:
            return found
        if word in MARKS:
            return word
        if word[0].isdigit():
            return NUMBER
        for stem in self._beginnings.get(word[:_KEY], ()):
            if word.startswith(stem):
                return self._code[stem + "*"]
        for stem in self._endings.get(word[-_KEY:], ()):
            if word.endswith(stem):
                return self._code["*" + stem]
        return UNKNOWN


class Phrase:
    """One pattern, compiled when it is first needed and its lexicon is closed."""

    def __init__(self, source: str, node: Node, lexicon: Lexicon) -> None:
        """Keep the parsed pattern."""
        self.source = source
        self._node = node
        self._lexicon = lexicon

    @cached_property
    def gate(self) -> frozenset[str] | None:
        """Codes of which the text must have at least one, or None when the phrase has no such set."""
        return self._node.gate(self._lexicon.common)

    @cached_property
    def expression(self) -> regex.Pattern[str]:
        """The regular expression over codes."""
        return regex.compile(self._node.expression(), regex.DOTALL)


class Index:
    """Which phrases can match a text at all, told from its words alone: a cheap look before the search."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        """Take the phrases; their lexicon must be closed."""
        self._by_code: dict[str, list[Phrase]] = defaultdict(list)
        self._always: list[Phrase] = []
        for phrase in phrases:
            gate = phrase.gate
            if gate is None:
                self._always.append(phrase)
                continue
            for code in gate:
                self._by_code[code].append(phrase)

    def candidates(self, codes: str) -> set[Phrase]:
        """The phrases that may match these words."""
        found = set(self._always)
        for code in set(codes):
            found.update(self._by_code.get(code, ()))
        return found


class Node:
    """A part of a parsed phrase."""

    def expression(self) -> str:
        """The part as a regular expression over codes."""
        raise NotImplementedError

    def gate(self, common: frozenset[str]) -> frozenset[str] | None:
        """The codes of which one must be there, or None."""
        return None


class _Raw(Node):
    def __init__(self, text: str) -> None:
        self._text = text

    def expression(self) -> str:
        return self._text


class _Gap(Node):
    """Words in between: none of those that stop a gap."""

    def __init__(self, stops: Node | None, most: int, signs: str) -> None:
        self._stops = stops
        self._most = most
        self._signs = signs

    def expression(self) -> str:
        stops = "".join(_ranges(codes)) if isinstance(self._stops, _Words) and (codes := self._stops.codes()) else ""
        signs = regex.escape(self._signs)
        return f"[^{signs}{stops}]{{0,{self._most}}}?" if signs or stops else f".{{0,{self._most}}}?"


class _End(Node):
    """The end of a clause or sentence, a few words that trail behind it left out of account."""

    def __init__(self, trailing: _Words, signs: str) -> None:
        self._trailing = trailing
        self._signs = signs

    def expression(self) -> str:
        trailing = "".join(_ranges(self._trailing.codes()))
        end = f"(?![^{regex.escape(self._signs)}])"
        return f"(?=[{trailing}]{{0,3}}{end})" if trailing else end


class _Words(Node):
    """One word out of a set."""

    def __init__(self, lexicon: Lexicon, atoms: Sequence[str]) -> None:
        self._lexicon = lexicon
        self._atoms = atoms

    def codes(self) -> frozenset[str]:
        found: set[str] = set()
        for atom in self._atoms:
            found |= {atom} if atom in SIGNS else self._lexicon.codes(atom)
        return frozenset(found)

    def expression(self) -> str:
        return "[" + "".join(_ranges(self.codes())) + "]"

    def gate(self, common: frozenset[str]) -> frozenset[str] | None:
        return self.codes()

    @property
    def atoms(self) -> Sequence[str]:
        return self._atoms


class _Sequence(Node):
    def __init__(self, parts: Sequence[Node]) -> None:
        self._parts = parts

    def expression(self) -> str:
        return "".join(part.expression() for part in self._parts)

    def gate(self, common: frozenset[str]) -> frozenset[str] | None:
        return _rarest((part.gate(common) for part in self._parts), common)


class _AnyOrder(Node):
    def __init__(self, parts: Sequence[Node], gap: Node) -> None:
        self._parts = parts
        self._gap = gap

    def expression(self) -> str:
        parts = [part.expression() for part in self._parts]
        gap = self._gap.expression()
        return "(?:" + "|".join(gap.join(order) for order in itertools.permutations(parts)) + ")"

    def gate(self, common: frozenset[str]) -> frozenset[str] | None:
        return _rarest((part.gate(common) for part in self._parts), common)


class _OneOf(Node):
    def __init__(self, parts: Sequence[Node]) -> None:
        self._parts = parts

    def expression(self) -> str:
        return "(?:" + "|".join(part.expression() for part in self._parts) + ")"

    def gate(self, common: frozenset[str]) -> frozenset[str] | None:
        found: set[str] = set()
        for part in self._parts:
            gate = part.gate(common)
            if gate is None:
                return None
            found |= gate
        return frozenset(found)


class _Perhaps(Node):
    def __init__(self, part: Node) -> None:
        self._part = part

    def expression(self) -> str:
        return f"(?:{self._part.expression()})?"


class _Look(Node):
    def __init__(self, part: Node, behind: bool) -> None:
        self._part = part
        self._sign = "(?<!" if behind else "(?!"

    def expression(self) -> str:
        return f"{self._sign}{self._part.expression()})"


class Reader:
    """Reads phrases. Words met on the way are added to the lexicon; close that before the first search."""

    def __init__(self, classes: Mapping[str, str | Sequence[str]], common: Iterable[str] = ()) -> None:
        """Take the classes: a string of single words, or a list of phrases, by name."""
        self.lexicon = Lexicon(common)
        self.phrases: list[Phrase] = []
        self._classes = classes
        self._parsed: dict[str, Node] = {}
        self._open: list[str] = []
        self._gap = "4"

    def phrase(self, source: str, gap: str = "4") -> Phrase:
        """A phrase from its text; `gap` is what may stand between the sides of `&`, written as after `~`.

        Raises ValueError, naming the text, when it cannot be read.
        """
        try:
            self.phrases.append(Phrase(source, self._parse(source, gap), self.lexicon))
            return self.phrases[-1]
        except (IndexError, ValueError) as problem:
            raise ValueError(f"not a phrase: {source!r} ({problem})") from problem

    def known_classes(self) -> Iterator[str]:
        """Read every class, so that a wrong one is found even when no phrase uses it. Yields their names."""
        for name in self._classes:
            self._class(name)
            yield name

    def words_of(self, name: str) -> list[str]:
        """The single words of a class."""
        node = self._class(name)
        return list(node.atoms) if isinstance(node, _Words) else []

    def _class(self, name: str) -> Node:
        if name in self._parsed:
            return self._parsed[name]
        if name in self._open:
            raise ValueError(f"class {name} contains itself")
        if name not in self._classes:
            raise ValueError(f"no class {name}")
        self._open.append(name)
        entry = self._classes[name]
        if isinstance(entry, str):
            for word in entry.split():
                self._note(word)
            node: Node = _Words(self.lexicon, entry.split())
        else:
            node = _joined(self.lexicon, [self._parse(part, self._gap) for part in entry])
        self._open.pop()
        self._parsed[name] = node
        return node

    def _note(self, word: str) -> None:
        if word not in SIGNS:
            self.lexicon.add(word)

    def _parse(self, source: str, gap: str) -> Node:
        before, self._gap = self._gap, gap
        tokens = _TOKENS.findall(source)
        node, rest = self._alternatives(tokens)
        self._gap = before
        if rest:
            raise ValueError(f"unexpected {rest[0]}")
        return node

    def _alternatives(self, tokens: list[str]) -> tuple[Node, list[str]]:
        options: list[Node] = []
        while True:
            node, tokens = self._any_order(tokens)
            options.append(node)
            if not tokens or tokens[0] != "|":
                return (options[0] if len(options) == 1 else _joined(self.lexicon, options)), tokens
            tokens = tokens[1:]

    def _any_order(self, tokens: list[str]) -> tuple[Node, list[str]]:
        parts: list[Node] = []
        while True:
            node, tokens = self._sequence(tokens)
            parts.append(node)
            if not tokens or tokens[0] != "&":
                return (parts[0] if len(parts) == 1 else _AnyOrder(parts, self._words_between(self._gap))), tokens
            tokens = tokens[1:]

    def _sequence(self, tokens: list[str]) -> tuple[Node, list[str]]:
        parts: list[Node] = []
        while tokens and tokens[0] not in ("|", "&", ")", ")?"):
            node, tokens = self._item(tokens)
            parts.append(node)
        if not parts:
            raise ValueError("an empty part")
        return (parts[0] if len(parts) == 1 else _Sequence(parts)), tokens

    def _item(self, tokens: list[str]) -> tuple[Node, list[str]]:
        head, rest = tokens[0], tokens[1:]
        if head in ("not:", "notafter:"):
            node, rest = self._item(rest)
            return _Look(node, head == "notafter:"), rest
        if head == "(":
            node, rest = self._alternatives(rest)
            closed, rest = rest[0], rest[1:]
            return (_Perhaps(node) if closed == ")?" else node), rest
        if len(head) > 1 and head.endswith("?"):
            return _Perhaps(self._atom(head[:-1])), rest
        return self._atom(head), rest

    def _atom(self, text: str) -> Node:
        if text.startswith("~"):
            return self._words_between(text[1:])
        if text.startswith("<") and text.endswith(">"):
            return self._class(text[1:-1])
        if text == "^":
            return _Raw(f'(?<![^{regex.escape(ENDS)}:"])')
        if text in ("$", ";"):
            return _End(_Words(self.lexicon, self._words_if_any("staart")), ENDS + ':"' + ("," if text == ";" else ""))
        if not _ATOM.fullmatch(text):
            raise ValueError(f"no word: {text}")
        self._note(text)
        return _Words(self.lexicon, [text])

    def _words_between(self, size: str) -> Node:
        if size.startswith("."):
            return _Gap(None, int(size[1:]), "")
        if size.startswith(","):
            return _Gap(None, int(size[1:]), ENDS)
        stops = [*self._words_if_any("niet"), *self._words_if_any("grens")]
        return _Gap(_Words(self.lexicon, stops), int(size), MARKS)

    def _words_if_any(self, name: str) -> list[str]:
        return self.words_of(name) if name in self._classes and name not in self._open else []


def _joined(lexicon: Lexicon, options: Sequence[Node]) -> Node:
    """The options as one node; single words among them become one set."""
    words = [atom for option in options if isinstance(option, _Words) for atom in option.atoms]
    others = [option for option in options if not isinstance(option, _Words)]
    if not others:
        return _Words(lexicon, words)
    return _OneOf(([_Words(lexicon, words)] if words else []) + others)


def _rarest(gates: Iterable[frozenset[str] | None], common: frozenset[str]) -> frozenset[str] | None:
    found = [gate for gate in gates if gate is not None]
    return min(found, key=lambda gate: (len(gate & common), len(gate)), default=None)


def _ranges(codes: Iterable[str]) -> Iterator[str]:
    """The inside of a character set, neighbours taken together."""
    points = sorted(map(ord, codes))
    for _, run in itertools.groupby(enumerate(points), lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in run]
        first, last = regex.escape(chr(numbers[0])), regex.escape(chr(numbers[-1]))
        yield first if first == last else f"{first}-{last}"
