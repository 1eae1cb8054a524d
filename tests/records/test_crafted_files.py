"""Files made to do harm, handed in as patients or ratings: each is refused with a sentence, and nothing is written."""

from __future__ import annotations

import base64
import io
import json
import random
import zipfile

import numpy as np
import pytest

from peea.records.candidates import Decision, checked, take_in
from peea.records.contents import ExportFilter, records_of
from peea.records.fhir_out import fhir_bundle
from peea.records.incoming import candidates_of_file
from peea.store import PatientLog, StoreError
from peea.store.exchange import ExchangeError
from peea.store.frame_series import FrameSeriesError, unpack
from peea.studies.uploads import TableFileError, read_table
from peea.uploads.limits import MEGABYTE, UploadLimits
from peea.uploads.values import MOST_OBJECTS
from tests.records.read_here import candidates_of_bundle
from tests.records.test_exchange import ACTOR, filled

BUNDLE = b'{"resourceType":"Bundle","type":"collection","entry":%s}'
CRAFTED = {
    "deep": BUNDLE % (b"[" * 200_000 + b"]" * 200_000),
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "millions of entries": BUNDLE % (b"[" + b"{}," * MOST_OBJECTS + b"{}]"),
    "a number of a hundred thousand digits": BUNDLE % (b"9" * 100_000),
    "no number": BUNDLE % b"[NaN]",
    "cut off": BUNDLE[:30],
    "not in UTF-8": BUNDLE % b'["\xff"]',
    "a list": b"[]",
    "entries that are none": BUNDLE % b'{"a":1}',
    "an unknown type": BUNDLE % b'[{"resource":{"resourceType":"Nonsense"}}]',
    "a number for a birth date": BUNDLE % b'[{"resource":{"resourceType":"Patient","birthDate":5}}]',
    "a word for names": BUNDLE % b'[{"resource":{"resourceType":"Patient","name":"Ada"}}]',
    "XML whose entities grow": b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><Bundle>&b;</Bundle>',
    "a null byte in a list": b"name,birth_date\nAda\x00Kim,1941-05-03\n",
    "an unclosed quote": b'name,birth_date\n"' + b"a" * 200_000,
    "commas": b"," * 1_000_000,
    "more lines than patients": b"name,birth_date\n" + b"Ada Kim,1941-05-03\n" * 20_001,
    "larger than a list is": b"name,birth_date\n" + b"a" * UploadLimits().max_table_mb * MEGABYTE,
}


@pytest.mark.parametrize("content", CRAFTED.values(), ids=CRAFTED)
def test_a_crafted_file_is_refused_with_a_sentence(content):
    with pytest.raises(ExchangeError) as caught:
        candidates_of_file("patients.csv", content)
    assert len(str(caught.value)) < 400
    assert str(caught.value).rstrip().endswith(".")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    path = tmp_path_factory.mktemp("crafted") / "a.db"
    filled(path)
    return json.loads(fhir_bundle(records_of(ExportFilter(), ACTOR, "fhir", path), whole=True))


def records_in(bundle):
    """Every extension that holds a record of PEEA."""
    return [
        extension
        for entry in bundle["entry"]
        for extension in entry["resource"].get("extension", ())
        if "valueString" in extension and '"row"' in extension["valueString"]
    ]


BAD = [
    None,
    7,
    -1.5,
    1e308,
    2**70,
    "",
    "x" * 10_000,
    "\ud800",
    [],
    ["a"],
    {},
    {"base64": "!"},
    True,
    "2026-13-45",
    "\x00",
]


