"""Reading a FHIR R4 Bundle: patients of any system, and whole records where PEEA wrote it."""

from __future__ import annotations

import base64
import binascii
import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from fhir.resources.R4B.bundle import Bundle
from pydantic import ValidationError

from peea.language import t
from peea.records import fhir_codes as codes
from peea.records.candidates import Candidate, date_of, side_of
from peea.store.exchange import OWNED, ExchangeError, Row
from peea.store.patients import Sex

LARGEST_BYTES: Final = 200_000_000
"""Of a bundle: some 4,000 assessments with the course of each."""

MOST_OBJECTS: Final = 500_000
"""Of a bundle: 4,000 assessments have some 400,000. Each takes time and memory whatever is in it, so that a small file
could hold a server for hours."""

_WHOLE_NUMBERS: Final = range(-(2**63), 2**63)
"""Whole numbers that the data base can keep."""

_SEX: Final = {"female": Sex.FEMALE, "male": Sex.MALE, "other": Sex.OTHER, "unknown": Sex.UNKNOWN}


def candidates_of_bundle(content: bytes | str) -> list[Candidate]:
    """Return the patients of a Bundle, each with PEEA's own records if it holds them; nothing is written.

    Raises:
        ExchangeError: it is no Bundle of FHIR R4, or holds records that belong to nobody.
    """
    if len(content) > LARGEST_BYTES:
        raise ExchangeError(t("The file is too large."))
    objects = content.count(b"{") if isinstance(content, bytes) else content.count("{")
    if objects > MOST_OBJECTS:
        raise ExchangeError(
            t(
                "The file holds {n} parts, more than PEEA reads at a time. Export it in parts, by ward or days.",
                n=objects,
            )
        )
    try:
        bundle = Bundle.model_validate_json(content)
    except KeyError as error:  # how the library says that it does not know a type of resource
        raise ExchangeError(
            t("This is not a FHIR R4 Bundle ({why}).", why=f"{str(error)[:80]} is no type of resource")
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ExchangeError(
            t("This is not a FHIR R4 Bundle ({why}).", why=f"{place}: {first['msg']}".lstrip(": "))
        ) from error
    resources = [entry.resource for entry in bundle.entry or () if entry.resource is not None]
    records: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    owner_of_assessment: dict[str, str] = {}
    rows = [found for resource in resources for found in _rows(resource)]
    for table, row in rows:
        if table == "assessments":
            owner_of_assessment[str(row.get("assessment_id"))] = str(row.get("patient_id"))
    for table, row in rows:
        owner = row.get("patient_id") or owner_of_assessment.get(str(row.get("assessment_id")))
        if not owner:
            raise ExchangeError(t("A record of the kind {table} belongs to nobody.", table=table))
        records[str(owner)][table].append(row)
    found = [
        _candidate(resource, number, dict(records.pop(str(resource.id), {})))
        for number, resource in enumerate(
            (each for each in resources if each.get_resource_type() == "Patient"), start=1
        )
    ]
    if records:
        raise ExchangeError(t("The file holds records of patients who are not in it."))
    return found


def _candidate(resource: Any, number: int, records: dict[str, list[Row]]) -> Candidate:
    fields: dict[str, Any] = {
        "name": _name(resource),
        "birth_date": date_of(str(resource.birthDate)) if resource.birthDate is not None else None,
        "sex": _SEX.get(resource.gender or "", Sex.UNKNOWN),
    }
    for identifier in resource.identifier or ():
        if identifier.system == codes.STUDY_CODE and identifier.value:
            fields["study_code"] = identifier.value
    for extension in resource.extension or ():
        if extension.url.startswith(codes.FIELD) and extension.valueString:
            name = extension.url.removeprefix(codes.FIELD)
            if name == "fracture_side":
                fields[name] = side_of(extension.valueString)
            elif name == "surgery_date":
                fields[name] = date_of(extension.valueString)
            elif name in ("ward", "bed", "team", "fracture", "cognition", "communication", "notes"):
                fields[name] = extension.valueString
    for tag in (resource.meta.tag if resource.meta else None) or ():
        if tag.system == codes.TEST_DATA and tag.code == "HTEST":
            fields["demonstration"] = True
    if records and len(records.get("patients", ())) != 1:
        raise ExchangeError(t("The file holds records of patients who are not in it."))
    return Candidate(t("patient {n}", n=number), fields, records=records)


def _name(resource: Any) -> str:
    names = resource.name or []
    official = next((name for name in names if name.use == "official"), names[0] if names else None)
    if official is None:
        return ""
    return official.text or " ".join([*(official.given or ()), official.family or ""]).strip()


def _rows(resource: Any) -> Iterator[tuple[str, Row]]:
    for extension in getattr(resource, "extension", None) or ():
        if extension.url != codes.RECORD:
            continue
        try:
            kept = json.loads(extension.valueString or "")
            table, row = kept["table"], {name: _value(value) for name, value in kept["row"].items()}
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError, binascii.Error) as error:
            raise ExchangeError(t("A record of PEEA in this file is damaged.")) from error
        if not isinstance(table, str) or table not in OWNED:
            raise ExchangeError(
                t("These records were written by a newer PEEA: {names}. Update PEEA.", names=str(table))
            )
        yield table, row


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return base64.b64decode(value["base64"], validate=True)
    if isinstance(value, list) or (isinstance(value, int) and value not in _WHOLE_NUMBERS):
        raise ValueError(f"{type(value).__name__} is nothing that a column holds")
    if isinstance(value, str):
        value.encode()  # half a character, which JSON can hold and nothing else, is a ValueError
    return value
