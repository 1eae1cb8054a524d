"""The words of the model comparison: names, numbers, sentences, from what `peea.model_results` has read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from peea.language import Names, joined, later, t
from peea.language import percent as share_in_percent
from peea.model_cards import training_text
from peea.model_results import (
    PATIENTS,
    RANDOM,
    FaceFigures,
    ImprovedAndPlain,
    Judged,
    LearningPoint,
    PublishedFigure,
    Subgroup,
    Training,
)
from peea.model_results.aims import accuracy_with

SPLIT_NAMES: Final[Mapping[str, str]] = Names({PATIENTS: later("Unseen patients"), RANDOM: later("Random images")})

AUGMENTATION_NAMES: Final[Mapping[str, str]] = Names(
    {
        "none": later("None"),
        "hip-fracture paper": later("Rotation, cropping, translation (hip-fracture paper)"),
        "cancer paper": later("Saturation, histogram equalisation, channel separation (cancer paper)"),
        "ours": later("Camera and ward effects (ours)"),
        "all": later("All of these"),
    }
)

SEARCHED_NAMES: Final[Mapping[str, str]] = Names(
    {
        "learning_rate": later("Learning rate"),
        "momentum": later("Momentum"),
        "weight_decay": later("L2 regularisation"),
    }
)

GROUP_NAMES: Final[Mapping[str, str]] = Names(
    {
        "Sex": later("Sex"),
        "Age band": later("Age"),
        "Skin tone": later("Skin tone"),
        "Light": later("Light"),
        "Head turned": later("Head turned"),
        "Glasses": later("Glasses"),
    }
)

VALUE_NAMES: Final[Mapping[tuple[str, str], str]] = Names(
    {
        ("Sex", "female"): later("Female"),
        ("Sex", "male"): later("Male"),
        ("Skin tone", "light"): later("light"),
        ("Skin tone", "medium"): later("medium"),
        ("Skin tone", "dark"): later("dark"),
        ("Light", "ward"): later("ward light"),
        ("Light", "window"): later("window"),
        ("Light", "evening"): later("evening"),
        ("Light", "night_lamp"): later("night lamp"),
        ("Light", "back_lit"): later("lit from behind"),
        ("Head turned", "up to 15 degrees"): later("up to 15 degrees"),
        ("Head turned", "15 to 25 degrees"): later("15 to 25 degrees"),
        ("Head turned", "over 25 degrees"): later("over 25 degrees"),
        ("Glasses", "0"): later("no glasses"),
        ("Glasses", "1"): later("glasses"),
    }
)

CONFOUNDER_NAMES: Final[Mapping[str, str]] = Names(
    {
        "smile": later("Full smile"),
        "speech": later("Talking"),
        "yawn": later("Yawning"),
        "sleep": later("Asleep"),
        "squint": later("Squinting at light"),
        "grimace": later("Grimace without pain"),
        "raised_brows": later("Raised brows"),
    }
)

PUBLISHED_NAMES: Final[Mapping[str, str]] = Names(
    {
        "training_accuracy": later("Right, training images"),
        "validation_accuracy": later("Right, validation images"),
        "test_accuracy": later("Right, test images"),
        "iterations": later("Iterations until it converged"),
        "found_learning_rate": later("Learning rate that the search found"),
        "found_momentum": later("Momentum that the search found"),
        "found_weight_decay": later("L2 regularisation that the search found"),
        "most_evaluations": later("Evaluations of the search, at most"),
        "icc_average": later("ICC of recordings, clinicians and PEEA, average of raters"),
        "kappa": later("Kappa of recordings, clinicians and PEEA"),
        "accuracy_by_level": later("Right by level, 0 to 10"),
        "mean_by_level": later("Right, mean of the levels"),
        "gain_over_b4": later("Test images right, above EfficientNet-B4"),
        "icc_random": later("ICC, random five-fold split"),
        "icc_leave_one_out": later("ICC, one patient left out at a time"),
    }
)

PUBLISHED_DATA: Final[Mapping[str, str]] = Names(
    {
        "hip_images": later("4,538 images of patients with hip fractures, split at random, four grades"),
        "hip_videos": later("272 recordings of patients with hip fractures"),
        "cancer_images": later("2,580 images of 72 volunteers, six levels"),
        "unbc": later("The public UNBC-McMaster shoulder pain archive"),
    }
)

SURELY_ABOVE: Final = 9
"""Of ten: "10 of 10" would claim too much."""

_COUNTS: Final = ("iterations", "most_evaluations")
_PLAIN_NUMBERS: Final = ("found_learning_rate", "found_momentum", "found_weight_decay", "kappa")


def percent(share: float | None, digits: int = 1) -> str:
    """Return a share as percent, "–" where it was not measured.

    >>> percent(0.9825), percent(None)
    ('98.2 %', '–')
    """
    return "–" if share is None else share_in_percent(share, digits)


def number(value: float | None, digits: int = 3) -> str:
    """Return a number with so many decimals, "–" where it was not measured."""
    return "–" if value is None else f"{value:.{digits}f}"


def short(value: float | None) -> str:
    """Return a setting of a training with four digits, "–" where it was not set."""
    return "–" if value is None else f"{value:.4g}"


def interval_words(interval: tuple[float, float] | None) -> str:
    """Return a 95 % interval of a share in percent, empty without one."""
    if interval is None:
        return ""
    return t("{low} to {high} %", low=f"{100 * interval[0]:.1f}", high=f"{100 * interval[1]:.1f}")


def duration_words(seconds: float | None) -> str:
    """Return a training time in hours and minutes.

    >>> duration_words(953), duration_words(7300), duration_words(None)
    ('16 min', '2 h 2 min', '–')
    """
    if seconds is None:
        return "–"
    minutes = round(seconds / 60)
    if minutes < 60:
        return t("{n} min", n=max(1, minutes))
    return t("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def of_ten_words(figures: FaceFigures) -> str:
    """Return how many faces of ten get the right grade, from the interval where there is one.

    >>> of_ten_words(FaceFigures(images=583, accuracy=0.7496, interval=(0.711, 0.793)))
    '7 to 8 of 10'
    >>> of_ten_words(FaceFigures(images=1604, accuracy=0.807, interval=(0.785, 0.829)))
    'about 8 of 10'
    >>> of_ten_words(FaceFigures(images=583, accuracy=0.97, interval=(0.95, 0.98)))
    'more than 9 of 10'
    """
    low, high = figures.interval or (figures.accuracy or 0.0, figures.accuracy or 0.0)
    if low > SURELY_ABOVE / 10:
        return t("more than {n} of 10", n=SURELY_ABOVE)
    least, most = round(10 * low), min(SURELY_ABOVE, round(10 * high))
    if least >= most:
        return t("about {n} of 10", n=most)
    return t("{least} to {most} of 10", least=least, most=most)


def trust_sentence(training: Training) -> str:
    """Return which model grades, how often it is right on patients it has never seen, and on what it was trained."""
    test = training.judged.get((PATIENTS, "test"))
    named = t("{title} ({name} {version})", title=t(training.title), name=training.name, version=training.version)
    if test is None or test.usable.accuracy is None:
        return t("{model} grades here. How often it is right has not been measured.", model=named)
    if training.synthetic:
        return t(
            "{model} grades here. It gives the right grade of five in {share} faces of simulated patients that it has "
            "never seen.",
            model=named,
            share=of_ten_words(test.usable),
        )
    return t(
        "{model} grades here. It gives the right grade of five in {share} faces of patients that it has never seen.",
        model=named,
        share=of_ten_words(test.usable),
    )


def limits_sentence(training: Training) -> str:
    """Return what a figure of this model does not say: what it was trained on, whether it was validated here."""
    trained = t("Trained on {what}.", what=training_text(training.trained_on))
    if training.clinically_validated:
        return joined([trained, t("Validated at this site.")])
    not_valid = t("Not clinically validated: it has never been compared with clinicians on real patients.")
    if not training.synthetic:
        return joined([trained, not_valid])
    return joined([trained, t("On real faces it will be right less often; how much is unknown."), not_valid])


def training_name(training: Training) -> str:
    """Return a training's title with its name."""
    return t("{title} ({name})", title=t(training.title), name=training.name)


