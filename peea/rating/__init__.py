"""Rating faces by hand: key frames, PSPI codes, when raters agree, and the training set that comes of it. Pure.

`codes` is what a rater gives, `key_frames` what raters are shown, `consistency` when they agree on a frame,
`set_agreement` how far they agree on a set, `training_set` what is written of it for `peea train`, `rules` the
settings, `references` the pictures to compare with. The ratings themselves are kept by `peea.store.RatingStore`.
"""

from peea.rating.codes import CodesError, Coding, PspiCodes, code_word, codes_of, coding_of
from peea.rating.consistency import FrameAgreement, agreement_on_frame
from peea.rating.rules import ConsistencyRule, ConsistencyRules, KeyFrameRules, RatingRules

__all__ = [
    "CodesError",
    "Coding",
    "ConsistencyRule",
    "ConsistencyRules",
    "FrameAgreement",
    "KeyFrameRules",
    "PspiCodes",
    "RatingRules",
    "agreement_on_frame",
    "code_word",
    "codes_of",
    "coding_of",
]
