"""An open data base: what every front of the store (patient log, ratings, ...) has in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlite_utils import Database

from peea.store.database import BUSY_TIMEOUT_S, default_path, named_errors, open_database, writing


class OpenStore:
    """An open data base. Cheap to open: open one a page run or command, and use it in the thread that opened it.

    Args:
        path: of the data base, made if it is not there; by default `default_path()`.
        actor: who reads and writes, for the audit trail.
        busy_timeout_s: seconds to wait while another program writes.

    Raises (each method, and opening): `StoreError` of some kind; `str(error)` is a sentence for staff.
    """

    def __init__(self, path: Path | str | None = None, *, actor: str, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        if not actor.strip():
            raise ValueError("the data base needs to know who is writing: actor is empty")
        self.path = Path(path) if path is not None else default_path()
        self.actor = actor
        self._db = open_database(self.path, busy_timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the file."""
        self._db.conn.close()

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        with named_errors(self.path), writing(self._db) as db:
            yield db
