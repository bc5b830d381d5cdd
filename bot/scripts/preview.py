"""A script as a doctor would meet it, on paper, with all its branches."""

from __future__ import annotations

from collections.abc import Iterator

from bot.scripts.schema import Condition, Script, Step


def render(script: Script) -> str:
    """The whole script as text: what is asked in each length, when, and what follows from an answer."""
    rows = [f"{script.title} (v{script.version})", script.purpose]
    rows.append(f"kort: {script.minutes.kort} min · volledig: {script.minutes.volledig} min")
    rows += ["", *(f"◂ {text}" for text in script.opening), ""]
    number = 0
    for step in script.steps:
        if step.is_question:
            number += 1
        rows += [*_step(step, number), ""]
    return "\n".join([*rows, *_closing(script)])


def _step(step: Step, number: int) -> Iterator[str]:
    head = f"[{number}. {step.id} · {step.kind}]" if step.is_question else f"[{step.id} · tell]"
    parts = [head]
    if step.each:
        parts.append(f"voor elk antwoord op {step.each}")
    if step.length:
        parts.append(f"({step.length})")
    if step.when:
        parts.append(f"als {_condition(step.when)}")
    yield " ".join(parts)
    for text in step.ask:
        yield f"  ◂ {text}"
    for case in step.cases:
        if case.when:
            yield f"  als {_condition(case.when)}:"
        yield from (f"  ◂ {text}" for text in case.say)
    for index, option in enumerate(step.options, 1):
        yield f"    {index}. {option.label}" + (f"  →  {option.say}" if option.say else "")
    if step.own:
        yield "    … of eigen woorden"
    if step.kind in ("scale", "several") and (step.min is not None or step.max is not None):
        yield f"    {step.min} – {step.max}"
    if step.probes:
        yield f"    vraagt door op: {', '.join(step.probes.allow)}"
    if step.why:
        yield f"  waarom: {step.why}"
    if step.rephrase:
        yield f"  anders: {step.rephrase}"


def _closing(script: Script) -> Iterator[str]:
    closing = script.closing
    yield "[slot]"
    yield from (f"  ◂ {text}" for text in closing.say)
    yield f"  verslag · experiment: {closing.experiment} · terugkijken: {closing.look_back}"
    for case in closing.tell:
        if case.when:
            yield f"  als {_condition(case.when)}:"
        yield from (f"  ◂ {text}" for text in case.say)
    for referral in closing.refer:
        yield f"  verwijst naar {referral.id}" + (f" als {_condition(referral.when)}" if referral.when else "")
    for offer in closing.offers:
        yield (
            f"  biedt {offer.script} aan" + (f" als {_condition(offer.when)}" if offer.when else "") + f": {offer.say}"
        )


def _condition(condition: Condition) -> str:
    if condition.length:
        return f"lengte {condition.length}"
    if condition.not_:
        return f"niet ({_condition(condition.not_)})"
    if condition.step:
        if condition.skipped is not None:
            return f"{condition.step} {'overgeslagen' if condition.skipped else 'beantwoord'}"
        if condition.at_least is not None:
            return f"{condition.step} ≥ {condition.at_least}"
        named = condition.is_ if condition.is_ is not None else condition.has
        return f"{condition.step} = {named if isinstance(named, str) else ' of '.join(named or ())}"
    joiner = " en " if condition.all is not None else " of "
    return joiner.join(f"({_condition(part)})" for part in condition.all or condition.any or ())
