"""Every public call of every front of the store, tried as every role; a call that declares nothing fails here."""

from __future__ import annotations

import importlib
import inspect
import itertools
import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import peea
import peea.access
import peea.store
from peea.access import ALLOWED, Actor, Permission, Role
from peea.rating import ConsistencyRules, PspiCodes
from peea.rating.training_set import TrainingSetError
from peea.rating_export import export_training_set
from peea.records.candidates import take_in
from peea.records.contents import ExportFilter, codes_of, course_of, records_of, sheet_of
from peea.scales import PSPI_ACTIONS
from peea.store import CareLog, ManualKind, ManualLog, PatientLog, PermissionRefusedError, RatingStore, SetKind, Sex
from peea.store.audit_log import AuditLog, AuditQuery
from peea.store.care import DoseUnit, Route
from peea.store.errors import StudyIncompleteError
from peea.store.open_store import OpenStore
from peea.store.ratings import NewItem, RatingSet
from peea.store.rights import DECLARED, WARD, WHOSE, Needs
from peea.store.study_sources import study_of_rating_set
from peea.studies import ModelUnderTest
from tests.factories import made_up_assessment

BORN, GIVEN = date(1941, 5, 3), datetime(2026, 11, 20, 8, tzinfo=UTC)
OWN, OTHER = "7B", "7A"

ACTORS = {
    Role.WARD_STAFF: Actor("Nurse Kim", Role.WARD_STAFF, frozenset({OWN})),
    Role.RATER: Actor("Dr. Lin", Role.RATER),
    Role.PAIN_LEAD: Actor("Dr. Roe", Role.PAIN_LEAD),
    Role.ADMINISTRATOR: Actor("Admin", Role.ADMINISTRATOR),
}
NOBODY = Actor("Somebody")

FOR_RATERS = {"rater", "sets", "set", "content_of", "queue", "rate", "history", "report_nrs"}
"""What a rater may call at all, all of it of `RatingStore`."""


def fronts() -> list[type[OpenStore]]:
    """All fronts, found by importing every module whose text has a class on top of a front."""
    root = Path(peea.__file__).parent
    on_a_front = re.compile(r"^class \w+\((OpenStore|\w+(Log|Store|Codes))\)", re.MULTILINE)
    for file in root.rglob("*.py"):
        if on_a_front.search(file.read_text(encoding="utf-8")):
            importlib.import_module(".".join(file.relative_to(root.parent).with_suffix("").parts))
    found, waiting = [], [OpenStore]
    while waiting:
        front = waiting.pop()
        waiting += front.__subclasses__()
        found.append(front)
    return [front for front in found if front.__module__.startswith("peea.")]


def public_calls(front: type[OpenStore]):
    for name, member in vars(front).items():
        call = member.fget if isinstance(member, property) else inspect.unwrap(member, stop=_declares)
        if not name.startswith("_") and callable(call):
            yield name, call


def _declares(call) -> bool:
    return hasattr(call, DECLARED)


