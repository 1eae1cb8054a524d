"""A full ward on one machine: 8 live sessions, 20 readers and a folder being scored, all at once.

``python -m peea.bench.load --minutes 10`` fills a temporary data base and lets go at once:

- 8 cameras, each unpacked, graded, drawn on and compressed again as for a browser (`peea.bench.streams`), whose results
  are saved every 25 s;
- 20 readers, each of whom gets the data of the ward board or of a patient's page, waits as somebody who reads, and now
  and then writes a note;
- a folder of recordings, scored and saved one after the other without a pause.

They are threads of one process, as the visits of the app are. What a browser does (drawing, the WebSocket) is left out:
it runs on the tablets. Counted are errors, writes that are not there afterwards, how late grades come and pages answer,
part by part, and the memory.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from peea.assessment import Assessment, assess
from peea.bench.material import ROOT, frames_of
from peea.bench.streams import Stream, play
from peea.bench.ward import ACTOR, fill, look_at_board, look_at_patient
from peea.demonstration import demonstration_recordings
from peea.graders import load_grader
from peea.inference.openvino_backend import usable_cores
from peea.scales import Context
from peea.settings import Settings
from peea.store import CareLog, PatientLog
from peea.store.database import connect
from peea.store.site_key import site_key

SESSIONS: Final = 8
READERS: Final = 20
MINUTES: Final = 10.0
PARTS: Final = 5
"""Into which the time is divided, so that lag and memory are seen to grow or not."""

WARM_UP_S: Final = 20.0
READS_FOR_S: Final = 8.0
"""How long a reader looks at a page before the next one."""

LOOKS_A_NOTE: Final = 5
LIVE_RESULT_EVERY_S: Final = 25.0
PATIENTS: Final = 200
ASSESSMENTS: Final = 5_000

MOST_GROWTH_MB: Final = 100.0
MOST_GROWTH: Final = 1.5
"""Lag in the last two parts over that in the first two beyond which it is said to grow."""

REPORT: Final = Path("docs") / "load.md"


@dataclass
class Ledger:
    """What everybody did, under one lock.

    Attributes:
        looks: seconds from asking for a page's data to having them, by the time of asking.
        written: table and id of everything whose save returned without an error.
        errors: their kinds, with how often.
        scored: recordings of the folder.
    """

    looks: list[tuple[float, float]] = field(default_factory=list)
    written: list[tuple[str, str]] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    scored: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Loaded:
    """What came out.

    Attributes:
        minutes: that were measured, without the warm-up.
        stream: what the cameras got, part by part.
        pages_95_s: 95th percentile of the time until a page's data are there, part by part.
        pages: looks in all.
        written: saves that returned without an error.
        lost: of these, how many are not in the data base.
        errors: by kind.
        scored: recordings of the folder.
        load: average load of the machine at the beginning and at the end.
    """

    minutes: float
    stream: Stream
    pages_95_s: tuple[float, ...]
    pages: int
    written: int
    lost: int
    errors: dict[str, int]
    scored: int
    load: tuple[float, float]

    def verdicts(self) -> dict[str, bool]:
        """Return what is promised, and whether it held."""
        first, last = self.stream.measured[0], self.stream.measured[-1]
        late = [one.late_95_ms for one in self.stream.measured]
        return {
            "no error": not self.errors,
            "no lost write": self.lost == 0 and self.written > 0,
            "no lag that grows": _grew(late) <= MOST_GROWTH and _grew(self.pages_95_s) <= MOST_GROWTH,
            "memory flat": last.memory_mb - first.memory_mb <= MOST_GROWTH_MB,
        }


class Everybody:
    """The readers, the folder and the live results, each in threads of their own until told to stop."""

    def __init__(self, database: Path, settings: Settings) -> None:
        self.ledger = Ledger()
        self._database, self._settings = database, settings
        self._stopped = threading.Event()
        with PatientLog(database, actor=ACTOR) as log:
            self._patients = [patient.patient_id for patient in log.patients()]
        self._grader = load_grader(rules=settings.inference)
        recordings = [one.path for one in demonstration_recordings()]
        template = assess(recordings[0], self._grader, settings=settings, context=Context.REST)
        works: list[Callable[[], None]] = [lambda place=place: self._read(place) for place in range(READERS)]  # type: ignore[misc]
        works += [lambda place=place: self._save_live(template, place) for place in range(SESSIONS)]  # type: ignore[misc]
        works.append(lambda: self._score(recordings))
        self._threads = [threading.Thread(target=work, daemon=True) for work in works]

    def start(self) -> None:
        """Let all of them go."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Tell all of them to stop, and wait until they have."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _try(self, do: Callable[[], None]) -> None:
        try:
            do()
        except Exception as error:  # noqa: BLE001 - what goes wrong under load is what is counted here
            with self.ledger.lock:
                self.ledger.errors[f"{type(error).__name__}: {error}"[:200]] += 1

    def _wrote(self, table: str, row_id: str) -> None:
        with self.ledger.lock:
            self.ledger.written.append((table, row_id))

    def _read(self, place: int) -> None:
        rng = np.random.default_rng(place)
        self._stopped.wait(float(rng.uniform(0, READS_FOR_S)))
        for count in itertools.count(1):
            if self._stopped.is_set():
                return
            patient = self._patients[int(rng.integers(len(self._patients)))]

            def look(patient: str = patient, board: bool = count % 2 == 0) -> None:
                begun = time.monotonic()
                if board:
                    look_at_board(self._database)
                else:
                    look_at_patient(self._database, patient)
                with self.ledger.lock:
                    self.ledger.looks.append((begun, time.monotonic() - begun))

            self._try(look)
            if count % LOOKS_A_NOTE == 0:
                self._try(lambda patient=patient: self._write_note(patient))  # type: ignore[misc]
            self._stopped.wait(float(rng.uniform(0.5, 1.5)) * READS_FOR_S)

    def _write_note(self, patient: str) -> None:
        with CareLog(self._database, actor=ACTOR) as care:
            note = care.write_note(patient, "Slept after the dose.", datetime.now(UTC))
        self._wrote("notes", note.note_id)

    def _save_live(self, template: Assessment, place: int) -> None:
        while not self._stopped.wait(LIVE_RESULT_EVERY_S * (1 + place / SESSIONS) / 1.5):
            made = replace(
                template, assessment_id=str(uuid.uuid4()), recorded_at=datetime.now(UTC).isoformat(timespec="seconds")
            )
            self._try(lambda made=made: self._save(self._patients[place], made))  # type: ignore[misc]

    def _save(self, patient: str, assessment: Assessment) -> None:
        with PatientLog(self._database, actor=ACTOR) as log:
            log.save_assessment(patient, assessment)
        self._wrote("assessments", assessment.assessment_id)

    def _score(self, recordings: Sequence[Path]) -> None:
        for number, recording in enumerate(itertools.cycle(recordings)):
            if self._stopped.is_set():
                return

            def score(recording: Path = recording, number: int = number) -> None:
                made = assess(recording, self._grader, settings=self._settings, context=Context.REST)
                self._save(self._patients[number % len(self._patients)], made)
                with self.ledger.lock:
                    self.ledger.scored += 1

            self._try(score)


