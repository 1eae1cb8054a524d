"""Patients from outside before they are taken in: what is known of each, what is wrong, who may be the same person.

Nothing is written until somebody has looked at the preview and decided about each patient who may be here already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from peea.language import Names, later, t
from peea.store.care_log import CareLog
from peea.store.errors import StoreError
from peea.store.exchange import ExchangeStore, Restored, Row, merged
from peea.store.patient_log import PatientLog
from peea.store.patients import Patient, Sex, Side, check_patient, new_patient


class Decision(StrEnum):
    """What to do with a patient from outside."""

    ADD = "add"
    KEEP = "keep"
    UPDATE = "update"
    NEW_CODE = "new_code"
    LEAVE_OUT = "leave_out"


DECISION_WORDS: Final[Mapping[Decision, str]] = Names(
    {
        Decision.ADD: later("Register"),
        Decision.KEEP: later("The same patient: keep what is here"),
        Decision.UPDATE: later("The same patient: take over the new entries"),
        Decision.NEW_CODE: later("Another patient: register with a new study code"),
        Decision.LEAVE_OUT: later("Leave out"),
    }
)


@dataclass(frozen=True)
class Candidate:
    """One patient from outside.

    Attributes:
        place: where in the file, e.g. "row 3", for people.
        fields: arguments of `PatientLog.register_patient` as far as the file gives them.
        problem: why this patient cannot be taken in, or empty.
        same_as: the patient who is here already and may be the same, or None.
        same_by: "id", "study code" or "name and birth date": why that one.
        records: rows of PEEA's own, if the file has them; the patient's row is among them.
    """

    place: str
    fields: Mapping[str, Any]
    problem: str = ""
    same_as: Patient | None = None
    same_by: str = ""
    records: Mapping[str, Sequence[Row]] = field(default_factory=dict)

    @property
    def choices(self) -> tuple[Decision, ...]:
        """What may be decided, the proposal first."""
        if self.problem:
            return (Decision.LEAVE_OUT,)
        if self.same_as is None:
            return (Decision.ADD, Decision.LEAVE_OUT)
        if self.same_by == "study code" and not self.records:
            return (Decision.LEAVE_OUT, Decision.NEW_CODE, Decision.KEEP, Decision.UPDATE)
        if self.same_by == "id":
            return (Decision.KEEP, Decision.UPDATE, Decision.LEAVE_OUT)
        return (Decision.LEAVE_OUT, Decision.KEEP, Decision.UPDATE)


@dataclass(frozen=True)
class TakenIn:
    """What was done: numbers of patients by decision, and of records written and known."""

    patients: Mapping[Decision, int]
    records: Restored


UPDATED: Final = ("name", "birth_date", "sex", "ward", "bed", "team", "fracture", "fracture_side", "surgery_date")
"""Fields that an update takes over where the file has them; what staff wrote here in words stays."""


def checked(candidates: Sequence[Candidate], patients: Sequence[Patient]) -> list[Candidate]:
    """Return the candidates with what is wrong with each and who of the registered patients may be the same.

    A patient who stands in the file twice is a problem of the second place.
    """
    by_id = {patient.patient_id: patient for patient in patients}
    by_code = {patient.study_code.casefold(): patient for patient in patients}
    by_person = {(patient.name.casefold(), patient.birth_date): patient for patient in patients}
    seen: dict[Any, str] = {}
    found = []
    for candidate in candidates:
        fields = candidate.fields
        made, problem = _made(candidate)
        if made is None:
            found.append(replace(candidate, problem=problem))
            continue
        own_code = fields.get("study_code")
        person = (made.name.casefold(), made.birth_date)
        keys = [("person", person), *([("code", str(own_code).casefold())] if own_code else [])]
        earlier = next((seen[key] for key in keys if key in seen), None)
        if earlier is not None:
            problem = t("The same patient stands in the file already: {place}.", place=earlier)
            found.append(replace(candidate, problem=problem))
            continue
        seen.update(dict.fromkeys(keys, candidate.place))
        same, same_by = None, ""
        row = next(iter(candidate.records.get("patients", ())), None)
        if row is not None and row["patient_id"] in by_id:
            same, same_by = by_id[row["patient_id"]], "id"
        elif person in by_person:
            same, same_by = by_person[person], "name and birth date"
        elif own_code and str(own_code).casefold() in by_code:
            same, same_by = by_code[str(own_code).casefold()], "study code"
        found.append(replace(candidate, same_as=same, same_by=same_by))
    return found


def take_in(
    candidates: Sequence[Candidate],
    decisions: Sequence[Decision],
    source: str,
    log: PatientLog,
    *,
    demonstration: bool = False,
) -> TakenIn:
    """Carry out what was decided for all patients, or for none if anything fails; return what was done.

    Args:
        candidates: as `checked` gave them.
        decisions: one for each.
        source: name of the file, for the audit trail and the reason of corrections.
        log: the open patient log; its data base takes the records too.
        demonstration: mark who is new as fictional, whatever the file says: where nobody signs in there is nobody else.

    Raises:
        ValueError: a decision is not among the candidate's choices.
        StoreError: a patient cannot be written after all; nobody of the file is in.
    """
    if len(candidates) != len(decisions):
        raise ValueError(f"{len(candidates)} patients need as many decisions; got {len(decisions)}")
    for candidate, decision in zip(candidates, decisions, strict=True):
        if decision not in candidate.choices:
            raise ValueError(f"{decision} cannot be decided for {candidate.place}; choices: {candidate.choices}")
    with log.together():
        return _carried_out(candidates, decisions, source, log, demonstration)


def _carried_out(
    candidates: Sequence[Candidate],
    decisions: Sequence[Decision],
    source: str,
    log: PatientLog,
    demonstration: bool,
) -> TakenIn:
    done = dict.fromkeys(Decision, 0)
    kept: list[Mapping[str, Sequence[Row]]] = []
    for candidate, decision in zip(candidates, decisions, strict=True):
        done[decision] += 1
        if decision is Decision.LEAVE_OUT:
            continue
        if decision in (Decision.ADD, Decision.NEW_CODE):
            if candidate.records:
                kept.append(_fictional(candidate.records) if demonstration else candidate.records)
                continue
            fields = dict(candidate.fields)
            if demonstration:
                fields["demonstration"] = True
            if decision is Decision.NEW_CODE:
                fields.pop("study_code", None)
            log.register_patient(**fields)
            continue
        if candidate.same_as is None:
            continue
        if decision is Decision.UPDATE:
            _update(candidate, candidate.same_as, source, log)
        if candidate.records:
            kept.append(_of_patient(candidate.records, candidate.same_as.patient_id))
    return TakenIn(done, log.beside(ExchangeStore).restore(merged(kept), source))


def _fictional(records: Mapping[str, Sequence[Row]]) -> Mapping[str, Sequence[Row]]:
    return {**records, "patients": [{**row, "demonstration": 1} for row in records["patients"]]}


def _made(candidate: Candidate) -> tuple[Patient | None, str]:
    """Return the patient that the fields make, or why they make none."""
    if candidate.problem:
        return None, candidate.problem
    fields = dict(candidate.fields)
    for name, sentence in (
        ("name", t("The name is missing.")),
        ("birth_date", t("The birth date is missing.")),
    ):
        if not fields.get(name):
            return None, sentence
    known = {name: value for name, value in fields.items() if name != "study_code"}
    try:
        made = new_patient(actor="check", study_code=str(fields.get("study_code") or "P-0000"), **known)
        check_patient(made)
    except StoreError as error:
        return None, str(error)
    return made, ""


def _update(candidate: Candidate, same: Patient, source: str, log: PatientLog) -> None:
    changes = {
        name: value
        for name, value in candidate.fields.items()
        if name in UPDATED and value not in (None, "") and value != getattr(same, name)
    }
    if changes:
        why = t("Taken over from the file {name}", name=source)
        log.beside(CareLog).correct_patient(same.patient_id, changes, why)


def _of_patient(records: Mapping[str, Sequence[Row]], patient_id: str) -> dict[str, list[Row]]:
    """Return records as those of a patient who is here already: without the patient's own row, under the id here."""
    moved: dict[str, list[Row]] = {}
    for table, rows in records.items():
        if table == "patients":
            continue
        moved[table] = [{**row, **({"patient_id": patient_id} if "patient_id" in row else {})} for row in rows]
    return moved


