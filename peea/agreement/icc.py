"""Intraclass correlation: the six forms of Shrout and Fleiss, with analytic and resampled intervals. Pure.

The paper's choice, two-way random effects and absolute agreement, comes first in every answer. pingouin gives values,
tests and intervals; what it cannot do is here: named results where there is no number, and resampling of patients.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from threading import Lock
from typing import Any, Final

import numpy as np
import pandas as pd
import pingouin
from pingouin.config import _no_rounding

from peea.agreement.bootstrap import DEFAULT_RESAMPLING, Bootstrapped, Resampling, resample_weights, summary
from peea.agreement.degenerate import Interval, NoNumber, Reason, perfect, too_little_to_compare
from peea.agreement.ratings import FloatArray, Missing, Ratings
from peea.language import later, t

NEGLIGIBLE: Final = 1e-12
"""Share of the mean square of all ratings below which a mean square, or a denominator, is 0 but for rounding."""

_PINGOUIN = Lock()
"""pingouin rounds intervals by a global option, which `_no_rounding` swaps: one thread at a time."""


class IccForm(Enum):
    """The forms of Shrout & Fleiss (1979), the paper's choice first, with the words that GRRAS item 10 wants.

    Each value is (name, model, definition, unit, pingouin's name).
    """

    TWO_WAY_RANDOM_SINGLE = ("ICC(2,1)", "two-way random effects", "absolute agreement", "single", "ICC(A,1)")
    TWO_WAY_RANDOM_AVERAGE = ("ICC(2,k)", "two-way random effects", "absolute agreement", "average", "ICC(A,k)")
    TWO_WAY_MIXED_SINGLE = ("ICC(3,1)", "two-way mixed effects", "consistency", "single", "ICC(C,1)")
    TWO_WAY_MIXED_AVERAGE = ("ICC(3,k)", "two-way mixed effects", "consistency", "average", "ICC(C,k)")
    ONE_WAY_SINGLE = ("ICC(1,1)", "one-way random effects", "absolute agreement", "single", "ICC(1,1)")
    ONE_WAY_AVERAGE = ("ICC(1,k)", "one-way random effects", "absolute agreement", "average", "ICC(1,k)")

    def __init__(self, label: str, model: str, definition: str, unit: str, pingouin_type: str) -> None:
        self.label = label
        self.model = model
        self.definition = definition
        self.unit = unit
        self.pingouin_type = pingouin_type

    @property
    def one_way(self) -> bool:
        """True if each recording may have other raters: differences between raters are error."""
        return self.model.startswith("one-way")

    @property
    def average(self) -> bool:
        """True for the reliability of the mean of all k raters, False for that of one rater."""
        return self.unit == "average"


@dataclass(frozen=True)
class MeanSquares:
    """Mean squares of recordings x raters; each an array of shape (resamples,), or of shape (1,) for the table itself.

    Attributes
    ----------
    recordings : array of float
        How many recordings, n (a resample of patients may hold more or fewer than the table).
    raters : int
        How many raters, k.
    between, within, rater, error : array of float
        BMS, WMS, JMS and EMS of Shrout & Fleiss (1979), Table 3.
    """

    recordings: FloatArray
    raters: int
    between: FloatArray
    within: FloatArray
    rater: FloatArray
    error: FloatArray


@dataclass(frozen=True)
class FTest:
    """Test of the hypothesis that the ICC is 0 (it does not test whether raters differ in their means)."""

    f: float
    df1: int
    df2: int
    p: float


@dataclass(frozen=True)
class Icc:
    """One form of the intraclass correlation.

    Attributes
    ----------
    form : IccForm
        Model, definition and unit.
    value : float
        The ICC; negative where recordings differ less than chance would have them.
    test : FTest or NoNumber
        F, its degrees of freedom and p.
    interval : Interval or NoNumber
        Analytic 95 % interval; it takes recordings for independent.
    bootstrap : Bootstrapped or NoNumber
        Standard error and interval by resampling patients.
    recordings, raters : int
        Used, n and k.
    left_out : int
        Recordings left out because of a missing rating.
    interval_df : float or None
        Satterthwaite's degrees of freedom of the interval; None but for ICC(2,1) and ICC(2,k).
    """

    form: IccForm
    value: float
    test: FTest | NoNumber
    interval: Interval | NoNumber
    bootstrap: Bootstrapped | NoNumber
    recordings: int
    raters: int
    left_out: int
    interval_df: float | None


def mean_squares(ratings: Ratings, weights: FloatArray | None = None) -> MeanSquares:
    r"""Return the mean squares of complete ratings, or those of resamples of them.

    Parameters
    ----------
    ratings : Ratings
        No cell missing; two raters and two recordings or more.
    weights : array of float, shape (resamples, recordings), optional
        How often each recording is in each resample; once each if not given.

    Raises
    ------
    ValueError
        A rating is missing.

    Notes
    -----
    With recording means :math:`r_i`, rater means :math:`c_j`, grand mean g: BMS is
    :math:`k \sum_i (r_i - g)^2 / (n - 1)`, JMS :math:`n \sum_j (c_j - g)^2 / (k - 1)`, WMS
    :math:`\sum_{ij} (x_{ij} - r_i)^2 / n(k - 1)`, and EMS what raters leave of the latter over (n - 1)(k - 1) [1]_.

    References
    ----------
    .. [1] Shrout PE, Fleiss JL (1979). Intraclass correlations: uses in assessing rater reliability. Psychological
           Bulletin 86:420-428, Table 3.

    Examples
    --------
    >>> squares = mean_squares(Ratings.of([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9],
    ...                                    [6, 2, 4, 7]]))
    >>> round(squares.between[0], 2), round(squares.within[0], 2), round(squares.error[0], 2)
    (np.float64(11.24), np.float64(6.26), np.float64(1.02))
    """
    if ratings.missing:
        raise ValueError(f"mean squares need every cell; {ratings.missing} are missing")
    # Centred, so that squares of large ratings do not swallow their differences.
    values = ratings.values - ratings.values.mean()
    w = np.ones((1, len(values))) if weights is None else weights
    k = values.shape[1]
    n = w.sum(axis=1)
    of_recording = values.mean(axis=1)
    of_rater = (w @ values) / n[:, None]
    grand = of_rater.mean(axis=1)
    between = k * (w @ of_recording**2 - n * grand**2)
    within = w @ ((values - of_recording[:, None]) ** 2).sum(axis=1)
    rater = n * ((of_rater - grand[:, None]) ** 2).sum(axis=1)
    rounding = NEGLIGIBLE * float((values**2).mean())

    def mean(squares: FloatArray, df: FloatArray) -> FloatArray:
        per_df = squares / df
        return np.where(per_df <= rounding, 0.0, per_df)

    return MeanSquares(
        n,
        k,
        mean(between, n - 1),
        mean(within, n * (k - 1)),
        mean(rater, np.full_like(n, k - 1)),
        mean(within - rater, (n - 1) * (k - 1)),
    )


def icc_of_mean_squares(squares: MeanSquares, form: IccForm) -> FloatArray:
    r"""Return the ICC of mean squares, shape (resamples,), NaN where recordings do not differ enough for one.

    Notes
    -----
    Shrout & Fleiss (1979), equations on p. 423 and 426: :math:`ICC(1,1) = (BMS-WMS)/(BMS+(k-1)WMS)`,
    :math:`ICC(2,1) = (BMS-EMS)/(BMS+(k-1)EMS+k(JMS-EMS)/n)`, :math:`ICC(3,1) = (BMS-EMS)/(BMS+(k-1)EMS)`,
    :math:`ICC(1,k) = (BMS-WMS)/BMS`, :math:`ICC(2,k) = (BMS-EMS)/(BMS+(JMS-EMS)/n)`,
    :math:`ICC(3,k) = (BMS-EMS)/BMS`.
    """
    k = squares.raters
    noise = squares.within if form.one_way else squares.error
    two_way_random = form in (IccForm.TWO_WAY_RANDOM_SINGLE, IccForm.TWO_WAY_RANDOM_AVERAGE)
    of_raters = (squares.rater - noise) / squares.recordings if two_way_random else np.zeros_like(noise)
    of_average = squares.between + of_raters
    below = of_average if form.average else squares.between + (k - 1) * noise + k * of_raters
    # Where the average form has no value, the single form is below -1/(k-1), which no correlation of k raters can be.
    defined = (squares.between > 0) & (of_average > NEGLIGIBLE * (squares.between + noise + squares.rater))
    return np.divide(squares.between - noise, below, out=np.full_like(below, np.nan), where=defined)


def satterthwaite_df(squares: MeanSquares, icc21: float) -> float:
    r"""Return the degrees of freedom of the interval of ICC(2,1), NaN where they do not exist.

    Notes
    -----
    With :math:`F_J = JMS/EMS` and :math:`a = n(1+(k-1)\rho)-k\rho`:
    :math:`\nu = (n-1)(k-1)(k \rho F_J + a)^2 / ((n-1)k^2\rho^2 F_J^2 + a^2)`; Shrout & Fleiss (1979), p. 424.
    """
    n, k = float(squares.recordings[0]), squares.raters
    if squares.error[0] == 0:
        return float("nan")
    f_raters = float(squares.rater[0] / squares.error[0])
    a = n * (1 + (k - 1) * icc21) - k * icc21
    below = (n - 1) * (k * icc21 * f_raters) ** 2 + a**2
    return (n - 1) * (k - 1) * (k * icc21 * f_raters + a) ** 2 / below if below > 0 else float("nan")


def icc(
    ratings: Ratings, *, missing: Missing = Missing.REFUSE, resampling: Resampling = DEFAULT_RESAMPLING
) -> tuple[Icc | NoNumber, ...]:
    r"""Return the six forms of the intraclass correlation, the paper's choice (two-way random, absolute) first.

    Parameters
    ----------
    ratings : Ratings
        Recordings by raters, on a numeric scale.
    missing : Missing
        What to do with recordings that a rater did not rate.
    resampling : Resampling
        How many resamples of patients for the standard error, and the seed.

    Returns
    -------
    tuple of Icc or NoNumber, length 6
        In the order of `IccForm`.

    Notes
    -----
    Values and intervals by Shrout & Fleiss [1]_, computed by pingouin; standard error by resampling patients, as in
    the paper [2]_. Where raters differ by a constant at most, F is infinite and there is no analytic interval. The
    approximate interval of ICC(2,·) can leave the range that an ICC can have, :math:`-1/(k-1)` to 1; then there is
    none either.

    References
    ----------
    .. [1] Shrout PE, Fleiss JL (1979). Intraclass correlations: uses in assessing rater reliability. Psychological
           Bulletin 86:420-428.
    .. [2] Yang et al. (2024). Frontiers in Medicine 11:1421800, Table 6.

    Examples
    --------
    The six targets and four judges of Shrout & Fleiss, Table 2; they print .29 for ICC(2,1), .62 for ICC(2,k):

    >>> table = Ratings.of([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    >>> for result in icc(table):
    ...     print(f"{result.form.label} {result.value:.2f} ({result.interval.low:.2f} to {result.interval.high:.2f})")
    ICC(2,1) 0.29 (0.02 to 0.76)
    ICC(2,k) 0.62 (0.07 to 0.93)
    ICC(3,1) 0.71 (0.34 to 0.95)
    ICC(3,k) 0.91 (0.68 to 0.99)
    ICC(1,1) 0.17 (-0.13 to 0.72)
    ICC(1,k) 0.44 (-0.88 to 0.91)
    """
    complete = ratings.complete()
    problem = _why_no_icc(ratings, complete, missing)
    if problem is not None:
        reason, sentence = problem
        return tuple(NoNumber(form.label, reason, sentence) for form in IccForm)
    squares = mean_squares(complete)
    resampled = mean_squares(complete, resample_weights(complete, resampling))
    by_pingouin = _by_pingouin(complete) if squares.within[0] > 0 else None
    left_out = len(ratings.recordings) - len(complete.recordings)
    return tuple(_one_form(form, complete, left_out, squares, resampled, by_pingouin) for form in IccForm)


def _why_no_icc(ratings: Ratings, complete: Ratings, missing: Missing) -> tuple[Reason, str] | None:
    """Return why no form exists for these ratings, or None."""
    too_little = too_little_to_compare(ratings, "ICC")
    if too_little is not None:
        return too_little.reason, too_little.sentence
    incomplete = len(ratings.recordings) - len(complete.recordings)
    if incomplete and missing is Missing.REFUSE:
        return Reason.MISSING_RATINGS, t(
            "{incomplete} of {recordings} recordings lack a rating; an ICC needs every rater on every recording. Leave "
            "these recordings out, or use Krippendorff's alpha.",
            incomplete=incomplete,
            recordings=len(ratings.recordings),
        )
    too_little = too_little_to_compare(complete, "ICC") if complete.recordings else None
    if not complete.recordings or too_little is not None:
        # Leaving recordings out has left too few: the missing ratings are the cause that the reader can mend.
        return Reason.MISSING_RATINGS, t(
            "Every rater rated only {complete} of {recordings} recordings, too few patients for an ICC. Krippendorff's "
            "alpha allows missing ratings.",
            complete=len(complete.recordings),
            recordings=len(ratings.recordings),
        )
    if np.ptp(complete.values) == 0:
        return Reason.NO_VARIANCE, t(
            "Every rating is {rating:g}; an ICC needs recordings that differ.", rating=complete.values[0, 0]
        )
    if mean_squares(complete).between[0] == 0:
        return Reason.NO_DIFFERENCE_BETWEEN_RECORDINGS, t(
            "All recordings have the same mean rating; an ICC asks how well raters tell recordings apart."
        )
    return None


def _by_pingouin(complete: Ratings) -> dict[str, dict[str, Any]]:
    """Return pingouin's table at full precision, one row a form, by pingouin's names of the forms."""
    n, k = complete.values.shape
    cells = pd.DataFrame(
        {
            "recording": np.repeat(np.arange(n), k),
            "rater": np.tile(np.arange(k), n),
            "rating": complete.values.ravel(),
        }
    )
    # Raters who differ by a constant make F infinite in some forms; `_one_form` names those and does not read them.
    with _PINGOUIN, _no_rounding(), np.errstate(all="ignore"):
        table = pingouin.intraclass_corr(cells, targets="recording", raters="rater", ratings="rating")
    return {str(row["Type"]): dict(row) for _, row in table.iterrows()}


def _one_form(
    form: IccForm,
    complete: Ratings,
    left_out: int,
    squares: MeanSquares,
    resampled: MeanSquares,
    by_pingouin: dict[str, dict[str, Any]] | None,
) -> Icc | NoNumber:
    value = float(icc_of_mean_squares(squares, form)[0])
    if np.isnan(value):
        return NoNumber(
            form.label,
            Reason.NO_DIFFERENCE_BETWEEN_RECORDINGS,
            t("The recordings differ less than the raters' errors alone would make them, so this form has no value."),
        )
    patients = int(complete.patient_codes.max()) + 1
    test: FTest | NoNumber = perfect(form.label, later("F test"))
    interval: Interval | NoNumber = perfect(form.label, later("analytic interval"))
    interval_df = None
    if by_pingouin is not None and (squares.within if form.one_way else squares.error)[0] > 0:
        row = by_pingouin[form.pingouin_type]
        value = float(row["ICC"])
        test = FTest(float(row["F"]), int(row["df1"]), int(row["df2"]), float(row["pval"]))
        interval = _sound_interval(form, squares, by_pingouin)
        if form in (IccForm.TWO_WAY_RANDOM_SINGLE, IccForm.TWO_WAY_RANDOM_AVERAGE):
            single = float(icc_of_mean_squares(squares, IccForm.TWO_WAY_RANDOM_SINGLE)[0])
            df = satterthwaite_df(squares, single)
            interval_df = df if np.isfinite(df) else None
    bootstrap = summary(form.label, icc_of_mean_squares(resampled, form), patients)
    recordings, raters = complete.values.shape
    return Icc(form, value, test, interval, bootstrap, recordings, raters, left_out, interval_df)


def _sound_interval(form: IccForm, squares: MeanSquares, by_pingouin: dict[str, dict[str, Any]]) -> Interval | NoNumber:
    """Return pingouin's interval, unless the approximation has left the range that an ICC can have."""
    low, high = (float(limit) for limit in by_pingouin[form.pingouin_type]["CI95"])
    single = form
    if form is IccForm.TWO_WAY_RANDOM_AVERAGE:
        # Stepped up from the single form: past the pole of that step its limits change sign.
        single = IccForm.TWO_WAY_RANDOM_SINGLE
    lowest = float(by_pingouin[single.pingouin_type]["CI95"][0])
    least = -1 / (squares.raters - 1)
    if np.isfinite([low, high]).all() and low <= high and (single.average or lowest > least):
        return Interval(low, high)
    return NoNumber(
        form.label,
        Reason.INTERVAL_WITHOUT_LIMIT,
        t("The analytic interval would leave the range of an ICC: too few recordings, or recordings too much alike."),
    )
