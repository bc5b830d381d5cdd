"""spaCy's Dutch: the trained pipeline when it is installed, else a blank one with lookup lemmas."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import is_package

TRAINED = "nl_core_news_sm"
BLANK = "blank nl"


def name() -> str:
    """Which Dutch is in use: the name of the trained pipeline, or 'blank nl'."""
    return TRAINED if is_package(TRAINED) else BLANK


@cache
def load() -> Language:
    """The Dutch pipeline of this process; the parser is left out, as nothing here needs it."""
    if name() == TRAINED:
        return spacy.load(TRAINED, disable=["parser"])
    language = spacy.blank("nl")
    language.add_pipe("lemmatizer", config={"mode": "lookup"})
    language.initialize()
    return language


def lemmas(words: Sequence[str]) -> list[str]:
    """The lemma of each word, the word itself where none is known."""
    language = load()
    return [token.lemma_.lower() or token.text for token in language(Doc(language.vocab, words=list(words)))]
