"""The commands that keep data: `peea key`, `peea backup`, `peea restore`, `peea retention` (docs/keeping.md)."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from peea.commands.shared import BadInputError, By, Database, err, login_name, out

if TYPE_CHECKING:
    from peea.keeping.retention import KindReport
    from peea.keeping.rules import KeepingRules

key_app = typer.Typer(
    help="The site's key: everything that is kept of patients is encrypted with it (docs/keeping.md).",
    no_args_is_help=True,
    rich_markup_mode=None,
)

NewKeyFile = Annotated[Path, typer.Argument(metavar="FILE", help="File of the new key, outside of the data folder.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def add_keeping(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(key_app, name="key")
    app.command()(backup)
    app.command()(restore)
    app.command()(retention)


@key_app.command("new")
def new_key(file: NewKeyFile, database: Database = None) -> None:
    """Make a key and write it into a new file that nobody else can read. Keep a copy on paper, in a safe."""
    key = _written_key(file, _path(database))
    out.print(Text(f"The key {key.key_id} is in {file}."))
    err.print(
        Text(
            f"Start PEEA with PEEA_KEY_FILE={file}. Print the file and keep the paper in a safe: without the key "
            "nobody can ever read the data or a backup again; with it and a copy of the data, anybody can."
        )
    )


@key_app.command("check")
def check_key(database: Database = None) -> None:
    """Say which key is given and which one the data base needs; exit code 1 if they differ."""
    from peea.store.database import key_id_of
    from peea.store.site_key import KEY_FILE_VARIABLE, site_key

    path = _path(database)
    key, found = site_key(path.parent), key_id_of(path)
    given = "none" if key is None else key.key_id
    needed = {None: "there is no data base yet", "": "none: it is not encrypted"}.get(found, found)
    out.print(Text(f"Given: {given}\nNeeded by {path}: {needed}"))
    named = os.environ.get(KEY_FILE_VARIABLE)
    if named and Path(named).stat().st_mode & 0o077:
        err.print(Text(f"Others may read {named}. If it is not a mounted secret: chmod 600 {named}"))
    if found is not None and found != ("" if key is None else key.key_id):
        raise typer.Exit(1)


@key_app.command("encrypt")
def encrypt(by: By = "", database: Database = None) -> None:
    """Encrypt a plain data base and its kept files with the key of PEEA_KEY_FILE. Stop PEEA first."""
    from peea.keeping.rekeying import rekey
    from peea.store.site_key import site_key

    path = _path(database)
    key = site_key(path.parent)
    if key is None:
        raise BadInputError("No key is given. Make one with peea key new FILE, and name it in PEEA_KEY_FILE.")
    done = rekey(path, None, key, by or login_name())
    out.print(Text(f"{path} is encrypted with the key {done.since}: {done.rows} rows, {done.files} kept files."))
    _warn_of_plain_copies(path)


@key_app.command("rotate")
def rotate(
    file: NewKeyFile,
    by: By = "",
    database: Database = None,
) -> None:
    """Encrypt everything anew with the key in FILE, made if it is not there. Stop PEEA first.

    Interrupted at any moment, either the old or the new key opens everything (peea key check says which); run it again.
    """
    from peea.keeping.rekeying import rekey
    from peea.store.site_key import key_of_file, site_key

    path = _path(database)
    old = site_key(path.parent)
    if old is None:
        raise BadInputError("No key is given in PEEA_KEY_FILE. A data base without a key: peea key encrypt")
    new = key_of_file(file, path.parent) if file.exists() else _written_key(file, path)
    if new == old:
        raise BadInputError(f"{file} holds the key that is in use. Name a file that is not there yet.")
    done = rekey(path, old, new, by or login_name())
    out.print(Text(f"{path} is encrypted with the key {done.since}: {done.rows} rows, {done.files} kept files."))
    err.print(
        Text(
            f"Start PEEA with PEEA_KEY_FILE={file} from now on. Backups and copies made before need the key "
            f"{done.before}: keep it as long as you keep them, and make a backup now."
        )
    )


def backup(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Where to; by default backup_folder of the settings.")
    ] = None,
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, help="Newest backups to leave there; by default of the settings.")
    ] = None,
    by: By = "",
    database: Database = None,
) -> None:
    """Back up the data base and the kept files while PEEA runs, check the backup, and remove the oldest ones."""
    from peea.keeping.backup import make_backup
    from peea.keeping.retention import Retention

    rules = _rules()
    where = folder or (Path(rules.backup_folder) if rules.backup_folder else None)
    if where is None:
        raise BadInputError("Say where to: peea backup DIR, or backup_folder in [keeping] of the settings file.")
    path = _path(database)
    made = make_backup(where, path, keep or rules.backups_kept)
    with Retention(path, actor=by or login_name()) as store:
        store.note_backup(made.file, made.rows)
    kept = len(made.contents.kept_files)
    sealed = f"encrypted with the key {made.contents.key_id}" if made.contents.key_id else "NOT encrypted"
    out.print(Text(f"{made.file}: checked, {made.rows} rows, {kept} kept files, {sealed}."))
    if made.removed:
        out.print(f"Older backups removed: {len(made.removed)}.")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")],
    key_file: Annotated[
        Path | None,
        typer.Option("--key-file", help="Key of a backup that was made before the key was changed."),
    ] = None,
    yes: Yes = False,
    database: Database = None,
) -> None:
    """Put a backup in the place of the data base; the present state is set aside. Stop PEEA first."""
    from peea.keeping.restore import restore_backup
    from peea.store.site_key import key_of_file

    path = _path(database)
    if path.exists() and not yes:
        typer.confirm(f"Put {file} in the place of {path}? What is there now is set aside.", abort=True, err=True)
    key = key_of_file(key_file, path.parent) if key_file is not None else None
    done = restore_backup(file, path, key)
    rows = sum(done.contents.rows.values())
    out.print(
        Text(f"{path} is as it was at {done.contents.made_at}: {rows} rows, {len(done.contents.kept_files)} files.")
    )
    if done.carried:
        out.print(f"{done.carried} consents refused or taken back since then were carried over, with what they remove.")
    if done.aside is not None:
        err.print(Text(f"What was there before lies in {done.aside}. Enter again what was entered since the backup."))


def retention(
    now: Annotated[
        bool, typer.Option("--now", help="Also remove what is due, as PEEA does at start and daily.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    by: By = "",
    database: Database = None,
) -> None:
    """Report how long what is kept, what was removed and what will be."""
    from peea.keeping.retention import Retention

    rules = _rules()
    with Retention(_path(database), actor=by or login_name()) as store:
        removed = store.enforce(rules) if now else {}
        reports = store.report(rules)
    if as_json:
        kinds = [vars(each) | {"next_at": each.next_at and each.next_at.isoformat()} for each in reports]
        sys.stdout.write(json.dumps({"removed_now": removed, "kinds": kinds}, default=str) + "\n")
        return
    out.print(_table(reports))
    gone = sum(removed.values())
    if now:
        out.print(f"Removed now: {gone}.")


def _table(reports: list[KindReport]) -> Table:
    from peea.clock import date_text, on_ward
    from peea.store.withdrawal import REMOVABLE_NAMES

    heads = ("What", "Kept for", "There", "Due now", "Next due", "Removed: time over", "Removed: no consent")
    table = Table(*heads, box=None, header_style="dim")
    for each in reports:
        row = (
            REMOVABLE_NAMES[each.kind],
            f"{each.days} days" if each.days else "ever",
            each.kept,
            each.due,
            date_text(on_ward(each.next_at)) if each.next_at else "-",
            each.removed_in_time,
            each.removed_by_consent,
        )
        table.add_row(*(Text(str(cell)) for cell in row))
    return table


def _rules() -> KeepingRules:
    from peea.settings import load_settings

    return load_settings().keeping


def _path(database: Path | None) -> Path:
    from peea.store import default_path

    return database if database is not None else default_path()


def _written_key(file: Path, database: Path) -> Any:
    from peea.store.site_key import SiteKey, refuse_inside

    refuse_inside(file, database.parent)
    key = SiteKey.new()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BadInputError(f"{file} is there already; a key is never overwritten. Choose another name.") from error
    except OSError as error:
        raise BadInputError(f"{file} cannot be written ({error.strerror}). Choose another place.") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(key.text() + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    return key


def _warn_of_plain_copies(path: Path) -> None:
    """Name what may still hold data in plain."""
    from peea.store.copies import SET_ASIDE
    from peea.store.database import key_id_of

    plain = [each for each in sorted((path.parent / SET_ASIDE).glob(f"*/{path.name}")) if key_id_of(each) == ""]
    if plain:
        err.print("These copies are still in plain; remove them when they are not needed any more:")
        for each in plain:
            err.print(Text(f"  {each.parent}"))
    err.print(
        "Backups made until now are in plain, too. A disk may still hold what was removed: let its old sectors be "
        "overwritten or encrypted if real patients were ever in this data base."
    )
