"""What a decision about consent covers, and what goes when it is taken back or refused.

- Assessment: recordings that were kept. Results stay, as a part of the medical record, until its time is over.
- Key frames: pictures and recordings that were kept to be rated. What raters said of them stays, without the picture.
- Research: the patient's recordings and ratings in drafts of studies; studies and training sets made from now on leave
  the patient out. Frozen studies stay as they were reported: they know the patient by a code only.

What was removed is written into `removals`, so that the page can say it to the patient, now and later.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

from sqlite_utils import Database

from peea.language import Names, joined, later, listed, t, tn
from peea.store.audit import Action, now_utc, write_audit
from peea.store.care import Consent, ConsentDecision, ConsentPurpose
from peea.store.kept_files import KeptFiles
from peea.studies.values import Study, study_form, study_of_form, study_sha256


class Removable(StrEnum):
    """Kinds of things that are removed when consent or their time ends."""

    KEY_FRAMES = "key_frames"
    RECORDINGS = "recordings"
    STUDY_RECORDINGS = "study_recordings"
    COPIES = "copies"
    PATIENTS = "patients"


REMOVABLE_NAMES: Final = Names(
    {
        Removable.KEY_FRAMES: later("Key frames"),
        Removable.RECORDINGS: later("Recordings"),
        Removable.STUDY_RECORDINGS: later("Recordings in drafts of studies"),
        Removable.COPIES: later("Copies set aside"),
        Removable.PATIENTS: later("Patients who left"),
    }
)

_COVERED: Final = {
    ConsentPurpose.ASSESSMENT: (Removable.RECORDINGS,),
    ConsentPurpose.KEY_FRAMES: (Removable.KEY_FRAMES, Removable.RECORDINGS),
    ConsentPurpose.RESEARCH: (Removable.STUDY_RECORDINGS,),
}

_KIND: Final = f"CASE WHEN time_s IS NULL THEN '{Removable.RECORDINGS}' ELSE '{Removable.KEY_FRAMES}' END"
KEPT: Final = (
    f"SELECT item_id, set_id, study_codes.patient_id AS patient_id, file, {_KIND} AS kind FROM rating_items "
    "LEFT JOIN study_codes ON study_codes.code = rating_items.study_code WHERE sha256 IS NOT NULL AND "
)
"""Query for pictures and recordings of patients that lie in the folder of kept files; to be ended by a condition."""


def decision_in_force(db: Database, patient_id: str, purpose: ConsentPurpose) -> ConsentDecision | None:
    """Return a patient's decision for a purpose, or None: that of the latest day, and of one day the last entered.

    Entered last is what was written last into the data base: a clock that was put back says otherwise.
    """
    row = next(
        db.query(
            "SELECT decision FROM consents WHERE patient_id = ? AND purpose = ? ORDER BY decided_on DESC, rowid DESC "
            "LIMIT 1",
            [patient_id, purpose.value],
        ),
        None,
    )
    return None if row is None else ConsentDecision(row["decision"])


def consented(db: Database, patient_id: str) -> bool:
    """True if the patient's decision lets key frames be kept."""
    return decision_in_force(db, patient_id, ConsentPurpose.KEY_FRAMES) is ConsentDecision.GIVEN


def research_refused(db: Database, patient_id: str) -> bool:
    """True if the patient refused to take part in research, or no longer does."""
    decided = decision_in_force(db, patient_id, ConsentPurpose.RESEARCH)
    return decided in (ConsentDecision.REFUSED, ConsentDecision.TAKEN_BACK)


def apply_decision(db: Database, actor: str, consent: Consent) -> list[str]:
    """Remove what a decision no longer covers, if it is in force and not one that gives; inside a transaction.

    Returns:
        Names of kept files to remove once the transaction has ended.
    """
    if decision_in_force(db, consent.patient_id, consent.purpose) in (None, ConsentDecision.GIVEN):
        return []
    covered = _COVERED[consent.purpose]
    names: list[str] = []
    removed: Counter[Removable] = Counter()
    if consent.purpose is ConsentPurpose.RESEARCH:
        removed[Removable.STUDY_RECORDINGS] = _leave_drafts(db, actor, consent.patient_id)
    else:
        marks = ", ".join("?" * len(covered))
        rows = list(
            db.query(
                f"SELECT * FROM ({KEPT} file IS NOT NULL AND study_codes.patient_id = ?) WHERE kind IN ({marks})",
                [consent.patient_id, *covered],
            )
        )
        removed, names = forget_files(db, actor, rows)
    for kind, number in removed.items():
        if number:
            note_removal(db, actor, kind, number, "consent", consent.consent_id, consent.patient_id)
    return names


