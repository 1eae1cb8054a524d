"""The command `peea`: score recordings, look after patients, fill the demonstration.

Exit codes: 0 done (score: assessed); 1 something failed that is not the input's fault (model missing, disk full); 2
bad input (no such file, not a video, unknown patient, wrong option); 3 a recording could not be assessed. Of a folder:
2 if any file was bad, else 3 if any could not be assessed, else 0. Results go to standard output, everything else to
standard error.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.text import Text

from peea import __version__
from peea.commands.agreement import agreement
from peea.commands.audit import audit_app
from peea.commands.exchange import add_exchange
from peea.commands.health import health
from peea.commands.keeping import add_keeping
from peea.commands.patients import patients_app
from peea.commands.ratings import ratings_app
from peea.commands.shared import (
    BAD_INPUT,
    FAILED,
    NOT_ASSESSABLE,
    BadInputError,
    By,
    Database,
    SaysErrors,
    err,
    open_log,
    out,
    progress_bar,
)
from peea.commands.users import users_app
from peea.scales import Context

if TYPE_CHECKING:
    from peea.assessment import Assessment
    from peea.assessment import Progress as RoadProgress
    from peea.frames import Recording
    from peea.graders import Grader
    from peea.settings import Settings

PASS_ON: Final = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""For commands that hand all of their arguments to another set of commands."""


