"""What two layers heard, made into one verdict. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.language.triggers import RISKS, Finding
from bot.messages import Risk

NONE = "geen"
OWN = "crisis.zelf"
# Labels of the classifier for an own crisis that is spoken of and is none: denied, or over.
ASIDE = ("ontkend", "voorbij")
CLASSIFIER = "classifier"
# Where the patterns say nothing, or saw but a small sign: how likely the doctor's own crisis must be, and by how much, in log
# odds, it must stand out from what else the classifier finds likely (that all is well, or another danger), which weighs so
# much. Chosen on the sentences of writers that it was not trained on.
SURE_ALONE = 0.1
ALONE = -1.2
# The same where it must be clearer, because many a harmless answer sounds like it: inside a script, and once the doctor said
# that it was not meant so. What the patterns hear is heard as before.
ALONE_SURER = 0.4
RIVALS_WEIGH = 0.5
# In a message of so few sentences the one makes plain what the other means ('Ik stap eruit. Uit de maatschap dus.'): there, how
# likely a crisis is in one of them by itself adds no more than this, in log odds, to how likely it is in the whole.
FEW_SENTENCES = 3
ADDS = 0.7
# How likely it must find an own crisis, by what the patterns say of the same words: that it is veiled there; that it is
# denied or over; that it is another's. What is said outright there suffices by itself.
SURE_WITH_VEILED = 0.3
SURE_AGAINST_DENIAL = 0.8
SURE_AGAINST_OTHER = 0.8
# How sure it must be that what is spoken of is denied or over; and where the patterns hear it standing, and by how much.
SURE_ASIDE = 0.75
SURE_ASIDE_STANDING = 0.85
SURER_ASIDE_STANDING = 0.04
# What is said outright stands when a part of the text is likelier than this to be an own crisis; else unless the text as a whole
# is more surely a denial, or over, than this.
LIKELY_OUTRIGHT = 0.6
SURE_ASIDE_OUTRIGHT = 0.97
# How likely it must find another danger, which must be as likely as that all is well; the same where it must be surer; how much
# less likely than a danger of another kind it may be; and by how much, in log odds, another subject must be likelier than the
# one that grammar names.
SURE_OF_OTHER = 0.6
SURE_OF_OTHER_SURER = 0.7
LESS_THAN_RIVAL = 0.2
SURER_OF_SUBJECT = 1.6


@dataclass(frozen=True)
class Verdict:
    """What a message says about danger."""

    risk: str
    """crisis, middelen, onveilig, patientveiligheid or geen."""
    subject: str
    """Whose danger: zelf, collega, patient, naaste or geen."""
    panel: bool
    """Whether the crisis panel must be shown at once."""
    rule: str
    """What decided: the name of a rule, `classifier`, `failed` or `timeout`; empty for no risk. Never the user's words."""
    risks: tuple[Risk, ...] = ()
    """Every danger heard for which there is no panel, the doctor's own first."""
    check: bool = False
    """Whether an own crisis may be meant where another's, a denied or a past one is said: ask once."""
    near: bool = False
    """Whether an own crisis would have been heard, had it not to be clearer: name the number, and go on."""


@dataclass(frozen=True)
class Chances:
    """How likely the classifier finds each label: in the message as a whole, and at the highest in any part of it.

    Both are empty where there is no classifier. standing: how likely an own crisis is at the highest in a part that is by
    itself neither a denial nor over. sign: whether the patterns saw any sign of danger, however small. sentences: how many
    there are, each of which was looked at by itself; none when there is but one.
    """

    whole: Mapping[str, float] = field(default_factory=dict)
    highest: Mapping[str, float] = field(default_factory=dict)
    standing: float = 0.0
    sign: bool = False
    sentences: int = 0

    def likeliest(self, risk: str) -> tuple[str, float]:
        """Whose danger of this kind it is likeliest to be, and how likely; the doctor's own crisis is left out."""
        labels = (label for label in self.highest if label.startswith(f"{risk}.") and label != OWN)
        label = max(labels, key=self.highest.__getitem__, default="")
        return label.partition(".")[2], self.highest.get(label, 0.0)

    @property
    def rival(self) -> float:
        """How likely the likeliest danger is that is not the doctor's own crisis."""
        return max((chance for label, chance in self.highest.items() if "." in label and label != OWN), default=0.0)

    def stands_out(self, margin: float) -> bool:
        """Whether the doctor's own crisis stands out by so much, in log odds, from whatever else may be meant."""
        rivals = max(self.whole.get(NONE, self.highest.get(NONE, 0.0)), self.rival, self.aside)
        likely = self.highest.get(OWN, 0.0)
        return likely >= SURE_ALONE and self.own >= margin + RIVALS_WEIGH * _log_odds(rivals)

    @property
    def own(self) -> float:
        """How likely the doctor's own crisis is, in log odds, with each sentence by itself counting as far as it may."""
        highest = _log_odds(self.highest.get(OWN, 0.0))
        if not self.whole or self.sentences > FEW_SENTENCES:
            return highest
        return min(highest, _log_odds(self.whole.get(OWN, 0.0)) + ADDS)

    @property
    def aside(self) -> float:
        """How likely it is that an own crisis is spoken of that is denied or over."""
        return max((self.whole.get(label, 0.0) for label in ASIDE), default=0.0)


