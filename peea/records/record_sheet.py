"""The record sheet of one assessment (PDF, A4): the paper's Figs 5 and 6 on one or two pages.

Whose recording it was, what the patient did, which model graded it, the graded course, seconds of each grade, the
result, how well the face was seen, who confirmed it, a line to sign on, and what PEEA is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from reportlab.platypus import Flowable, KeepTogether, Paragraph, Table, TableStyle

from peea.assessment import Assessment, remarks, result_sentence
from peea.assessment.wording import percent_text, seconds_text
from peea.clock import in_zone, time_text, zone_name
from peea.grade_style import style_of
from peea.language import joined, t
from peea.model_cards import training_text
from peea.moments import lost_words
from peea.records.paper import (
    INK,
    SHADE,
    WIDTH,
    Chip,
    Printing,
    facts,
    gap,
    grid,
    heading,
    paragraph,
    patient_facts,
    printed,
    signature_lines,
)
from peea.records.timeline_drawing import timeline_drawing
from peea.scales import CONTEXT_NAMES, GRADES
from peea.store.assessments import SavedAssessment, Status
from peea.store.patients import Patient
from peea.store.ratings import ManualRating


@dataclass(frozen=True)
class Sheet:
    """What stands on a record sheet.

    Attributes:
        patient: whose it is.
        assessment: with its frames.
        saved: its line in the patient log (who saved it, whether it is confirmed); None before it is saved.
        reason: of the override, as the clinician wrote it; empty if there is none.
        by_hand: ratings by hand that belong to this assessment, the patient's own among them.
    """

    patient: Patient
    assessment: Assessment
    saved: SavedAssessment | None = None
    reason: str = ""
    by_hand: Sequence[ManualRating] = field(default=())


def record_sheet(sheet: Sheet, printing: Printing) -> bytes:
    """Return the sheet as a PDF file in the current language."""
    return printed(t("Record of a pain assessment"), sheet.patient, lambda: _story(sheet, printing), printing)


def _story(sheet: Sheet, printing: Printing) -> list[Flowable]:
    assessment = sheet.assessment
    return [
        *patient_facts(sheet.patient, in_zone(assessment.recorded_at)),
        *heading(t("Assessment")),
        _recording(sheet),
        gap(2),
        _result(sheet),
        *heading(t("The course of the recording")),
        timeline_drawing(assessment, WIDTH),
        KeepTogether([*heading(t("Seconds of each grade")), _seconds(assessment)]),
        KeepTogether([*heading(t("How well the face was seen, and by which model")), *_quality(assessment)]),
        *_by_hand(sheet),
        KeepTogether([*heading(t("Confirmation")), *_confirmation(sheet), signature_lines()]),
    ]


def _recording(sheet: Sheet) -> Table:
    assessment, saved = sheet.assessment, sheet.saved
    when = in_zone(assessment.recorded_at)
    return facts(
        [
            (t("Recorded"), f"{time_text(when)} ({zone_name(when)})"),
            (t("What the patient did"), CONTEXT_NAMES[assessment.context] if assessment.context else t("not given")),
            (t("Recording"), assessment.recording),
            (t("Length"), seconds_text(assessment.timeline.duration_s)),
            (t("Assessed by"), saved.saved_by if saved else t("not saved yet")),
            (t("Saved"), time_text(in_zone(saved.saved_at)) if saved else ""),
        ]
    )


def _result(sheet: Sheet) -> Table:
    assessment = sheet.assessment
    preliminary = sheet.saved is None or sheet.saved.status is Status.PRELIMINARY
    inner: list[Flowable] = [Chip(assessment.report_grade), gap(1.5)]
    inner.append(paragraph(result_sentence(assessment, preliminary), 11, bold=True))
    inner += [paragraph(remark, 9) for remark in remarks(assessment)]
    look = TableStyle(
        [
            ("BOX", (0, 0), (-1, -1), 1.2, INK),
            ("BACKGROUND", (0, 0), (-1, -1), SHADE),
            ("LEFTPADDING", (0, 0), (-1, -1), 8),
            ("TOPPADDING", (0, 0), (-1, -1), 5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ]
    )
    return Table([[inner]], colWidths=[WIDTH], style=look)


def _seconds(assessment: Assessment) -> Table:
    timeline = assessment.timeline
    head = [""] + [style_of(grade).label for grade in GRADES]
    held = [t("Held stable")] + [seconds_text(timeline.seconds.get(grade, 0.0)) for grade in GRADES]
    share = [t("Share of the recording")] + [percent_text(timeline.shares.get(grade, 0.0)) for grade in GRADES]
    # "No pain expression" is longer than the other names of grades.
    parts = (0.22, 0.22, *[0.14] * 4)
    return grid(head, [held, share], [part * WIDTH for part in parts])


def _quality(assessment: Assessment) -> list[Flowable]:
    timeline, frames = assessment.timeline, assessment.frames
    graded = [frame for frame in frames if frame.probabilities is not None]
    dim = sum(frame.dim for frame in graded) / len(graded) if graded else 0.0
    others = sum(frame.other_faces > 0 for frame in frames) / max(1, len(frames))
    brightness = sum(frame.brightness for frame in graded) / len(graded) if graded else None
    seen = [
        (
            t("Face graded"),
            t(
                "in {share} of {length}",
                share=percent_text(timeline.coverage),
                length=seconds_text(timeline.duration_s),
            ),
        ),
        (t("Mean brightness"), t("{n} of 255", n=round(brightness)) if brightness is not None else ""),
        (t("Dim light"), t("in {share} of the graded frames", share=percent_text(dim)) if graded else ""),
        (t("Other faces"), t("in {share} of the recording", share=percent_text(others))),
        (t("Model and version"), f"{assessment.model.name} {assessment.model.version}"),
        (t("Weights (SHA-256)"), f"{assessment.model.weights_sha256[:16]}…"),
    ]
    lost = lost_words(timeline)
    return [facts(seen), *([paragraph(lost, 9)] if lost else []), _training(assessment)]


def _training(assessment: Assessment) -> Paragraph:
    model = assessment.model
    validated = (
        t("Validated at this site.")
        if model.clinically_validated
        else t("Not validated for clinical decisions. It supports staff; ask the patient first.")
    )
    return paragraph(joined([t("Trained on: {what}.", what=training_text(model.trained_on)), validated]), 9)


def _by_hand(sheet: Sheet) -> list[Flowable]:
    """Return the ratings by hand, each a line; nothing if there are none."""
    if not sheet.by_hand:
        return []
    lines = [
        t(
            "{kind} {score}, {time}, {name}",
            kind=rating.kind.value.upper(),
            score=f"{rating.score:g}",
            time=time_text(in_zone(rating.rated_at)),
            name=rating.rater,
        )
        for rating in sheet.by_hand
    ]
    return [KeepTogether([*heading(t("Rated by hand")), *(paragraph(line, 9) for line in lines)])]


def _confirmation(sheet: Sheet) -> list[Flowable]:
    saved = sheet.saved
    if saved is None or saved.status is Status.PRELIMINARY:
        choices = "  ".join(f"☐ {style_of(grade).label}" for grade in (*GRADES, None))
        to_confirm = [
            paragraph(t("Preliminary: no clinician has confirmed this result yet."), 9.5, bold=True, after=2),
            paragraph(t("☐ I confirm the result."), 9.5, after=1),
        ]
        return [
            *(to_confirm if sheet.assessment.report_grade is not None else []),
            paragraph(t("☐ I put another grade in its place:"), 9.5, after=1),
            paragraph(choices, 9, after=2),
            paragraph(t("Reason: {reason}", reason="_" * 72), 9.5),
        ]
    when = time_text(in_zone(saved.reviewed_at)) if saved.reviewed_at else ""
    who = saved.reviewed_by or ""
    if saved.status is Status.CONFIRMED:
        return [paragraph(t("Confirmed by {name} on {time}.", name=who, time=when), 9.5, bold=True)]
    if saved.status is Status.OVERRIDDEN:
        row = Table(
            [[Chip(saved.reviewed_grade, 9), paragraph(t("in place of the model's result"), 9.5)]],
            colWidths=[60 * 2.835, None],
            style=TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]),
            hAlign="LEFT",
        )
        said = t("Overridden by {name} on {time}.", name=who, time=when)
        why = t("Reason: {reason}", reason=sheet.reason) if sheet.reason else ""
        return [paragraph(said, 9.5, bold=True, after=2), row, *([paragraph(why, 9.5)] if why else [])]
    return [paragraph(t("Withdrawn: this assessment was saved in error and counts no more."), 9.5, bold=True)]
