"""Study codes: random names under which studies, ratings and training sets know a patient, and who they stand for.

A code says nothing of the patient: it is drawn at random, and typed by nobody. The code of the patient log, which
stands beside the name on every page of the ward and may be a hospital number, never leaves with what is rated.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Final

from sqlite_utils import Database

from peea.language import t
from peea.store.audit import now_utc
from peea.store.errors import InvalidEntryError

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without those that are mistaken for one another when read aloud or copied by hand."""

LENGTH: Final = 6
"""Letters of a code: some 600 million codes, so that nobody hits one by trying."""

SHORTEST_NAME: Final = 4
"""Letters of a name in Latin script that is looked for in free text; shorter ones (Li, Kim) are parts of words. A
Chinese name has two."""

GIVEN_BY_PEEA: Final = re.compile(r"P-\d+")
"""Codes of the patient log that are no hospital number; other sites' tables may well hold the same."""


def code_of(db: Database, patient_id: str, actor: str) -> str:
    """Return a patient's study code, drawn if there is none yet; inside a transaction."""
    found = db.execute("SELECT code FROM study_codes WHERE patient_id = ?", [patient_id]).fetchone()
    if found is not None:
        return str(found[0])
    code = _free(db)
    db.execute(
        "INSERT INTO study_codes (code, patient_id, made_at, made_by) VALUES (?, ?, ?, ?)",
        [code, patient_id, now_utc(), actor],
    )
    return code


def patient_behind(db: Database, code: str) -> str | None:
    """Return the id of the patient for whom a code stands, or None."""
    found = db.execute("SELECT patient_id FROM study_codes WHERE code = ?", [code.strip().upper()]).fetchone()
    return None if found is None else str(found[0])


def refuse_names(db: Database, texts: Mapping[str, Iterable[str]]) -> None:
    """Refuse texts that hold the name of a patient of the log, or a number that somebody typed beside it.

    Args:
        db: the data base.
        texts: by the name of the field, for the error.

    Raises:
        InvalidEntryError: one does; the sentence does not repeat the name.
    """
    people = list(db.execute("SELECT name, study_code FROM patients").fetchall())
    for field, several in texts.items():
        for text in {one.casefold() for one in several if one}:
            for name, log_code in people:
                words = [name] if GIVEN_BY_PEEA.fullmatch(log_code) else [name, log_code]
                if any(_telling(word) and word.casefold() in text for word in words):
                    raise InvalidEntryError(
                        field,
                        t(
                            "There is the name or the number of a patient in this text. Studies and ratings carry "
                            "study codes only: take it out."
                        ),
                    )


def _telling(name: str) -> bool:
    return len(name) >= (2 if any(ord(letter) > 0x2E7F for letter in name) else SHORTEST_NAME)


def _free(db: Database) -> str:
    while True:
        code = "S-" + "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        if db.execute("SELECT 1 FROM study_codes WHERE code = ?", [code]).fetchone() is None:
            return code
