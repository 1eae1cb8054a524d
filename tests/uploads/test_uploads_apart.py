"""Tables, lists and Bundles are read by another process without rights: how its end is told, what it may not say."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from peea.apart.process import ReaderProcess
from peea.language import Language, using_language
from peea.records.incoming import candidates_of_file
from peea.store.exchange import OWNED, ExchangeError
from peea.studies.uploads import TableFileError, read_table
from peea.uploads.errors import UploadRefusedError
from peea.uploads.fhir_bundle import patients_of_bundle
from peea.uploads.limits import UploadLimits
from peea.uploads.rating_table import rating_table
from peea.uploads.reading import AT_ONCE, read_patients, read_ratings
from peea.uploads.values import CELLS_A_LINE, MOST_CELLS, MOST_COLUMNS, Content

RATINGS = "video;rater;vas\n1;林医生;3,5\n1;'=Wu;\n".encode("gb18030")
LIST = b"name,birth_date,sex\nAda Kim,1941-05-03,f\n"
TABLES = tuple(OWNED)

STOPPED = "ward 7b.csv cannot be read: reading it had to be stopped, as happens with damaged files and with files made"
TOO_LONG = "ward 7b.csv takes too long to read, so reading it was stopped. Export it in parts"
TOO_MUCH = "ward 7b.csv needs more memory to read than is allowed, so it was not read. Export it in parts."


def bundle(*resources):
    entries = [{"resource": resource} for resource in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


ADA = {"resourceType": "Patient", "name": [{"text": "Ada Kim"}], "gender": "female", "birthDate": "1941-05-03"}
OF_ANOTHER_SYSTEM = bundle(
    ADA,
    {"resourceType": "Encounter", "status": "finished", "class": {"code": "IMP"}},
    {"resourceType": "Condition", "code": {"text": "hip fracture"}, "subject": {"reference": "Patient/1"}},
    {
        "resourceType": "MedicationAdministration",
        "status": "completed",
        "medicationCodeableConcept": {"text": "paracetamol"},
        "subject": {"reference": "Patient/1"},
        "effectivePeriod": {"start": "2026-11-20T09:30:00Z"},
        "dosage": {"dose": {"value": 1, "unit": "g"}},
    },
    {"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/1"}, "recordedDate": "2026-11-20"},
    {"resourceType": "Questionnaire", "status": "active", "item": [{"linkId": "1", "type": "string"}]},
)


def test_what_is_read_apart_is_what_is_read_here():
    assert read_ratings("ward.csv", RATINGS) == rating_table(RATINGS)
    many = b"a,b\n" + b"1,\n" * (CELLS_A_LINE + 1)
    assert read_ratings("ward.csv", many) == rating_table(many)
    (ada,) = read_patients("ward.csv", LIST, Content.LIST, TABLES)
    assert ada.fields == {"name": "Ada Kim", "birth_date": "1941-05-03", "sex": "f"}


def test_a_bundle_may_hold_resources_of_any_kind_although_the_reader_can_open_no_part_of_its_library():
    (ada,) = found = read_patients("ward.json", OF_ANOTHER_SYSTEM, Content.BUNDLE, TABLES)
    assert ada.fields == {"name": "Ada Kim", "birth_date": "1941-05-03", "sex": "female"}
    assert found == patients_of_bundle(OF_ANOTHER_SYSTEM, TABLES)


def test_entities_in_the_narrative_of_a_resource_are_never_expanded():
    grows = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 12))
    narrative = {"status": "generated", "div": f'<!DOCTYPE a [<!ENTITY x0 "x">{grows}]><div>&x11;</div>'}
    (ada,) = read_patients("ward.json", bundle({**ADA, "text": narrative}), Content.BUNDLE, TABLES)
    assert ada.fields["name"] == "Ada Kim"


def test_what_is_wrong_is_said_in_the_language_of_whoever_asks():
    with using_language(Language.CHINESE), pytest.raises(UploadRefusedError) as caught:
        read_ratings("ward.csv", b"")
    assert "no columns" not in str(caught.value)


def still_reads():
    return len(read_ratings("ward.csv", RATINGS).rows) == 2


def test_a_table_that_takes_too_much_memory_is_a_sentence_and_the_next_one_is_read():
    with pytest.raises(TableFileError, match=TOO_MUCH):
        read_table("ward 7b.csv", b"a,b\n" + b"1,2\n" * 2_000_000, UploadLimits(max_memory_bytes=150_000_000))
    assert still_reads()


def test_a_bundle_that_takes_too_long_is_a_sentence_and_the_next_one_is_read():
    resources = [{**ADA, "name": [{"text": "Ada"}] * 100}] * 2_000
    begun = time.monotonic()
    with pytest.raises(ExchangeError, match=TOO_LONG):
        candidates_of_file("ward 7b.csv", bundle(*resources), UploadLimits(read_within_s=0.4))
    assert time.monotonic() - begun < 20
    assert still_reads()


def test_a_bundle_that_takes_too_much_processor_time_is_a_sentence_and_the_next_one_is_read():
    resources = [{**ADA, "name": [{"text": "Ada"}] * 100}] * 4_000
    with pytest.raises(ExchangeError, match=STOPPED):
        candidates_of_file("ward 7b.csv", bundle(*resources), UploadLimits(max_processor_s=1))
    assert still_reads()


def test_the_size_of_each_kind_is_a_setting_of_the_site():
    limits = UploadLimits(max_table_mb=1, max_bundle_mb=1)
    large = b" " * (1024**2 + 1)
    with pytest.raises(TableFileError, match=r"larger than 1 MB\."):
        read_table("ward 7b.csv", large, limits)
    for name in ("ward 7b.csv", "ward 7b.json"):
        with pytest.raises(ExchangeError, match="too large"):
            candidates_of_file(name, large, limits)


@pytest.mark.parametrize(
    ("how", "sentence"),
    [(signal.SIGSEGV, STOPPED), (signal.SIGKILL, STOPPED), (signal.SIGABRT, STOPPED), (signal.SIGSTOP, TOO_LONG)],
    ids=["crash", "kill", "abort", "silence"],
)
def test_a_file_that_ends_its_reader_is_a_sentence_and_the_next_one_is_read(monkeypatch, how, sentence):
    ask = ReaderProcess.ask
    pids = []

    def ask_and_signal(self, *arguments):
        pids.append(self.process.pid)
        os.kill(self.process.pid, how)
        ask(self, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(ReaderProcess, "ask", ask_and_signal)
        limits = UploadLimits(read_within_s=1.0)
        with pytest.raises(TableFileError, match=sentence):
            read_table("ward 7b.csv", RATINGS, limits)
        with pytest.raises(ExchangeError, match=sentence):
            candidates_of_file("ward 7b.csv", LIST, limits)
    assert not any(os.path.exists(f"/proc/{pid}") for pid in pids)
    assert still_reads()


NAMES = {"is": "names", "names": ["a", "b"]}
PATIENT = {"is": "patient", "number": 1, "fields": {"name": "Ada"}, "demonstration": False}
RECORD = {"is": "record", "table": "patients", "row": {"patient_id": "p"}}
END = {"is": "ended"}
TABLE_LIES = {
    "nothing": [END],
    "no names": [{"is": "names", "names": []}, END],
    "more columns than a table has": [{"is": "names", "names": [str(n) for n in range(MOST_COLUMNS + 1)]}, END],
    "a name twice": [{"is": "names", "names": ["a", "a"]}, END],
    "names that are none": [{"is": "names", "names": [{}]}, END],
    "a word for names": [{"is": "names", "names": "ab"}, END],
    "names again": [NAMES, NAMES, END],
    "rows before names": [{"is": "rows", "rows": [["1", "2"]]}, END],
    "a long row": [NAMES, {"is": "rows", "rows": [["1", "2", "3"]]}, END],
    "a number for a cell": [NAMES, {"is": "rows", "rows": [["1", 2]]}, END],
    "half a letter": [NAMES, {"is": "rows", "rows": [["1", "\ud800"]]}, END],
    "a row that is none": [NAMES, {"is": "rows", "rows": [{"0": 1, "1": 2}]}, END],
    "more cells than a table has": [NAMES, {"is": "rows", "rows": [[None, None]] * (MOST_CELLS // 2 + 1)}, END],
    "a patient": [NAMES, PATIENT, END],
    "anything": [{"is": ["names"]}, END],
}
PATIENT_LIES = {
    "a field that is none": [{**PATIENT, "fields": {"actor": "x"}}, END],
    "a number for a text": [{**PATIENT, "fields": {"name": 7}}, END],
    "no fields": [{**PATIENT, "fields": None}, END],
    "a place that is none": [{**PATIENT, "number": "1"}, END],
    "fictional by a word": [{**PATIENT, "demonstration": "yes"}, END],
    "a record of nobody": [RECORD, END],
    "a record of a table that is none": [PATIENT, {**RECORD, "table": "accounts"}, END],
    "a record that is none": [PATIENT, {**RECORD, "row": ["p"]}, END],
    "a record with a list": [PATIENT, {**RECORD, "row": {"patient_id": ["p"]}}, END],
    "a record with a large number": [PATIENT, {**RECORD, "row": {"patient_id": "p", "grade": 2**70}}, END],
    "a record with no bytes": [PATIENT, {**RECORD, "row": {"patient_id": {"base64": "!"}}}, END],
    "records without their patient": [PATIENT, {**RECORD, "table": "notes"}, END],
    "a patient twice": [PATIENT, RECORD, RECORD, END],
    "a patient without an id": [PATIENT, {**RECORD, "row": {"name": "x"}}, END],
    "a table": [NAMES, END],
}


def lying(monkeypatch, answers):
    told = iter(answers)
    monkeypatch.setattr(ReaderProcess, "answer", lambda self, within_s: next(told))


@pytest.mark.parametrize("answers", TABLE_LIES.values(), ids=TABLE_LIES)
def test_answers_of_a_reader_of_tables_are_not_believed(monkeypatch, answers):
    lying(monkeypatch, answers)
    with pytest.raises(TableFileError, match=STOPPED):
        read_table("ward 7b.csv", RATINGS)


@pytest.mark.parametrize("answers", PATIENT_LIES.values(), ids=PATIENT_LIES)
def test_answers_of_a_reader_of_patients_are_not_believed(monkeypatch, answers):
    lying(monkeypatch, answers)
    with pytest.raises(ExchangeError, match=STOPPED):
        candidates_of_file("ward 7b.csv", LIST)


@pytest.mark.parametrize("line", [b"[" * 200_000, b"x" * 100_000, b"9" * 10_000, b"[]", b"\xff", b"{}", b""])
def test_lines_that_are_no_answers_are_not_believed(monkeypatch, line):
    monkeypatch.setattr(ReaderProcess, "_line", lambda self, within_s: line)
    with pytest.raises(TableFileError, match=STOPPED):
        read_table("ward 7b.csv", RATINGS)


def test_the_reader_holds_no_file_can_open_none_and_knows_no_key(monkeypatch):
    """In the middle of a table larger than its pipe holds, it has the pipes to the app and nothing else."""
    monkeypatch.setenv("PEEA_KEY", "a secret of the ward")
    seen = {}
    said = ReaderProcess.said

    def look(self, within_s):
        answer = said(self, within_s)
        if seen:  # once it has said all, it ends while the app still reads from the pipe
            return answer
        process = f"/proc/{self.process.pid}"
        seen["files"] = {number: os.readlink(f"{process}/fd/{number}") for number in os.listdir(f"{process}/fd")}
        with open(f"{process}/limits") as limits, open(f"{process}/environ") as environ:
            seen["limits"] = {line[:26].strip(): line[26:47].strip() for line in limits.read().splitlines()}
            seen["environ"] = environ.read()
        with open(f"{process}/status") as status:
            seen["confined"] = "NoNewPrivs:\t1" in status.read()
        return answer

    monkeypatch.setattr(ReaderProcess, "said", look)
    read_ratings("ward.csv", b"a,b\n" + b"word,word\n" * 20_000)
    assert set(seen["files"]) == {"0", "1", "2"}
    assert seen["files"]["2"] == "/dev/null"
    assert seen["limits"]["Max open files"] == "3"
    assert seen["limits"]["Max file size"] == "0"
    assert seen["limits"]["Max core file size"] == "0"
    assert seen["limits"]["Max address space"] == str(UploadLimits().max_memory_bytes)
    assert seen["limits"]["Max cpu time"] == str(UploadLimits().max_processor_s)
    assert seen["confined"]
    assert "secret" not in seen["environ"]


def test_the_reader_loads_nothing_of_the_data_base_and_is_there_at_once():
    """What takes a second to load, and what holds keys and patients, is none of the reader's business."""
    formats = "peea.uploads.reader, peea.uploads.rating_table, peea.uploads.patient_list, peea.uploads.fhir_bundle"
    told = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys, {formats}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(told.stdout.split())
    assert "peea.uploads.fhir_bundle" in loaded
    assert not loaded & {"peea.store", "peea.access", "sqlite3", "pandas", "numpy", "streamlit"}


