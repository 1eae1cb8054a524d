"""Whether recent recordings differ from those of the reference weeks: outputs of the model, and quality of the image.

Each measure is compared by the Mann-Whitney U test, shares by Fisher's exact test; the effect is Cliff's delta, of
shares their difference, which is the same for values 0 and 1. p values are corrected together by Holm's method. A
change says that something is different (camera, light, patients, model), not what, and not that it is wrong.

Cliff, Psychological Bulletin 114(3):494-509, 1993; limits of the effect: Romano et al., AIR annual forum, 2006; Holm,
Scandinavian Journal of Statistics 6:65-70, 1979.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import numpy as np
from scipy.stats import fisher_exact, mannwhitneyu

from peea.care.rules import DriftRules
from peea.language import Names, joined, later, listed, percent, t
from peea.store.ward_log import RecordingFacts


class Measure(StrEnum):
    """What is watched."""

    GRADE = "grade"
    PSPI = "pspi"
    SURENESS = "sureness"
    REFUSED = "refused"
    COVERAGE = "coverage"
    BRIGHTNESS = "brightness"
    DIM = "dim"


MEASURE_NAMES: Final[Mapping[Measure, str]] = Names(
    {
        Measure.GRADE: later("Reported grade"),
        Measure.PSPI: later("Mean PSPI"),
        Measure.SURENESS: later("How sure the model is"),
        Measure.REFUSED: later("Recordings that could not be assessed"),
        Measure.COVERAGE: later("Share of the recording that was graded"),
        Measure.BRIGHTNESS: later("Brightness of the face"),
        Measure.DIM: later("Share graded in a brightened copy"),
    }
)

_VALUES: Final[Mapping[Measure, Callable[[RecordingFacts], float | None]]] = {
    Measure.GRADE: lambda one: None if one.report_grade is None else float(one.report_grade),
    Measure.PSPI: lambda one: one.mean_pspi,
    Measure.SURENESS: lambda one: one.sureness,
    Measure.REFUSED: lambda one: float(one.report_grade is None),
    Measure.COVERAGE: lambda one: one.coverage,
    Measure.BRIGHTNESS: lambda one: one.brightness,
    Measure.DIM: lambda one: one.dim_share,
}


class Size(StrEnum):
    """How large a difference is; `TOO_FEW` says nothing either way."""

    TOO_FEW = "too_few"
    NONE = "none"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


SIZE_NAMES: Final[Mapping[Size, str]] = Names(
    {
        Size.TOO_FEW: later("Too few recordings"),
        Size.NONE: later("No difference found"),
        Size.SMALL: later("Small difference"),
        Size.MEDIUM: later("Medium difference"),
        Size.LARGE: later("Large difference"),
    }
)


@dataclass(frozen=True)
class Drift:
    """One measure in the reference weeks and lately.

    Attributes:
        measure: which.
        reference, recent: typical values: medians, of `REFUSED` shares; None without any.
        reference_n, recent_n: recordings on each side.
        effect: Cliff's delta, -1 to 1, positive if recent values are higher; None if there are too few.
        p: corrected by Holm's method over all measures; None if there are too few.
        size: in words; a difference that may be chance is none.
    """

    measure: Measure
    reference: float | None
    recent: float | None
    reference_n: int
    recent_n: int
    effect: float | None
    p: float | None
    size: Size


@dataclass(frozen=True)
class Windows:
    """Which weeks are compared: the first ones of a model version, and the last ones up to now."""

    reference_from: datetime
    reference_until: datetime
    recent_from: datetime

    @property
    def ready(self) -> bool:
        """False as long as the recent weeks begin before the reference weeks have ended."""
        return self.recent_from >= self.reference_until


def windows_of(recordings: Sequence[RecordingFacts], now: datetime, rules: DriftRules) -> Windows | None:
    """Return the weeks to compare for the recordings of one model version, or None without any."""
    if not recordings:
        return None
    first = min(each.recorded_at for each in recordings)
    return Windows(first, first + timedelta(weeks=rules.reference_weeks), now - timedelta(weeks=rules.recent_weeks))


def drift_of(reference: Sequence[RecordingFacts], recent: Sequence[RecordingFacts], rules: DriftRules) -> list[Drift]:
    """Return how recent recordings differ from those of the reference weeks, measure by measure."""
    compared = [_compared(measure, reference, recent, rules) for measure in Measure]
    corrected = iter(_holm([p for _, p in compared if p is not None]))
    return [_sized(drift, None if p is None else next(corrected), rules) for drift, p in compared]


def drift_between(recordings: Sequence[RecordingFacts], windows: Windows, rules: DriftRules) -> list[Drift]:
    """Return the drift between the reference weeks and the recent ones."""
    reference = [one for one in recordings if windows.reference_from <= one.recorded_at < windows.reference_until]
    recent = [one for one in recordings if one.recorded_at >= windows.recent_from]
    return drift_of(reference, recent, rules)


def drift_sentence(drift: Drift) -> str:
    """Return what was found for one measure, with the test and the size of the effect."""
    name = MEASURE_NAMES[drift.measure]
    if drift.size is Size.TOO_FEW or drift.effect is None or drift.p is None:
        return t("{name}: too few recordings to say ({n} and {m}).", name=name, n=drift.reference_n, m=drift.recent_n)
    if drift.size is Size.NONE:
        return t("{name}: no difference found.", name=name)
    values = {"now": shown_value(drift.measure, drift.recent), "before": shown_value(drift.measure, drift.reference)}
    if drift.effect > 0:
        changed = t("{name}: higher than in the reference weeks, {now} against {before}.", name=name, **values)
    else:
        changed = t("{name}: lower than in the reference weeks, {now} against {before}.", name=name, **values)
    test = t("Fisher's exact test") if drift.measure is Measure.REFUSED else t("Mann-Whitney U test")
    effect = t("difference of shares") if drift.measure is Measure.REFUSED else t("Cliff's delta")
    details = t(
        "{size}: {effect} {value}, {test}, corrected p {p}.",
        size=SIZE_NAMES[drift.size],
        effect=effect,
        value=f"{drift.effect:+.2f}",
        test=test,
        p="< 0.001" if drift.p < 0.001 else f"{drift.p:.3f}",
    )
    return joined([changed, details])


def summary_sentence(drifts: Sequence[Drift]) -> str:
    """Return in a sentence whether something has changed that is worth a look."""
    notable = [MEASURE_NAMES[one.measure] for one in drifts if one.size in (Size.MEDIUM, Size.LARGE)]
    if notable:
        return joined(
            [t("Something has changed: {what}.", what=listed(notable)), t("Look at camera, light, patients and model.")]
        )
    if all(one.size is Size.TOO_FEW for one in drifts):
        return t("Too few recordings to say whether anything has changed.")
    return t("No change that is worth a look was found.")


def shown_value(measure: Measure, value: float | None) -> str:
    """Return a typical value of a measure as staff read it."""
    if value is None:
        return "–"
    if measure in (Measure.SURENESS, Measure.REFUSED, Measure.COVERAGE, Measure.DIM):
        return percent(value)
    return f"{value:.0f}" if measure is Measure.BRIGHTNESS else f"{value:.1f}"


def _compared(
    measure: Measure, reference: Sequence[RecordingFacts], recent: Sequence[RecordingFacts], rules: DriftRules
) -> tuple[Drift, float | None]:
    value_of = _VALUES[measure]
    before = np.array([value for value in map(value_of, reference) if value is not None])
    now = np.array([value for value in map(value_of, recent) if value is not None])
    typical = np.mean if measure is Measure.REFUSED else np.median
    told = Drift(
        measure,
        float(typical(before)) if len(before) else None,
        float(typical(now)) if len(now) else None,
        len(before),
        len(now),
        None,
        None,
        Size.TOO_FEW,
    )
    if min(len(before), len(now)) < rules.least_recordings:
        return told, None
    if measure is Measure.REFUSED:
        table = [[int(now.sum()), int(before.sum())], [int((1 - now).sum()), int((1 - before).sum())]]
        p, effect = float(fisher_exact(table).pvalue), float(now.mean() - before.mean())
    else:
        tested = mannwhitneyu(now, before, alternative="two-sided", method="asymptotic")
        p, effect = float(tested.pvalue), float(2 * tested.statistic / (len(now) * len(before)) - 1)
        # All values equal: no ranks to compare, and no difference.
        p = 1.0 if np.isnan(p) else p
    return Drift(**{**vars(told), "effect": effect}), p


def _sized(drift: Drift, p: float | None, rules: DriftRules) -> Drift:
    if p is None or drift.effect is None:
        return drift
    size = Size.NONE
    if p < rules.significance:
        strength = abs(drift.effect)
        for limit, name in (
            (rules.small_effect, Size.SMALL),
            (rules.medium_effect, Size.MEDIUM),
            (rules.large_effect, Size.LARGE),
        ):
            size = name if strength >= limit else size
    return Drift(**{**vars(drift), "p": p, "size": size})


def _holm(ps: Sequence[float]) -> list[float]:
    """Return p values corrected by Holm's step-down method, in the order given."""
    order = np.argsort(ps, kind="stable")
    corrected = np.empty(len(ps))
    highest = 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[index]))
        corrected[index] = highest
    return corrected.tolist()