def chart_names(trainings: Sequence[Training]) -> list[str]:
    """Return names short enough for a legend: the titles, and the whole name where two have the same title."""
    titles = [t(training.title) for training in trainings]
    return [
        training_name(training) if titles.count(title) > 1 else title
        for training, title in zip(trainings, titles, strict=True)
    ]


def improvement_sentence(pair: ImprovedAndPlain) -> str:
    """Return whether the settings that the search found made the network better and faster, whichever way it fell."""
    improved, plain = pair.improved.accuracy("test"), pair.plain.accuracy("test")
    said = []
    if improved is not None and plain is not None:
        what = {
            "one": t(pair.improved.title),
            "other": t(pair.plain.title),
            "share": percent(improved),
            "less": percent(plain),
        }
        if improved > plain:
            said.append(t("{one} is right more often than {other}: {share} against {less}.", **what))
        elif improved < plain:
            said.append(t("{one} is right less often than {other}: {share} against {less}.", **what))
        else:
            said.append(t("{one} is right as often as {other}: {share}.", **what))
    if pair.plain_best is not None and pair.seconds_plain is not None:
        best = percent(pair.plain_best)
        if pair.seconds_improved is None:
            said.append(t("It never reached the plain network's best validation accuracy, {best}.", best=best))
        else:
            said.append(
                t(
                    "To the plain network's best validation accuracy, {best}, it took {improved}; the plain {plain}.",
                    best=best,
                    improved=duration_words(pair.seconds_improved),
                    plain=duration_words(pair.seconds_plain),
                )
            )
    return joined(said)


