"""Agreement of raters: ICC, kappas, alpha, AC1 and AC2, Bland-Altman, cross-tables, resampling, planning. Pure.

Every function takes `Ratings` (recordings by raters; PEEA is one of the raters) and answers with a frozen result, or
with a `NoNumber` that says in one sentence why these ratings give none.

>>> table = Ratings.of([[0, 0], [1, 1], [2, 1], [3, 3], [4, 4], [1, 1]], raters=["Dr. Lin", "PEEA"])
>>> result = cohen_kappa(table, "Dr. Lin", "PEEA", categories=range(5))
>>> f"{result.value:.2f}" if isinstance(result, Kappa) else result.sentence
'0.78'
"""

from peea.agreement.bland_altman import BlandAltman, Estimate, bland_altman
from peea.agreement.bootstrap import Bootstrapped, Resampling
from peea.agreement.chance_corrected import ManyRaterKappa
from peea.agreement.cross_table import (
    CrossTable,
    Detection,
    MeanAgreement,
    Proportion,
    cross_table,
    mean_agreement,
    percent_agreement,
    proportion,
    sensitivity_specificity,
)
from peea.agreement.degenerate import LEVEL, Interval, NoNumber, Reason
from peea.agreement.each_rater import MeanKappa, RaterAgreement, each_rater
from peea.agreement.icc import FTest, Icc, IccForm, MeanSquares, icc, mean_squares
from peea.agreement.interpretation import icc_word, icc_words, kappa_word
from peea.agreement.kappa import Kappa, NullTest, cohen_kappa
from peea.agreement.krippendorff import KrippendorffAlpha, Scale, krippendorff_alpha
from peea.agreement.many_raters import (
    CategoryKappa,
    FleissKappa,
    brennan_prediger,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    light_kappa,
)
from peea.agreement.rating_files import RatingTableError, RowProblem, ratings_from_long, ratings_from_wide
from peea.agreement.ratings import Consensus, Missing, Ratings
from peea.agreement.sample_size import recordings_for_icc, recordings_for_kappa, width_for_icc, width_for_kappa
from peea.agreement.weights import Weighting, Weights, agreement_weights, weights_of_disagreement

__all__ = [
    "LEVEL",
    "BlandAltman",
    "Bootstrapped",
    "CategoryKappa",
    "Consensus",
    "CrossTable",
    "Detection",
    "Estimate",
    "FTest",
    "FleissKappa",
    "Icc",
    "IccForm",
    "Interval",
    "Kappa",
    "KrippendorffAlpha",
    "ManyRaterKappa",
    "MeanAgreement",
    "MeanKappa",
    "MeanSquares",
    "Missing",
    "NoNumber",
    "NullTest",
    "Proportion",
    "RaterAgreement",
    "RatingTableError",
    "Ratings",
    "Reason",
    "Resampling",
    "RowProblem",
    "Scale",
    "Weighting",
    "Weights",
    "agreement_weights",
    "bland_altman",
    "brennan_prediger",
    "cohen_kappa",
    "conger_kappa",
    "cross_table",
    "each_rater",
    "fleiss_kappa",
    "gwet_ac",
    "icc",
    "icc_word",
    "icc_words",
    "kappa_word",
    "krippendorff_alpha",
    "light_kappa",
    "mean_agreement",
    "mean_squares",
    "percent_agreement",
    "proportion",
    "ratings_from_long",
    "ratings_from_wide",
    "recordings_for_icc",
    "recordings_for_kappa",
    "sensitivity_specificity",
    "weights_of_disagreement",
    "width_for_icc",
    "width_for_kappa",
]
