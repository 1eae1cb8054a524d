"""Whether PEEA is well: the data base, its key, the disk, the models, the last backup; and which versions run.

Nothing of a patient is looked at or told. Whoever keeps machines reads it on the page Health, with `peea health`, or
has a monitoring system ask for /health.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

import peea
from peea.keeping.backup import newest_backup
from peea.keeping.rules import KeepingRules
from peea.language import Names, later, listed, t
from peea.model_cards import DEFAULT_MODEL, MODELS_FOLDER, GraderError, model_names, read_card
from peea.settings import Settings
from peea.store.database import BUSY_TIMEOUT_S, connect, default_path, key_id_of, named_errors
from peea.store.errors import StoreError
from peea.store.schema import migrations
from peea.store.site_key import site_key

LIBRARIES: Final = ("streamlit", "torch", "openvino", "av", "sqlcipher3")
"""Of whose versions somebody who looks for a fault asks first."""


class State(StrEnum):
    """What a check found."""

    WELL = "well"
    TO_DO = "to_do"
    NOT_WELL = "not_well"


STATE_NAMES: Final = Names(
    {State.WELL: later("Well"), State.TO_DO: later("To be set up"), State.NOT_WELL: later("Not well")}
)


class Part(StrEnum):
    """What is checked."""

    DATABASE = "database"
    SCHEMA = "schema"
    KEY = "key"
    DISK = "disk"
    MODELS = "models"
    BACKUP = "backup"


PART_NAMES: Final = Names(
    {
        Part.DATABASE: later("Data base"),
        Part.SCHEMA: later("Schema of the data base"),
        Part.KEY: later("Encryption"),
        Part.DISK: later("Room on the disk"),
        Part.MODELS: later("Models"),
        Part.BACKUP: later("Last backup"),
    }
)


@dataclass(frozen=True)
class Check:
    """What was found of one part: its state, and a sentence that says what is wrong or how it is."""

    part: Part
    state: State
    sentence: str


@dataclass(frozen=True)
class Health:
    """What was found of everything.

    Attributes:
        checks: one a part.
        versions: of PEEA, Python, the libraries, the models and the data base's schema, by name.
        looked_at: when, ISO 8601 in UTC.
    """

    checks: tuple[Check, ...]
    versions: dict[str, str]
    looked_at: str

    @property
    def well(self) -> bool:
        """True if nothing is wrong; what is only to be set up is not wrong."""
        return all(check.state is not State.NOT_WELL for check in self.checks)

    def sentence(self) -> str:
        """Return in one sentence how PEEA is."""
        wrong = [PART_NAMES[check.part] for check in self.checks if check.state is State.NOT_WELL]
        if wrong:
            return t("PEEA is not well: {parts}.", parts=listed(wrong))
        open_ = [PART_NAMES[check.part] for check in self.checks if check.state is State.TO_DO]
        if open_:
            return t("PEEA is well. Still to be set up: {parts}.", parts=listed(open_))
        return t("PEEA is well.")

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON can hold it, in words that programs compare."""
        return {
            "status": State.WELL if self.well else State.NOT_WELL,
            "looked_at": self.looked_at,
            "versions": self.versions,
            "checks": {check.part: {"state": check.state, "sentence": check.sentence} for check in self.checks},
        }


def examine(settings: Settings, database: Path | None = None, now: datetime | None = None) -> Health:
    """Look at everything; takes as long as reading the data base once."""
    path, now = database or default_path(), now or datetime.now(UTC)
    schema: dict[str, str] = {}
    checks = [
        _checked(Part.DATABASE, lambda: _database(path, schema)),
        _checked(Part.SCHEMA, lambda: _schema(schema)),
        _checked(Part.KEY, lambda: _key(path)),
        _checked(Part.DISK, lambda: _disk(path, settings.watch.least_free_mb)),
        _checked(Part.MODELS, _models),
        _checked(Part.BACKUP, lambda: _backup(settings.keeping, settings.watch.backup_within_h, now)),
    ]
    return Health(tuple(checks), {**versions(), **schema}, now.isoformat(timespec="seconds"))


