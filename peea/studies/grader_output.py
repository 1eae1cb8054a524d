"""What an assessment says on the scales on which clinicians rate: its report grade, and a VAS-equivalent. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from peea.assessment.values import Assessment
from peea.scales import DEFAULT_VAS_MAPPING, Grade, VasMapping, pspi
from peea.studies.values import GraderOutput
from peea.timeline import Timeline


def held_vas(times_s: Sequence[float], vas: Sequence[float], timeline: Timeline) -> float | None:
    """Return the mean VAS-equivalent of the frames in the stable episodes of the report grade; None without a report.

    The papers compare grades only. For a comparison on the VAS, one number must stand for a recording, and it must rest
    on the same frames as the reported grade. A calm recording may have no stable episode; then all frames count.

    Args:
        times_s: of the frames that have a VAS-equivalent, in seconds of the recording.
        vas: their VAS-equivalents, 0-10.
        timeline: of the recording.
    """
    if timeline.report_grade is None or not vas:
        return None
    episodes = [each for each in timeline.episodes if each.grade is timeline.report_grade]
    held = [
        value
        for time_s, value in zip(times_s, vas, strict=True)
        if any(each.start_s <= time_s < each.end_s for each in episodes)
    ]
    chosen = held or list(vas)
    return sum(chosen) / len(chosen)


def grader_output(assessment: Assessment, mapping: VasMapping = DEFAULT_VAS_MAPPING) -> GraderOutput:
    """Return what an assessment says on the scales of a study."""
    graded = [frame for frame in assessment.frames if frame.actions is not None]
    vas = held_vas(
        [frame.time_s for frame in graded],
        [mapping.vas(pspi(frame.actions or {})) for frame in graded],
        assessment.timeline,
    )
    grade: Grade | None = assessment.report_grade
    problem = assessment.timeline.main_problem
    why_not = "" if grade is not None else "nothing to grade" if problem is None else problem.value.replace("_", " ")
    return GraderOutput(grade, None if vas is None else round(vas, 2), why_not)
