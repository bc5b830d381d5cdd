"""Training the second layer of safety from `data/safety/examples/`, at set-up, with scikit-learn."""

from __future__ import annotations

import itertools
import time
import warnings
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from bot.language import safety
from bot.language.classifier import Classifier, fingerprint_of, is_of_words
from bot.language.decision import OWN
from bot.language.examples import examples, fingerprint, ordinary
from bot.language.neighbours import Neighbours

# How freely the weights may follow the sentences; chosen by cross-validation (`python -m bot.language.evaluation safety`).
FREEDOM = 12.0
# A feature that stands in one or two sentences teaches nothing about the next; left out, the file is half as large.
SEEN_IN = 3
# So often the weights are gone through. More follow each sentence more closely, and alarm for more of what is heavy and no
# danger (docs/adr/0003-two-layers-of-safety.md).
PASSES = 6
# A feature that stands in a greater share of the sentences says little of what a sentence is like, and takes the most time.
SHARED_BY = 0.003
# Between these, in log odds, lies how likely each label is before anything is known of a text.
OFFSETS = (-30.0, 30.0)
# Progress is told after so many sentences.
PART = 10_000


class Counted(NamedTuple):
    """Which features some texts have: their names, the numbers of those in each text, one text after the other, and where
    among these the numbers of each text begin and end."""

    names: list[str]
    numbers: NDArray[np.int32]
    bounds: NDArray[np.int32]

    @property
    def texts(self) -> int:
        """How many texts were counted."""
        return len(self.bounds) - 1


def train(path: Path, progress: Callable[[str], None]) -> bool:
    """Train the classifier and write it to `path`, if what it is made from has changed. Whether it was trained."""
    wanted = fingerprint()
    if fingerprint_of(path) == wanted:
        return False
    began = time.monotonic()

    def told(step: str) -> None:
        progress(f"training the classifier of the safety layer: {step} … {time.monotonic() - began:.0f} s")

    told("reading")
    known = examples()
    said = ordinary()
    parts = [(part, safety.features_of) for part in _parts([example.text for example in known])]
    harmless = [(part, safety.features_of_harmless) for part in _parts(said)]
    counted: list[Counted] = []
    read = 0
    for (part, _), result in zip([*parts, *harmless], _at_once(count, [*parts, *harmless]), strict=True):
        counted.append(result)
        read += len(part)
        told(f"{read} of {len(known) + len(said)} sentences")
    labels = [example.label for example in known]
    labels += [safety.NONE] * (sum(part.texts for part in counted) - len(labels))
    fit(counted, labels, told).save(path, wanted)
    # Whoever trained may become something else, such as the supervisor, which has no use for these processes.
    get_reusable_executor().shutdown(wait=True)
    told("done")
    return True


def fit(
    counted: Sequence[Counted], labels: Sequence[str], told: Callable[[str], None] = lambda step: None
) -> Classifier:
    """A classifier from the counted sentences, in parts, and their labels in order, telling each label as it is learnt."""
    vocabulary, rarity, rows = _together(counted)
    targets = np.array(labels)
    names = sorted(set(labels))
    weights, offsets = [], []
    for weight, offset in _at_once(_one_against_rest, [(rows, targets == name) for name in names]):
        weights.append(weight)
        offsets.append(offset)
        told(f"{len(weights)} of {len(names)} labels")
    neighbours = _neighbours(vocabulary, rarity, rows, targets == OWN)
    return Classifier(
        names, offsets, vocabulary, rarity.tolist(), (np.array(weights) * rarity).tolist(), OWN, neighbours
    )


def count(texts: Sequence[str], features: Callable[[str], Iterable[str] | None]) -> Counted:
    """Which features each of these texts has; a text for which there are none to be had is left out.

    scikit-learn's CountVectorizer does the same in twice the time, as it counts what can only be there or not.
    """
    columns: dict[str, int] = defaultdict(itertools.count().__next__)
    places, ends = array("i"), array("i", [0])
    for text in texts:
        found = features(text)
        if found is not None:
            places.extend(map(columns.__getitem__, found))
            ends.append(len(places))
    return Counted(list(columns), np.asarray(places), np.asarray(ends))


