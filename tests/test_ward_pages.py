"""A nurse's round on the pages, without a browser: overdue, confirm, analgesia, reminder, reassess; and more."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from peea.clock import set_zone
from peea.scales import Context, Grade
from peea.store import CareLog, ManualKind, ManualLog, PatientLog, Sex, Status
from peea.store.care import ConsentDecision, ConsentPurpose, DoseUnit, Route
from tests.factories import made_up_assessment
from tests.test_pages import button, data_folder, opened, rows, words

__all__ = ["data_folder"]

ACTOR = "test"


def ago(minutes):
    return datetime.now(UTC) - timedelta(minutes=minutes)


def arrive(name="Ada Kim", hours=10.0, bed="12", ward="7B", team=""):
    with PatientLog(actor=ACTOR) as log:
        return log.register_patient(
            name,
            date(1941, 5, 3),
            Sex.FEMALE,
            ward=ward,
            bed=bed,
            team=team,
            arrived_at=ago(60 * hours),
            demonstration=True,
        )


def assessed(patient, minutes, grade, number=1, context=Context.REST):
    course = [(grade, 20.0)] if grade is not None else []
    made_up = made_up_assessment(course, number=number, recorded_at=ago(minutes).isoformat(), context=context)
    with PatientLog(actor=ACTOR) as log:
        return log.save_assessment(patient.patient_id, made_up)


def dose(patient, minutes, drug="Morphine"):
    with CareLog(actor=ACTOR) as care:
        return care.give(patient.patient_id, drug, 2.5, DoseUnit.MG, Route.INTRAVENOUS, ago(minutes))


def on_page_of(patient, name=None):
    app = opened("patient_log", patient=patient.patient_id)
    if name is not None:
        app.session_state["acting_name"] = name
        app.run()
    return app


def with_label(elements, label):
    return next(one for one in elements if one.label == label)


def run_dialog(app, opener):
    """Run the page with a dialog open: here every run is a whole one, in which its button has to be pressed again."""
    button(app, opener).click()
    app.run()
    return app


class TestBoard:
    def test_who_is_overdue_stands_first_and_the_main_button_goes_there(self):
        arrive("Ben Low", bed="1", hours=0.05)
        ada = arrive()
        assessed(ada, 90, Grade.SEVERE)
        app = opened("ward_board")
        assert rows(app)[0] == ada.patient_id
        said = words(app)
        assert "Overdue by 30 min" in said
        assert "Hourly until settled" in said
        assert "1 result to confirm" in said
        (first,) = [one for one in app.button if one.key == "board_first"]
        assert first.label == "Go to Ada Kim, bed 12: Overdue by 30 min"
        first.click().run()
        assert not app.exception
        assert 'aria-label="Patient"' in words(app)
        assert "Ada Kim" in words(app)

    def test_lists_are_narrowed_to_what_is_asked_and_to_a_team(self):
        assessed(arrive(team="Blue"), 90, Grade.SEVERE)
        arrive("Ben Low", hours=0.05, team="Green")
        app = opened("ward_board")
        assert len(rows(app)) == 2
        app.button_group[0].set_value("overdue").run()
        assert "Ada Kim" in words(app)
        assert "Ben Low" not in words(app)
        app.button_group[0].set_value("everyone").run()
        with_label(app.selectbox, "Team").set_value("Green").run()
        assert "Ada Kim" not in words(app)

    def test_change_is_said_in_words_and_against_what(self):
        ada = arrive()
        assessed(ada, 200, Grade.OBVIOUS, 1)
        assessed(ada, 80, Grade.INTENSE, 2)
        said = words(opened("ward_board"))
        assert "more pain" in said
        assert "against 2 h before" in said

    def test_two_hundred_patients_are_all_there(self):
        with PatientLog(actor=ACTOR) as log, log.together():
            for number in range(200):
                log.register_patient(
                    f"P {number:03d}", date(1941, 5, 3), Sex.FEMALE, bed=str(number), demonstration=True
                )
        assert len(rows(opened("ward_board"))) == 200

    def test_times_are_those_of_the_wards_zone(self, tmp_path, monkeypatch):
        (tmp_path / "site.toml").write_text("[ward]\ntime_zone = 'Asia/Kathmandu'\n")
        monkeypatch.setenv("PEEA_SETTINGS", str(tmp_path / "site.toml"))
        from pages.parts.visit import shared_settings

        shared_settings.clear()
        try:
            saved = assessed(arrive(), 90, Grade.SEVERE)
            there = datetime.fromisoformat(saved.recorded_at).astimezone(ZoneInfo("Asia/Kathmandu"))
            assert f"{there:%H:%M}" in words(opened("ward_board"))
        finally:
            shared_settings.clear()
            set_zone(None)

    def test_an_empty_ward_says_what_to_do(self):
        assert "No patient is on the ward" in words(opened("ward_board"))


class TestRound:
    def test_find_the_overdue_patient_confirm_give_analgesia_be_reminded_reassess(self):
        ada = arrive()
        saved = assessed(ada, 90, Grade.SEVERE)
        app = opened("ward_board")
        next(one for one in app.button if one.key == "board_first").click().run()
        assert "Overdue by 30 min" in words(app)
        app = on_page_of(ada)  # what is pressed next would lead back to the first page here, unlike in a browser

        # Confirming needs a name, once.
        assert button(app, "Confirm").disabled
        with_label(app.text_input, "Your name and role").set_value("Nurse Kim").run()
        button(app, "Confirm").click().run()
        with PatientLog(actor=ACTOR) as log:
            line = log.saved_assessment(saved.assessment_id)
        assert (line.status, line.reviewed_by) == (Status.CONFIRMED, "Nurse Kim")
        assert "Acting: Nurse Kim" in words(app)
        assert "To confirm:" not in words(app)

        # Analgesia.
        opener = "Analgesia given"
        run_dialog(app, opener)
        with_label(app.selectbox, "Drug").set_value("Morphine")
        run_dialog(app, opener)
        with_label(app.number_input, "Dose").set_value(2.5)
        button(app, "Save analgesia").click()
        run_dialog(app, opener)
        with CareLog(actor=ACTOR) as care:
            (given,) = care.doses(ada.patient_id)
        assert (given.drug, given.dose, given.unit, given.route) == ("Morphine", 2.5, "mg", "intravenous")
        assert given.entered_by == "Nurse Kim"

        # Still overdue from before; an assessment closes that, and the dose asks for the next one.
        with ManualLog(actor=ACTOR) as manual:
            manual.save(ada.patient_id, ManualKind.NRS, "Nurse Kim", score=7, context=Context.REST, rated_at=ago(3))
        app = on_page_of(ada)
        assert "After the first analgesia" in words(app)
        assert "Due in 2" in words(app)
        with CareLog(
            actor=ACTOR
        ) as care:  # doses are told to the minute, and one in the minute of a rating is after it
            care.correct_dose(given.analgesia_id, {"given_at": ago(2)}, "Two minutes pass")
        with ManualLog(actor=ACTOR) as manual:
            manual.save(ada.patient_id, ManualKind.NRS, "Nurse Kim", score=3, context=Context.REST)
        said = words(on_page_of(ada))
        assert "Hourly until settled" in said
        assert "At rest: Obvious" not in said
        assert re.search(r"At rest: Severe [12] min before\.", said)
        assert "After it: Mild after" in said

    def test_thirty_minutes_after_the_first_dose_the_reminder_is_red(self):
        ada = arrive()
        assessed(ada, 50, Grade.SEVERE)
        dose(ada, 40)
        app = on_page_of(ada)
        assert re.search(r"peea-say error.*Overdue by 10 min", words(app))
        assert "After the first analgesia" in words(app)

    def test_other_pages_remind_of_who_is_overdue(self):
        ada = arrive()
        assert "1 patient is overdue for an assessment. First: Ada Kim, bed 12." in words(opened("about"))
        with ManualLog(actor=ACTOR) as manual:
            manual.save(ada.patient_id, ManualKind.NRS, "Nurse Kim", score=3, context=Context.REST)
        st.cache_data.clear()
        assert "overdue for an assessment" not in words(opened("about"))


class TestPatientPage:
    def test_all_kinds_stand_on_one_time_axis_with_analgesia_and_rest_and_movement_apart(self):
        ada = arrive()
        assessed(ada, 200, Grade.SEVERE, 1, Context.TURNING)
        assessed(ada, 150, Grade.OBVIOUS, 2)
        dose(ada, 140)
        with ManualLog(actor=ACTOR) as manual:
            manual.save(ada.patient_id, ManualKind.NRS, "Nurse Kim", score=5, context=Context.REST, rated_at=ago(100))
        app = on_page_of(ada)
        assert not app.exception
        assert len(app.get("plotly_chart")) == 2, "the course, and before and after the dose"
        assert {row.split(":")[0] for row in rows(app)} == {"assessment", "manual", "dose"}
        assert "NRS, by the patient: 5" in words(app)
        assert "During movement: Severe" in words(app)

    def test_an_override_needs_a_grade_and_a_reason_and_counts_from_then_on(self):
        ada = arrive()
        saved = assessed(ada, 30, Grade.SEVERE)
        app = on_page_of(ada)
        with_label(app.text_input, "Your name and role").set_value("Dr Roe").run()
        run_dialog(app, "Override")
        button(app, "Save as Dr Roe").click()
        assert "The grade is missing." in words(run_dialog(app, "Override"))
        with_label(app.button_group, "What is it?").set_value(1)
        button(app, "Save as Dr Roe").click()
        assert "The reason is missing." in words(run_dialog(app, "Override"))
        with_label(app.text_input, "Or in your own words").set_value("She was laughing")
        button(app, "Save as Dr Roe").click()
        run_dialog(app, "Override")
        with PatientLog(actor=ACTOR) as log:
            line = log.saved_assessment(saved.assessment_id)
        assert (line.status, line.grade, line.report_grade) == (Status.OVERRIDDEN, Grade.MILD, Grade.SEVERE)
        said = words(opened("patient_log", assessment=saved.assessment_id))
        assert "Overridden by Dr Roe" in said
        assert "The model said: Severe." in said
        assert "She was laughing" in said

    def test_data_are_corrected_with_a_reason_and_the_old_value_is_shown(self):
        ada = arrive()
        app = on_page_of(ada, "Nurse Kim")
        opener = "Correct these data"
        run_dialog(app, opener)
        with_label(app.text_input, "Bed").set_value("14")
        button(app, "Save the correction").click()
        assert "The reason is missing." in words(run_dialog(app, opener))
        with_label(app.button_group, "Why?").set_value("Moved to another bed")
        button(app, "Save the correction").click()
        run_dialog(app, opener)
        said = words(on_page_of(ada))
        assert "bed 14" in said
        assert re.search(r"<td>Bed</td><td>12</td><td>14</td><td>Moved to another bed</td>", said)

    def test_who_has_left_is_off_the_board_and_can_come_back(self):
        ada = arrive()
        app = on_page_of(ada, "Nurse Kim")
        run_dialog(app, "The patient has left the ward")
        button(app, "Save").click()
        run_dialog(app, "The patient has left the ward")
        assert "The patient left the ward" in words(on_page_of(ada))
        assert "No patient is on the ward" in words(opened("ward_board"))
        assert "Left the ward" in words(opened("patient_log"))

    def test_consent_shows_what_holds_who_took_it_and_what_is_open(self):
        ada = arrive()
        with CareLog(actor=ACTOR) as care:
            care.record_consent(
                ada.patient_id, ConsentPurpose.RESEARCH, ConsentDecision.GIVEN, date(2026, 11, 1), "Dr Roe"
            )
        app = on_page_of(ada)
        said = words(app)
        assert "given by the patient on 1 Nov 2026, taken by Dr Roe" in said
        assert "Not asked yet" in said
        assert "Not decided yet." in said
        with_label(app.button_group, "Deafness").set_value("yes").run()
        assert "Does not fulfil the criteria. Against it: Deafness." in words(on_page_of(ada))

    def test_nothing_is_entered_without_a_name(self):
        ada = arrive()
        app = on_page_of(ada)
        run_dialog(app, "Write a note")
        with_label(app.text_area, "Note").set_value("Slept well.")
        button(app, "Save note").click()
        assert "Give your name first." in words(run_dialog(app, "Write a note"))
        with CareLog(actor=ACTOR) as care:
            assert care.notes(ada.patient_id) == []

    def test_a_note_is_written_by_who_acts(self):
        ada = arrive()
        app = on_page_of(ada, "Nurse Kim")
        run_dialog(app, "Write a note")
        button(app, "Save note").click()
        assert "The note is empty." in words(run_dialog(app, "Write a note"))
        with_label(app.text_area, "Note").set_value("Slept <b>well</b>.")
        button(app, "Save note").click()
        run_dialog(app, "Write a note")
        assert "Slept &lt;b&gt;well&lt;/b&gt;." in words(on_page_of(ada))
        with CareLog(actor=ACTOR) as care:
            assert [note.entered_by for note in care.notes(ada.patient_id)] == ["Nurse Kim"]


class TestTeamLead:
    def test_it_says_how_much_was_late_with_counts_and_interval(self):
        ada = arrive()
        for number, minutes in enumerate((592, 535, 400, 345), start=1):
            assessed(ada, minutes, Grade.SEVERE, number)
        with CareLog(actor=ACTOR) as care, PatientLog(actor=ACTOR) as log:
            first, second, *_ = log.assessments(ada.patient_id)
            care.confirm(first.assessment_id, "Dr Roe")
            care.override(second.assessment_id, Grade.MILD, "Laughing", "Dr Roe")
        app = opened("team_lead")
        assert not app.exception
        said = words(app)
        assert "4 assessments of 1 patients" in said
        assert re.search(r"late or missing: 40 % \(2 of 5; 95 % interval 12 to 77 %\)", said)
        assert "are not over" in said, "the reference weeks of the model have only begun"
        assert len(app.get("plotly_chart")) == 5

    def test_without_any_assessment_it_says_so(self):
        arrive()
        assert "Nothing was assessed in this time" in words(opened("team_lead"))
