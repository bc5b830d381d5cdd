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
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from bot.language.lexicon import ENDS, MARKS, SIGNS, Lexicon

_TOKENS = re.compile(r"not(?:after)?:|\(|\)\??|\||&|[^\s()|&]+")
_PASSES_SENTENCES = "~."
_ATOM = re.compile(r"[\w'*]+|[#,:\".?]")


class Phrase:
    """One pattern, compiled when it is first needed and its lexicon is closed."""

    def __init__(self, source: str, node: Node, lexicon: Lexicon, home: object = None) -> None:
        """Keep the parsed pattern; `home` is the list of alternatives that it belongs to, if any."""
        self.source = source
        self.home = home
        self._node = node
        self._lexicon = lexicon

    @property
    def passes_sentences(self) -> bool:
        """Whether its parts may stand in sentences apart."""
        return _PASSES_SENTENCES in self.source

    def gates(self) -> list[frozenset[str]]:
        """Sets of codes: of each the text must have at least one. The most telling first."""
        common = self._lexicon.common
        return sorted(self._node.gates(common), key=lambda codes: (len(codes & common), len(codes)))

    @property
    def compiled(self) -> bool:
        """Whether its expression was needed before."""
        return "expression" in self.__dict__

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The regular expression over codes."""
        return re.compile(self._node.expression(), re.DOTALL)


class Alternatives:
    """Phrases of which any will do, in their order."""

    def __init__(self) -> None:
        """None yet; :meth:`Reader.alternatives` fills it."""
        self._phrases: list[Phrase] = []

    def add(self, phrase: Phrase) -> None:
        """One more, at the end."""
        self._phrases.append(phrase)

    def __iter__(self) -> Iterator[Phrase]:
        return iter(self._phrases)


class Node:
    """A part of a parsed phrase."""

    def expression(self) -> str:
        """The part as a regular expression over codes."""
        raise NotImplementedError

    def gates(self, common: frozenset[str]) -> list[frozenset[str]]:
        """Sets of codes: of each one must be there."""
        return []


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
        signs = re.escape(self._signs)
        return f"[^{signs}{stops}]{{0,{self._most}}}?" if signs or stops else f".{{0,{self._most}}}?"


class _End(Node):
    """The end of a clause or sentence, or the beginning of the next; a few trailing words are left out of account."""

    def __init__(self, trailing: _Words, following: _Words, signs: str) -> None:
        self._trailing = trailing
        self._following = following
        self._signs = signs

    def expression(self) -> str:
        trailing = "".join(_ranges(self._trailing.codes()))
        following = "".join(_ranges(self._following.codes()))
        end = f"(?![^{re.escape(self._signs)}{following}])"
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

    def gates(self, common: frozenset[str]) -> list[frozenset[str]]:
        return [self.codes()]

    @property
    def atoms(self) -> Sequence[str]:
        return self._atoms


class _Sequence(Node):
    def __init__(self, parts: Sequence[Node]) -> None:
        self._parts = parts

    def expression(self) -> str:
        return "".join(part.expression() for part in self._parts)

    def gates(self, common: frozenset[str]) -> list[frozenset[str]]:
        return [gate for part in self._parts for gate in part.gates(common)]


class _AnyOrder(Node):
    def __init__(self, parts: Sequence[Node], gap: Node) -> None:
        self._parts = parts
        self._gap = gap

    def expression(self) -> str:
        parts = [part.expression() for part in self._parts]
        gap = self._gap.expression()
        return "(?:" + "|".join(gap.join(order) for order in itertools.permutations(parts)) + ")"

    def gates(self, common: frozenset[str]) -> list[frozenset[str]]:
        return [gate for part in self._parts for gate in part.gates(common)]


class _OneOf(Node):
    def __init__(self, parts: Sequence[Node]) -> None:
        self._parts = parts

    def expression(self) -> str:
        return "(?:" + "|".join(part.expression() for part in self._parts) + ")"

    def gates(self, common: frozenset[str]) -> list[frozenset[str]]:
        options = [part.gates(common) for part in self._parts]
        return [frozenset().union(*(_rarest(gates, common) for gates in options))] if all(options) else []


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
        self._gaps: dict[str, Node] = {}
        self._gap = "4"

    def alternatives(self, sources: Iterable[str], gap: str = "4") -> Alternatives:
        """Phrases of which any will do, each read as by :meth:`phrase`."""
        home = Alternatives()
        for source in sources:
            home.add(self.phrase(source, gap, home))
        return home

    def phrase(self, source: str, gap: str = "4", home: object = None) -> Phrase:
        """A phrase from its text; `gap` is what may stand between the sides of `&`, written as after `~`.

        Raises ValueError, naming the text, when it cannot be read.
        """
        try:
            self.phrases.append(Phrase(source, self._parse(source, gap), self.lexicon, home))
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
        tokens = _TOKENS.findall(source)[::-1]  # the next one last, to be popped
        node = self._alternatives(tokens)
        self._gap = before
        if tokens:
            raise ValueError(f"unexpected {tokens[-1]}")
        return node

    def _alternatives(self, tokens: list[str]) -> Node:
        options = [self._any_order(tokens)]
        while tokens and tokens[-1] == "|":
            tokens.pop()
            options.append(self._any_order(tokens))
        return options[0] if len(options) == 1 else _joined(self.lexicon, options)

    def _any_order(self, tokens: list[str]) -> Node:
        parts = [self._sequence(tokens)]
        while tokens and tokens[-1] == "&":
            tokens.pop()
            parts.append(self._sequence(tokens))
        return parts[0] if len(parts) == 1 else _AnyOrder(parts, self._words_between(self._gap))

    def _sequence(self, tokens: list[str]) -> Node:
        parts: list[Node] = []
        while tokens and tokens[-1] not in ("|", "&", ")", ")?"):
            parts.append(self._item(tokens))
        if not parts:
            raise ValueError("an empty part")
        return parts[0] if len(parts) == 1 else _Sequence(parts)

    def _item(self, tokens: list[str]) -> Node:
        head = tokens.pop()
        if head in ("not:", "notafter:"):
            return _Look(self._item(tokens), head == "notafter:")
        if head == "(":
            node = self._only_words(tokens) or self._alternatives(tokens)
            return _Perhaps(node) if tokens.pop() == ")?" else node
        if len(head) > 1 and head.endswith("?"):
            return _Perhaps(self._atom(head[:-1]))
        return self._atom(head)

    def _only_words(self, tokens: list[str]) -> Node | None:
        """The usual group, plain words only, read at once; None, and nothing read, for any other."""
        for at in range(len(tokens) - 1, 0, -2):
            if not _ATOM.fullmatch(tokens[at]):
                return None
            if tokens[at - 1] in (")", ")?"):
                words = tokens[: at - 1 : -1][::2]
                del tokens[at:]
                for word in words:
                    self._note(word)
                return _Words(self.lexicon, words)
            if tokens[at - 1] != "|":
                return None
        return None

    def _atom(self, text: str) -> Node:
        if text.startswith("~"):
            return self._words_between(text[1:])
        if text.startswith("<") and text.endswith(">"):
            return self._class(text[1:-1])
        if text == "^":
            return _Raw(f'(?<![^{re.escape(ENDS)}:"])')
        if text in ("$", ";"):
            following = _Words(self.lexicon, self._words_if_any("vervolg") if text == ";" else [])
            trailing = _Words(self.lexicon, self._words_if_any("staart"))
            return _End(trailing, following, ENDS + ':"' + ("," if text == ";" else ""))
        if not _ATOM.fullmatch(text):
            raise ValueError(f"no word: {text}")
        self._note(text)
        return _Words(self.lexicon, [text])

    def _words_between(self, size: str) -> Node:
        if size.startswith("."):
            return _Gap(None, int(size[1:]), "")
        if size.startswith(","):
            return _Gap(None, int(size[1:]), ENDS)
        if size not in self._gaps or self._open:
            stops = [*self._words_if_any("niet"), *self._words_if_any("grens")]
            self._gaps[size] = _Gap(_Words(self.lexicon, stops), int(size), MARKS)
        return self._gaps[size]

    def _words_if_any(self, name: str) -> list[str]:
        return self.words_of(name) if name in self._classes and name not in self._open else []


def _joined(lexicon: Lexicon, options: Sequence[Node]) -> Node:
    """The options as one node; single words among them become one set."""
    words = [atom for option in options if isinstance(option, _Words) for atom in option.atoms]
    others = [option for option in options if not isinstance(option, _Words)]
    if not others:
        return _Words(lexicon, words)
    return _OneOf(([_Words(lexicon, words)] if words else []) + others)


def _rarest(gates: Iterable[frozenset[str]], common: frozenset[str]) -> frozenset[str]:
    return min(gates, key=lambda gate: (len(gate & common), len(gate)))


def _ranges(codes: Iterable[str]) -> Iterator[str]:
    """The inside of a character set, neighbours taken together."""
    points = sorted(map(ord, codes))
    for _, run in itertools.groupby(enumerate(points), lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in run]
        first, last = re.escape(chr(numbers[0])), re.escape(chr(numbers[-1]))
        yield first if first == last else f"{first}-{last}"
