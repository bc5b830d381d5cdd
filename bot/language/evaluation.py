"""How well messages are read: cases that others wrote, and tables of what was meant against what was read. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bot.language.reading import NO_TOPIC, TELL, Context
from bot.settings import ROOT
from bot.yaml import load

FOLDER = ROOT / "tests" / "language"
_CONFUSED = 30


class Case(NamedTuple):
    """A message with the labels that it must get; what is not in `meant` is not scored."""

    text: str
    context: Context
    meant: Mapping[str, Any]
    kind: str = ""


class Result(NamedTuple):
    """A case and the labels that it got."""

    case: Case
    got: Mapping[str, Any]


def acts(path: Path = FOLDER / "acts.yml") -> list[Case]:
    """The cases of act and topic. A topic counts outside a script, and where it says which script or person is meant."""
    found = []
    for case in load(path):
        context: Context = case.get("context", "idle")
        meant = {"act": case["act"]}
        if context == "idle" or case["act"] in ("start", "mens"):
            meant["topic"] = case.get("topic", NO_TOPIC)
        found.append(Case(case["text"], context, meant))
    return found


def dangers(path: Path = FOLDER / "safety.yml") -> list[Case]:
    """The cases of danger, each of a kind."""
    return [
        Case(case["text"], "idle", {"risk": case["risk"], "subject": case["subject"]}, case["kind"])
        for case in load(path)
    ]


def cues(path: Path = FOLDER / "cues.yml") -> list[Case]:
    """The cases of cues."""
    return [Case(case["text"], case.get("context", "script"), {"cues": case["cues"]}) for case in load(path)]


def table(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A table of pairs (meant, read): precision, recall and F1 of each label, then what was taken for what."""
    counted = Counter(pairs)
    meant, taken = Counter[str](), Counter[str]()
    for (label, other), number in counted.items():
        meant[label] += number
        taken[other] += number
    total = max(sum(counted.values()), 1)
    yield f"  right {sum(n for (a, b), n in counted.items() if a == b) / total:.3f} of {total}"
    for label in sorted(meant | taken):
        yield _row(label, counted[label, label], taken[label], meant[label])
    wrong = [(n, a, b) for (a, b), n in counted.items() if a != b]
    yield "  " + ", ".join(f"{a} as {b} {n}" for n, a, b in sorted(wrong, reverse=True)[:_CONFUSED])


def sets(pairs: Sequence[tuple[set[str], set[str]]]) -> Iterator[str]:
    """A table of pairs of sets (meant, read): precision, recall and F1 of each label, and of all together (micro)."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for meant, got in pairs:
        for label in meant | got:
            counts[label].update(
                {"right": label in meant and label in got, "taken": label in got, "meant": label in meant}
            )
    for label in sorted(counts):
        yield _row(label, counts[label]["right"], counts[label]["taken"], counts[label]["meant"])
    together = sum(counts.values(), Counter[str]())
    yield _row("all (micro)", together["right"], together["taken"], together["meant"])


def _row(label: str, right: int, taken: int, meant: int) -> str:
    precision, recall = right / max(taken, 1), right / max(meant, 1)
    f1 = 2 * right / max(meant + taken, 1)
    return f"  {label:26} precision {precision:.2f}  recall {recall:.2f}  F1 {f1:.2f}  n {meant}"


def danger_report(results: Sequence[Result]) -> Iterator[str]:
    """Danger: by kind how many were right and how many showed the panel, then by label."""
    kinds: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        kinds[result.case.kind].append(result)
    yield "danger, by kind"
    for kind, of_kind in kinds.items():
        right = sum(
            r.got["risk"] == r.case.meant["risk"] and r.got["subject"] == r.case.meant["subject"] for r in of_kind
        )
        panels = sum((r.got["risk"], r.got["subject"]) == ("crisis", "zelf") for r in of_kind)
        number = len(of_kind)
        yield f"  {kind:26} right {right / number:.3f}  panel {panels / number:.3f}  n {number}"
    yield "danger, by label"
    yield from table((_danger(r.case.meant), _danger(r.got)) for r in results)


def _danger(labels: Mapping[str, Any]) -> str:
    return labels["risk"] if labels["risk"] == NO_TOPIC else f"{labels['risk']}.{labels['subject']}"


def act_report(results: Sequence[Result]) -> Iterator[str]:
    """Act and topic, each where it is scored."""
    for context in ("idle", "script"):
        yield f"act, {context}"
        yield from table((r.case.meant["act"], r.got["act"]) for r in results if r.case.context == context)
    for name, chosen in (("stories", (TELL,)), ("start and mens", ("start", "mens"))):
        yield f"topic, {name}"
        yield from table(
            (r.case.meant["topic"], r.got["topic"])
            for r in results
            if "topic" in r.case.meant and r.case.meant["act"] in chosen
        )


def cue_report(results: Sequence[Result]) -> Iterator[str]:
    """Cues, each by itself and all together."""
    yield "cues"
    yield from sets([(set(r.case.meant["cues"]), set(r.got["cues"])) for r in results])


def misses(results: Sequence[Result]) -> Iterator[str]:
    """Every case that was read otherwise than it was meant."""
    for case, got in results:
        wrong = {
            name: (meant, got[name])
            for name, meant in case.meant.items()
            if (sorted(meant) != sorted(got[name]) if isinstance(meant, list) else meant != got[name])
        }
        if wrong:
            said = ", ".join(f"{name} {meant} read as {read}" for name, (meant, read) in wrong.items())
            yield f"{case.context}: {case.text}\n    {said}"