def forget_files(db: Database, actor: str, rows: Iterable[dict[str, Any]]) -> tuple[Counter[Removable], list[str]]:
    """Let items (rows of `KEPT`) name no file any more; return how many of each kind, and the files' names."""
    removed: Counter[Removable] = Counter()
    names = []
    for row in rows:
        db.execute("UPDATE rating_items SET file = NULL WHERE item_id = ?", [row["item_id"]])
        write_audit(
            db,
            actor,
            Action.REMOVED,
            "rating_items",
            row["item_id"],
            patient_id=row["patient_id"],
            what="recording" if row["kind"] == Removable.RECORDINGS else "picture",
        )
        removed[Removable(row["kind"])] += 1
        names.append(row["file"])
    return removed, names


def remove_files(files: KeptFiles, names: Sequence[str]) -> None:
    """Remove kept files that no item names any more, after the transaction that saw to it."""
    for name in names:
        files.remove(name)


def sweep_files(db: Database, files: KeptFiles) -> int:
    """Remove kept files that no item names, such as those of a program that was killed; return how many.

    Inside a transaction: files of a set that is being made in another program are named before that one ends.
    """
    named = {row["file"] for row in db.query("SELECT file FROM rating_items WHERE sha256 IS NOT NULL")}
    forgotten = files.names() - named
    remove_files(files, sorted(forgotten))
    return len(forgotten)


def note_removal(
    db: Database,
    actor: str,
    kind: Removable,
    number: int,
    cause: str,
    cause_id: str | None = None,
    patient_id: str | None = None,
) -> None:
    """Write down that something was removed."""
    db.execute(
        "INSERT INTO removals (removal_id, at, kind, cause, cause_id, patient_id, number, removed_by) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [str(uuid.uuid4()), now_utc(), kind.value, cause, cause_id, patient_id, number, actor],
    )


def removed_by(db: Database, patient_id: str, consent_id: str) -> Counter[Removable]:
    """Return how much of which kind was removed by a patient's decision about consent."""
    rows = db.query(
        "SELECT kind, number FROM removals WHERE cause = 'consent' AND cause_id = ? AND patient_id = ?",
        [consent_id, patient_id],
    )
    return Counter({Removable(row["kind"]): row["number"] for row in rows})


def removed_sentence(purpose: ConsentPurpose, removed: Counter[Removable]) -> str:
    """Return what a decision against a purpose removed and what stays, to be said to the patient."""
    parts = [
        words
        for kind, words in (
            (
                Removable.KEY_FRAMES,
                tn("{n} kept key frame", "{n} kept key frames", removed[Removable.KEY_FRAMES]),
            ),
            (
                Removable.RECORDINGS,
                tn("{n} kept recording", "{n} kept recordings", removed[Removable.RECORDINGS]),
            ),
            (
                Removable.STUDY_RECORDINGS,
                tn(
                    "{n} recording in drafts of studies",
                    "{n} recordings in drafts of studies",
                    removed[Removable.STUDY_RECORDINGS],
                ),
            ),
        )
        if removed[kind]
    ]
    gone = t("Removed: {what}.", what=listed(parts)) if parts else t("There was nothing to remove.")
    stays = {
        ConsentPurpose.ASSESSMENT: t("Results stay in the medical record."),
        ConsentPurpose.KEY_FRAMES: t("What raters said of them stays, without the pictures."),
        ConsentPurpose.RESEARCH: t("Frozen studies stay as they were reported; they know the patient by a code only."),
    }[purpose]
    return joined([gone, stays])


def _leave_drafts(db: Database, actor: str, patient_id: str) -> int:
    """Take a patient's recordings and ratings out of the drafts of studies; return how many recordings."""
    assessments = db.query("SELECT assessment_id FROM assessments WHERE patient_id = ?", [patient_id])
    own = {row["assessment_id"] for row in assessments}
    known = db.query("SELECT code FROM study_codes WHERE patient_id = ?", [patient_id])
    codes = {row["code"].casefold() for row in known}
    left = 0
    for row in list(db.query("SELECT study_id, content FROM studies WHERE frozen_at IS NULL")):
        study = study_of_form(json.loads(row["content"]))
        gone = {
            each.recording for each in study.recordings if each.assessment_id in own or each.patient.casefold() in codes
        }
        if not gone:
            continue
        left += len(gone)
        changed = _without(study, gone)
        content = json.dumps(study_form(changed), ensure_ascii=False, sort_keys=True)
        db.execute(
            "UPDATE studies SET content = ?, sha256 = ? WHERE study_id = ?",
            [content, study_sha256(changed), study.study_id],
        )
        write_audit(
            db,
            actor,
            Action.REMOVED,
            "studies",
            study.study_id,
            patient_id=patient_id,
            recordings=len(gone),
        )
    return left


def _without(study: Study, recordings: set[str]) -> Study:
    return replace(
        study,
        recordings=tuple(each for each in study.recordings if each.recording not in recordings),
        ratings={key: value for key, value in study.ratings.items() if key[0] not in recordings},
    )