TRIES = """
import json, os, socket, sys
from pathlib import Path
from peea.apart.confinement import allow_more_files, leave_only
folder = Path(sys.argv[1])
confined = leave_only()
def tried(do):
    try:
        do()
    except OSError:
        return "refused"
    return "done"
found = {"confined": confined, "read": tried(lambda: (folder / "patients.db").read_bytes())}
found["remove"] = tried(lambda: (folder / "patients.db").unlink())
found["make"] = tried(lambda: (folder / "new").mkdir())
found["program"] = tried(lambda: os.execv("/bin/true", ["true"]))
allow_more_files(0)
found["socket"] = tried(lambda: socket.socket())
print(json.dumps(found))
"""


def test_without_a_file_of_its_own_no_file_can_be_opened_at_all(tmp_path):
    (tmp_path / "patients.db").write_bytes(b"x")
    told = subprocess.run([sys.executable, "-c", TRIES, str(tmp_path)], capture_output=True, text=True, check=True)
    found = json.loads(told.stdout)
    if not found.pop("confined"):
        pytest.skip("this kernel has no Landlock; limits of open files, memory and time hold all the same")
    assert set(found.values()) == {"refused"}
    assert (tmp_path / "patients.db").read_bytes() == b"x"


def test_files_that_come_together_are_read_a_few_at_a_time(monkeypatch):
    readers, at_once = [], []
    ask = ReaderProcess.ask

    def counting(self, *arguments):
        readers.append(self.process)
        at_once.append(sum(process.poll() is None for process in list(readers)))
        ask(self, *arguments)

    monkeypatch.setattr(ReaderProcess, "ask", counting)
    with ThreadPoolExecutor(6) as together:
        tables = list(together.map(lambda _: read_ratings("ward.csv", RATINGS), range(6)))
    assert tables == [rating_table(RATINGS)] * 6
    assert max(at_once) <= AT_ONCE


def test_a_name_is_never_told_to_the_reader(monkeypatch):
    asked = []
    ask = ReaderProcess.ask

    def listening(self, what, *limits):
        asked.append(what)
        ask(self, what, *limits)

    monkeypatch.setattr(ReaderProcess, "ask", listening)
    read_ratings("/etc/passwd", RATINGS)
    assert "passwd" not in json.dumps(asked)