CALLS = [
    pytest.param(front, name, getattr(call, DECLARED, None), id=f"{front.__name__}.{name}")
    for front in fronts()
    for name, call in public_calls(front)
]
NEEDING = [each for each in CALLS if isinstance(each.values[2], Needs)]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A data base with a patient on each of two wards, one of everything for both; and the ids, by ward."""
    path = tmp_path_factory.mktemp("rights") / "peea.db"
    ids: dict[str, dict[str, str]] = {}
    with PatientLog(path, actor="test") as log:
        care, manual, ratings = log.beside(CareLog), log.beside(ManualLog), log.beside(RatingStore)
        for number, (ward, name) in enumerate(((OWN, "Ada Kimberley"), (OTHER, "Zoe Otherward")), start=1):
            one = log.register_patient(name, BORN, Sex.FEMALE, ward=ward, team=f"Team {ward}").patient_id
            saved = log.save_assessment(one, made_up_assessment(number=number))
            dose = care.give(one, "Paracetamol", 1, DoseUnit.G, Route.ORAL, GIVEN)
            note = care.write_note(one, f"{name} slept.", GIVEN)
            rating = manual.save(one, ManualKind.NRS, "Nurse Kim", score=4)
            ids[ward] = {
                "patient_id": one,
                "id_or_code": one,
                "assessment_id": saved.assessment_id,
                "analgesia_id": dose.analgesia_id,
                "note_id": note.note_id,
                "manual_id": rating.manual_id,
                "name": name,
            }
        ratings.make_set("Pilot", SetKind.KEY_FRAMES, [NewItem("SIM-1", "severe", time_s=1.0, demonstration_file="a")])
    return path, ids


@pytest.fixture
def copied(filled, tmp_path):
    """A copy of it, which a call may change."""
    path, ids = filled
    shutil.copy(path, tmp_path / "peea.db")
    return tmp_path / "peea.db", ids


def tried(front, name, actor, path, of=None, key=None):
    """Make a call as an actor; return what it returned, or the error it raised.

    Arguments that no patient hangs on are None: the call is refused before it looks at them, or fails at them.
    """
    if front.__init__ is not OpenStore.__init__:
        opened = front.__new__(front)  # a front that is opened in another way is still a front
        OpenStore.__init__(opened, path, actor=actor)
    else:
        opened = front(path, actor=actor)
    call = inspect.signature(getattr(front, name))
    given = {
        each.name: None
        for each in itertools.islice(call.parameters.values(), 1, None)
        if each.default is inspect.Parameter.empty and each.kind is not inspect.Parameter.VAR_POSITIONAL
    }
    if of is not None:
        given[of] = [key] if of == "patient_ids" else key
    with opened:
        try:
            return getattr(opened, name)(**given)
        except Exception as error:  # noqa: BLE001 - which one it is, the tests look at
            return error


@pytest.mark.parametrize(("front", "name", "declared"), CALLS)
def test_every_public_call_says_what_it_needs(front, name, declared):
    assert isinstance(declared, Needs) or (isinstance(declared, str) and declared), (
        f"{front.__name__}.{name} says neither @needs(...) nor @harmless(...): see peea.store.rights"
    )


def test_there_are_calls_to_try():
    assert len(NEEDING) > 60
    assert {each.values[0].__name__ for each in NEEDING} >= {
        *("PatientLog", "WardLog", "CareLog", "ManualLog", "RatingStore", "StudyStore", "MonitoringLog"),
        *("ExchangeStore", "AuditLog", "StudyCodes"),
    }


@pytest.mark.parametrize(("front", "name", "declared"), NEEDING)
def test_each_role_may_what_its_permissions_say_and_nothing_else(front, name, declared, copied):
    path, ids = copied
    key = OWN if declared.of == WARD else ids[OWN].get("patient_id" if declared.of == "patient_ids" else declared.of)
    for role, actor in ACTORS.items():
        allowed = bool(ALLOWED[role] & set(declared.permissions))
        answer = tried(front, name, actor, path, declared.of, key)
        assert isinstance(answer, PermissionRefusedError) is not allowed, (role, answer)
    assert isinstance(tried(front, name, NOBODY, path, declared.of, key), PermissionRefusedError)


@pytest.mark.parametrize(("front", "name", "declared"), NEEDING)
def test_the_promises_of_the_roles(front, name, declared):
    """Held against the words of the roles, whatever the table of permissions says."""
    if ALLOWED[Role.RATER] & set(declared.permissions):
        assert front is RatingStore
        assert name in FOR_RATERS
    if ALLOWED[Role.ADMINISTRATOR] & set(declared.permissions):
        assert declared.sees in (None, "audit")
        assert declared.of is None
    if ALLOWED[Role.WARD_STAFF] & set(declared.permissions) and declared.of is None:
        assert name in {"wards", "teams", "latest_of_patients"}, "say by `of` whose it is, or leave out other wards"
    if name in ("confirm", "override"):
        assert not ALLOWED[Role.WARD_STAFF] & set(declared.permissions)


@pytest.mark.parametrize(
    ("front", "name", "declared"),
    [each for each in NEEDING if ALLOWED[Role.WARD_STAFF] & set(each.values[2].permissions)],
)
def test_ward_staff_reach_nobody_of_another_ward(front, name, declared, copied):
    path, ids = copied
    nurse, other = ACTORS[Role.WARD_STAFF], ids[OTHER]
    if declared.of == WARD:
        assert isinstance(tried(front, name, nurse, path, WARD, OTHER), PermissionRefusedError)
        answer = tried(front, name, nurse, path, WARD, None)
    elif declared.of is not None:
        key = other["patient_id" if declared.of == "patient_ids" else declared.of]
        answer = tried(front, name, nurse, path, declared.of, key)
        assert isinstance(answer, PermissionRefusedError)
        assert str(answer) == "This patient is not on one of your wards."
    else:
        answer = tried(front, name, nurse, path)
        assert not isinstance(answer, Exception)
    for told in (other["name"], other["patient_id"], f"Team {OTHER}"):
        assert told not in repr(answer)


def test_every_way_to_a_patient_is_tried(filled):
    assert set(WHOSE) - {"patient_ids"} <= set(filled[1][OWN])


def test_ward_staff_see_their_own(filled):
    path, ids = filled
    with PatientLog(path, actor=ACTORS[Role.WARD_STAFF]) as log:
        assert [patient.patient_id for patient in log.patients()] == [ids[OWN]["patient_id"]]
        assert log.assessments(ids[OWN]["patient_id"])


def test_a_patient_without_a_ward_is_nobodys_but_the_pain_leads(copied):
    path, _ = copied
    with PatientLog(path, actor="test") as log:
        lost = log.register_patient("Lost Person", BORN, Sex.FEMALE)
    with PatientLog(path, actor=Actor("Nurse", Role.WARD_STAFF, frozenset({"", OWN}))) as log:
        assert lost.patient_id not in {each.patient_id for each in log.patients()}
        with pytest.raises(PermissionRefusedError):
            log.patient(lost.patient_id)
        with pytest.raises(PermissionRefusedError, match="not one of yours"):
            log.register_patient("New Person", BORN, Sex.FEMALE)
    with PatientLog(path, actor=ACTORS[Role.PAIN_LEAD]) as log:
        assert log.patient(lost.patient_id) == lost


def test_a_rater_meets_open_sets_without_names_and_rates_as_oneself(copied):
    path, _ = copied
    calm = PspiCodes(dict.fromkeys(PSPI_ACTIONS, 0))
    with RatingStore(path, actor="test") as store:
        closed = store.make_set("Done", SetKind.KEY_FRAMES, [NewItem("SIM-1", "x", time_s=1.0, demonstration_file="a")])
        store.close_set(closed.set_id)
        wu = store.rater("Dr. Wu")
        (pilot,) = [each for each in store.sets() if not each.closed]
        (item,) = store.items(pilot.set_id)
        store.rate(item.item_id, wu.rater_id, codes=calm)
    with RatingStore(path, actor=ACTORS[Role.RATER]) as store:
        assert [(each.title, dict(each.done)) for each in store.sets()] == [("Pilot", {})]
        me = store.rater("dr. lin")
        store.rate(item.item_id, me.rater_id, codes=calm)
        assert [each.rating.rater_id for each in store.queue(pilot.set_id, me.rater_id)] == [me.rater_id]
        for refused in (
            lambda: store.rater("Dr. Wu"),
            lambda: store.rate(item.item_id, wu.rater_id, codes=calm),
            lambda: store.queue(pilot.set_id, wu.rater_id),
            lambda: store.history(item.item_id, wu.rater_id),
        ):
            with pytest.raises(PermissionRefusedError, match="your own name"):
                refused()
        with pytest.raises(peea.store.UnknownRatingError):
            store.queue(closed.set_id, me.rater_id)


def test_a_refusal_stands_in_the_audit_trail(copied):
    path, ids = copied
    with PatientLog(path, actor=ACTORS[Role.WARD_STAFF]) as log, pytest.raises(PermissionRefusedError):
        log.patient(ids[OTHER]["patient_id"])
    with AuditLog(path, actor=ACTORS[Role.ADMINISTRATOR]) as log:
        (found,) = log.search(AuditQuery(person="Nurse Kim", action=peea.store.Action.REFUSED)).rows
    assert found.row.patient_id == ids[OTHER]["patient_id"]
    assert found.row.row_id == "patient"


def test_only_the_server_itself_writes_in_the_name_of_others(filled):
    path, _ = filled
    with PatientLog(path, actor=ACTORS[Role.PAIN_LEAD]) as log:
        with pytest.raises(ValueError, match="in the name of others"):
            log.beside(CareLog, "Simulation")
        assert log.beside(CareLog).who == ACTORS[Role.PAIN_LEAD]


def test_every_permission_is_somebodys_and_says_no_in_words():
    assert set(itertools.chain.from_iterable(ALLOWED.values())) == set(Permission)
    for permission in Permission:
        assert peea.access.REFUSALS[permission].startswith("Your account may not")


def test_the_documented_table_is_the_one_that_counts():
    text = (Path(__file__).resolve().parents[2] / "docs" / "roles_and_audit.md").read_text(encoding="utf-8")
    for permission in Permission:
        (line,) = [line for line in text.splitlines() if line.startswith(f"| `{permission.value}` |")]
        said = [cell.strip() != "–" for cell in line.strip("|").split("|")[2:]]
        assert said == [permission in ALLOWED[role] for role in Role], line


LEAVING = {
    "record sheet": (
        {Role.WARD_STAFF, Role.PAIN_LEAD},
        lambda who, path, ids: sheet_of(ids["assessment_id"], who, path),
    ),
    "course sheet": ({Role.WARD_STAFF, Role.PAIN_LEAD}, lambda who, path, ids: course_of(ids["patient_id"], who, path)),
    "export": ({Role.PAIN_LEAD}, lambda who, path, ids: records_of(ExportFilter(), who, "csv", path)),
    "codes of an export": ({Role.PAIN_LEAD}, lambda who, path, ids: codes_of([ids["patient_id"]], who, path)),
    "import": ({Role.PAIN_LEAD}, lambda who, path, ids: imported(who, path)),
    "training set": ({Role.PAIN_LEAD}, lambda who, path, ids: training_set(who, path)),
    "study": ({Role.PAIN_LEAD}, lambda who, path, ids: study(who, path)),
}
"""What leaves or comes in through functions above the fronts, and who may have it so."""


def imported(who, path):
    with PatientLog(path, actor=who) as log:
        return take_in([], [], "patients.csv", log)


def training_set(who, path):
    with RatingStore(path, actor=who) as store:
        rated = RatingSet("s", "Pilot", SetKind.KEY_FRAMES, False, "", "", None, None, 0, {})
        return export_training_set(store, rated, path.parent / "set", ConsistencyRules())


def study(who, path):
    with RatingStore(path, actor=who) as ratings:
        model = ModelUnderTest("a", "1", "0" * 64)
        return study_of_rating_set(ratings, ratings.beside(PatientLog), "Pilot", "Study", "", model)


@pytest.mark.parametrize("what", LEAVING)
def test_what_leaves_and_comes_in_as_each_role(what, copied):
    path, ids = copied
    allowed, call = LEAVING[what]
    for role, actor in ACTORS.items():
        refused = False
        try:
            call(actor, path, ids[OWN])
        except PermissionRefusedError:
            refused = True
        except (TrainingSetError, StudyIncompleteError):
            pass  # it was let in and found nothing to make one of
        assert refused is (role not in allowed), role
