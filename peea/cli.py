"""The command `peea`: score recordings, look after patients, fill the demonstration.

Exit codes: 0 done (score: assessed); 1 something failed that is not the input's fault (model missing, disk full); 2
bad input (no such file, not a video, unknown patient, wrong option); 3 a recording could not be assessed. Of a folder:
2 if any file was bad, else 3 if any could not be assessed, else 0. Results go to standard output, everything else to
standard error.
"""

from __future__ import annotations

import getpass
import importlib
import json
import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
import typer.core
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from peea import __version__
from peea.scales import CONTEXT_NAMES, GRADE_NAMES, Context

if TYPE_CHECKING:
    from peea.assessment import Assessment
    from peea.assessment import Progress as RoadProgress
    from peea.frames import Recording
    from peea.graders import Grader
    from peea.settings import Settings
    from peea.store import PatientLog

FAILED: Final = 1
BAD_INPUT: Final = 2
NOT_ASSESSABLE: Final = 3

_out = Console(soft_wrap=True, highlight=False)
_err = Console(stderr=True, soft_wrap=True, highlight=False)

PASS_ON: Final = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""For commands that hand all of their arguments to another set of commands."""


class BadInputError(ValueError):
    """The command was used in a way that cannot work; the sentence says how it should be."""


class SaysErrors(typer.core.TyperGroup):
    """Turns errors into a sentence and an exit code; a traceback is shown with --debug only."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _err.print("Stopped.")
            raise typer.Exit(130) from None
        except Exception as error:
            if ctx.params.get("debug") or type(error).__module__.startswith(("typer", "click")):
                raise
            _err.print(Text(_sentence(error)))
            raise typer.Exit(BAD_INPUT if _is_bad_input(error) else FAILED) from None


