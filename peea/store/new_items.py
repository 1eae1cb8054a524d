"""Placing items in a new set to be rated: what may be kept of whom, under which names, and where it lies."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from peea.language import t
from peea.store.codes import code_of
from peea.store.errors import InvalidRatingError, NoConsentError, RecordingsNotKeptError
from peea.store.kept_files import KeptFiles
from peea.store.patients import read_patient
from peea.store.ratings import NewItem
from peea.store.withdrawal import consented


def place_items(
    db: Database,
    files: KeptFiles,
    set_id: str,
    items: Sequence[NewItem],
    actor: str,
    kept: list[str],
    *,
    recordings_kept: bool,
) -> None:
    """Write the rows of a set's items and keep their pictures or recordings; inside the transaction of the set.

    Args:
        db: the data base.
        files: where pictures and recordings are kept.
        set_id: of the set.
        items: in order.
        actor: who makes the set.
        kept: gets the names of the files that were kept, for whoever must remove them if the set is given up.
        recordings_kept: the site keeps whole recordings of patients.

    Raises: as `RatingStore.make_set`.
    """
    named = _Naming(db, actor)
    for place, item in enumerate(items, start=1):
        demonstration = _may_be_kept(db, item)
        if item.source is not None and not (demonstration or recordings_kept):
            raise RecordingsNotKeptError(
                t(
                    "This site does not keep recordings of patients. Let key frames be rated, or ask the "
                    "administrator for the setting keep_recordings."
                )
            )
        name, sha256 = item.demonstration_file, None
        if item.source is not None:
            name, sha256 = files.keep(item.source, item.source.suffix)
            kept.append(name)
        elif item.content is not None:
            name, sha256 = files.keep(item.content, ".jpg")
            kept.append(name)
        if name is None:
            raise InvalidRatingError(t("{recording} has neither a picture nor a video.", recording=item.recording))
        item_id = str(uuid.uuid4())
        code, patient_code, recording = named.names_of(item)
        insert_row(
            db,
            "rating_items",
            {
                "item_id": item_id,
                "set_id": set_id,
                "place": place,
                "study_code": code,
                "patient_code": patient_code,
                "recording": recording,
                "time_s": item.time_s,
                "context": item.context,
                "demonstration": int(demonstration),
                "file": name,
                "sha256": sha256,
            },
        )
        if code is not None:
            insert_row(db, "rated_recordings", {"item_id": item_id, "recording": item.recording})


def insert_row(db: Database, table: str, row: Mapping[str, Any]) -> None:
    """Insert one row."""
    columns, marks = ", ".join(row), ", ".join(f":{column}" for column in row)
    db.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", dict(row))


def _may_be_kept(db: Database, item: NewItem) -> bool:
    """Return whether nobody real is in an item; refuse one of a patient who has not consented."""
    if item.patient_id is None:
        if item.demonstration_file is None:
            raise InvalidRatingError(t("Say whose recording {recording} is.", recording=item.recording))
        return True
    patient = read_patient(db, item.patient_id)
    if not patient.demonstration and not consented(db, patient.patient_id):
        raise NoConsentError(
            t(
                "{code} has not consented to pictures of the face being kept. Enter the consent on the patient's page, "
                "or leave this recording out.",
                code=patient.study_code,
            )
        )
    return patient.demonstration


class _Naming:
    """The names under which a set knows its patients and recordings: study codes, and numbers."""

    def __init__(self, db: Database, actor: str) -> None:
        self._db, self._actor = db, actor
        self._numbers: dict[str, list[str]] = {}

    def names_of(self, item: NewItem) -> tuple[str | None, str, str]:
        """Return the study code (None for a rendered person, in no log), and the patient's and the recording's name."""
        if item.patient_id is None:
            return None, item.patient_code, item.recording
        code = code_of(self._db, item.patient_id, self._actor)
        own = self._numbers.setdefault(code, [])
        if item.recording not in own:
            own.append(item.recording)
        return code, code, f"{code} {own.index(item.recording) + 1}"
