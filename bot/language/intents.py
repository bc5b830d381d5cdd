"""The trained model that says what a doctor does with a message and what it is about.

Two linear classifiers on the same features, one for the act and one for the topic; Rasa's pipeline trains and carries
them (`bot/engine/components.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_union
from sklearn.svm import LinearSVC

from bot.language import dutch
from bot.language.concepts import concepts, words

# How often the training data is split to learn how sure the model may be of itself.
_FOLDS = 3
# A hundred times finer takes nearly twice as long, and moves no chance by a thousandth.
_EXACT = 0.01
_LENGTHS = (1, 2, 3, 4, 6, 9, 13, 20)


def wording(text: str) -> list[str]:
    """The words of a text as they stand, with neighbours, where it begins and ends, and roughly how long it is."""
    found = words(text)
    length = sum(len(found) >= bound for bound in _LENGTHS)
    return [*_grams(["^", *found, "$"], 3), f"#{length}"]


def meaning(text: str) -> list[str]:
    """The families of the words of a text, the lemma of a word where it has none, with their neighbours."""
    found = words(text)
    known = zip(dutch.lemmas(found), concepts()(found), strict=True)
    places = [["^"], *(sorted(families) or [lemma] for lemma, families in known)]
    places.append(["$"])
    pairs = (f"{left} {right}" for here, after in pairwise(places) for left in here for right in after)
    return [*(name for place in places for name in place), *pairs]


def letters(text: str) -> str:
    """The text as its letters are looked at: folded as the words are."""
    return " ".join(words(text))


class Features(NamedTuple):
    """What a text is known by: columns of the model, and the weight of each."""

    columns: NDArray[np.intp]
    weights: NDArray[np.float64]


class _Counted(NamedTuple):
    """How a vectorizer reads a text: into what it takes it apart, the column of each, how rare each is (inverse document
    frequency), and which column of the model is its first."""

    analyze: Callable[[str], Sequence[str]]
    columns: Mapping[str, int]
    rarity: NDArray[np.float64]
    first: int


class _Reader:
    """A calibrated linear classifier for one text: what `predict_proba` gives, without a call for each class."""

    def __init__(self, classifier: CalibratedClassifierCV) -> None:
        (fitted,) = classifier.calibrated_classifiers_
        self._names = classifier.classes_.tolist()
        self._weights = np.ascontiguousarray(fitted.base_estimator.coef_.T)
        self._biases = fitted.base_estimator.intercept_
        # Platt's sigmoid, one for each class.
        self._slopes = np.array([one.a_ for one in fitted.calibrators])
        self._shifts = np.array([one.b_ for one in fitted.calibrators])

    def __call__(self, features: Features) -> dict[str, float]:
        """How likely each class is; together they are one."""
        scores = features.weights @ self._weights[features.columns] + self._biases
        chances = expit(-(self._slopes * scores + self._shifts))
        if len(chances) < len(self._names):
            # Of two classes there is one score, that of the second.
            chances = np.append(1 - chances, chances)
        total = chances.sum()
        sure = chances / total if total else np.full_like(chances, 1 / len(chances))
        return dict(zip(self._names, sure.tolist(), strict=True))


class IntentModel:
    """Reads an act and a topic in a text. Trained on sentences with intents named ``act`` or ``act.topic``."""

    def __init__(self) -> None:
        """A model that knows nothing yet."""
        # What stands in one sentence only is left out: else each rare word is learnt by itself, nothing is learnt of
        # what no word is known of, and gibberish is read as the commonest short answer, a yes.
        self._features = make_union(
            TfidfVectorizer(analyzer=wording, min_df=2, sublinear_tf=True),
            TfidfVectorizer(analyzer=meaning, min_df=2, sublinear_tf=True),
            TfidfVectorizer(preprocessor=letters, analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True),
        )
        self._acts = _classifier()
        self._topics = _classifier()
        self._intents: dict[str, list[str]] = {}

    def fit(self, texts: Sequence[str], intents: Sequence[str]) -> IntentModel:
        """Learn from sentences and their intents. The topic is learnt only from those that have one."""
        acts, _, topics = np.array([intent.partition(".") for intent in intents]).T
        self._intents = {act: sorted({*topics[acts == act]} - {""}) for act in set(acts)}
        with concepts().remembering():
            features = self._features.fit_transform(texts)
        self._acts.fit(features, acts)
        about = np.flatnonzero(topics != "")
        self._topics.fit(features[about], topics[about])
        self._trim()
        return self

    def _trim(self) -> None:
        """Let go of what is not needed for reading: what was left out, and half of the digits of each weight."""
        for _, vectorizer in self._features.transformer_list:
            vectorizer.stop_words_ = None
        for classifier in (self._acts, self._topics):
            linear = classifier.calibrated_classifiers_[0].base_estimator
            linear.coef_ = np.asfortranarray(linear.coef_, dtype=np.float32)

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Every intent with its confidence, the surest first; the confidences of all add up to one."""
        features = self._known_by(text)
        acts, about_what = self._readers
        topics = about_what(features)
        ranking: list[tuple[str, float]] = []
        for act, sure in acts(features).items():
            about = self._intents[act]
            total = sum(topics[topic] for topic in about)
            ranking += [(f"{act}.{topic}", sure * topics[topic] / total) for topic in about] or [(act, sure)]
        return sorted(ranking, key=lambda ranked: -ranked[1])

    def _known_by(self, text: str) -> Features:
        """The features of one text, as the vectorizers give them: by themselves they make a matrix for it, and look through
        all that they know."""
        columns, weights = [], []
        for counted in self._vectorizers:
            known = counted.columns
            counts = Counter(known[name] for name in counted.analyze(text) if name in known)
            found = np.fromiter(counts, dtype=np.intp, count=len(counts))
            often = np.fromiter(counts.values(), dtype=np.float64, count=len(counts))
            weight = (np.log(often) + 1) * counted.rarity[found]
            weights.append(weight / max(float(np.sqrt((weight**2).sum())), 1e-12))
            columns.append(found + counted.first)
        return Features(np.concatenate(columns), np.concatenate(weights))

    @cached_property
    def _readers(self) -> tuple[_Reader, _Reader]:
        """The two classifiers, made to read one text."""
        return _Reader(self._acts), _Reader(self._topics)

    @cached_property
    def _vectorizers(self) -> list[_Counted]:
        """Each vectorizer, made to read one text."""
        found: list[_Counted] = []
        first = 0
        for _, vectorizer in self._features.transformer_list:
            found.append(_Counted(vectorizer.build_analyzer(), vectorizer.vocabulary_, vectorizer.idf_, first))
            first += len(vectorizer.vocabulary_)
        return found

    def reasons(self, text: str, act: str, most: int = 5) -> list[str]:
        """What in a text speaks most for an act: words, word families and letters, the strongest first."""
        features = self._known_by(text)
        linear = self._acts.calibrated_classifiers_[0].base_estimator
        row = linear.coef_[list(linear.classes_).index(act)]
        names = self._features.get_feature_names_out()
        strength = sorted(
            zip(row[features.columns] * features.weights, features.columns.tolist(), strict=True), reverse=True
        )
        return [str(names[column]).partition("__")[2] for weight, column in strength[:most] if weight > 0]


def _classifier() -> CalibratedClassifierCV:
    return CalibratedClassifierCV(LinearSVC(C=0.5, tol=_EXACT), cv=_FOLDS, ensemble=False)


def _grams(items: Sequence[str], longest: int) -> list[str]:
    return [
        " ".join(items[start : start + length])
        for length in range(1, longest + 1)
        for start in range(len(items) - length + 1)
    ]
