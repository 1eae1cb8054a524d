"""How far two models agree on one recording, as a sentence. Pure."""

from __future__ import annotations

from typing import Final

from peea.assessment import Assessment
from peea.grade_style import style_of
from peea.language import joined, t
from peea.moments import grade_of_frame

NEARLY_ALL_FROM: Final = 0.95
"""Share of frames from which "10 of 10" would claim too much."""

Graded = tuple[str, Assessment]
"""Name of the model, what it found."""


def same_grade_share(one: Assessment, other: Assessment) -> float | None:
    """Return the share, 0-1, of frames graded by both in which they give the same grade; None without such frames."""
    others = {frame.time_s: grade_of_frame(frame) for frame in other.frames}
    pairs = [
        (first.grade, second.grade)
        for frame in one.frames
        if (first := grade_of_frame(frame)) is not None and (second := others.get(frame.time_s)) is not None
    ]
    return sum(first == second for first, second in pairs) / len(pairs) if pairs else None


def agreement_sentence(one: Graded, other: Graded) -> str:
    """Return whether two models report the same grade for a recording, and in how many frames they agree."""
    (first, found), (second, found_too) = one, other
    words = style_of(found.report_grade).word.lower()
    if found.report_grade == found_too.report_grade:
        said = t("Both models report the same grade: {grade}.", grade=words)
    else:
        said = t(
            "The models differ: {first} reports {grade}, {second} reports {other}.",
            first=first,
            grade=words,
            second=second,
            other=style_of(found_too.report_grade).word.lower(),
        )
    share = same_grade_share(found, found_too)
    return joined([said, "" if share is None else _frames(share)])


def _frames(share: float) -> str:
    if share == 1:
        return t("They give the same grade in every frame.")
    if share >= NEARLY_ALL_FROM:
        return t("They give the same grade in more than 9 of 10 frames.")
    return t("They give the same grade in {n} of 10 frames.", n=f"{10 * share:.0f}")
