"""A FHIR R4 Bundle, to texts: patients of any system, and whole records where PEEA wrote it."""

from __future__ import annotations

import binascii
import codecs
import io
import json
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any, Final

from fhir.resources.R4B.bundle import Bundle
from pydantic import ValidationError

from peea.language import t
from peea.records import fhir_codes as codes
from peea.uploads.errors import UploadRefusedError
from peea.uploads.limits import LARGEST_UNPACKED
from peea.uploads.values import MOST_OBJECTS, PatientOfFile, Row, value_of

codecs.lookup("cp437")  # of names in a ZIP archive; loaded when it is first needed, when a reader can open no file

_SEXES: Final = frozenset({"female", "male", "other", "unknown"})

_OF_CARE: Final = frozenset(
    {"ward", "bed", "team", "fracture", "fracture_side", "surgery_date", "cognition", "communication", "notes"}
)
"""Fields that stand in extensions of PEEA's own."""

_DAMAGED: Final = (
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    RecursionError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    binascii.Error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What a record that is none raises, and a course that cannot be unpacked."""


def patients_of_bundle(content: bytes, tables: Collection[str]) -> list[PatientOfFile]:
    """Return the patients of a Bundle, each with PEEA's own records if it holds them.

    Args:
        content: the JSON of the Bundle.
        tables: those whose records are known.

    Raises:
        UploadRefusedError: it is no Bundle of FHIR R4, or holds records that belong to nobody.
    """
    objects = content.count(b"{")
    if objects > MOST_OBJECTS:
        raise UploadRefusedError(
            t(
                "The file holds {n} parts, more than PEEA reads at a time. Export it in parts, by ward or days.",
                n=objects,
            )
        )
    try:
        bundle = Bundle.model_validate_json(content)
    except KeyError as error:  # how the library says that it does not know a type of resource
        raise UploadRefusedError(
            t("This is not a FHIR R4 Bundle ({why}).", why=f"{str(error)[:80]} is no type of resource")
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UploadRefusedError(
            t("This is not a FHIR R4 Bundle ({why}).", why=f"{place}: {first['msg']}".lstrip(": "))
        ) from error
    resources = [entry.resource for entry in bundle.entry or () if entry.resource is not None]
    records: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    owner_of_assessment: dict[str, str] = {}
    rows = [found for resource in resources for found in _rows(resource, tables)]
    for table, row in rows:
        if table == "assessments":
            owner_of_assessment[str(row.get("assessment_id"))] = str(row.get("patient_id"))
    for table, row in rows:
        owner = row.get("patient_id") or owner_of_assessment.get(str(row.get("assessment_id")))
        if not owner:
            raise UploadRefusedError(t("A record of the kind {table} belongs to nobody.", table=table))
        records[str(owner)][table].append(row)
    found = [
        _patient(resource, number, dict(records.pop(str(resource.id), {})))
        for number, resource in enumerate(
            (each for each in resources if each.get_resource_type() == "Patient"), start=1
        )
    ]
    if records:
        raise UploadRefusedError(t("The file holds records of patients who are not in it."))
    return found


def _patient(resource: Any, number: int, records: dict[str, list[Row]]) -> PatientOfFile:
    fields = {"name": _name(resource), "sex": resource.gender if resource.gender in _SEXES else "unknown"}
    if resource.birthDate is not None:
        fields["birth_date"] = str(resource.birthDate)
    for identifier in resource.identifier or ():
        if identifier.system == codes.STUDY_CODE and identifier.value:
            fields["study_code"] = identifier.value
    for extension in resource.extension or ():
        name = extension.url.removeprefix(codes.FIELD)
        if extension.url.startswith(codes.FIELD) and extension.valueString and name in _OF_CARE:
            fields[name] = extension.valueString
    tags = (resource.meta.tag if resource.meta else None) or ()
    demonstration = any(tag.system == codes.TEST_DATA and tag.code == "HTEST" for tag in tags)
    if records and len(records.get("patients", ())) != 1:
        raise UploadRefusedError(t("The file holds records of patients who are not in it."))
    return PatientOfFile(number, fields, demonstration, records)


def _name(resource: Any) -> str:
    names = resource.name or []
    official = next((name for name in names if name.use == "official"), names[0] if names else None)
    if official is None:
        return ""
    return official.text or " ".join([*(official.given or ()), official.family or ""]).strip()


def _rows(resource: Any, tables: Collection[str]) -> Iterator[tuple[str, Row]]:
    for extension in getattr(resource, "extension", None) or ():
        if extension.url != codes.RECORD:
            continue
        try:
            kept = json.loads(extension.valueString or "")
            table, row = kept["table"], {name: value_of(value) for name, value in kept["row"].items()}
            if table == "frame_series" and isinstance(row.get("series"), bytes):
                _unpack_once(row["series"])
        except _DAMAGED as error:
            raise UploadRefusedError(t("A record of PEEA in this file is damaged.")) from error
        if not isinstance(table, str) or table not in tables:
            raise UploadRefusedError(
                t("These records were written by a newer PEEA: {names}. Update PEEA.", names=str(table)[:80])
            )
        yield table, row


def _unpack_once(packed: bytes) -> None:
    """Unpack the course of a recording, and forget it: what an unpacker cannot bear ends this process, not the app.

    Raises:
        zipfile.BadZipFile: it is damaged.
        ValueError: it says itself that it is too long; no more of it is unpacked than it says.
    """
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        if sum(member.file_size for member in archive.infolist()) > LARGEST_UNPACKED:
            raise ValueError("the course of a recording is too long")
        damaged = archive.testzip()
    if damaged is not None:
        raise zipfile.BadZipFile(damaged)
