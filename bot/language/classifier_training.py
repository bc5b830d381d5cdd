"""Training the second layer of safety from `data/safety/examples/`, at set-up, with scikit-learn."""

from __future__ import annotations

import itertools
import time
import warnings
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from bot.language import safety
from bot.language.classifier import Classifier, fingerprint_of
from bot.language.examples import examples, fingerprint, ordinary

# How freely the weights may follow the sentences; chosen by cross-validation (`python -m bot.language.evaluation safety`).
FREEDOM = 12.0
# A feature that stands in one or two sentences teaches nothing about the next; left out, the file is half as large.
SEEN_IN = 3
# So often the weights are gone through. More follow each sentence more closely, and alarm for more of what is heavy and no
# danger (docs/adr/0003-two-layers-of-safety.md).
PASSES = 6
# Progress is told after so many sentences.
PART = 5_000

# Features by name, and for each text a row that says which of them it has.
Counted = tuple[list[str], csr_matrix]


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
    labels += [safety.NONE] * (sum(counts.shape[0] for _, counts in counted) - len(labels))
    fit(counted, labels, told).save(path, wanted)
    # Whoever trained may become something else, such as the supervisor, which has no use for these processes.
    get_reusable_executor().shutdown(wait=True)
    told("done")
    return True


def fit(
    counted: Sequence[Counted], labels: Sequence[str], told: Callable[[str], None] = lambda step: None
) -> Classifier:
    """A classifier from the counted sentences, in parts, and their labels in order, telling each label as it is learnt."""
    vocabulary, counts = _together(counted)
    frequency = np.asarray(counts.sum(axis=0)).ravel()
    rarity = np.log((1 + counts.shape[0]) / (1 + frequency)) + 1
    rows = _normalised(counts @ diags(rarity))
    targets = np.array(labels)
    names = sorted(set(labels))
    models = []
    for model in _at_once(_one_against_rest, [(rows, targets == name) for name in names]):
        models.append(model)
        told(f"{len(models)} of {len(names)} labels")
    weights = np.array([model.coef_[0] for model in models]) * rarity
    return Classifier(names, [float(model.intercept_[0]) for model in models], vocabulary, rarity, weights)


def count(texts: Sequence[str], features: Callable[[str], Iterable[str] | None]) -> Counted:
    """Which features these texts have, in order of the alphabet, and a row of ones for each text that has any.

    scikit-learn's CountVectorizer does the same in twice the time, as it counts what can only be there or not.
    """
    columns: dict[str, int] = defaultdict(itertools.count().__next__)
    places, ends = array("i"), array("i", [0])
    for text in texts:
        found = features(text)
        if found is not None:
            places.extend(map(columns.__getitem__, found))
            ends.append(len(places))
    names = sorted(columns)
    order = np.empty(len(names), np.int32)
    order[[columns[name] for name in names]] = np.arange(len(names), dtype=np.int32)
    ones = np.ones(len(places), np.int8)
    rows = csr_matrix((ones, order[np.asarray(places)], np.asarray(ends)), shape=(len(ends) - 1, len(names)))
    rows.sort_indices()
    return names, rows


def _together(counted: Sequence[Counted]) -> tuple[list[str], csr_matrix]:
    """The parts as one: the features that stand often enough, and a row for each text."""
    columns: dict[str, int] = {}
    placed = []
    for names, counts in counted:
        places = np.fromiter((columns.setdefault(name, len(columns)) for name in names), np.int32, len(names))
        placed.append((counts.data, places[counts.indices], counts.indptr))
    rows = vstack([csr_matrix(part, shape=(len(part[2]) - 1, len(columns))) for part in placed]).astype(float)
    often = np.asarray(rows.sum(axis=0)).ravel() >= SEEN_IN
    return list(itertools.compress(columns, often)), rows[:, often]


def _parts(texts: Sequence[str]) -> list[Sequence[str]]:
    return [texts[start : start + PART] for start in range(0, len(texts), PART)]


def _at_once(work: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
    """The results of the same work on each of these, in order, made on all cores."""
    return iter(Parallel(n_jobs=-1, return_as="generator")(delayed(work)(*each) for each in arguments))


def _one_against_rest(rows: csr_matrix, is_one: Any) -> LogisticRegression:
    model = LogisticRegression(
        C=FREEDOM, solver="liblinear", dual=True, class_weight="balanced", max_iter=PASSES, random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(rows, is_one)


def _normalised(rows: csr_matrix) -> csr_matrix:
    norms = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return diags(1 / np.maximum(norms, 1e-9)) @ rows