def more_images_sentence(points: Sequence[LearningPoint]) -> str:
    """Return what ten times as many training images would bring; empty if errors do not fall with their number."""
    most = max((point.images for point in points), default=0)
    share = accuracy_with(points, 10 * most)
    if share is None:
        return ""
    return t(
        "If errors go on falling with the number of training images as they did up to {most}, trained as briefly, ten "
        "times as many would bring about {share} right: an extrapolation, not a measurement.",
        most=f"{most:,}",
        share=percent(share, 0),
    )


def group_name(group: str) -> str:
    """Return the name of a property of patients or pictures; one of a hospital's own as it was written."""
    return GROUP_NAMES.get(group, group)


def value_name(group: str, value: str) -> str:
    """Return the name of a value of such a property; one of a hospital's own as it was written."""
    key = (group, value)
    return VALUE_NAMES.get(key, value)


def confounder_name(name: str) -> str:
    """Return the name of what imitates pain; one of a hospital's own as it was written."""
    return CONFOUNDER_NAMES.get(name, name)


def widest_gap(subgroups: Sequence[Subgroup], group: str) -> tuple[Subgroup, Subgroup] | None:
    """Return the values of a property that were graded right least and most often; None if there are not two."""
    found = [each for each in subgroups if each.group == group and each.accuracy is not None]
    if len(found) < 2:
        return None
    ordered = sorted(found, key=lambda each: each.accuracy or 0.0)
    return ordered[0], ordered[-1]


def fairness_sentences(judged: Judged) -> list[str]:
    """Return, for sex, age and skin tone, the widest gap, and whether the intervals leave it open."""
    said = []
    for group in ("Sex", "Age band", "Skin tone"):
        gap = widest_gap(judged.subgroups, group)
        if gap is None:
            continue
        least, most = gap
        sentence = t(
            "{property}: right least often for {least} ({least_share}), most often for {most} ({most_share}).",
            property=group_name(group),
            least=value_name(group, least.value).lower(),
            least_share=percent(least.accuracy),
            most=value_name(group, most.value).lower(),
            most_share=percent(most.accuracy),
        )
        chance = ""
        if least.interval and most.interval and least.interval[1] >= most.interval[0]:
            chance = t("The intervals overlap: with so few patients this may be chance.")
        said.append(joined([sentence, chance]))
    return said


def published_words(figure: PublishedFigure) -> str:
    """Return the value of a published figure as it is read."""
    if isinstance(figure.value, tuple):
        return t("{number} %", number=" / ".join(f"{100 * value:.1f}" for value in figure.value))
    if figure.figure in _COUNTS:
        return f"{figure.value:,.0f}"
    if figure.figure.startswith("icc") or figure.figure in _PLAIN_NUMBERS:
        return f"{figure.value:.4g}"
    return percent(figure.value, digits=0 if figure.figure == "gain_over_b4" else 1)
