"""Searching the audit trail, and verifying that nobody has touched it.

What `AuditLog.verify` can show: a row that was changed, removed, added or moved anywhere but at the very end breaks
the chain there; rows taken from the end no longer fit the head. What it cannot show by itself: whoever can write to the
file past PEEA can cut rows off the end and set the head back, or compute all hashes anew from some row on. For that an
*anchor* is kept where that person cannot write (printed, mailed, on another machine): how many rows there were and the
hash of the last. A trail that was cut or computed anew before the anchor no longer holds that row with that hash.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from peea.access import Permission
from peea.language import t
from peea.store.audit import CHAINED, NO_HASH, Action, AuditRow, audit_of_row, hash_of, stored_time
from peea.store.database import named_errors
from peea.store.errors import InvalidEntryError
from peea.store.looks import CHARACTERS
from peea.store.open_store import OpenStore
from peea.store.rights import needs

ROWS_A_PAGE: Final = 25

MOST_FINDINGS: Final = 20
"""Findings that a verification lists; where hashes were computed by another rule, every row would be one."""

GUARDS: Final = (
    "audit_refuses_update",
    "audit_refuses_delete",
    "audit_grows_at_its_end",
    "audit_head_follows",
    "audit_head_refuses_delete",
    "audit_head_refuses_insert",
    "audit_head_refuses_update",
)
"""The triggers by which the data base keeps the trail; they can only be missing where somebody removed them."""

_ANCHOR: Final = re.compile(r"rows (\d+)\s+last row (\d+)\s+hash ([0-9a-f]{64})")


@dataclass(frozen=True)
class Anchor:
    """How long the trail was at a time, to be kept where nobody can change it.

    Attributes:
        number: rows.
        last_id: of the last row; 0 of an empty trail.
        hash: of the last row.
    """

    number: int
    last_id: int
    hash: str

    def __str__(self) -> str:
        return f"rows {self.number} last row {self.last_id} hash {self.hash}"

    @classmethod
    def from_text(cls, text: str) -> Anchor:
        """Return the last anchor that a text holds.

        Raises:
            InvalidEntryError: it holds none.
        """
        found = _ANCHOR.findall(text)
        if not found:
            raise InvalidEntryError("anchor", t("There is no anchor in this text."))
        number, last_id, of_hash = found[-1]
        return cls(int(number), int(last_id), of_hash)


@dataclass(frozen=True)
class Verification:
    """What a verification found.

    Attributes:
        rows: that were read.
        findings: what is not as it was written, as sentences; none if the trail is whole.
        anchor: the trail's end as it is now.
    """

    rows: int
    findings: tuple[str, ...]
    anchor: Anchor

    @property
    def whole(self) -> bool:
        """True if nothing was found."""
        return not self.findings


@dataclass(frozen=True)
class AuditQuery:
    """What is looked for; everything by default.

    Attributes:
        person: name of who did it, or a part of it.
        patient: study code or id of the patient, lists on which the patient stood among them.
        action: what was done.
        part: of the record: a table, or what was seen.
        since, until: from this aware time on, and before that.
    """

    person: str = ""
    patient: str = ""
    action: Action | None = None
    part: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class FoundRow:
    """A row with the study code of its patient, or None where it is about nobody or the patient is gone."""

    row: AuditRow
    study_code: str | None


@dataclass(frozen=True)
class AuditPage:
    """Some of the rows found, the latest first, and how many there are in all."""

    rows: Sequence[FoundRow]
    total: int


class AuditLog(OpenStore):
    """Searches and verifies the audit trail; see `OpenStore` for opening and errors. Looking here is a look too."""

    @needs(Permission.SEARCH_AUDIT, sees="audit")
    def search(self, wanted: AuditQuery, page: int = 1, rows_a_page: int = ROWS_A_PAGE) -> AuditPage:
        """Return one page of the rows that fit, the latest first.

        Args:
            wanted: what is looked for.
            page: from 1.
            rows_a_page: how many a page.
        """
        with named_errors(self.path):
            where, values = self._condition(wanted)
            total = self._db.execute(f"SELECT count(*) FROM audit WHERE {where}", values).fetchone()[0]
            rows = self._db.query(
                "SELECT audit.*, study_code FROM audit LEFT JOIN patients USING (patient_id) "
                f"WHERE {where} ORDER BY audit_id DESC LIMIT :rows OFFSET :skip",
                values | {"rows": rows_a_page, "skip": (max(page, 1) - 1) * rows_a_page},
            )
            return AuditPage([_found(row) for row in rows], total)

    @needs(Permission.SEARCH_AUDIT)
    def people(self) -> list[str]:
        """Return who stands in the trail, by name."""
        with named_errors(self.path):
            return [row[0] for row in self._db.execute("SELECT DISTINCT actor FROM audit ORDER BY actor").fetchall()]

    @needs(Permission.SEARCH_AUDIT)
    def parts(self) -> list[str]:
        """Return the parts of the record that stand in the trail, by name."""
        with named_errors(self.path):
            rows = self._db.execute("SELECT DISTINCT table_name FROM audit ORDER BY table_name").fetchall()
            return [row[0] for row in rows]

    @needs(Permission.SEARCH_AUDIT)
    def anchor(self) -> Anchor:
        """Return the trail's end as it is now, to be kept elsewhere."""
        with named_errors(self.path):
            return Anchor(*self._db.execute("SELECT number, last_id, hash FROM audit_head").fetchone())

    @needs(Permission.SEARCH_AUDIT)
    def verify(self, *anchors: Anchor) -> Verification:
        """Compute the chain anew and compare it with what is stored, the head, and anchors that were kept.

        Reads everything: some 100,000 rows a second.
        """
        findings: list[str] = []
        before, number, last_id = NO_HASH, 0, 0
        kept = {each.last_id: each for each in anchors if each.number}
        hashes: dict[int, tuple[int, str]] = {}
        with named_errors(self.path):
            # One look at one state of the data base: rows may be added meanwhile.
            self._db.conn.execute("BEGIN")
            try:
                guards = {row[0] for row in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
                cursor = self._db.conn.execute(f"SELECT {', '.join(CHAINED)}, hash FROM audit ORDER BY audit_id")
                for values in cursor:
                    row, stored = dict(zip(CHAINED, values, strict=False)), values[-1]
                    number += 1
                    if hash_of(before, row) != stored:
                        findings.append(
                            t(
                                "Row {id} does not fit the rows before it: it was changed, or rows before it were "
                                "changed, removed or moved.",
                                id=row["audit_id"],
                            )
                        )
                    before, last_id = stored, row["audit_id"]
                    if last_id in kept:
                        hashes[last_id] = number, stored
                head = Anchor(*self._db.execute("SELECT number, last_id, hash FROM audit_head").fetchone())
            finally:
                self._db.conn.execute("ROLLBACK")
        if (head.number, head.last_id, head.hash) != (number, last_id, before):
            findings.append(
                t(
                    "The trail holds {rows} rows and ends with row {last}; it was written to hold {number} and to end "
                    "with row {end}: rows were removed, or added past PEEA.",
                    rows=number,
                    last=last_id,
                    number=head.number,
                    end=head.last_id,
                )
            )
        findings += [
            t(
                "The trail does not hold what the anchor at row {last} says: it was cut off before it, or written "
                "anew.",
                last=each.last_id,
            )
            for each in kept.values()
            if hashes.get(each.last_id) != (each.number, each.hash)
        ]
        missing = [name for name in GUARDS if name not in guards]
        if missing:
            findings.append(
                t("The data base no longer guards the trail: {names} is missing.", names=", ".join(missing))
            )
        return Verification(number, tuple(findings[:MOST_FINDINGS]), Anchor(number, last_id, before))

    def _condition(self, wanted: AuditQuery) -> tuple[str, dict[str, Any]]:
        parts, values = ["1"], dict[str, Any]()
        if wanted.person.strip():
            parts.append("instr(lower(actor), lower(:person)) > 0")
            values["person"] = wanted.person.strip()
        if wanted.action is not None:
            parts.append("action = :action")
            values["action"] = wanted.action.value
        if wanted.part:
            parts.append("table_name = :part")
            values["part"] = wanted.part
        for name, sign, moment in (("since", ">=", wanted.since), ("until", "<", wanted.until)):
            if moment is not None:
                parts.append(f"at {sign} :{name}")
                values[name] = stored_time(moment)
        if wanted.patient.strip():
            found = self._db.execute(
                "SELECT patient_id FROM patients WHERE patient_id = :key OR study_code = :key",
                {"key": wanted.patient.strip()},
            ).fetchone()
            # A patient who was removed is found by the id.
            values["patient"] = wanted.patient.strip() if found is None else found[0]
            values["listed"] = json.dumps(values["patient"][:CHARACTERS])
            parts.append(
                "audit_id IN (SELECT audit_id FROM audit WHERE patient_id = :patient UNION ALL "
                "SELECT audit_id FROM audit WHERE action = 'seen' AND patient_id IS NULL "
                "AND instr(detail, :listed) > 0)"
            )
        return " AND ".join(parts), values


def _found(row: dict[str, Any]) -> FoundRow:
    study_code = row.pop("study_code")
    return FoundRow(audit_of_row(row), study_code)
