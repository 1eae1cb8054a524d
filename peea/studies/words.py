"""What the results say in words: the answer first, each number with its interval. In the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from peea.agreement import (
    IccForm,
    Interval,
    MeanKappa,
    NoNumber,
    Proportion,
    Weighting,
    icc_words,
    kappa_word,
)
from peea.language import Names, joined, later, percent, t, tn
from peea.studies.analysis import Analysis, WithPeea, form_of, interval_of
from peea.studies.values import RatingScale

WEIGHT_NAMES: Final[Mapping[Weighting, str]] = Names(
    {
        Weighting.UNWEIGHTED: later("Unweighted: only the same grade agrees"),
        Weighting.LINEAR: later("Linear weights: neighbouring grades agree in part"),
        Weighting.QUADRATIC: later("Quadratic weights: far misses count most"),
    }
)

SHORT_WEIGHT_NAMES: Final[Mapping[Weighting, str]] = Names(
    {
        Weighting.UNWEIGHTED: later("unweighted"),
        Weighting.LINEAR: later("linear"),
        Weighting.QUADRATIC: later("quadratic"),
    }
)

MODEL_NAMES: Final[Mapping[str, str]] = Names(
    {
        "two-way random effects": later("two-way random effects"),
        "two-way mixed effects": later("two-way mixed effects"),
        "one-way random effects": later("one-way random effects"),
    }
)
DEFINITION_NAMES: Final[Mapping[str, str]] = Names(
    {"absolute agreement": later("absolute agreement"), "consistency": later("consistency")}
)
UNIT_NAMES: Final[Mapping[str, str]] = Names({"single": later("one rater"), "average": later("mean of all raters")})

AMONG_NAMES: Final[Mapping[str, str]] = Names(
    {
        "equal": later("Same grade, share of pairs of clinicians"),
        "fleiss": later("Fleiss' kappa"),
        "light": later("Light's kappa, the mean over pairs"),
        "gwet": later("Gwet's AC"),
        "alpha": later("Krippendorff's alpha, ordinal"),
    }
)

PUBLISHED_ICC: Final = 0.9257
PUBLISHED_KAPPA: Final = 0.683
"""Yang et al., Frontiers in Medicine 11:1421800 (2024): average-measure ICC, and kappa of clinician and PEEA."""


def published_sentence() -> str:
    """Return what the authors of PEEA published, said as theirs."""
    return t(
        "Published for the original PEEA (Yang and others, 2024; 15 clinicians, 272 recordings of 182 real patients): "
        "ICC, mean of raters, {icc:.4f}; kappa {kappa:.3f}. These are their figures, for their grader.",
        icc=PUBLISHED_ICC,
        kappa=PUBLISHED_KAPPA,
    )


def unit_name(analysis: Analysis) -> str:
    """Return the unit of ICC and Bland-Altman, for axes."""
    if analysis.scale is RatingScale.GRADE:
        return t("grades")
    return t("VAS points") if analysis.scale is RatingScale.VAS else t("PSPI points")


def number(value: float | None, digits: int = 2) -> str:
    """Return a number as people read it, with a real minus; a dash where there is none.

    >>> number(0.6834), number(-0.104), number(None)
    ('0.68', '−0.10', '–')
    """
    if value is None or not np.isfinite(value):
        return "–"
    text = f"{value:.{digits}f}"
    # What rounds to nothing has no sign.
    return text.replace("-", "−") if float(text) else f"{0:.{digits}f}"


def interval_text(interval: Interval | NoNumber | None, digits: int = 2) -> str:
    """Return an interval, "0.55 to 0.81"; a dash where there is none."""
    if interval is None or isinstance(interval, NoNumber):
        return "–"
    return t("{low} to {high}", low=number(interval.low, digits), high=number(interval.high, digits))


def p_text(p: float) -> str:
    """Return a significance as statistics programs print it.

    >>> p_text(0.00001), p_text(0.0312)
    ('< 0.001', '0.031')
    """
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def kappa_words(interval: Interval) -> str:
    """Return the words of Landis and Koch for a whole interval: "moderate to substantial", or one word."""
    low, high = kappa_word(interval.low), kappa_word(interval.high)
    return low if low == high else t("{weaker} to {stronger}", weaker=low, stronger=high)


def answer(analysis: Analysis) -> str:
    """Return the answer to the page's question, a sentence to read aloud."""
    found = analysis.with_peea
    if isinstance(found, NoNumber):
        return found.sentence
    if isinstance(found.equal, NoNumber):
        return found.equal.sentence
    return t(
        "PEEA gave the same grade as the clinicians together in {count} of {of} recordings ({share}; 95 % interval "
        "{low} to {high}).",
        count=found.equal.count,
        of=found.equal.of,
        share=percent(found.equal.value),
        low=percent(found.equal.interval.low),
        high=percent(found.equal.interval.high),
    )


