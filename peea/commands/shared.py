"""What all commands share: where they print, how they say errors, options that mean the same everywhere."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
import typer.core
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

if TYPE_CHECKING:
    from peea.store import PatientLog

FAILED: Final = 1
BAD_INPUT: Final = 2
NOT_ASSESSABLE: Final = 3

WIDTH_OUTSIDE_A_TERMINAL: Final = 200
"""Columns of output that goes to a file or another program: a table is not cut there as in a narrow terminal."""

out = Console(soft_wrap=True, highlight=False, width=None if sys.stdout.isatty() else WIDTH_OUTSIDE_A_TERMINAL)
err = Console(stderr=True, soft_wrap=True, highlight=False)


class BadInputError(ValueError):
    """The command was used in a way that cannot work; the sentence says how it should be."""


class SaysErrors(typer.core.TyperGroup):
    """Turns errors into a sentence and an exit code; a traceback is shown with --debug only."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            err.print("Stopped.")
            raise typer.Exit(130) from None
        except Exception as error:
            if ctx.params.get("debug") or type(error).__module__.startswith(("typer", "click")):
                raise
            err.print(Text(_sentence(error)))
            raise typer.Exit(BAD_INPUT if _is_bad_input(error) else FAILED) from None


By = Annotated[str, typer.Option("--by", help="Who does this, for the audit trail; by default the login name.")]
Database = Annotated[
    Path | None,
    typer.Option("--database", help="Data base of the patient log; by default $PEEA_DATA/peea.db or data/peea.db."),
]


def login_name() -> str:
    """Return who is logged in at this machine, for the audit trail."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return "unknown"


def open_log(by: str, database: Path | None) -> PatientLog:
    """Open the patient log for the person who uses the command."""
    from peea.store import PatientLog

    return PatientLog(database, actor=by or login_name())


def progress_bar() -> Progress:
    """Return a bar with what is being done and how long it will take."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[left]}"))
    return Progress(*columns, console=err, transient=True)


def _sentence(error: Exception) -> str:
    if type(error).__module__.startswith("peea."):
        return str(error)
    return f"Something unexpected went wrong ({type(error).__name__}: {error}). Run again with: peea --debug ..."


def _is_bad_input(error: Exception) -> bool:
    """True for what the person at the keyboard can put right by another file, option or setting."""
    from peea import store
    from peea.access.errors import AccountError
    from peea.frames import MissingFolderError, RecordingError
    from peea.rating.training_set import TrainingSetError
    from peea.settings import SettingsError
    from peea.store.exchange import ExchangeError

    of_store = (ExchangeError, store.DuplicatePatientError, store.InvalidPatientError, store.UnknownPatientError)
    of_ratings = (store.InvalidRatingError, store.UnknownRatingError, TrainingSetError)
    kinds = (BadInputError, AccountError, RecordingError, MissingFolderError, SettingsError)
    return isinstance(error, (*kinds, *of_store, *of_ratings))