def lost_writes(database: Path, written: Sequence[tuple[str, str]]) -> int:
    """Return how many saves that returned without an error are not in the data base."""
    keys = {"assessments": "assessment_id", "notes": "note_id"}
    with closing(connect(database, site_key(database.parent), 10.0)) as connection:
        kept = {
            (table, row[0]) for table, key in keys.items() for row in connection.execute(f"SELECT {key} FROM {table}")
        }
    return len(set(written) - kept)


def load(minutes: float = MINUTES, sessions: int = SESSIONS) -> Loaded:
    """Let a full ward work for so long, and return what came of it."""
    settings, before = Settings(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "peea.db"
        fill(database, PATIENTS, ASSESSMENTS)
        everybody = Everybody(database, settings)
        part_s = minutes * 60 / PARTS
        everybody.start()
        begun = time.monotonic() + WARM_UP_S
        try:
            grader = load_grader(rules=settings.inference)
            stream = play(frames_of(at_most=150), grader, sessions, [WARM_UP_S, *[part_s] * PARTS], settings)
        finally:
            everybody.stop()
        ledger = everybody.ledger
        return Loaded(
            minutes,
            stream,
            tuple(_late(ledger.looks, begun + part * part_s, part_s) for part in range(PARTS)),
            len(ledger.looks),
            len(ledger.written),
            lost_writes(database, ledger.written),
            dict(ledger.errors),
            ledger.scored,
            (before, os.getloadavg()[0]),
        )


def _grew(parts: Sequence[float]) -> float:
    """Return the mean of the last two parts over that of the first two."""
    return float(np.mean(parts[-2:]) / np.mean(parts[:2]))


def _late(looks: Sequence[tuple[float, float]], begin: float, length: float) -> float:
    seconds = [took for at, took in looks if begin <= at < begin + length]
    return float(np.quantile(seconds, 0.95)) if seconds else float("nan")


def markdown_of_load(found: Loaded) -> str:
    """Return the figures as a page."""
    rates = [f"{rate:.1f}" for rate in found.stream.graded_a_second]
    lines = [
        "# A full ward at once",
        "",
        f"{SESSIONS} live sessions, {READERS} readers and a folder being scored, for {found.minutes:g} minutes on "
        f"{usable_cores()} cores (load of the machine {found.load[0]:.1f} before, {found.load[1]:.1f} at the end); "
        f"measured {datetime.now(UTC):%d %b %Y %H:%M} UTC by `python -m peea.bench.load`. What is simulated how stands "
        "at the top of `peea/bench/load.py`.",
        "",
        "| promised | held |",
        "|---|---|",
        *[f"| {name} | {'yes' if held else 'NO'} |" for name, held in found.verdicts().items()],
        "",
        f"Saves: {found.written}, lost: {found.lost}. Errors: {sum(found.errors.values())}. Recordings of the folder "
        f"scored: {found.scored}. Looks at pages: {found.pages}. Graded frames a second, each session: "
        f"{', '.join(rates)}.",
        "",
        "| part | grades late, median | 95th percentile | page data, 95th percentile | memory |",
        "|---|---|---|---|---|",
    ]
    for part, (one, pages_s) in enumerate(zip(found.stream.measured, found.pages_95_s, strict=True), start=1):
        lines.append(
            f"| {part} | {one.late_ms:.0f} ms | {one.late_95_ms:.0f} ms | {pages_s:.2f} s | {one.memory_mb:.0f} MB |"
        )
    if found.errors:
        lines += ["", "Errors:", "", *[f"- {count} times {what}" for what, count in found.errors.items()]]
    return "\n".join([*lines, ""])


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; exit code 1 if something promised did not hold."""
    parser = argparse.ArgumentParser(prog="python -m peea.bench.load", description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--write", action="store_true", help=f"also write {REPORT}")
    chosen = parser.parse_args(arguments)
    found = load(chosen.minutes)
    text = markdown_of_load(found)
    sys.stdout.write(text)
    if chosen.write:
        (ROOT / REPORT).write_text(text, encoding="utf-8")
    return 0 if all(found.verdicts().values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