def versions() -> dict[str, str]:
    """Return which versions run: PEEA, Python, libraries, models."""
    found = {"peea": peea.__version__, "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    for name in model_names():
        try:
            found[f"model {name}"] = str(read_card(name)["version"])
        except GraderError:
            found[f"model {name}"] = ""
    return found


def _checked(part: Part, look: Callable[[], tuple[State, str]]) -> Check:
    try:
        state, sentence = look()
    except (StoreError, GraderError) as error:
        state, sentence = State.NOT_WELL, str(error)
    except OSError as error:
        state, sentence = State.NOT_WELL, t("It cannot be looked at ({why}).", why=error.strerror)
    return Check(part, state, sentence)


def _database(path: Path, schema: dict[str, str]) -> tuple[State, str]:
    """Read all of the data base, and which changes of the schema it has had."""
    if not path.is_file():
        return State.NOT_WELL, t("There is no data base. PEEA makes it when it starts.")
    key = site_key(path.parent)
    with named_errors(path), closing(connect(path, key, BUSY_TIMEOUT_S)) as connection:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        forged = [] if key is None else connection.execute("PRAGMA cipher_integrity_check").fetchall()
        applied = [one.name for one in migrations.applied(Database(connection))]
    schema["schema"] = applied[-1] if applied else ""
    schema["changes"] = str(len(applied))
    if found != "ok" or forged:
        return State.NOT_WELL, t("The data base is damaged. Stop using it and restore the last backup.")
    return State.WELL, t("Every page can be read: {n} MB.", n=f"{path.stat().st_size / 1e6:.0f}")


def _schema(schema: dict[str, str]) -> tuple[State, str]:
    if "schema" not in schema:
        return State.NOT_WELL, t("It cannot be told: the data base was not read.")
    known = [one.name for one in migrations.pending(Database(memory=True))]
    missing = len(known) - int(schema["changes"])
    if missing < 0 or schema["schema"] not in known:
        return State.NOT_WELL, t("The data base was written by a newer PEEA. Update PEEA.")
    if missing:
        return State.TO_DO, t("{n} changes wait. They are made when PEEA starts.", n=missing)
    return State.WELL, t("Up to date: {name}.", name=schema["schema"])


def _key(path: Path) -> tuple[State, str]:
    key = site_key(path.parent)
    needed = key_id_of(path)
    if needed is None:
        return State.NOT_WELL, t("It cannot be told: there is no data base that could be read.")
    if not needed and key is None:
        return State.TO_DO, t("The data base is not encrypted.")
    if key is None or key.key_id != needed:
        return State.NOT_WELL, t("The key that is given is not the one of the data base.")
    return State.WELL, t("Encrypted, and the key fits.")


def _disk(path: Path, least_mb: int) -> tuple[State, str]:
    folder = next(one for one in (path.parent, *path.absolute().parents) if one.is_dir())
    free = shutil.disk_usage(folder).free / 1e6
    said = t("{free} MB are free.", free=f"{free:,.0f}")
    return (State.WELL if free >= least_mb else State.NOT_WELL), said


def _models() -> tuple[State, str]:
    names = model_names()
    if DEFAULT_MODEL not in names:
        return State.NOT_WELL, t("The model {name} is not installed.", name=DEFAULT_MODEL)
    for name in names:
        weights = read_card(name)["weights"]
        file = MODELS_FOLDER / name / Path(str(weights["file"])).name
        found = file.stat()
        if _sha256(file, found.st_mtime_ns, found.st_size) != weights["sha256"]:
            return State.NOT_WELL, t("The weights of the model {name} are not the released ones.", name=name)
    return State.WELL, t("The weights are the released ones: {names}.", names=listed(names))


@lru_cache(maxsize=64)
def _sha256(file: Path, changed_ns: int, size: int) -> str:
    """Read a file once, and again when it has changed."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _backup(rules: KeepingRules, within_h: int, now: datetime) -> tuple[State, str]:
    if not rules.backup_folder:
        return State.TO_DO, t("No folder for backups is set.")
    last = newest_backup(Path(rules.backup_folder))
    if last is None:
        return State.NOT_WELL, t("There is no backup yet.")
    hours = (now - last) / timedelta(hours=1)
    said = t("{n} hours ago.", n=f"{hours:.0f}")
    return (State.WELL if not within_h or hours <= within_h else State.NOT_WELL), said
