"""Every page as every role: what is not allowed is not in the navigation and says so when opened by its address."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pages.parts.page_list import MY_ACCOUNT, PAGES, entries_of
from peea.access import REFUSALS, Actor, Permission, Role
from peea.store import CareLog, NewItem, PatientLog, RatingStore, SetKind, Sex
from tests.access.signed_in import accounts_site, person, quick_hashes, seen_by
from tests.factories import made_up_assessment

__all__ = ["accounts_site", "quick_hashes"]

OWN, OTHER = "Ada Kimberley", "Zoe Otherward"
ROOT = Path(__file__).resolve().parents[2]
FOR = {
    Role.WARD_STAFF: {
        *("ward_board", "live_grading", "video_scoring", "patient_log", "rating", "model_comparison", "about"),
        "my_account",
    },
    Role.RATER: {"rating", "about", "my_account"},
    Role.PAIN_LEAD: {entry.file for entry in (*PAGES, MY_ACCOUNT)} - {"users", "audit", "machine_health"},
    Role.ADMINISTRATOR: {"users", "audit", "machine_health", "model_comparison", "about", "my_account"},
}
"""The pages of each role, by the words of the roles, whatever the table of permissions says."""


@pytest.fixture
def site(accounts_site):
    """A patient on ward 7B and one on 7A, with a result each; a set to rate."""
    ids = {}
    with PatientLog(actor="test") as log:
        for number, (name, ward) in enumerate(((OWN, "7B"), (OTHER, "7A")), start=1):
            one = log.register_patient(name, date(1941, 5, 3), Sex.FEMALE, ward=ward, bed=str(number))
            log.save_assessment(one.patient_id, made_up_assessment(number=number))
            ids[name] = one
        frames = [NewItem("SIM-1", "severe", time_s=1.0, demonstration_file="severe.mp4")]
        log.beside(RatingStore).make_set("Pilot", SetKind.KEY_FRAMES, frames)
    return ids


def everything(app):
    """All that a page shows and offers, as one text."""
    texts = [str(element.value) for element in (*app.title, *app.header, *app.caption, *app.markdown, *app.dataframe)]
    texts += [element.proto.body for element in app.get("html")]
    texts += [f"{one.label} {one.value} {getattr(one, 'options', '')}" for one in (*app.selectbox, *app.text_input)]
    return "\n".join([*texts, *(one.label for one in app.button)])


@pytest.mark.parametrize("role", list(Role))
def test_each_page_as_each_role(role, site):
    wards = ["7B"] if role is Role.WARD_STAFF else []
    who = person(role, wards, name="Own Name")
    assert {entry.file for entry in entries_of(who.actor, signed_in=True)} == FOR[role]
    app = seen_by(who)
    for entry in (*PAGES, MY_ACCOUNT):
        app.switch_page(f"pages/{entry.file}.py")
        app.run()
        shown = everything(app)
        assert not app.exception, (entry.file, shown)
        assert "because of a fault in PEEA" not in shown, entry.file
        if entry.file in FOR[role]:
            assert "Your account may not" not in shown, entry.file
        else:
            assert REFUSALS[entry.needs[0]] in shown
            assert [title.value for title in app.title] == [entry.title]
            assert not app.selectbox, "nothing but the refusal"
        assert OTHER not in shown or role is Role.PAIN_LEAD, entry.file
        assert OWN not in shown or role in (Role.WARD_STAFF, Role.PAIN_LEAD), entry.file


def test_a_patient_of_another_ward_is_refused_by_address(site):
    nurse = person(Role.WARD_STAFF, ["7B"], name="Nurse Kim")
    own = everything(seen_by(nurse, "patient_log", patient=site[OWN].study_code))
    assert OWN in own
    assert "The pain lead confirms or overrides results." in own
    other = everything(seen_by(nurse, "patient_log", patient=site[OTHER].study_code))
    assert OTHER not in other
    assert "This patient is not on one of your wards." in other


def test_a_patient_who_moves_to_another_ward_is_gone_from_the_board(site):
    nurse = person(Role.WARD_STAFF, ["7B"], name="Nurse Kim")
    assert OWN in everything(seen_by(nurse, "ward_board"))
    with CareLog(actor=nurse.actor) as care:
        care.correct_patient(site[OWN].patient_id, {"ward": "7A"}, "Moved")
    assert OWN not in everything(seen_by(nurse, "ward_board"))


def test_no_page_opens_the_data_base_in_another_name():
    """A plain name is trusted: on a page only `actor()`, who is signed in, may stand there."""
    opened = 0
    for file in (ROOT / "pages").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) == "t":
                continue
            for keyword in node.keywords:
                if keyword.arg == "actor":
                    opened += 1
                    assert ast.unparse(keyword.value) in ("actor()", "who"), f"{file.name}: {ast.unparse(node)}"
    assert opened > 10


def test_pages_name_permissions_that_a_role_has():
    for entry in PAGES:
        assert all(isinstance(needed, Permission) for needed in entry.needs)
        assert any(entry.file in pages for pages in FOR.values())
    assert entries_of(Actor("Nobody"), signed_in=True) == [
        next(entry for entry in PAGES if entry.file == "about"),
        MY_ACCOUNT,
    ]


def test_ward_staff_register_on_their_own_wards(site):
    nurse = person(Role.WARD_STAFF, ["7B", "7C"], name="Nurse Kim")
    app = seen_by(nurse, "video_scoring")
    next(one for one in app.button if one.label == "Register a patient").click().run()
    (ward,) = [one for one in app.selectbox if one.label == "Ward"]
    assert ward.options == ["7B", "7C"]


def field(app, label):
    return next(one for one in (*app.text_input, *app.selectbox) if one.label == label)


def test_the_administrator_searches_the_trail_page_by_page_and_verifies_it(site):
    own = site[OWN]
    with CareLog(actor="Nurse Wong") as care:
        for number in range(30):
            care.write_note(own.patient_id, f"Note {number}", datetime.now(UTC))
    app = seen_by(person(Role.ADMINISTRATOR, name="Alex Admin"), "audit")
    field(app, "Person").set_value("Nurse Wong")
    field(app, "Patient's code").set_value(own.study_code)
    app.run()
    assert "Rows 1 to 25 of 30" in everything(app)
    assert set(app.dataframe[0].value["Patient"]) == {own.study_code}
    button(app, "Older").click().run()
    assert "Rows 26 to 30 of 30" in everything(app)
    assert button(app, "Older").disabled
    field(app, "Patient's code").set_value(site[OTHER].study_code).run()
    assert "No such row was found." in everything(app)
    field(app, "An anchor that was kept elsewhere, if there is one").set_value("nothing of the kind")
    button(app, "Verify the trail").click().run()
    assert "There is no anchor in this text." in everything(app)
    field(app, "An anchor that was kept elsewhere, if there is one").set_value("")
    button(app, "Verify the trail").click().run()
    assert "rows is as it was written." in everything(app)
    anchor = app.code[0].value
    field(app, "An anchor that was kept elsewhere, if there is one").set_value(anchor.replace("hash ", "hash 0")[:-1])
    button(app, "Verify the trail").click().run()
    assert "does not hold what the anchor" in everything(app)


def button(app, label):
    return next(one for one in app.button if one.label == label)
