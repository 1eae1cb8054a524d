"""What `peea demo` does: the demonstration ward, and the results of the demonstration recordings."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text

from peea.assessment import Progress, result_sentence
from peea.assessment.road import GradesFaces
from peea.commands.shared import err, progress_bar
from peea.demonstration import DemonstrationRecording, demonstration_recordings
from peea.demonstration_scores import add_results, planned_scores, review_results
from peea.demonstration_ward import fill_ward, stale, touched_by_people
from peea.kept_scores import keep_scores
from peea.model_cards import DEFAULT_MODEL, read_card
from peea.settings import Settings, load_settings
from peea.store import PatientLog


def fill(log: PatientLog, *, renew: bool) -> None:
    """Fill the demonstration ward; make it anew if told so, or if it is of another day and nobody worked with it."""
    if renew:
        err.print(f"{log.remove_demonstration()} demonstration patients were removed.")
    elif stale(log):
        if touched_by_people(log):
            err.print(
                "The demonstration ward is of an earlier day and holds entries of yours, so it stays as it is. To make "
                "it anew, without them: peea demo --renew --score"
            )
        else:
            log.remove_demonstration()
            err.print("The demonstration ward was of an earlier day; it is made anew.")
    err.print(f"{len(fill_ward(log))} demonstration patients are in the patient log.")


def add_recordings(log: PatientLog, model: str | None, grader: Callable[[], GradesFaces], at_most: int | None) -> None:
    """Give the demonstration patients the results of the recordings that they do not have yet."""
    weights = str(read_card(model or DEFAULT_MODEL)["weights"].get("sha256", ""))
    planned = planned_scores(log, demonstration_recordings(), weights_sha256=weights)
    if not planned:
        return
    with progress_bar() as bar:
        task = bar.add_task("", total=1.0, left="")

        def show(recording: DemonstrationRecording, progress: Progress) -> None:
            bar.update(task, description=recording.title, completed=progress.share or 0.0, left=progress.sentence())

        for assessment in add_results(log, planned, weights, grader, load_settings(), at_most, show):
            bar.console.print(Text(f"{assessment.recording}: {result_sentence(assessment)}"))
    review_results(log)


def keep_all(grader: GradesFaces) -> None:
    """Score all demonstration recordings with the default settings and keep the results beside them."""
    with progress_bar() as bar:
        task = bar.add_task("", total=1.0, left="")

        def show(recording: DemonstrationRecording, progress: Progress) -> None:
            bar.update(task, description=recording.title, completed=progress.share or 0.0, left=progress.sentence())

        for assessment in keep_scores(demonstration_recordings(), grader, Settings(), progress=show):
            bar.console.print(Text(f"{assessment.recording}: {result_sentence(assessment)}"))
