"""The values of the model comparison: trainings, what they reached, the search behind them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from peea.output_scales import OutputScale

if TYPE_CHECKING:
    from peea.model_results.published import PublishedFigure, PublishedSource

PATIENTS: Final = "patients"
"""The split in which no patient stands in two parts; reported first."""

RANDOM: Final = "random"
"""The split over images of [P]: one patient stands in training and test, which flatters every figure."""

BENCHMARK: Final = "benchmark"
"""The committed set of images of people who stand in no data set, on which anybody can judge again."""

PARTS: Final = ("train", "validation", "test")


@dataclass(frozen=True)
class CurvePoint:
    """One epoch of a training. Losses are cross-entropy plus the action loss; seconds are those of this epoch."""

    epoch: int
    training_loss: float
    validation_loss: float
    validation_accuracy: float
    seconds: float
    training_accuracy: float | None = None


@dataclass(frozen=True)
class ReliabilityBin:
    """Faces of about equal confidence: their mean confidence, the share that was right, how many they are."""

    confidence: float
    accuracy: float
    images: int


@dataclass(frozen=True)
class Subgroup:
    """The figures of one value of one property of patients or pictures.

    Attributes:
        group, value: e.g. "Sex", "female"; as the evaluation wrote them.
        images, patients: how many.
        accuracy: share of right grades, 0-1, with its 95 % interval by bootstrap over patients.
        mean_error: grades that were given too high (positive) or too low, on average.
        over_graded: share of its faces without pain that imitate it which was graded obvious or worse.
    """

    group: str
    value: str
    images: int
    patients: int
    accuracy: float | None
    interval: tuple[float, float] | None
    mean_error: float | None
    over_graded: float | None = None


@dataclass(frozen=True)
class OverGraded:
    """Faces without pain that imitate it (smile, speech, sleep ...): the share graded obvious or worse.

    Attributes:
        images: how many such faces.
        share: among all of them, 0-1; None without any.
        by_confounder: name -> (images, share).
    """

    images: int
    share: float | None
    by_confounder: Mapping[str, tuple[int, float | None]]


@dataclass(frozen=True)
class FaceFigures:
    """What a network reached on one set of faces. Shares are 0-1; None where it was not measured.

    Attributes:
        images, patients: how many were judged.
        accuracy: share of right classes, with its 95 % interval by bootstrap over patients.
        by_label: accuracy of each true label of the network's scale.
        four_grade_accuracy: among images in pain, the most probable of the grades 1-4 taken [P].
        mean_absolute_error: in classes.
        off_by_two: share that was two classes off or more.
        ece: expected calibration error.
        confusion: rows truth, columns network, both in the order of the scale's labels.
        pspi_icc: ICC(A,1) of the PSPI.
        action_correlation: by action unit, with the true intensity.
        reliability: calibration by confidence.
    """

    images: int
    patients: int | None = None
    accuracy: float | None = None
    interval: tuple[float, float] | None = None
    by_label: Mapping[int, float | None] = field(default_factory=dict)
    four_grade_accuracy: float | None = None
    macro_f1: float | None = None
    quadratic_kappa: float | None = None
    mean_absolute_error: float | None = None
    off_by_two: float | None = None
    ece: float | None = None
    confusion: tuple[tuple[int, ...], ...] = ()
    pspi_mean_absolute_error: float | None = None
    pspi_icc: float | None = None
    action_correlation: Mapping[str, float | None] = field(default_factory=dict)
    reliability: tuple[ReliabilityBin, ...] = ()


@dataclass(frozen=True)
class Judged:
    """A network judged on one part of one split.

    Attributes:
        split, part: which faces.
        usable: those that the ward would grade.
        found: all in which a face was found.
        consistent: those on which simulated raters agreed, the protocol of [P].
    """

    split: str
    part: str
    usable: FaceFigures
    found: FaceFigures | None = None
    consistent: FaceFigures | None = None
    over_graded: OverGraded | None = None
    subgroups: tuple[Subgroup, ...] = ()
    command: str = ""


@dataclass(frozen=True)
class CoursePoint:
    """What a network had reached at a time of its training.

    Attributes:
        seconds: of training until then, those of its pretraining included.
        validation_accuracy: share of right classes, 0-1.
        input_size: side in pixels of the pictures that it learned from then, if known.
    """

    seconds: float
    validation_accuracy: float
    input_size: int | None


@dataclass(frozen=True)
class Training:
    """One trained network, released or not.

    Attributes:
        name: of the model or of the results file.
        title: of the network, for people.
        network: its name in the registry.
        scale: its classes.
        released: its weights are installed.
        split: PATIENTS or RANDOM, by which it was trained.
        trained_on: one sentence.
        start: where its weights began.
        plan: learning rate and so on, as they were.
        curves: its epochs in order.
        training_seconds: of all epochs.
        before: the earlier trainings whose features it started from, the first of them first.
        judged: by (split, part); for a set of images of its own by (name of the set, part).
        command: that trained it.
    """

    name: str
    title: str
    network: str
    scale: OutputScale
    released: bool
    split: str
    version: str = ""
    trained_on: str = ""
    synthetic: bool = True
    clinically_validated: bool = False
    start: str = ""
    plan: Mapping[str, Any] = field(default_factory=dict)
    curves: tuple[CurvePoint, ...] = ()
    training_seconds: float | None = None
    before: tuple[Training, ...] = ()
    judged: Mapping[tuple[str, str], Judged] = field(default_factory=dict)
    command: str = ""

    @property
    def pretraining_seconds(self) -> float | None:
        """Seconds that the trainings before it took; None if there was none, or a time is not known."""
        known = [each.training_seconds for each in self.before if each.training_seconds is not None]
        return sum(known) if self.before and len(known) == len(self.before) else None

    @property
    def course(self) -> tuple[CoursePoint, ...]:
        """What the network reached by its training time, from the first of the trainings before it on.

        Epochs in which it learned the actions alone, or the classes of another scale, count as time only.
        """
        passed, course = 0.0, []
        for training in (*self.before, self):
            for point in training.curves:
                passed += point.seconds
                if training.scale is self.scale and training.plan.get("grade_weight", 1.0):
                    course.append(CoursePoint(passed, point.validation_accuracy, training.plan.get("input_size")))
        return tuple(course)

    @property
    def test(self) -> Judged | None:
        """The figures on the test part of its own split, or None if it was not judged."""
        return self.judged.get((self.split, "test"))

    @property
    def best_epoch(self) -> CurvePoint | None:
        """The epoch whose weights were kept: the one of the least validation loss."""
        return min(self.curves, key=lambda point: point.validation_loss, default=None)

    @property
    def benchmark(self) -> Judged | None:
        """The figures on the committed benchmark images, or None."""
        return next((judged for (name, _), judged in self.judged.items() if name == BENCHMARK), None)

    def accuracy(self, part: str) -> float | None:
        """Share of right classes in a part of its own split; without an evaluation, as its curves say of it."""
        judged = self.judged.get((self.split, part))
        if judged is not None and judged.usable.accuracy is not None:
            return judged.usable.accuracy
        best = self.best_epoch
        if best is None or part == "test":
            return None
        return best.training_accuracy if part == "train" else best.validation_accuracy

    def seconds_to_reach(self, validation_accuracy: float) -> float | None:
        """Return the training seconds until the validation accuracy was first this high; None if it never was."""
        passed = 0.0
        for point in self.curves:
            passed += point.seconds
            if point.validation_accuracy >= validation_accuracy:
                return passed
        return None


@dataclass(frozen=True)
class AugmentationRow:
    """Accuracies, 0-1, of a network trained on so many images with one kind of augmentation (Table 1 of [P])."""

    augmentation: str
    training_accuracy: float | None
    validation_accuracy: float | None
    test_accuracy: float | None
    images: int | None


@dataclass(frozen=True)
class Augmentation:
    """The comparison of augmentations, and what made it."""

    network: str
    command: str
    rows: tuple[AugmentationRow, ...]


@dataclass(frozen=True)
class LearningPoint:
    """What a network reached on unseen people from so many images of this size.

    Attributes:
        images: training images.
        input_size: side of the pictures in pixels.
        accuracy, interval: share of right grades on the test part, with its 95 % interval.
        pspi_icc: ICC(A,1) of the PSPI.
        seconds: of training.
    """

    images: int
    input_size: int
    accuracy: float
    interval: tuple[float, float] | None
    pspi_icc: float | None
    seconds: float | None


@dataclass(frozen=True)
class Learning:
    """What more images and larger pictures bring, and what made it."""

    network: str
    command: str
    more_images: tuple[LearningPoint, ...]
    larger_pictures: tuple[LearningPoint, ...]


@dataclass(frozen=True)
class Evaluation:
    """One evaluation of the search: what was tried (None: not searched) and the objective (None: it failed)."""

    number: int
    learning_rate: float
    momentum: float | None
    weight_decay: float | None
    objective: float | None
    seconds: float | None
    state: str


@dataclass(frozen=True)
class OptimizerRun:
    """One optimiser's search of the same task: its best objective, and the best so far after each evaluation."""

    optimizer: str
    objective: float | None
    curve: tuple[float, ...]


@dataclass(frozen=True)
class Search:
    """A Bayesian search [P].

    Attributes:
        network, command: what was searched, and how.
        space: name -> (low, high, whether drawn on a logarithmic scale).
        evaluations: in order.
        best: what it found, by name.
        optimizers: SGD with momentum against its rivals.
        objective_means: what the objective is, in words.
    """

    network: str
    command: str
    space: Mapping[str, tuple[float, float, bool]]
    evaluations: tuple[Evaluation, ...]
    best: Mapping[str, float]
    optimizers: tuple[OptimizerRun, ...] = ()
    objective_means: str = ""


@dataclass(frozen=True)
class ModelResults:
    """All that is known of the trained networks.

    Attributes:
        trainings: the default model first, then released ones, then the others; patient-disjoint before random.
        sources, published: the papers' own figures, on other data.
        problems: a sentence for each file that could not be read.
    """

    trainings: tuple[Training, ...] = ()
    augmentation: Augmentation | None = None
    learning: Learning | None = None
    search: Search | None = None
    sources: Mapping[str, PublishedSource] = field(default_factory=dict)
    published: tuple[PublishedFigure, ...] = ()
    problems: tuple[str, ...] = ()
