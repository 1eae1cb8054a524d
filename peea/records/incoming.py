"""A file from outside: what kind it is, and the patients in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from peea.language import Names, later, t
from peea.records.candidates import Candidate, date_of, sex_of, side_of
from peea.store.exchange import OWNED, ExchangeError
from peea.uploads.errors import UploadRefusedError
from peea.uploads.limits import UploadLimits
from peea.uploads.reading import read_patients
from peea.uploads.values import Content, PatientOfFile

_READ_AS: Final[Mapping[str, str]] = Names(
    {
        "birth_date": later("the birth date"),
        "surgery_date": later("the date of surgery"),
        "sex": later("the sex"),
        "fracture_side": later("the side of the fracture"),
    }
)

_MEANING: Final[Mapping[str, Callable[[str], Any]]] = {
    "birth_date": date_of,
    "surgery_date": date_of,
    "sex": sex_of,
    "fracture_side": side_of,
}


def candidates_of_file(name: str, content: bytes, limits: UploadLimits | None = None) -> list[Candidate]:
    """Return the patients of a CSV list or a FHIR Bundle, told apart by what it holds; nothing is written.

    The file is read by a process of its own. Dates have the year or the day first, never the month.

    Args:
        name: of the file, for sentences.
        content: its bytes.
        limits: what to refuse; the defaults if None.

    Raises:
        peea.store.exchange.ExchangeError: it is neither, too large, or reading it had to be stopped.
    """
    kind = kind_of(name, content)
    try:
        return candidates_of(read_patients(name, content, kind, tuple(OWNED), limits), kind)
    except UploadRefusedError as error:
        raise ExchangeError(str(error)) from error


def kind_of(name: str, content: bytes) -> Content:
    """Return whether a file is a FHIR Bundle or a list: by its first letter, else by its name."""
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return Content.BUNDLE if start in (b"{", b"[") or name.lower().endswith(".json") else Content.LIST


def candidates_of(patients: Iterable[PatientOfFile], kind: Content) -> list[Candidate]:
    """Return what the patients of a file mean here, with what is wrong with each."""
    return [_of_list(one) if kind is Content.LIST else _of_bundle(one) for one in patients]


def _of_list(patient: PatientOfFile) -> Candidate:
    place = t("line {n}", n=patient.number)
    fields: dict[str, Any] = {}
    for field, text in patient.fields.items():
        value = _MEANING[field](text) if field in _MEANING else text
        if value is None:
            return Candidate(place, fields, t("{text} cannot be read as {field}.", text=text, field=_READ_AS[field]))
        fields[field] = value
    fields.setdefault("sex", sex_of(""))
    return Candidate(place, fields)


def _of_bundle(patient: PatientOfFile) -> Candidate:
    """Return a patient of another system; a day or word that nobody understands is as if it were not there."""
    fields = {field: _MEANING[field](text) if field in _MEANING else text for field, text in patient.fields.items()}
    if patient.demonstration:
        fields["demonstration"] = True
    return Candidate(t("patient {n}", n=patient.number), fields, records=patient.records)
