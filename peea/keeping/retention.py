"""How long what is kept: what is due, its removal, and the report of what was removed."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from peea.access import Permission
from peea.clock import on_ward, time_text
from peea.keeping.rules import KeepingRules
from peea.language import t
from peea.store.audit import Action, now_utc, write_audit
from peea.store.copies import SET_ASIDE
from peea.store.database import named_errors
from peea.store.errors import StoreError
from peea.store.kept_files import KeptFiles, remove_other_keys
from peea.store.open_store import OpenStore
from peea.store.removal import delete_with_dependants
from peea.store.rights import needs
from peea.store.site_key import site_key
from peea.store.withdrawal import (
    KEPT,
    Removable,
    consented,
    forget_files,
    note_removal,
    remove_files,
    sweep_files,
)

CLOCK_SLACK: Final = timedelta(minutes=5)
"""How far the clock may be behind the last entry: tablets and a server that were set at different times."""

SHOWN: Final = (Removable.KEY_FRAMES, Removable.RECORDINGS, Removable.COPIES, Removable.PATIENTS)
"""Kinds that have a period."""


class ClockBehindError(StoreError):
    """The clock of this machine is behind what was entered already; nothing is judged by it."""


@dataclass(frozen=True)
class KindReport:
    """One kind of things that are kept for a time.

    Attributes:
        kind: which.
        days: for how long; 0 for ever.
        kept: how many there are.
        due: of them, how many will be removed by the next run.
        next_at: when the next one after those falls due, or None.
        removed_in_time: removed so far because their time was over.
        removed_by_consent: removed so far because consent was refused or taken back.
    """

    kind: Removable
    days: int
    kept: int
    due: int
    next_at: datetime | None
    removed_in_time: int
    removed_by_consent: int


class Retention(OpenStore):
    """What is kept for a time, and its removal; see `OpenStore` for opening and errors."""

    @needs(Permission.MANAGE_RETENTION)
    def report(self, rules: KeepingRules, now: datetime | None = None) -> list[KindReport]:
        """Return each kind with what is kept, due and removed so far."""
        moment = now or datetime.now(UTC)
        with named_errors(self.path):
            removed: Counter[tuple[str, str]] = Counter()
            for row in self._db.query("SELECT kind, cause, sum(number) AS number FROM removals GROUP BY kind, cause"):
                removed[row["kind"], row["cause"]] += row["number"]
            reports = []
            for kind in SHOWN:
                days = _days(rules)[kind]
                times = [made for made, _ in self._kept(kind)]
                ends = sorted(made + timedelta(days=days) for made in times) if days else []
                reports.append(
                    KindReport(
                        kind,
                        days,
                        len(times),
                        sum(end <= moment for end in ends),
                        next((end for end in ends if end > moment), None),
                        removed[kind, "retention"],
                        removed[kind, "consent"],
                    )
                )
        return reports

    @needs(Permission.MANAGE_RETENTION)
    def enforce(self, rules: KeepingRules, now: datetime | None = None) -> Counter[Removable]:
        """Remove what its time is over, and what no consent covers any more; return how much of each kind.

        Killed in the middle, it goes on with the next run: the data base forgets first, files follow.

        Raises:
            ClockBehindError: the clock is behind what was entered already.
        """
        moment = now or datetime.now(UTC)
        files = KeptFiles(self.path, site_key(self.path.parent))
        removed: Counter[Removable] = Counter()
        with self._writing() as db:
            refuse_clock_behind(db, moment)
            by_consent, names = forget_files(db, self.actor, self._uncovered(db))
            for kind, number in by_consent.items():
                note_removal(db, self.actor, kind, number, "consent")
            pictures = self._due(Removable.KEY_FRAMES, rules, moment) + self._due(Removable.RECORDINGS, rules, moment)
            in_time, more = forget_files(db, self.actor, pictures)
            in_time[Removable.PATIENTS] = self._erase(self._due(Removable.PATIENTS, rules, moment))
            copies = self._due(Removable.COPIES, rules, moment)
            in_time[Removable.COPIES] = len(copies)
            for kind, number in in_time.items():
                if number:
                    note_removal(db, self.actor, kind, number, "retention")
            removed = by_consent + in_time
        with self._writing() as db:
            remove_files(files, [*names, *more])
            sweep_files(db, files)
            remove_other_keys(self.path, files.key)
            for copy in copies:
                shutil.rmtree(copy["folder"])
        return removed

    @needs(Permission.MANAGE_RETENTION)
    def note_backup(self, file: Path, rows: int) -> None:
        """Write into the audit trail that a backup was made."""
        with self._writing() as db:
            write_audit(db, self.actor, Action.BACKED_UP, "data base", file.name, rows=rows)

    def _kept(self, kind: Removable) -> list[tuple[datetime, dict[str, Any]]]:
        """Return what is kept of a kind, each with the time from which its period runs."""
        if kind is Removable.COPIES:
            folders = sorted((self.path.parent / SET_ASIDE).glob("*/"))
            return [(datetime.fromtimestamp(folder.stat().st_mtime, UTC), {"folder": folder}) for folder in folders]
        if kind is Removable.PATIENTS:
            rows = self._db.query(
                "SELECT patient_id, left_at AS at FROM patients WHERE left_at IS NOT NULL AND demonstration = 0"
            )
        else:
            rows = self._db.query(
                f"SELECT kept.*, made_at AS at FROM ({KEPT} file IS NOT NULL) AS kept JOIN rating_sets USING (set_id) "
                "WHERE kept.kind = ?",
                [kind.value],
            )
        return [(datetime.fromisoformat(row["at"]), row) for row in rows]

    def _due(self, kind: Removable, rules: KeepingRules, now: datetime) -> list[dict[str, Any]]:
        days = _days(rules)[kind]
        if not days:
            return []
        return [what for made, what in self._kept(kind) if made + timedelta(days=days) <= now]

    def _uncovered(self, db: Database) -> list[dict[str, Any]]:
        """Return kept pictures and recordings of patients whose consent is not, or no longer, there.

        Decisions that staff enter are carried out at once; those that were imported, or entered while a disk was
        failing, here.
        """
        rows = db.query(
            f"SELECT kept.* FROM ({KEPT} file IS NOT NULL) AS kept JOIN patients USING (patient_id) "
            "WHERE patients.demonstration = 0"
        )
        covered: dict[str, bool] = {}
        for row in (kept := list(rows)):
            covered.setdefault(row["patient_id"], consented(db, row["patient_id"]))
        return [row for row in kept if not covered[row["patient_id"]]]

    def _erase(self, patients: Sequence[dict[str, Any]]) -> int:
        """Remove patients with everything that refers to them; the audit trail, which holds no names, stays."""
        for patient_id in [row["patient_id"] for row in patients]:
            self._db.execute(
                "INSERT INTO erasures (patient_id, at, erased_by) VALUES (?, ?, ?)", [patient_id, now_utc(), self.actor]
            )
            rows = delete_with_dependants(self._db, "patients", [patient_id])
            write_audit(self._db, self.actor, Action.REMOVED, "patients", patient_id, patient_id=patient_id, rows=rows)
        return len(patients)


def refuse_clock_behind(db: Database, now: datetime) -> None:
    """Refuse to judge by a clock that is behind the last entry of the audit trail.

    Raises:
        ClockBehindError: it is.
    """
    (last,) = db.execute("SELECT max(at) FROM audit").fetchone()
    if last is not None and now + CLOCK_SLACK < datetime.fromisoformat(last):
        raise ClockBehindError(
            t(
                "The clock of this machine shows {now}, but something was entered at {last} already. Set the clock "
                "right before anything is entered; until then nothing is removed.",
                now=time_text(on_ward(now)),
                last=time_text(on_ward(datetime.fromisoformat(last))),
            )
        )


def _days(rules: KeepingRules) -> dict[Removable, int]:
    """Return the period of each kind in days."""
    return {
        Removable.KEY_FRAMES: rules.key_frames_days,
        Removable.RECORDINGS: rules.recordings_days,
        Removable.COPIES: rules.copies_days,
        Removable.PATIENTS: rules.patients_days,
    }