def sex_of(word: str) -> Sex | None:
    """Return the sex that a word of a file means, in English or Chinese, or None if it means none."""
    return _SEX_WORDS.get(word.strip().casefold())


def side_of(word: str) -> Side | None:
    """Return the side that a word of a file means, in English or Chinese, or None if it means none."""
    return _SIDE_WORDS.get(word.strip().casefold())


def date_of(text: str) -> date | None:
    """Return the day that a text means: year first, or day first (never month first), or None if it means none.

    >>> date_of("1941-05-03") == date_of("3.5.1941") == date_of("1941年5月3日") == date(1941, 5, 3)
    True
    """
    parts = [part for part in "".join(letter if letter.isdecimal() else " " for letter in text).split() if part]
    if len(parts) == 1 and len(parts[0]) == 8:
        parts = [parts[0][:4], parts[0][4:6], parts[0][6:]]
    if len(parts) != 3:
        return None
    first, second, third = parts
    year, month, day = (first, second, third) if len(first) == 4 else (third, second, first)
    if len(year) != 4:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


_SEX_WORDS: Final = {
    "female": Sex.FEMALE,
    "f": Sex.FEMALE,
    "w": Sex.FEMALE,
    "woman": Sex.FEMALE,
    "女": Sex.FEMALE,
    "女性": Sex.FEMALE,
    "male": Sex.MALE,
    "m": Sex.MALE,
    "man": Sex.MALE,
    "男": Sex.MALE,
    "男性": Sex.MALE,
    "other": Sex.OTHER,
    "其他": Sex.OTHER,
    "unknown": Sex.UNKNOWN,
    "": Sex.UNKNOWN,
    "不详": Sex.UNKNOWN,
}

_SIDE_WORDS: Final = {
    "left": Side.LEFT,
    "l": Side.LEFT,
    "左": Side.LEFT,
    "左侧": Side.LEFT,
    "right": Side.RIGHT,
    "r": Side.RIGHT,
    "右": Side.RIGHT,
    "右侧": Side.RIGHT,
    "both": Side.BOTH,
    "bilateral": Side.BOTH,
    "双侧": Side.BOTH,
}