@pytest.mark.parametrize("seed", range(40))
def test_a_record_with_something_wrong_in_it_is_taken_in_or_refused_and_never_a_fault(bundle, tmp_path, seed):
    rng = random.Random(seed)
    changed = json.loads(json.dumps(bundle))
    record = rng.choice(records_in(changed))
    kept = json.loads(record["valueString"])
    kept["row"][rng.choice(sorted(kept["row"]))] = rng.choice(BAD)
    record["valueString"] = json.dumps(kept)
    with PatientLog(tmp_path / "b.db", actor=ACTOR) as log:
        try:
            found = checked(candidates_of_bundle(json.dumps(changed)), log.patients())
            taken = sum(one.choices[0] is not Decision.LEAVE_OUT for one in found)
            take_in(found, [one.choices[0] for one in found], "x.json", log)
        except StoreError:
            taken = 0
        assert len(log.patients()) == taken


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        "null",
        '{"table": []}',
        '{"table": "patients", "row": []}',
        '{"table": {}, "row": {}}',
        "[" * 100_000,
    ],
)
def test_a_record_that_is_no_record_is_refused(bundle, text):
    changed = json.loads(json.dumps(bundle))
    records_in(changed)[0]["valueString"] = text
    with pytest.raises(ExchangeError):
        candidates_of_bundle(json.dumps(changed))


def test_a_bundle_with_a_course_that_unpacks_to_much_is_refused_before_it_is_unpacked(bundle):
    changed = json.loads(json.dumps(bundle))
    (record,) = [one for one in records_in(changed) if '"frame_series"' in one["valueString"]][:1]
    kept = json.loads(record["valueString"])
    kept["row"]["series"] = {"base64": base64.b64encode(npz({"header": np.zeros(200_000_000, np.uint8)})).decode()}
    record["valueString"] = json.dumps(kept)
    with pytest.raises(ExchangeError, match="is damaged"):
        candidates_of_bundle(json.dumps(changed))


def test_a_column_of_a_record_is_never_a_part_of_a_query(bundle, tmp_path):
    changed = json.loads(json.dumps(bundle))
    record = records_in(changed)[0]
    kept = json.loads(record["valueString"])
    kept["row"]["name) VALUES (1); DROP TABLE patients; --"] = "x"
    record["valueString"] = json.dumps(kept)
    with PatientLog(tmp_path / "b.db", actor=ACTOR) as log:
        found = checked(candidates_of_file("x.json", json.dumps(changed).encode()), log.patients())
        with pytest.raises(ExchangeError, match="does not fit this PEEA"):
            take_in(found, [Decision.ADD] * len(found), "x.json", log)
        assert log.patients() == []


def npz(columns):
    blob = io.BytesIO()
    np.savez_compressed(blob, **columns)
    return blob.getvalue()


def claims_much() -> bytes:
    """A column whose header says that it has a billion values, and which has none."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<i8", "fortran_order": False, "shape": (10**12,)})
    blob = io.BytesIO()
    with zipfile.ZipFile(blob, "w") as archive:
        archive.writestr("header.npy", head.getvalue())
    return blob.getvalue()


@pytest.mark.parametrize(
    "blob",
    [
        npz({"header": np.zeros(200_000_000, np.uint8)}),
        claims_much(),
        npz({"header": np.frombuffer(b"7", np.uint8)}),
        npz({"header": np.frombuffer(b'{"actions": 5, "problems": 5}', np.uint8)}),
        npz({"header": np.zeros((0, 3))}),
        b"PK\x03\x04" + base64.b64decode("AAAA"),
        b"",
    ],
    ids=["bomb", "claims a billion", "a number", "wrong types", "another shape", "half a zip", "empty"],
)
def test_a_crafted_course_of_a_recording_is_refused(blob):
    with pytest.raises(FrameSeriesError):
        unpack(blob)


@pytest.mark.parametrize(
    "content",
    [
        b",".join(b"c%d" % k for k in range(5_000)) + b"\n1\n",
        b",".join(b"c%d" % k for k in range(400)) + b"\n" + b"1\n" * 100_000,
        b"recording,rating\n" + b'"' + b"a" * 200_000,
        b"a" * 21 * 1024**2,
        b"PK\x03\x04 a spreadsheet",
    ],
    ids=["columns", "cells", "quote", "size", "spreadsheet"],
)
def test_a_crafted_table_of_ratings_is_refused(content):
    with pytest.raises(TableFileError):
        read_table("ratings.csv", content)
