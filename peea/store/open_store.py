"""An open data base: what every front of the store (patient log, ratings, ...) has in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from sqlite_utils import Database

from peea.store.database import BUSY_TIMEOUT_S, default_path, named_errors, open_database, writing

Front = TypeVar("Front", bound="OpenStore")


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

    def beside(self, front: type[Front]) -> Front:
        """Return another front on this open data base, of the same actor; it is closed together with this one."""
        other = front.__new__(front)
        other.path, other.actor, other._db = self.path, self.actor, self._db
        return other

    @contextmanager
    def together(self) -> Iterator[None]:
        """Keep all that is written inside, here and through `beside`, in one transaction: all of it or nothing.

        For hundreds of rows at once: each transaction waits for the disk.
        """
        with self._writing():
            yield

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        with named_errors(self.path):
            if self._db.conn.in_transaction:  # inside `together`
                yield self._db
                return
            with writing(self._db) as db:
                yield db
