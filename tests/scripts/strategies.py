"""Scripts and answers that hypothesis makes up: any valid one."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from bot.messages import Line
from bot.scripts.engine import Answer
from bot.scripts.schema import Script, Step

KINDS = ("choice", "text", "several", "date", "scale", "lines", "tell")
OPTIONS = ("a", "b", "c")


@st.composite
def conditions(draw: st.DrawFn, earlier: dict[str, str], depth: int = 2) -> dict[str, Any]:
    """A condition on the steps that came before."""
    forms = ["length"] + (["step", "step", "any", "all", "not"] if earlier and depth else [])
    match draw(st.sampled_from(forms)):
        case "length":
            return {"length": draw(st.sampled_from(["kort", "volledig"]))}
        case "not":
            return {"not": draw(conditions(earlier, depth - 1))}
        case "step":
            name = draw(st.sampled_from(sorted(earlier)))
            tests: list[dict[str, Any]] = [{"skipped": True}, {"skipped": False}]
            if earlier[name] in ("choice", "several"):
                tests += [{"is": draw(st.sampled_from(OPTIONS))}, {"has": list(OPTIONS[:2])}, {"at_least": 2}]
            if earlier[name] == "scale":
                tests.append({"at_least": 3})
            return {"step": name, **draw(st.sampled_from(tests))}
        case form:
            return {form: draw(st.lists(conditions(earlier, depth - 1), min_size=1, max_size=3))}


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """Any valid script of a few steps."""
    steps: list[dict[str, Any]] = []
    earlier: dict[str, str] = {}
    for number in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(KINDS))
        step = _step(f"s{number}", kind, draw(st.sampled_from(["", *earlier])))
        several = [name for name, k in earlier.items() if k == "several"]
        if kind in ("choice", "text") and several and draw(st.booleans()):
            step["each"] = draw(st.sampled_from(several))
        if draw(st.booleans()):
            step["when"] = draw(conditions(earlier))
        if draw(st.integers(0, 3)) == 0:
            step["in"] = draw(st.sampled_from(["kort", "volledig"]))
        steps.append(step)
        if kind != "tell":
            earlier[step["id"]] = kind
    steps += [_step("proef", "text", ""), _step("datum", "date", "")]
    closing = {
        "say": ["Klaar."],
        "experiment": "proef",
        "look_back": "datum",
        "look_back_title": "Terugkijken",
        "refer": [{"id": "cvm"}],
    }
    return Script.model_validate(
        {
            "name": "proef",
            "version": 1,
            "title": "Proef",
            "label": "proef",
            "purpose": "Een proef.",
            "minutes": {"kort": 5, "volledig": 20},
            "opening": ["We beginnen."],
            "steps": steps,
            "closing": closing,
        }
    ).signed()


def _step(name: str, kind: str, quoted: str) -> dict[str, Any]:
    if kind == "tell":
        return {"id": name, "kind": kind, "cases": [{"say": [f"Iets over {name}."]}]}
    step: dict[str, Any] = {
        "id": name,
        "kind": kind,
        "subject": f"onderwerp {name}",
        "heading": f"Kop {name}",
        "ask": [f"Vraag {name}?", f"Nog eens {name}?"] + ([f"Je zei ‘{{{quoted}}}’, en {name}?"] if quoted else []),
        "why": f"Daarom {name}.",
        "rephrase": f"Anders {name}?",
    }
    if kind in ("choice", "several"):
        step["options"] = [{"id": o, "label": f"optie {o}"} for o in OPTIONS]
    if kind == "scale":
        step |= {"min": 1, "max": 5}
    return step


def answers(step: Step) -> st.SearchStrategy[Answer]:
    """Any answer that fits a question."""
    match step.kind:
        case "choice":
            return st.sampled_from(OPTIONS).map(lambda o: Answer(options=[o]))
        case "several":
            return st.sets(st.sampled_from(OPTIONS)).map(lambda os: Answer(options=sorted(os)))
        case "scale":
            return st.integers(1, 5).map(lambda v: Answer(value=v))
        case "date":
            return st.dates().map(lambda d: Answer(date=d))
        case "lines":
            return st.just(Answer(lines=[Line(who="ik", said="dag")]))
        case _:
            return st.text(min_size=1, max_size=30).map(lambda t: Answer(text=t))
