"""How fast the ward board and the patient page get their data: 1,000 patients with 50,000 assessments.

``python -m peea.bench.ward`` fills a temporary data base and prints what was measured. Each time is that of one look at
a page by somebody who comes anew: opening the data base, reading, writing into the audit trail who was seen, working
out who is due, making the rows or the chart. Frames of recordings are left out of the data base (they would be 1 GB,
and neither page reads them).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from peea.care.board import board_rows
from peea.care.rules import ReassessmentRules
from peea.clock import on_ward
from peea.demonstration import DemonstrationError, demonstration_recordings
from peea.kept_scores import KEPT_FOLDER, kept_score
from peea.plots import DoseMark, TrendPoint, trend_figure
from peea.scales import Context
from peea.store import CareLog, PatientLog, Sex, WardLog
from peea.store.audit import now_utc, stored_time
from peea.store.looks import forget_looks

PATIENTS: Final = 1_000
ASSESSMENTS: Final = 50_000
LOOKS: Final = 5
LIMIT_S: Final = 1.0
"""Seconds within which both must answer."""

ACTOR: Final = "Benchmark"


@dataclass(frozen=True)
class Measured:
    """Seconds of one page: the median and the slowest of some looks, and whether the slowest is within the limit.

    `work_s` is the median of the processor's time: what is left of it when nothing else runs on the machine.
    `audit_rows` and `audit_bytes` are what one look left in the audit trail, at most.
    """

    page: str
    median_s: float
    slowest_s: float
    work_s: float
    audit_rows: int
    audit_bytes: int

    @property
    def within_limit(self) -> bool:
        return self.slowest_s <= LIMIT_S


def fill(path: Path, patients: int = PATIENTS, assessments: int = ASSESSMENTS, seed: int = 1) -> None:
    """Fill a new data base: patients on ten wards, their model results over two weeks, ratings by hand and doses.

    Each result is a copy of a real one, of the committed demonstration recordings, with another time and grade.

    Raises:
        DemonstrationError: no kept result is there to copy.
    """
    rng, now = np.random.default_rng(seed), datetime.now(UTC)
    with PatientLog(path, actor=ACTOR) as log:
        with log.together():
            ids = [
                log.register_patient(
                    f"Patient {number:05d}",
                    date(1930, 1, 1) + timedelta(days=int(rng.integers(9000))),
                    Sex.FEMALE if number % 2 else Sex.MALE,
                    ward=f"Ward {number % 10}",
                    bed=str(number // 10),
                    team="Blue" if number % 3 else "Green",
                    arrived_at=now - timedelta(days=14),
                ).patient_id
                for number in range(patients)
            ]
        log.save_assessment(ids[0], _template(now - timedelta(days=13)))
        _copy(log, ids, assessments - 1, rng, now)


def _template(recorded_at: datetime):  # type: ignore[no-untyped-def]
    for recording in demonstration_recordings():
        kept = KEPT_FOLDER / f"{recording.path.stem}.json"
        if kept.is_file():
            made = kept_score(recording, json.loads(kept.read_text(encoding="utf-8"))["weights_sha256"], recorded_at)
            if made is not None:
                return made
    raise DemonstrationError("No kept result of a demonstration recording is there. Run: peea demo --keep-scores")


def _copy(log: PatientLog, ids: list[str], number: int, rng: np.random.Generator, now: datetime) -> None:
    """Write copies of the one assessment, and ratings and doses, all in one transaction."""
    template = next(log._db.query("SELECT * FROM assessments"))
    columns = list(template)
    contexts = [context.value for context in Context]

    def copied(index: int) -> list[object]:
        at = stored_time(now - timedelta(minutes=float(rng.uniform(1, 13 * 24 * 60))))
        grade = int(rng.integers(5))
        status = "preliminary" if rng.random() < 0.2 else "confirmed"
        return list(
            {
                **template,
                "assessment_id": str(uuid.UUID(int=int(rng.integers(2**63)), version=4)),
                "patient_id": ids[index % len(ids)],
                "recorded_at": at,
                "saved_at": at,
                "context": contexts[int(rng.integers(len(contexts)))],
                "report_grade": grade,
                "peak_grade": grade,
                "status": status,
            }.values()
        )

    marks = ", ".join("?" * len(columns))
    with log.together():
        log._db.conn.executemany(
            f"INSERT INTO assessments ({', '.join(columns)}) VALUES ({marks})", (copied(k) for k in range(number))
        )
        doses = [
            (str(uuid.uuid4()), own, stored_time(now - timedelta(hours=float(rng.uniform(0, 300)))), now_utc())
            for own in ids
            for _ in range(15)
        ]
        log._db.conn.executemany(
            "INSERT INTO analgesia (analgesia_id, patient_id, given_at, drug, dose, unit, route, entered_at, "
            f"entered_by) VALUES (?, ?, ?, 'Paracetamol', 1.0, 'g', 'oral', ?, '{ACTOR}')",
            doses,
        )
        ratings = [
            (str(uuid.uuid4()), own, float(rng.integers(11)), at, at)
            for own in ids
            for at in [stored_time(now - timedelta(hours=float(rng.uniform(0, 300)))) for _ in range(10)]
        ]
        log._db.conn.executemany(
            "INSERT INTO manual_ratings (manual_id, patient_id, kind, score, rated_at, saved_at, rater, saved_by, "
            f"simulated) VALUES (?, ?, 'nrs', ?, ?, ?, '{ACTOR}', '{ACTOR}', 1)",
            ratings,
        )


def look_at_board(path: Path) -> int:
    """Do what the ward board does before it draws; return the number of rows."""
    with WardLog(path, actor=ACTOR) as log:
        log.wards(), log.teams()
        histories = log.board()
    return len(board_rows(histories, datetime.now(UTC), ReassessmentRules()))


def look_at_patient(path: Path, patient_id: str) -> int:
    """Do what the patient page does before it draws, the chart of the whole stay too; return the number of records."""
    with WardLog(path, actor=ACTOR) as log:
        history = log.history(patient_id)
    with CareLog(path, actor=ACTOR) as care:
        doses = care.doses(patient_id, withdrawn=True)
        care.notes(patient_id), care.corrections(patient_id), care.consents_in_force(patient_id)
    with PatientLog(path, actor=ACTOR) as log:
        log.assessments(patient_id)
    trend_figure(
        [TrendPoint(on_ward(one.at), one.grade, one.movement, one.kind) for one in history.records],
        "UTC",
        [DoseMark(on_ward(datetime.fromisoformat(dose.given_at)), dose.drug) for dose in doses],
    )
    return len(history.records)


def measure(path: Path, looks: int = LOOKS) -> list[Measured]:
    """Measure both pages on a filled data base."""
    with PatientLog(path, actor=ACTOR) as log:
        ids = [patient.patient_id for patient in log.patients()]
    return [
        _timed("Ward board", path, [lambda: look_at_board(path)] * looks),
        _timed("Patient page", path, [lambda own=own: look_at_patient(path, own) for own in ids[:looks]]),  # type: ignore[misc]
    ]


def _timed(page: str, path: Path, looks: list[Callable[[], int]]) -> Measured:
    seconds, work, left = [], [], []
    for look in looks:
        forget_looks()  # everybody comes for the first time
        before = _trail(path)
        began, worked = time.perf_counter(), time.process_time()
        look()
        seconds.append(time.perf_counter() - began)
        work.append(time.process_time() - worked)
        after = _trail(path)
        left.append((after[0] - before[0], after[1] - before[1]))
    return Measured(page, statistics.median(seconds), max(seconds), statistics.median(work), *max(left))


def _trail(path: Path) -> tuple[int, int]:
    """Return how many rows the audit trail has, and how many characters what was written of them has."""
    with PatientLog(path, actor=ACTOR) as log:
        rows = log._db.execute("SELECT count(*), coalesce(sum(length(detail)), 0) FROM audit").fetchone()
    return int(rows[0]), int(rows[1])


def measured_anew(patients: int = PATIENTS, assessments: int = ASSESSMENTS) -> tuple[list[Measured], int]:
    """Fill a temporary data base and measure both pages; return that and the size of the data base in megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "peea.db"
        fill(path, patients, assessments)
        return measure(path), round(os.path.getsize(path) / 1e6)