def _together(counted: Sequence[Counted]) -> tuple[list[str], NDArray[np.float64], csr_matrix]:
    """The parts as one: the features that stand often enough, in order of the alphabet, how rare each is (inverse document
    frequency), and a row for each text, of length one."""
    columns: dict[str, int] = {}
    numbers, bounds = [], [np.zeros(1, np.int32)]
    for part in counted:
        places = np.fromiter((columns.setdefault(name, len(columns)) for name in part.names), np.int32, len(part.names))
        numbers.append(places[part.numbers])
        bounds.append(bounds[-1][-1] + part.bounds[1:])
    found, ends = np.concatenate(numbers), np.concatenate(bounds)
    frequency = np.bincount(found, minlength=len(columns))
    names = list(columns)
    # Which number a feature got depends on the process that met it; the order of the alphabet does not.
    often = np.array(sorted(np.flatnonzero(frequency >= SEEN_IN), key=names.__getitem__), np.intp)
    place = np.full(len(names), -1, np.int32)
    place[often] = np.arange(len(often))
    kept = place[found]
    is_kept = kept >= 0
    kept = kept[is_kept]
    rarity = np.log(len(ends) / (1 + frequency[often])) + 1
    begins = np.concatenate([np.zeros(1, np.int32), np.cumsum(is_kept, dtype=np.int32)])[ends]
    rows = csr_matrix((rarity[kept], kept, begins), shape=(len(ends) - 1, len(often)))
    rows.sort_indices()
    return [names[column] for column in often], rarity, normalize(rows, copy=False)


def _neighbours(
    vocabulary: Sequence[str], rarity: NDArray[np.float64], rows: csr_matrix, is_kind: NDArray[np.bool_]
) -> Neighbours:
    """Which sentences have each of the features that likeness is known by, and which sentences are of the kind."""
    shared = rows.tocsc()
    shared.sort_indices()
    frequency = np.diff(shared.indptr)
    telling = np.fromiter(map(is_of_words, vocabulary), np.bool_, len(vocabulary)) & (
        frequency <= SHARED_BY * len(is_kind)
    )
    sentences = shared.indices[np.repeat(telling, frequency)]
    squares = np.repeat(rarity**2, frequency * telling)
    lengths = np.bincount(sentences, weights=squares, minlength=len(is_kind))
    return Neighbours(
        array("I", [0, *np.cumsum(frequency * telling)]),
        array("I", sentences.astype(np.uint32).tobytes()),
        array("f", (1 / np.sqrt(np.where(lengths > 0, lengths, 1.0))).astype(np.float32).tobytes()),
        is_kind.astype(np.uint8).tobytes(),
    )


def _parts(texts: Sequence[str]) -> list[Sequence[str]]:
    return [texts[start : start + PART] for start in range(0, len(texts), PART)]


def _at_once(work: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
    """The results of the same work on each of these, in order, made on all cores.

    In processes: in threads liblinear shares one row of chances, and no two trainings come out the same.
    """
    return iter(Parallel(n_jobs=-1, return_as="generator")(delayed(work)(*each) for each in arguments))


def _one_against_rest(rows: csr_matrix, is_one: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """The weights of one label, and its offset."""
    model = LogisticRegression(
        C=FREEDOM, solver="liblinear", dual=True, class_weight="balanced", max_iter=PASSES, random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(rows, is_one)
    return model.coef_[0], _offset(rows @ model.coef_[0], is_one)


def _offset(scores: NDArray[np.float64], is_one: NDArray[np.bool_]) -> float:
    """The offset with which these scores are right on the whole: as many expected as there are, both kinds counting as much.

    After a few passes that of liblinear depends on the sentences it looked at last: half a point of log odds by chance alone
    (docs/adr/0003-two-layers-of-safety.md).
    """
    count = np.where(is_one, 0.5 / is_one.sum(), 0.5 / (~is_one).sum())

    def excess(offset: float) -> float:
        return float(count @ (expit(scores + offset) - is_one))

    return float(brentq(excess, *OFFSETS))
