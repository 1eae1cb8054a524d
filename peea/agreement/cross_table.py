"""What raters said side by side: cross-tables, percent agreement, sensitivity and specificity. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix

from peea.agreement.bootstrap import DEFAULT_RESAMPLING, Bootstrapped, Resampling, bootstrap
from peea.agreement.degenerate import LEVEL, Interval, NoNumber, Reason
from peea.agreement.ratings import FloatArray, Ratings
from peea.language import t

AGREEMENT: Final = "Percent agreement"


@dataclass(frozen=True)
class CrossTable:
    """Counts of ratings by ratings.

    Attributes
    ----------
    rows, columns : tuple of str
        The raters in the rows (several, if their tables were added) and the one in the columns.
    categories : tuple of float
        Every category of the scale in order, for rows and columns alike.
    counts : tuple of tuples of int
        One tuple for each row.
    left_out : int
        Pairs of ratings that do not exist because one of them is missing.
    """

    rows: tuple[str, ...]
    columns: str
    categories: tuple[float, ...]
    counts: tuple[tuple[int, ...], ...]
    left_out: int

    @property
    def total(self) -> int:
        """All pairs of ratings."""
        return sum(self.row_totals)

    @property
    def row_totals(self) -> tuple[int, ...]:
        """Pairs by the category of the rows."""
        return tuple(sum(row) for row in self.counts)

    @property
    def column_totals(self) -> tuple[int, ...]:
        """Pairs by the category of the columns."""
        return tuple(sum(column) for column in zip(*self.counts, strict=True))

    @property
    def equal(self) -> int:
        """Pairs in which both gave the same category."""
        return sum(row[position] for position, row in enumerate(self.counts))


@dataclass(frozen=True)
class Proportion:
    """A share with its Wilson interval at 95 %.

    Attributes
    ----------
    name : str
        What it is a share of.
    count, of : int
        Numerator and denominator.
    value : float
        count / of.
    interval : Interval
        By Wilson (1927); it takes recordings for independent.
    """

    name: str
    count: int
    of: int
    value: float
    interval: Interval


@dataclass(frozen=True)
class MeanAgreement:
    """Share of the pairs of raters who agree, mean over recordings, with its resampled interval."""

    value: float
    bootstrap: Bootstrapped | NoNumber
    recordings: int
    raters: int


@dataclass(frozen=True)
class Detection:
    """How one rater finds the recordings that another puts at a grade or above.

    Attributes
    ----------
    from_category : float
        The lowest category that counts as positive.
    sensitivity : Proportion or NoNumber
        Of the recordings that the reference puts there, those that the test does.
    specificity : Proportion or NoNumber
        Of the recordings that the reference puts below, those that the test does.
    left_out : int
        Recordings that one of the two did not rate.
    """

    test: str
    reference: str
    from_category: float
    sensitivity: Proportion | NoNumber
    specificity: Proportion | NoNumber
    left_out: int


def proportion(name: str, count: int, of: int) -> Proportion | NoNumber:
    r"""Return a share with its Wilson interval; no number of nothing.

    Parameters
    ----------
    name : str
        What it is a share of.
    count, of : int
        Numerator and denominator.

    Notes
    -----
    :math:`(\hat p + z^2/2n \pm z \sqrt{\hat p (1-\hat p)/n + z^2/4n^2}) / (1 + z^2/n)` [1]_, computed by scipy.

    References
    ----------
    .. [1] Wilson EB (1927). Probable inference, the law of succession, and statistical inference. Journal of the
           American Statistical Association 22:209-212.

    Examples
    --------
    Newcombe (1998), Table I, prints 0.2553 to 0.3662 for 81 of 263:

    >>> share = proportion("example", 81, 263)
    >>> round(share.interval.low, 4), round(share.interval.high, 4)
    (0.2553, 0.3662)
    """
    if not 0 <= count <= of:
        raise ValueError(f"a share counts from 0 to its whole; got {count} of {of}")
    if of == 0:
        return NoNumber(name, Reason.NO_SUCH_RECORDINGS, t("{what}: there are no such recordings.", what=name))
    limits = binomtest(count, of).proportion_ci(LEVEL, method="wilson")
    # At 0 and at all of n, rounding can put a limit on the wrong side of the share.
    share = count / of
    return Proportion(name, count, of, share, Interval(min(float(limits.low), share), max(float(limits.high), share)))


def cross_table(
    ratings: Ratings, rows: str | Sequence[str], columns: str, *, categories: Sequence[float]
) -> CrossTable:
    """Return the cross-table of one rater, or of several added up, by another.

    Parameters
    ----------
    ratings : Ratings
        The table; pairs with a missing rating are left out and counted.
    rows : str or sequence of str
        The rater in the rows (a clinician, a consensus), or several whose tables are added. An added table describes;
        its pairs are not independent, so it has no kappa.
    columns : str
        The rater in the columns (PEEA).
    categories : sequence of float
        Every category of the scale in order.

    References
    ----------
    Yang et al. (2024), Frontiers in Medicine 11:1421800, Table 5: clinician by PEEA.

    Examples
    --------
    >>> table = Ratings.of([[0, 0], [1, 2], [2, 2]], raters=["Lin", "PEEA"])
    >>> cross_table(table, "Lin", "PEEA", categories=range(3)).counts
    ((1, 0, 0), (0, 0, 1), (0, 0, 1))
    """
    names = (rows,) if isinstance(rows, str) else tuple(rows)
    if columns in names or not names:
        raise ValueError(f"a cross-table sets raters against another one; got {', '.join(names)} against {columns}")
    size = len(categories)
    counts = np.zeros((size, size), dtype=int)
    pairs = 0
    for name in names:
        codes = ratings.only([name, columns]).codes(categories)
        codes = codes[(codes >= 0).all(axis=1)]
        if len(codes):
            counts += confusion_matrix(codes[:, 0], codes[:, 1], labels=range(size))
        pairs += len(codes)
    return CrossTable(
        names,
        columns,
        tuple(float(category) for category in categories),
        tuple(tuple(int(count) for count in row) for row in counts),
        len(names) * len(ratings.recordings) - pairs,
    )


def percent_agreement(ratings: Ratings, first: str, second: str, *, within: float = 0.0) -> Proportion | NoNumber:
    """Return the share of recordings to which two raters gave the same rating, or ratings that are near.

    Parameters
    ----------
    ratings : Ratings
        The table; recordings that one of the two did not rate do not count.
    first, second : str
        The raters.
    within : float
        The largest difference that still counts as agreement, in units of the scale.

    References
    ----------
    Kottner J et al. (2011), Guidelines for Reporting Reliability and Agreement Studies, Journal of Clinical
    Epidemiology 64:96-106: proportions of agreement beside the coefficients.

    Examples
    --------
    >>> table = Ratings.of([[0, 0], [1, 2], [2, 2], [4, None]], raters=["Lin", "PEEA"])
    >>> share = percent_agreement(table, "Lin", "PEEA")
    >>> share.count, share.of
    (2, 3)
    """
    if not (np.isfinite(within) and within >= 0):
        raise ValueError(f"agreement is within 0 or more; got {within}")
    both = ratings.only([first, second]).complete().values
    near = np.abs(both[:, 0] - both[:, 1]) <= within
    return proportion(t("Agreement of {first} and {second}", first=first, second=second), int(near.sum()), len(both))


def mean_agreement(
    ratings: Ratings, *, within: float = 0.0, resampling: Resampling = DEFAULT_RESAMPLING
) -> MeanAgreement | NoNumber:
    r"""Return the share of the pairs of raters who agree, mean over recordings.

    Parameters
    ----------
    ratings : Ratings
        Recordings by raters; cells may be missing. Recordings with one rating do not count.
    within : float
        The largest difference that still counts as agreement, in units of the scale.
    resampling : Resampling
        How many resamples of patients, and the seed.

    Notes
    -----
    :math:`\frac{1}{n} \sum_i \frac{\text{agreeing pairs}_i}{r_i (r_i - 1) / 2}` over recordings with
    :math:`r_i \ge 2` [1]_.

    References
    ----------
    .. [1] Fleiss JL (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin 76:378-382.

    Examples
    --------
    >>> round(mean_agreement(Ratings.of([[0, 0, 0], [1, 1, 2], [3, 3, None]])).value, 6)  # 1, 1/3 and 1
    0.777778
    """
    if not (np.isfinite(within) and within >= 0):
        raise ValueError(f"agreement is within 0 or more; got {within}")
    if len(ratings.raters) < 2:
        sentence = t("Agreement needs two raters or more; there is {count}.", count=len(ratings.raters))
        return NoNumber(AGREEMENT, Reason.ONE_RATER, sentence)
    paired = ratings.where(np.isfinite(ratings.values).sum(axis=1) >= 2)
    if not paired.recordings:
        sentence = t("No recording was rated by two raters, so nothing can be compared.")
        return NoNumber(AGREEMENT, Reason.NOTHING_IN_COMMON, sentence)
    agreeing = np.zeros(len(paired.recordings))
    for first, second in combinations(paired.values.T, 2):
        agreeing += np.abs(first - second) <= within  # False where one of them is missing
    rated = np.isfinite(paired.values).sum(axis=1)
    shares = agreeing / (rated * (rated - 1) / 2)

    def of_weights(drawn: FloatArray) -> FloatArray:
        return (drawn @ shares) / drawn.sum(axis=1)

    return MeanAgreement(
        float(shares.mean()),
        bootstrap(AGREEMENT, paired, of_weights, resampling),
        len(paired.recordings),
        len(ratings.raters),
    )


def sensitivity_specificity(ratings: Ratings, *, test: str, reference: str, from_category: float) -> Detection:
    """Return how well one rater finds the recordings that another puts at a category or above.

    Parameters
    ----------
    ratings : Ratings
        The table; recordings that one of the two did not rate are left out and counted.
    test : str
        The rater to be judged (PEEA).
    reference : str
        The rater taken as right (a clinician, or a consensus by `Ratings.with_consensus`).
    from_category : float
        Positive is a rating of this or more.

    References
    ----------
    Altman DG, Bland JM (1994). Diagnostic tests 1: sensitivity and specificity. BMJ 308:1552. Wilson intervals as in
    `proportion`.

    Examples
    --------
    >>> table = Ratings.of([[3, 4], [2, 3], [1, 1], [4, 2], [0, 0]], raters=["Lin", "PEEA"])
    >>> found = sensitivity_specificity(table, test="PEEA", reference="Lin", from_category=3)
    >>> found.sensitivity.count, found.sensitivity.of, found.specificity.count, found.specificity.of
    (1, 2, 2, 3)
    """
    if test == reference:
        raise ValueError(f"sensitivity compares two raters; got {test!r} twice")
    if not np.isfinite(from_category):
        raise ValueError(f"the lowest positive category is a number; got {from_category}")
    both = ratings.only([test, reference]).complete().values
    found, there = (both >= from_category).T
    return Detection(
        test,
        reference,
        from_category,
        proportion(
            t("Recordings rated {rating:g} or more by {rater}", rating=from_category, rater=reference),
            int((found & there).sum()),
            int(there.sum()),
        ),
        proportion(
            t("Recordings rated below {rating:g} by {rater}", rating=from_category, rater=reference),
            int((~found & ~there).sum()),
            int((~there).sum()),
        ),
        len(ratings.recordings) - len(both),
    )