def markdown_of_ward() -> str:
    """Measure, and return the figures as a section for the page of all measurements."""
    found, megabytes = measured_anew()
    lines = [
        "## Ward board and patient page",
        "",
        f"{PATIENTS:,} patients with {ASSESSMENTS:,} assessments ({megabytes} MB without frames); time until the "
        f"data of a page are ready, {LOOKS} looks. To be within {LIMIT_S:g} s.",
        "",
        "| page | median | slowest | of it work of the processor | rows in the audit trail |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.page} | {one.median_s:.2f} s | {one.slowest_s:.2f} s | {one.work_s:.2f} s | "
        f"{one.audit_rows} ({one.audit_bytes} bytes) |"
        for one in found
    ]
    return "\n".join([*lines, ""])


def main(arguments: list[str] | None = None) -> int:
    """Fill, measure and print; exit code 1 if a page is slower than the limit."""
    parser = argparse.ArgumentParser(prog="python -m peea.bench.ward", description=__doc__)
    parser.add_argument("--patients", type=int, default=PATIENTS)
    parser.add_argument("--assessments", type=int, default=ASSESSMENTS)
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    chosen = parser.parse_args(arguments)
    found, megabytes = measured_anew(chosen.patients, chosen.assessments)
    if chosen.json:
        plain = [{**vars(one), "within_limit": one.within_limit} for one in found]
        sizes = {"patients": chosen.patients, "assessments": chosen.assessments, "megabytes": megabytes}
        print(json.dumps({**sizes, "limit_s": LIMIT_S, "pages": plain}))
    else:
        print(f"{chosen.patients} patients, {chosen.assessments} assessments, {megabytes} MB")
        for one in found:
            said = "within" if one.within_limit else "NOT within"
            print(
                f"{one.page}: median {one.median_s:.2f} s, slowest {one.slowest_s:.2f} s, {said} {LIMIT_S:g} s; "
                f"work of the processor {one.work_s:.2f} s; {one.audit_rows} rows in the audit trail "
                f"({one.audit_bytes} bytes)"
            )
    return 0 if all(one.within_limit for one in found) else 1


if __name__ == "__main__":
    raise SystemExit(main())
