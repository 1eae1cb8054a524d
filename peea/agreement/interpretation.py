"""What the numbers are called: Koo & Li for the ICC, Landis & Koch for kappa; in the reader's language. Pure.

Words are conventions, not findings; a page shows the interval first and judges by the interval, not by the value.
"""

from __future__ import annotations

import math
from typing import Final

from peea.agreement.degenerate import Interval
from peea.language import later, t

KOO_LI: Final[tuple[tuple[float, str], ...]] = (
    (0.5, later("poor")),
    (0.75, later("moderate")),
    (0.9, later("good")),
)
"""Upper limits of the words for an ICC; above the last it is excellent."""

LANDIS_KOCH: Final[tuple[tuple[float, str], ...]] = (
    (0.0, later("poor")),
    (0.2, later("slight")),
    (0.4, later("fair")),
    (0.6, later("moderate")),
    (0.8, later("substantial")),
)
"""Upper limits of the words for kappa; above the last it is almost perfect."""


def _finite(value: float, what: str) -> float:
    if not math.isfinite(value) or value > 1:
        raise ValueError(f"{what} is a number of at most 1; got {value}")
    return value


def icc_word(value: float) -> str:
    """Return the word of Koo & Li for an ICC: below 0.5 poor, to 0.75 moderate, to 0.9 good, above excellent.

    Parameters
    ----------
    value : float
        The ICC, or a limit of its interval.

    References
    ----------
    Koo TK, Li MY (2016). A guideline of selecting and reporting intraclass correlation coefficients for reliability
    research. Journal of Chiropractic Medicine 15:155-163.

    Examples
    --------
    >>> icc_word(0.49), icc_word(0.5), icc_word(0.9257)
    ('poor', 'moderate', 'excellent')
    """
    _finite(value, "an ICC")
    if value < KOO_LI[0][0]:
        return t(KOO_LI[0][1])
    return t(next((word for limit, word in KOO_LI[1:] if value <= limit), later("excellent")))


def icc_words(interval: Interval) -> str:
    """Return the words of Koo & Li for the whole interval, as they ask: "moderate to good", or one word.

    Parameters
    ----------
    interval : Interval
        The 95 % interval of the ICC.

    References
    ----------
    Koo & Li (2016), see `icc_word`.

    Examples
    --------
    >>> icc_words(Interval(0.68, 0.88)), icc_words(Interval(0.91, 0.94))
    ('moderate to good', 'excellent')
    """
    low, high = icc_word(interval.low), icc_word(interval.high)
    return low if low == high else t("{weaker} to {stronger}", weaker=low, stronger=high)


def kappa_word(value: float) -> str:
    """Return the word of Landis & Koch for a kappa: below 0 poor, then slight, fair, moderate, substantial by 0.2.

    Parameters
    ----------
    value : float
        Kappa, or a limit of its interval.

    References
    ----------
    Landis JR, Koch GG (1977). The measurement of observer agreement for categorical data. Biometrics
    33:159-174, p. 165.

    Examples
    --------
    >>> kappa_word(-0.1), kappa_word(0.0), kappa_word(0.683), kappa_word(0.81)
    ('poor', 'slight', 'substantial', 'almost perfect')
    """
    _finite(value, "kappa")
    if value < LANDIS_KOCH[0][0]:
        return t(LANDIS_KOCH[0][1])
    return t(next((word for limit, word in LANDIS_KOCH[1:] if value <= limit), later("almost perfect")))
