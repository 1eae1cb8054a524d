"""A backup as one file: the data base, the kept files and a list of both, sealed with the site's key.

Inside the seal it is a tar archive; the list (`contents.json`) comes first and says what must follow, with the SHA-256
of each file. The data base and the kept files in it are encrypted by themselves, too. The backup of a plain data base,
which holds nobody but fictional patients, is a plain tar archive.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from peea.language import t
from peea.store.errors import StoreError
from peea.store.sealing import SealBrokenError, SealedReader, SealedWriter, is_sealed
from peea.store.site_key import KEY_FILE_VARIABLE, KeyMissingError, SiteKey

LIST: Final = "contents.json"
DATABASE: Final = "peea.db"
KEPT: Final = "kept/"
FORM: Final = 1
PURPOSE: Final = "backup"
_COPY_BYTES: Final = 1024 * 1024


class BackupBrokenError(StoreError):
    """A file is no backup of PEEA, or not as it was written."""


@dataclass(frozen=True)
class Contents:
    """What a backup holds.

    Attributes:
        made_at: ISO 8601 UTC.
        peea: version that made it.
        key_id: of the key of the data base in it; "" for a plain one.
        rows: of each table.
        files: SHA-256 of the data base and of each kept file, by name in the archive.
        missing: kept files that were removed while the backup was made.
        form: of this list.
    """

    made_at: str
    peea: str
    key_id: str
    rows: Mapping[str, int]
    files: Mapping[str, str]
    missing: tuple[str, ...] = ()
    form: int = FORM

    @property
    def moment(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.made_at)

    @property
    def kept_files(self) -> list[str]:
        """Names of the kept files."""
        return [name.removeprefix(KEPT) for name in self.files if name.startswith(KEPT)]


def write_archive(target: BinaryIO, contents: Contents, sources: Mapping[str, Path], key: SiteKey | None) -> None:
    """Write a backup.

    Args:
        target: open for writing.
        contents: its list.
        sources: where each file of the list lies.
        key: of the site, None for a plain data base.

    Raises:
        OSError: it cannot be written, or a source cannot be read.
    """
    sealed = SealedWriter(target, key, PURPOSE) if key is not None else None
    with tarfile.open(fileobj=sealed or target, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        text = json.dumps(asdict(contents), sort_keys=True).encode()
        archive.addfile(_entry(LIST, len(text)), io.BytesIO(text))
        for name in contents.files:
            with sources[name].open("rb") as file:
                archive.addfile(_entry(name, os.fstat(file.fileno()).st_size), file)
    if sealed is not None:
        sealed.finish()


def read_archive(path: Path, key: SiteKey | None, folder: Path | None = None) -> Contents:
    """Check a backup from its first to its last byte, and unpack it into `folder` if there is one.

    Raises:
        BackupBrokenError: it is no backup of PEEA, or not as it was written.
        WrongKeyError, KeyMissingError: it was sealed with another key than `key`.
        OSError: it cannot be read, or there is no room.
    """
    with path.open("rb") as file:
        sealed = is_sealed(file.read(16))
        file.seek(0)
        if sealed and key is None:
            raise KeyMissingError(
                t(
                    "The backup {path} is encrypted and no key was given. Name the file of the key in {variable}.",
                    path=path,
                    variable=KEY_FILE_VARIABLE,
                )
            )
        try:
            source: Any = file
            if sealed and key is not None:
                source = io.BufferedReader(SealedReader(file, key, PURPOSE), _COPY_BYTES)
            with tarfile.open(fileobj=source, mode="r|") as archive:
                contents = _unpacked(archive, folder)
            if sealed:
                while source.read(_COPY_BYTES):  # to the proved end, behind tar's own
                    pass
            return contents
        except (tarfile.TarError, SealBrokenError, ValueError, KeyError, TypeError, EOFError) as error:
            raise BackupBrokenError(
                t("{path} is no backup of PEEA, or it is damaged. Choose another backup.", path=path)
            ) from error


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpacked(archive: tarfile.TarFile, folder: Path | None) -> Contents:
    members = iter(archive)
    first = next(members, None)
    text = archive.extractfile(first) if first is not None and first.name == LIST else None
    if text is None:
        raise ValueError("no list of contents")
    plain = json.load(text)
    if plain.get("form") != FORM:
        raise ValueError("unknown form")
    contents = Contents(**{**plain, "missing": tuple(plain["missing"])})
    found = {}
    for member in members:
        if member.name not in contents.files or not member.isfile():
            raise ValueError("a file that is not in the list")
        source = archive.extractfile(member)
        assert source is not None
        digest = hashlib.sha256()
        # Only the last part of the name counts: nothing is ever written outside of the folder.
        target = _new_file(folder / _place(member.name)) if folder is not None else io.BytesIO()
        with target:
            while piece := source.read(_COPY_BYTES):
                digest.update(piece)
                if folder is not None:
                    target.write(piece)
            if folder is not None:
                target.flush()
                os.fsync(target.fileno())
        found[member.name] = digest.hexdigest()
    if found != dict(contents.files):
        raise ValueError("a file is missing or differs")
    return contents


def _place(name: str) -> str:
    return DATABASE if name == DATABASE else f"{KEPT}{Path(name).name}"


def _new_file(path: Path) -> BinaryIO:
    """Make a file that nobody else can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry
