"""Looks in the audit trail: who was shown what of which patient. One row a look, and never in the way of reading.

A look that cannot be written now (another program holds the data base, the disk is full or read-only) does not keep a
nurse from the patient: the program's log says at once that one waits, and it is written, with its own time, as soon as
there is a way to.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from peea.store.audit import Action, now_utc, write_audit
from peea.store.errors import DatabaseLockedError, DatabaseUnavailableError, DiskFullError, StoreError

if TYPE_CHECKING:
    from peea.store.open_store import OpenStore

AGAIN_AFTER_S: Final = 600.0
"""Seconds for which seeing the same thing again is the same look at it. A page reads its patient at each press of a
button and the board every few seconds; a row for each would bury the trail and wear the disk."""

MOST: Final = 20_000
"""Looks remembered, and looks that wait; more are only reached by somebody who opens patient after patient."""

PATIENCE_MS: Final = 200
"""A look waits for so long until another writer is done; a save takes some 10 ms."""

CHARACTERS: Final = 8
"""Of a patient's id, in the row of a list: a board of 1,000 patients stays under 12 kB, and among 1,000 random ids two
begin alike once in 8,600 lists."""

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_written: dict[Hashable, float] = {}


@dataclass(frozen=True)
class _Look:
    at: str
    actor: str
    action: Action
    table: str
    row_id: str
    detail: Mapping[str, Any]


_waiting: dict[str, deque[_Look]] = {}


def write_seen(front: OpenStore, what: str, key: str, patients: Sequence[str]) -> None:
    """Keep that the actor saw something of patients: one row, whether of one patient or of a thousand.

    Args:
        front: by which it was seen.
        what: was seen, as the audit trail calls it.
        key: id of the row asked for; empty where all of a patient, or a list, was.
        patients: whose, by id.
    """
    detail: dict[str, object]
    if len(patients) == 1:
        key, detail = key or patients[0], {"patient_id": patients[0]}
    else:
        listed = sorted({one[:CHARACTERS] for one in patients})
        detail = {"number": len(listed), "patients": listed}
    write_look(front, Action.SEEN, what, key, detail, sha256(" ".join(patients).encode()).digest())


def write_look(
    front: OpenStore, action: Action, table: str, row_id: str, detail: Mapping[str, Any], sameness: Hashable = None
) -> None:
    """Keep a look, unless this actor's last one of the same (by `sameness` too) is a moment old; and what waited."""
    path = str(front.path)
    mark = (path, front.actor, action, table, row_id, sameness)
    now = time.monotonic()
    with _lock:
        before = _written.get(mark)
        to_write = list(_waiting.pop(path, ()))
        new = before is None or now - before >= AGAIN_AFTER_S
        if new:
            to_write.append(_Look(now_utc(), front.actor, action, table, row_id, detail))
    if not to_write:
        return
    in_transaction = front._db.conn.in_transaction
    try:
        _write(front, to_write, in_transaction)
    except StoreError as error:
        with _lock:
            _waiting[path] = deque([*to_write, *_waiting.pop(path, ())], maxlen=MOST)
        if not isinstance(error, DatabaseLockedError | DatabaseUnavailableError | DiskFullError):
            raise
        # The log may hold nothing of a patient: it says how many, not whose.
        _log.warning("%d looks wait to be written into the audit trail: %s", len(to_write), type(error).__name__)
    with _lock:
        if len(_written) >= MOST:
            past = [one for one, at in _written.items() if now - at >= AGAIN_AFTER_S]
            for old in past or list(_written)[: MOST // 2]:
                del _written[old]
        if new and not in_transaction:  # an outer transaction may yet be given up, and the row with it
            _written[mark] = now


def _write(front: OpenStore, looks: Sequence[_Look], in_transaction: bool) -> None:
    connection = front._db.conn
    (usual,) = connection.execute("PRAGMA busy_timeout").fetchone()
    if not in_transaction:
        connection.execute(f"PRAGMA busy_timeout = {min(usual, PATIENCE_MS)}")
    try:
        with front._writing() as db:
            for look in looks:
                write_audit(db, look.actor, look.action, look.table, look.row_id, at=look.at, **look.detail)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {usual}")


def forget_looks() -> None:
    """Forget what was seen lately: the next look is written, as after the program was started anew."""
    with _lock:
        _written.clear()
