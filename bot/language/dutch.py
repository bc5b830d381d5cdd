"""spaCy's Dutch: the trained pipeline when it is installed, else a blank one with lookup lemmas."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

TRAINED = "nl_core_news_sm"
BLANK = "blank nl"


def name() -> str:
    """Which Dutch is in use: the name of the trained pipeline, or 'blank nl'."""
    try:
        importlib.metadata.distribution(TRAINED)
    except importlib.metadata.PackageNotFoundError:
        return BLANK
    return TRAINED


@cache
def load() -> Language:
    """The Dutch pipeline of this process; the parser is left out, as nothing here needs it."""
    # Which Dutch is in use is asked by many who have no need of spaCy, which takes a second and more to load.
    import spacy

    if name() == TRAINED:
        return spacy.load(TRAINED, disable=["parser"])
    language = spacy.blank("nl")
    language.add_pipe("lemmatizer", config={"mode": "lookup"})
    language.initialize()
    return language


def lemmas(words: Sequence[str]) -> list[str]:
    """The lemma of each word, the word itself where none is known."""
    from spacy.tokens import Doc

    language = load()
    return [token.lemma_.lower() or token.text for token in language(Doc(language.vocab, words=list(words)))]