def decide(findings: Iterable[Finding], chances: Chances, *, surer: bool = False) -> Verdict:
    """The verdict on a message, from what the patterns found and what the classifier thinks of it; surer: what only the
    classifier hears must be clearer than elsewhere."""
    found = list(findings)
    standing = [_whose(finding, chances) for finding in found if not finding.aside]
    own = [finding for finding in standing if (finding.risk, finding.subject) == ("crisis", "zelf")]
    put_aside = _is_aside(own, chances)
    aside = put_aside or any(finding.aside and finding.risk == "crisis" for finding in found)

    def heard(margin: float) -> str:
        return "" if put_aside else _own_crisis(own, standing, aside, chances, margin)

    decided = heard(ALONE_SURER if surer else ALONE)
    others = _others(standing, chances, chances.aside if put_aside else 0.0, surer=surer)
    lost = {finding.subject for finding in standing if finding.lost}
    risks = tuple(
        Risk(risk=risk, subject=subject, lost=risk == "crisis" and subject in lost)
        for risk, subject in sorted(others, key=_own_first)
    )
    if decided:
        return Verdict("crisis", "zelf", True, decided, risks)
    near = surer and bool(heard(ALONE))
    spoken_of = bool(own) or chances.sign or any(finding.aside for finding in found)
    veiled = any(finding.level != "weak" for finding in own)
    check = (aside and spoken_of) or veiled or any(risk.risk == "crisis" and not risk.lost for risk in risks)
    if not risks:
        return Verdict(NONE, NONE, False, "", check=check, near=near)
    first = min(others, key=lambda label: (RISKS.index(label[0]), label[1] != "zelf"))
    return Verdict(*first, False, others[first], risks, check, near)


def _is_aside(own: Sequence[Finding], chances: Chances) -> bool:
    """Whether the classifier hears a denial, or something over, rather than an own crisis."""
    likely = chances.whole.get(OWN, 0.0)
    outright = any(finding.level == "explicit" for finding in own)
    if outright and (chances.standing >= LIKELY_OUTRIGHT or chances.aside < SURE_ASIDE_OUTRIGHT):
        return False
    stands = any(finding.level != "weak" for finding in own)
    needed, margin = (SURE_ASIDE_STANDING, SURER_ASIDE_STANDING) if stands else (SURE_ASIDE, 0.0)
    return chances.aside >= needed and chances.aside > likely + margin


def _own_crisis(
    own: Sequence[Finding], standing: Sequence[Finding], aside: bool, chances: Chances, margin: float
) -> str:
    """What says that the doctor's own life is in danger; empty when nothing does."""
    outright = [finding.rule for finding in own if finding.level == "explicit" or not chances.highest]
    if outright:
        return outright[0]
    signs_only = all(finding.level == "weak" for finding in own)
    # Of what is denied or over as a whole, a part by itself may sound otherwise: 'Ooit stond ik op een brug.'
    likely = (chances.whole if aside else chances.highest).get(OWN, 0.0)
    if not signs_only:
        heard = (_log_odds(likely) if aside else chances.own) >= _log_odds(SURE_WITH_VEILED)
    elif likely < chances.rival:
        heard = False
    elif not own and any(finding.risk == "crisis" for finding in standing):
        heard = likely >= SURE_AGAINST_OTHER
    elif not own and aside:
        heard = likely >= SURE_AGAINST_DENIAL
    else:
        heard = chances.stands_out(margin)
    return "" if not heard else own[0].rule if own else CLASSIFIER


def _others(standing: Sequence[Finding], chances: Chances, least: float, *, surer: bool) -> dict[tuple[str, str], str]:
    """Every other danger, with what decided: named by the patterns, or heard by the classifier at `least` so surely."""
    sure = SURE_OF_OTHER_SURER if surer else SURE_OF_OTHER
    others: dict[tuple[str, str], str] = {}
    for finding in standing:
        # What is over or denied as a whole takes the doctor's own drinking with it.
        over = finding.subject == "zelf" and chances.highest.get(f"{finding.risk}.zelf", 0.0) < least
        if (finding.risk, finding.subject) != ("crisis", "zelf") and not over:
            others.setdefault((finding.risk, finding.subject), finding.rule)
    named = {risk for risk, _ in others}
    for risk in RISKS:
        subject, chance = chances.likeliest(risk)
        likelier = max(chances.whole.get(NONE, 0.0), chances.rival - LESS_THAN_RIVAL)
        if risk not in named and chance >= max(sure, least, likelier):
            others[risk, subject] = CLASSIFIER
    return others


def _whose(finding: Finding, chances: Chances) -> Finding:
    """A finding with the subject that grammar names, unless the classifier is far surer of another.

    A crisis that is the doctor's own by grammar, and not only taken for granted, stays so.
    """
    if finding.risk == "crisis" and finding.subject == "zelf" and finding.sure:
        return finding
    other, chance = chances.likeliest(finding.risk)
    named = chances.highest.get(f"{finding.risk}.{finding.subject}", 0.0)
    surer = chance >= 0.5 and _log_odds(chance) >= _log_odds(named) + SURER_OF_SUBJECT
    return replace(finding, subject=other) if surer else finding


def _log_odds(chance: float) -> float:
    certain = 1e-4
    bounded = min(max(chance, certain), 1 - certain)
    return math.log(bounded / (1 - bounded))


def _own_first(label: tuple[str, str]) -> tuple[bool, int]:
    risk, subject = label
    return subject != "zelf", RISKS.index(risk)
