"""The result of a recording as text for a terminal: the sentence first, the numbers under it."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from peea.assessment import Assessment, remarks, result_sentence
from peea.assessment.wording import PROBLEM_WORDINGS, percent_text, seconds_text
from peea.scales import CONTEXT_NAMES, GRADE_NAMES, GRADES


def print_result(console: Console, assessment: Assessment) -> None:
    """Print sentence, remarks, seconds of each grade, coverage and model of one assessment."""
    timeline, model = assessment.timeline, assessment.model
    context = f", {CONTEXT_NAMES[assessment.context].lower()}" if assessment.context else ""
    # Text, not markup: a file may be called "[red].mp4".
    console.print(Text(f"{assessment.recording}{context}", style="bold"))
    console.print(Text(result_sentence(assessment)))
    for remark in remarks(assessment):
        console.print(Text(remark))
    table = Table("Grade", "", box=None, header_style="dim", padding=(0, 2, 0, 0))
    table.columns[1].header = "Held"
    table.columns[1].justify = "right"
    table.add_column("Share", justify="right")
    for grade in GRADES:
        table.add_row(
            f"{grade.value} {GRADE_NAMES[grade]}",
            seconds_text(timeline.seconds[grade]),
            percent_text(timeline.shares[grade]),
        )
    console.print(table)
    lost = ", ".join(
        f"{PROBLEM_WORDINGS[problem].what} {seconds_text(seconds)}"
        for problem, seconds in timeline.problem_seconds.items()
    )
    console.print(
        Text(
            f"Face graded in {percent_text(timeline.coverage)} of {seconds_text(timeline.duration_s)}"
            f"{f' ({lost})' if lost else ''}. {len(assessment.frames)} frames."
        )
    )
    validated = "validated at this site" if model.clinically_validated else "not validated for clinical decisions"
    console.print(Text(f"Model {model.name} {model.version}, {validated}. {model.trained_on}", style="dim"))
