"""What was measured of the trained networks: cards of released models, results of the others, tables of the search.

`read_results` reads every file under models/ that a training or an evaluation has written; pages and tables take it
from here. Nothing of `peea.training` is needed for that, and a file that is not there is an empty state, not an error.
"""

from peea.model_results.comparison import (
    ImprovedAndPlain,
    default_training,
    improved_and_plain,
    rivals,
    shown_first,
    whole_courses,
)
from peea.model_results.published import PublishedFigure, PublishedSource
from peea.model_results.reading import RESULTS_FOLDER, read_results
from peea.model_results.values import (
    BENCHMARK,
    PARTS,
    PATIENTS,
    RANDOM,
    Augmentation,
    AugmentationRow,
    CoursePoint,
    CurvePoint,
    Evaluation,
    FaceFigures,
    Judged,
    Learning,
    LearningPoint,
    ModelResults,
    OptimizerRun,
    OverGraded,
    ReliabilityBin,
    Search,
    Subgroup,
    Training,
)

__all__ = [
    "BENCHMARK",
    "PARTS",
    "PATIENTS",
    "RANDOM",
    "RESULTS_FOLDER",
    "Augmentation",
    "AugmentationRow",
    "CoursePoint",
    "CurvePoint",
    "Evaluation",
    "FaceFigures",
    "ImprovedAndPlain",
    "Judged",
    "Learning",
    "LearningPoint",
    "ModelResults",
    "OptimizerRun",
    "OverGraded",
    "PublishedFigure",
    "PublishedSource",
    "ReliabilityBin",
    "Search",
    "Subgroup",
    "Training",
    "default_training",
    "improved_and_plain",
    "read_results",
    "rivals",
    "shown_first",
    "whole_courses",
]