app = typer.Typer(
    cls=SaysErrors,
    help="PEEA, the Pain Expression Evaluation Assistant: grades pain from the face of a patient in a recording. "
    "Supports trained staff; not validated for clinical decisions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(patients_app, name="patients")
add_exchange(app)
add_keeping(app)
app.command()(agreement)
app.command()(health)
app.add_typer(ratings_app, name="ratings")
app.add_typer(audit_app, name="audit")
app.add_typer(users_app, name="users")


@app.callback()
def root(
    debug: Annotated[bool, typer.Option("--debug", help="Show where in the program an error arose.")] = False,
) -> None:
    """Options before the command."""


@app.command()
def score(
    path: Annotated[Path, typer.Argument(help="Recording (mp4, mov, avi, mkv, webm) or folder of recordings.")],
    patient: Annotated[str | None, typer.Option("--patient", help="Patient's id or study code.")] = None,
    context: Annotated[Context | None, typer.Option("--context", help="What the patient did.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    save: Annotated[bool, typer.Option("--save", help="Save to the patient log; needs --patient.")] = False,
    model: Annotated[
        str | None, typer.Option("--model", help="Name of the model; by default the released one.")
    ] = None,
    by: By = "",
    database: Database = None,
) -> None:
    """Score a recording, or each recording of a folder.

    Exit code 0: assessed. 3: could not be assessed, e.g. too dark. 2: bad input, e.g. not a video. A folder is scored
    to its end; files that cannot be read are listed after it, and the code is 2 if there was one, else 3 if a recording
    could not be assessed, else 0.
    """
    if save and patient is None:
        raise BadInputError("--save needs --patient: say whose recording this is, e.g. --patient P-0001.")
    files = _recordings(path)
    patient_id = _patient_id(patient, by, database) if patient is not None else None
    from peea.frames import RecordingError, open_recording
    from peea.settings import load_settings

    settings = load_settings()
    grader: Grader | None = None
    results: list[dict[str, Any]] = []
    bad: list[str] = []
    refused = 0
    for number, file in enumerate(files, start=1):
        title = file.name if len(files) == 1 else f"{number} of {len(files)}: {file.name}"
        try:
            # Opened before the model is loaded, which takes seconds, so that a bad file is answered at once.
            with open_recording(file, settings.recordings) as recording:
                grader = grader or _grader(model)
                assessment = _scored(recording, title, grader, settings, context)
        except RecordingError as error:
            bad.append(str(error))
            results.append({"file": str(file), "error": str(error)})
            continue
        if save and patient_id is not None:
            with open_log(by, database) as log:
                log.save_assessment(patient_id, assessment)
        refused += assessment.report_grade is None
        results.append(_json_result(file, assessment, saved=save))
        if not as_json:
            _print_result(assessment, saved=save)
    if as_json:
        sys.stdout.write(json.dumps({"peea": __version__, "results": results}, ensure_ascii=False) + "\n")
    _list_bad(bad, of_folder=path.is_dir())
    raise typer.Exit(BAD_INPUT if bad else NOT_ASSESSABLE if refused else 0)


@app.command()
def demo(
    score_them: Annotated[
        bool, typer.Option("--score", help="Also give them the results of the demonstration recordings, once each.")
    ] = False,
    at_most: Annotated[
        int | None,
        typer.Option("--at-most", min=1, help="With --score: score no more than this now; kept results are all taken."),
    ] = None,
    renew: Annotated[
        bool, typer.Option("--renew", help="Make the demonstration ward anew, with what was entered for it gone.")
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the fictional patients and nothing else.")] = False,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep-scores", help="Score all demonstration recordings and keep the results beside them (developers)."
        ),
    ] = False,
    among_others: Annotated[
        bool, typer.Option("--among-others", help="Also where there are patients who are not fictional.")
    ] = False,
    model: Annotated[
        str | None, typer.Option("--model", help="Name of the model; by default the released one.")
    ] = None,
    by: By = "",
    database: Database = None,
) -> None:
    """Fill the patient log with a ward of fictional patients, marked as a demonstration.

    A second time changes nothing; but a ward of another day with which nobody has worked is made anew.
    """
    from peea.commands import demonstration

    if remove and (score_them or renew or keep):
        raise BadInputError("--remove and the other options exclude each other.")
    if keep:
        demonstration.keep_all(_grader(model))
        return
    with open_log(by, database) as log:
        if remove:
            err.print(f"{log.remove_demonstration()} demonstration patients were removed.")
            return
        if not among_others and any(not patient.demonstration for patient in log.patients()):
            raise BadInputError(
                f"{log.path} holds patients who are not fictional; nothing was added. Give the demonstration a folder "
                "of its own (PEEA_DATA=demonstration), or put it --among-others."
            )
        demonstration.fill(log, renew=renew)
        if score_them:
            demonstration.add_recordings(log, model, lambda: _grader(model), at_most)


@app.command("settings")
def print_settings() -> None:
    """Print every setting with its default, reason and range, as a settings file to copy and edit."""
    from peea.settings import example_toml

    sys.stdout.write(example_toml())


@app.command()
def version() -> None:
    """Print the version of PEEA."""
    sys.stdout.write(f"{__version__}\n")


@app.command(context_settings=PASS_ON)
def synth(ctx: typer.Context) -> None:
    """Render synthetic patients: data set, recordings, contact sheets (peea synth --help)."""
    _run_extra("peea.synthetic.commands", "peea synth", ctx.args)


@app.command(context_settings=PASS_ON)
def dataset(ctx: typer.Context) -> None:
    """Make a data set of a hospital's own rated images (peea dataset import --help)."""
    _run_extra("peea.training.importers.commands", "peea dataset", ctx.args)


@app.command(context_settings=PASS_ON)
def train(ctx: typer.Context) -> None:
    """Train a grader (peea train --help)."""
    _run_extra("peea.training.commands", "peea", ["train", *ctx.args])


@app.command(context_settings=PASS_ON)
def evaluate(ctx: typer.Context) -> None:
    """Evaluate a grader on a data set (peea evaluate --help)."""
    _run_extra("peea.training.commands", "peea", ["evaluate", *ctx.args])


@app.command(context_settings=PASS_ON)
def search(ctx: typer.Context) -> None:
    """Search how a network trains best, by Bayesian optimisation (peea search --help)."""
    _run_extra("peea.training.commands", "peea", ["search", *ctx.args])


@app.command(context_settings=PASS_ON)
def experiments(ctx: typer.Context) -> None:
    """Run every training behind the model comparison page (peea experiments --help)."""
    _run_extra("peea.training.commands", "peea", ["experiments", *ctx.args])


@app.command(context_settings=PASS_ON)
def aims(ctx: typer.Context) -> None:
    """Print what the networks were meant to reach, and what they reached."""
    _run_extra("peea.training.commands", "peea", ["aims", *ctx.args])


@app.command(context_settings=PASS_ON)
def networks(ctx: typer.Context) -> None:
    """List the networks with their parameters, multiply-adds and input size (peea networks --help)."""
    _run_extra("peea.training.commands", "peea", ["networks", *ctx.args])


def main() -> None:
    """Run the command `peea`."""
    app(prog_name="peea")


def _run_extra(module: str, program: str, arguments: list[str]) -> None:
    """Run commands whose libraries a ward PC does not have, and say what to install where they are missing."""
    try:
        commands: typer.Typer = importlib.import_module(module).app
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("peea"):
            raise
        err.print(
            f"{program} needs the library {error.name}, which a ward PC does not have. Install it with: "
            "pip install -r requirements-training.txt"
        )
        raise typer.Exit(FAILED) from error
    typer.main.get_command(commands).main(args=arguments, prog_name=program)


def _recordings(path: Path) -> list[Path]:
    if not path.exists():
        raise BadInputError(f"There is no file or folder {path}. Check its name.")
    if not path.is_dir():
        return [path]
    from peea.frames import recordings_in

    files = list(recordings_in(path))
    if not files:
        raise BadInputError(f"{path} holds no recordings (mp4, mov, avi, mkv, webm). Choose another folder.")
    return files


def _grader(name: str | None) -> Grader:
    with err.status("Loading the model"):
        from peea.graders import DEFAULT_MODEL, load_grader
        from peea.settings import load_settings

        return load_grader(name or DEFAULT_MODEL, rules=load_settings().inference)


def _patient_id(patient: str, by: str, database: Path | None) -> str:
    with open_log(by, database) as log:
        return log.patient(patient).patient_id


def _scored(
    recording: Recording, title: str, grader: Grader, settings: Settings, context: Context | None
) -> Assessment:
    from peea.assessment import assess

    with progress_bar() as bar:
        task = bar.add_task(title, total=1.0, left="")

        def show(progress: RoadProgress) -> None:
            bar.update(task, completed=progress.share or 0.0, left=progress.sentence())

        return assess(recording, grader, settings=settings, context=context, progress=show)


def _print_result(assessment: Assessment, saved: bool) -> None:
    from peea.result_text import print_result

    print_result(out, assessment)
    if saved:
        out.print("Saved to the patient log.")
    out.print()


def _json_result(file: Path, assessment: Assessment, saved: bool) -> dict[str, Any]:
    from peea.assessment import remarks, result_sentence

    return {
        "file": str(file),
        "sentence": result_sentence(assessment),
        "remarks": list(remarks(assessment)),
        "saved": saved,
        "assessment": assessment.to_plain(),
    }


def _list_bad(sentences: list[str], of_folder: bool) -> None:
    if sentences and of_folder:
        err.print(f"{len(sentences)} {'file' if len(sentences) == 1 else 'files'} could not be read:")
    for sentence in sentences:
        err.print(Text(f"  {sentence}" if of_folder else sentence))
