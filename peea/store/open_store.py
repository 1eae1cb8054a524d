"""An open data base: what every front of the store (patient log, ratings, ...) has in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from sqlite_utils import Database

from peea.access import Actor, actor_of
from peea.store.database import BUSY_TIMEOUT_S, default_path, named_errors, open_database, writing
from peea.store.rights import harmless

Front = TypeVar("Front", bound="OpenStore")


class OpenStore:
    """An open data base. Cheap to open: open one a page run or command, and use it in the thread that opened it.

    Args:
        path: of the data base, made if it is not there; by default `default_path()`.
        actor: who reads and writes: each call asks what this actor may do, and the audit trail names it. A plain name
            is the server's own command line, or a test: everything is allowed.
        busy_timeout_s: seconds to wait while another program writes.

    Raises (each method, and opening): `StoreError` of some kind; `str(error)` is a sentence for staff.
    """

    def __init__(
        self, path: Path | str | None = None, *, actor: Actor | str, busy_timeout_s: float = BUSY_TIMEOUT_S
    ) -> None:
        self.path = Path(path) if path is not None else default_path()
        self.who = actor_of(actor)
        self._db = open_database(self.path, busy_timeout_s)
        self._inside = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    @harmless("one's own name")
    def actor(self) -> str:
        """The name of who reads and writes, as it stands in the audit trail."""
        return self.who.name

    @harmless("it only ends the reading")
    def close(self) -> None:
        """Release the file."""
        self._db.conn.close()

    @harmless("the other front asks for itself")
    def beside(self, front: type[Front], actor: Actor | str | None = None) -> Front:
        """Return another front on this open data base, of the same actor unless told; it is closed with this one."""
        if actor is not None and not self.who.trusted:
            raise ValueError("only the server itself writes in the name of others")
        other = front.__new__(front)
        other.path, other._db, other._inside = self.path, self._db, False
        other.who = self.who if actor is None else actor_of(actor)
        return other

    @harmless("each call inside asks for itself")
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