app = typer.Typer(
    cls=SaysErrors,
    help="PEEA, the Pain Expression Evaluation Assistant: grades pain from the face of a patient in a recording. "
    "Supports trained staff; not validated for clinical decisions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
patients_app = typer.Typer(help="List and register patients.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(patients_app, name="patients")

By = Annotated[str, typer.Option("--by", help="Who does this, for the audit trail; by default the login name.")]
Database = Annotated[
    Path | None,
    typer.Option("--database", help="Data base of the patient log; by default $PEEA_DATA/peea.db or data/peea.db."),
]


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return "unknown"


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
            with _log(by, database) as log:
                log.save_assessment(patient_id, assessment)
        refused += assessment.report_grade is None
        results.append(_json_result(file, assessment, saved=save))
        if not as_json:
            _print_result(assessment, saved=save)
    if as_json:
        sys.stdout.write(json.dumps({"peea": __version__, "results": results}, ensure_ascii=False) + "\n")
    _list_bad(bad, of_folder=path.is_dir())
    raise typer.Exit(BAD_INPUT if bad else NOT_ASSESSABLE if refused else 0)


@patients_app.command("list")
def list_patients(
    ward: Annotated[str | None, typer.Option("--ward", help="Only this ward.")] = None,
    search: Annotated[str, typer.Option("--search", help="Only with this in name, study code or bed.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    by: By = "",
    database: Database = None,
) -> None:
    """List patients with their last assessment."""
    with _log(by, database) as log:
        overview = log.overview(ward, search)
    if as_json:
        plain = [
            {**vars(each.patient), "last": vars(each.last) if each.last else None, "assessments": each.assessments}
            for each in overview
        ]
        sys.stdout.write(json.dumps({"patients": plain}, ensure_ascii=False, default=str) + "\n")
        return
    if not overview:
        _err.print("No patients. Register one with: peea patients add")
        return
    table = Table("Code", "Name", "Born", "Ward", "Bed", "Last grade", "When (UTC)", box=None, header_style="dim")
    for each in overview:
        grade, when = "", ""
        if each.last:
            found = each.last.report_grade
            grade = "Could not be assessed" if found is None else GRADE_NAMES[found]
            grade += f", {CONTEXT_NAMES[each.last.context].lower()}" if each.last.context else ""
            when = datetime.fromisoformat(each.last.recorded_at).strftime("%d %b %Y %H:%M")
        one = each.patient
        name = f"{one.name} (demonstration)" if one.demonstration else one.name
        table.add_row(*map(Text, (one.study_code, name, f"{one.birth_date:%d %b %Y}", one.ward, one.bed, grade, when)))
    _out.print(table)


class SexOption(StrEnum):
    """The values of --sex."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


@patients_app.command("add")
def add_patient(
    name: Annotated[str, typer.Option("--name", help="Name as on the wristband.")],
    born: Annotated[datetime, typer.Option("--born", formats=["%Y-%m-%d"], help="Birth date, e.g. 1941-05-03.")],
    sex: Annotated[SexOption, typer.Option("--sex", help="Administrative sex.")] = SexOption.UNKNOWN,
    code: Annotated[str | None, typer.Option("--code", help="Study code; by default the next free one.")] = None,
    ward: Annotated[str, typer.Option("--ward", help="Ward.")] = "",
    bed: Annotated[str, typer.Option("--bed", help="Bed.")] = "",
    by: By = "",
    database: Database = None,
) -> None:
    """Register a patient and print the study code."""
    from peea.store import Sex

    with _log(by, database) as log:
        birth_date = date(born.year, born.month, born.day)
        patient = log.register_patient(name, birth_date, Sex(sex.value), study_code=code, ward=ward, bed=bed)
    sys.stdout.write(f"{patient.study_code}\n")


@app.command()
def demo(
    remove: Annotated[bool, typer.Option("--remove", help="Remove the fictional patients and nothing else.")] = False,
    by: By = "",
    database: Database = None,
) -> None:
    """Fill the patient log with fictional patients, marked as a demonstration."""
    from peea.store.demonstration import seed_demonstration

    with _log(by, database) as log:
        if remove:
            number = log.remove_demonstration()
            _err.print(f"{number} demonstration patients were removed.")
        else:
            number = len(seed_demonstration(log))
            _err.print(f"{number} demonstration patients are in the patient log.")


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
def train(ctx: typer.Context) -> None:
    """Train a grader (peea train --help)."""
    _run_extra("peea.training.commands", "peea", ["train", *ctx.args])


@app.command(context_settings=PASS_ON)
def evaluate(ctx: typer.Context) -> None:
    """Evaluate a grader on a data set (peea evaluate --help)."""
    _run_extra("peea.training.commands", "peea", ["evaluate", *ctx.args])


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
        _err.print(
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
    with _err.status("Loading the model"):
        from peea.graders import DEFAULT_MODEL, load_grader

        return load_grader(name or DEFAULT_MODEL)


def _log(by: str, database: Path | None) -> PatientLog:
    from peea.store import PatientLog

    return PatientLog(database, actor=by or _login_name())


def _patient_id(patient: str, by: str, database: Path | None) -> str:
    with _log(by, database) as log:
        return log.patient(patient).patient_id


def _scored(
    recording: Recording, title: str, grader: Grader, settings: Settings, context: Context | None
) -> Assessment:
    from peea.assessment import assess

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[left]}"))
    with Progress(*columns, console=_err, transient=True) as bar:
        task = bar.add_task(title, total=1.0, left="")

        def show(progress: RoadProgress) -> None:
            bar.update(task, completed=progress.share or 0.0, left=progress.sentence())

        return assess(recording, grader, settings=settings, context=context, progress=show)


def _print_result(assessment: Assessment, saved: bool) -> None:
    from peea.result_text import print_result

    print_result(_out, assessment)
    if saved:
        _out.print("Saved to the patient log.")
    _out.print()


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
        _err.print(f"{len(sentences)} {'file' if len(sentences) == 1 else 'files'} could not be read:")
    for sentence in sentences:
        _err.print(Text(f"  {sentence}" if of_folder else sentence))


def _sentence(error: Exception) -> str:
    if type(error).__module__.startswith("peea."):
        return str(error)
    return f"Something unexpected went wrong ({type(error).__name__}: {error}). Run again with: peea --debug ..."


def _is_bad_input(error: Exception) -> bool:
    """True for what the person at the keyboard can put right by another file, option or setting."""
    from peea.frames import MissingFolderError, RecordingError
    from peea.settings import SettingsError
    from peea.store import DuplicatePatientError, InvalidPatientError, UnknownPatientError

    kinds = (BadInputError, RecordingError, MissingFolderError, SettingsError)
    return isinstance(error, (*kinds, DuplicatePatientError, InvalidPatientError, UnknownPatientError))