def remarks(analysis: Analysis) -> tuple[str, ...]:
    """Return what must be said beside the answer: beyond chance, near misses, and how people agree with each other."""
    found = analysis.with_peea
    if isinstance(found, NoNumber):
        return ()
    return tuple(filter(None, (_near(found), _beyond_chance(found), _beside_people(found), _bias(analysis, found))))


def _near(found: WithPeea) -> str:
    if not isinstance(found.near, Proportion):
        return ""
    away = found.near.of - found.near.count
    if not away:
        return t("In no recording was PEEA two grades or more away.")
    return tn(
        "In {n} recording PEEA was two grades or more away.",
        "In {n} recordings PEEA was two grades or more away.",
        away,
    )


def _beyond_chance(found: WithPeea) -> str:
    kappa = found.kappas[0][1]
    if isinstance(kappa, NoNumber):
        return joined([t("There is no kappa."), kappa.sentence])
    interval = interval_of(kappa)
    if interval is None:
        return t("Agreement beyond chance: kappa {kappa}.", kappa=number(kappa.value))
    return t(
        "Agreement beyond chance: kappa {kappa} (95 % interval {interval}), in words {words}.",
        kappa=number(kappa.value),
        interval=interval_text(interval),
        words=kappa_words(interval),
    )


def _beside_people(found: WithPeea) -> str:
    peea, *people = (row.with_others for row in found.each)
    known = [each.value for each in people if isinstance(each, MeanKappa)]
    if not isinstance(peea, MeanKappa) or len(people) < 2 or not known:
        return ""
    return t(
        "With one clinician at a time PEEA agrees by kappa {peea} on average; two clinicians agree with each other by "
        "{people}.",
        peea=number(peea.value),
        people=number(float(np.mean(known))),
    )


def _bias(analysis: Analysis, found: WithPeea) -> str:
    if isinstance(found.bland_altman, NoNumber):
        return ""
    bias = found.bland_altman.bias
    if isinstance(bias.interval, NoNumber) or bias.interval.low <= 0 <= bias.interval.high:
        return ""
    size = number(abs(bias.value))
    if analysis.options.on_grades:
        if bias.value < 0:
            return t("On average PEEA grades lower than the clinicians, by {size} grades.", size=size)
        return t("On average PEEA grades higher than the clinicians, by {size} grades.", size=size)
    if bias.value < 0:
        return t("On average PEEA rates lower than the clinicians, by {size} points.", size=size)
    return t("On average PEEA rates higher than the clinicians, by {size} points.", size=size)


def few_recordings(analysis: Analysis) -> str:
    """Return the warning that PEEA saw a part of the recordings only; "" if it saw all."""
    found, everything = analysis.with_peea, len(analysis.table.grades.recordings)
    if isinstance(found, NoNumber) or found.recordings == everything:
        return ""
    return t(
        "PEEA graded {seen} of the {everything} recordings. Everything that compares PEEA with clinicians uses these "
        "{seen}; what clinicians say among themselves uses all {everything}.",
        seen=found.recordings,
        everything=everything,
    )


def icc_sentence(analysis: Analysis) -> str:
    """Return how the ICC of PEEA with the clinicians together is judged, by its interval (Koo & Li 2016)."""
    if isinstance(analysis.with_peea, NoNumber):
        results = analysis.icc_clinicians
        what = t("clinicians among themselves")
    else:
        results = analysis.with_peea.icc
        what = t("PEEA and the clinicians together")
    single = form_of(results, IccForm.TWO_WAY_RANDOM_SINGLE)
    if isinstance(single, NoNumber):
        return single.sentence
    interval = interval_of(single)
    if interval is None:
        return t("ICC, {what}: {value}.", what=what, value=number(single.value))
    return t(
        "ICC, {what}: {value} (95 % interval {interval}), which is {words} reliability by Koo and Li.",
        what=what,
        value=number(single.value),
        interval=interval_text(interval),
        words=icc_words(interval),
    )
