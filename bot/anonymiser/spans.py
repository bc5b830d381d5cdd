"""Where in a text something stands that could identify someone, and the text without it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

KINDS = (
    "naam",
    "plaats",
    "instelling",
    "datum",
    "leeftijd",
    "telefoon",
    "email",
    "bsn",
    "url",
    "postcode",
    "big",
    "patientnummer",
)


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """A part of a text, in code points, and what kind of thing it is."""

    start: int
    end: int
    kind: str

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError("a span must have some length")
        if self.kind not in KINDS:
            raise ValueError(f"no such kind: {self.kind}")

    def meets(self, other: Span) -> bool:
        """Whether the two have a character in common."""
        return self.start < other.end and other.start < self.end


def merge(spans: Iterable[Span]) -> list[Span]:
    """Sorted spans without overlap: what overlaps becomes one, of the kind of its longest part (of two as long, the first).

    Nothing that was covered becomes uncovered.
    """
    merged: list[tuple[Span, int]] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        length = span.end - span.start
        if merged and merged[-1][0].meets(span):
            last, longest = merged[-1]
            kind = span.kind if length > longest else last.kind
            merged[-1] = (Span(last.start, max(last.end, span.end), kind), max(longest, length))
        else:
            merged.append((span, length))
    return [span for span, _ in merged]


def replace(text: str, spans: Iterable[Span]) -> str:
    """The text with each span replaced by its kind. The spans are sorted and do not overlap."""
    parts, at = [], 0
    for span in spans:
        parts += [text[at : span.start], f"[{span.kind}]"]
        at = span.end
    return "".join([*parts, text[at:]])
