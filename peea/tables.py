"""The same numbers as the charts, as tables for reading and checking. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from peea.assessment import Assessment
from peea.clock import on_ward, time_text
from peea.grade_style import GRADE_STYLES, style_of
from peea.language import t
from peea.moments import PROBLEM_NAMES, grade_of_frame
from peea.scales import CONTEXT_NAMES, GRADES, PSPI_ACTIONS
from peea.store.pain_records import KIND_NAMES, PainRecord


def grade_table(assessment: Assessment) -> pd.DataFrame:
    """Return one row a grade: stable seconds and share of the recording in percent."""
    timeline = assessment.timeline
    return pd.DataFrame(
        {
            t("Grade"): [GRADE_STYLES[grade].label for grade in GRADES],
            t("Held stable (s)"): [round(timeline.seconds.get(grade, 0.0), 1) for grade in GRADES],
            t("Share of the recording (%)"): [round(100 * timeline.shares.get(grade, 0.0)) for grade in GRADES],
        }
    )


def episode_table(assessment: Assessment) -> pd.DataFrame:
    """Return one row a stable episode: grade, start, end and length in seconds."""
    episodes = assessment.timeline.episodes
    return pd.DataFrame(
        {
            t("Grade"): [GRADE_STYLES[episode.grade].label for episode in episodes],
            t("From (s)"): [round(episode.start_s, 1) for episode in episodes],
            t("To (s)"): [round(episode.end_s, 1) for episode in episodes],
            t("Held (s)"): [round(episode.duration_s, 1) for episode in episodes],
        }
    )


def frame_table(assessment: Assessment) -> pd.DataFrame:
    """Return one row a frame: time, grade, probability of each grade in percent, actions and PSPI, or why no grade."""
    rows = []
    for frame in assessment.frames:
        graded = grade_of_frame(frame)
        row: dict[str, object] = {
            t("Time (s)"): round(frame.time_s, 2),
            t("Grade"): "" if graded is None else GRADE_STYLES[graded.grade].label,
            t("Why no grade"): "" if frame.problem is None else PROBLEM_NAMES[frame.problem],
        }
        for grade in GRADES:
            share = None if graded is None else round(100 * graded.probabilities[grade])
            row[f"{GRADE_STYLES[grade].word} (%)"] = share
        for name in PSPI_ACTIONS:
            row[name] = None if frame.actions is None else round(frame.actions.get(name, 0.0), 1)
        row["PSPI"] = None if graded is None or graded.pspi is None else round(graded.pspi, 1)
        rows.append(row)
    return pd.DataFrame(rows)


def course_table(records: Sequence[PainRecord]) -> pd.DataFrame:
    """Return one row an assessment of a patient, of whatever kind: when, what was done, grade, value, by whom."""
    columns: dict[str, list[object]] = {
        t("Time"): [time_text(on_ward(record.at)) for record in records],
        t("What the patient did"): [CONTEXT_NAMES[record.context] if record.context else "" for record in records],
        t("Assessed by"): [KIND_NAMES[record.kind] for record in records],
        t("Grade"): [style_of(record.grade).label for record in records],
        t("Value"): [record.value for record in records],
        t("By whom"): [record.by for record in records],
    }
    return pd.DataFrame(columns)
