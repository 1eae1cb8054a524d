"""The rating page as Streamlit runs it, without a browser: a rater's queue, blindness, results, assessment by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from peea.access import Role
from peea.demonstration import demonstration_recordings
from peea.faces import Problem
from peea.rating import PspiCodes
from peea.rating.pictures import encode_picture
from peea.rating.references import reference_picture
from peea.scales import PSPI_ACTIONS, Context, Grade
from peea.store import CareLog, ManualKind, ManualLog, NewItem, PatientLog, RatingStore, SetKind, Sex
from peea.store.care import ConsentDecision, ConsentPurpose
from tests.access.signed_in import accounts_site, person, quick_hashes, seen_by
from tests.factories import made_up_assessment
from tests.test_pages import button, data_folder, opened, register, words

__all__ = ["accounts_site", "data_folder", "quick_hashes"]

LIN, KIM = "Dr. Lin", "Nurse Kim"


def frames(count=2, patients=2):
    picture = encode_picture(np.full((48, 48, 3), 128, np.uint8))
    return [
        NewItem(f"SIM-{k % patients}", "Severe pain", time_s=float(k), content=picture, demonstration_file="calm.mp4")
        for k in range(count)
    ]


def make(items=None, kind=SetKind.KEY_FRAMES, title="Pilot"):
    with RatingStore(actor="test") as store:
        return store.make_set(title, kind, items if items is not None else frames()).set_id


def rate_all(set_id, name, codes):
    with RatingStore(actor="test") as store:
        rater = store.rater(name)
        for queued, given in zip(store.queue(set_id, rater.rater_id), codes, strict=False):
            store.rate(queued.item.item_id, rater.rater_id, codes=given)


def ratings_of(set_id, name):
    with RatingStore(actor="test") as store:
        rater = store.rater(name)
        return [each.rating for each in store.queue(set_id, rater.rater_id)]


def as_rater(name=LIN):
    app = opened("rating")
    next(one for one in app.text_input if one.label == "Your name and role").set_value(name).run()
    return app


def press(app, label):
    button(app, label).click().run()
    assert not app.exception
    return app


def code(app, *letters):
    for letter in letters:
        press(app, letter)
    return app


def test_without_a_name_nobody_rates_and_without_a_set_the_page_says_what_to_do():
    app = opened("rating")
    assert "Give your name once" in words(app)
    assert "There is nothing to rate. Prepare a set first." in words(as_rater())


def test_one_action_after_the_other_is_coded_and_saved_and_the_next_frame_comes():
    set_id = make()
    app = press(as_rater(), "Start")
    assert "Key frame 1 of 2" in words(app)
    assert button(app, "Save and next").disabled, "nothing is preset"
    code(app, "c", "absent")
    assert "PSPI 3" in words(app)
    assert "4 of 6 actions still to code." in words(app)
    code(app, "c", "absent", "b", "open")
    said = words(app)
    assert "PSPI 8" in said
    assert "Severe" in said
    press(app, "Save and next")
    assert "Key frame 2 of 2" in words(app)
    assert [each.codes for each in ratings_of(set_id, LIN) if each] == [PspiCodes.of(AU4=3, AU7=3, AU10=2)]


def test_all_codes_are_typed_at_once_and_slips_are_told():
    set_id = make()
    app = press(as_rater(), "Start")
    field = next(one for one in app.text_input if one.label.startswith("Or type"))
    field.set_value("c0c0").run()
    assert "Type six codes" in words(app)
    next(one for one in app.text_input if one.label.startswith("Or type")).set_value("c0c0b5").run()
    assert "AU43 is 5; allowed is 0 or 1." in words(app)
    next(one for one in app.text_input if one.label.startswith("Or type")).set_value("c0 c0 b1").run()
    assert "PSPI 9" in words(app)
    press(app, "Save and next")
    assert [each.codes.pspi for each in ratings_of(set_id, LIN) if each] == [9]


def test_a_pause_keeps_what_was_saved_and_what_was_begun_and_goes_on_there():
    make(frames(3))
    app = press(as_rater(), "Start")
    code(app, "a", "a", "a", "a", "a", "closed")
    press(app, "Save and next")
    code(app, "d")
    press(app, "Pause")
    assert any(bar.proto.text == "1 of 3 rated by you" for bar in app.get("progress"))
    press(app, "Go on")
    assert "Key frame 2 of 3" in words(app)
    assert "PSPI 4" in words(app)


def test_a_correction_keeps_what_was_said_before():
    set_id = make(frames(1))
    rate_all(set_id, LIN, [PspiCodes.of(AU4=1)])
    app = press(as_rater(), "Look again")
    assert "You have rated everything in this set." in words(app)
    press(app, "1: PSPI 1")
    assert "AU4 a, PSPI 1" in words(app)
    code(app, "e")
    press(app, "Save the correction")
    assert "The correction is saved" in words(app)
    with RatingStore(actor="test") as store:
        (item,) = store.items(set_id)
        history = store.history(item.item_id, store.rater(LIN).rater_id)
    assert [each.codes.pspi for each in history] == [1, 5]


def test_a_face_that_cannot_be_rated_is_kept_with_the_reason():
    set_id = make(frames(1))
    app = press(as_rater(), "Start")
    next(one for one in app.button_group if one.label == "Why").set_value("covered").run()
    press(app, "Save as not to be rated")
    (rating,) = ratings_of(set_id, LIN)
    assert (rating.cannot, rating.grade) == ("covered", None)


def test_raters_are_blind_to_peea_to_the_recording_and_to_each_other():
    set_id = make()
    rate_all(set_id, KIM, [PspiCodes.of(AU4=5, AU43=1)] * 2)
    app = press(as_rater(), "Start")
    said = words(app)
    for hidden in ("Severe pain", "SIM-", "PSPI 6", KIM, "calm.mp4"):
        assert hidden not in said
    assert "0 of 2" in " ".join(bar.proto.text for bar in app.get("progress"))


def test_results_are_shown_only_once_the_set_is_closed():
    set_id = make(frames(4, patients=4))
    calm, severe = PspiCodes.of(), PspiCodes.of(AU4=3, AU7=3, AU10=2)
    rate_all(set_id, LIN, [severe] * 4)
    app = opened("rating")
    app.session_state["rating_task_next"] = "results"
    app.run()
    assert "The raters agree" not in words(app)
    assert button(app, "Close the set and see how the raters agree").disabled
    with RatingStore(actor="test") as store:
        kim = store.rater(KIM)
        for place, item in enumerate(store.items(set_id)):
            store.rate(item.item_id, kim.rater_id, codes=severe if place else calm)
    app.checkbox[0].check().run()
    press(app, "Close the set and see how the raters agree")
    assert "The raters agree on 3 of 4 key frames." in words(app)
    assert "Agreed: all raters, at least 2, give the same grade." in words(app)
    press(app, "Write the training set")
    assert not app.exception
    assert "3 key frames of 3 patients are in" in words(app)
    assert "peea train efficientnet_lite0 --data" in app.code[0].value
    assert "Start" not in [one.label for one in as_rater().button], "a closed set is not offered any more"


def test_a_recording_is_rated_by_vas_with_what_the_patient_said():
    item = NewItem("SIM-1", "Calm", context=Context.REST, demonstration_file="calm.mp4")
    set_id = make([item], SetKind.RECORDINGS)
    app = press(as_rater(), "Start")
    assert button(app, "Save and next").disabled
    press(app, "7")
    assert "Severe" in words(app)
    next(one for one in app.button_group if one.label.startswith("What the patient said")).set_value(4).run()
    press(app, "Save and next")
    (rating,) = ratings_of(set_id, LIN)
    assert rating.vas == 7
    with RatingStore(actor="test") as store:
        assert list(store.nrs(set_id).values()) == [4]


def test_a_whole_set_of_recordings_is_prepared_on_the_page():
    app = opened("rating")
    app.session_state["rating_task_next"] = "prepare"
    app.run()
    next(one for one in app.button_group if one.label == "What is rated?").set_value(SetKind.RECORDINGS).run()
    assert button(app, "Make this set").disabled
    app.multiselect[0].set_value([demonstration_recordings()[0]]).run()
    next(one for one in app.text_input if one.label == "Title of the set").set_value("Week 1").run()
    press(app, "Make this set")
    assert "The set Week 1 with 1 item is ready to be rated." in words(app)


def test_what_the_patient_says_is_saved_to_the_patient_log_as_its_own_kind():
    patient = register()
    app = opened("rating", patient=patient.patient_id)
    next(one for one in app.text_input if one.label == "Your name and role").set_value(KIM).run()
    assert "Ada Kim" in words(app)
    assert button(app, "Save to the patient log").disabled
    next(one for one in app.button_group if one.label == "What did the patient do?").set_value(Context.REST).run()
    next(one for one in app.button_group if one.label.startswith("Ask:")).set_value(6).run()
    press(app, "Save to the patient log")
    assert "Saved to the patient log: NRS 6, obvious." in words(app)
    with ManualLog(actor="test") as log:
        (saved,) = log.of_patient(patient.patient_id)
    assert (saved.kind, saved.score, saved.rater, saved.context) == (ManualKind.NRS, 6, KIM, Context.REST)


def test_a_face_is_rated_by_hand_with_the_same_form():
    patient = register()
    app = opened("rating", patient=patient.patient_id)
    next(one for one in app.text_input if one.label == "Your name and role").set_value(KIM).run()
    next(one for one in app.button_group if one.label.startswith("How is")).set_value(ManualKind.PSPI).run()
    next(one for one in app.button_group if one.label == "What did the patient do?").set_value(Context.TURNING).run()
    code(app, "c", "absent", "c", "absent", "b", "open")
    press(app, "Save to the patient log")
    assert "Saved to the patient log: PSPI 8, severe." in words(app)
    with ManualLog(actor="test") as log:
        (saved,) = log.of_patient(patient.patient_id)
    assert saved.codes == PspiCodes.of(AU4=3, AU7=3, AU10=2)


@pytest.mark.parametrize("action", PSPI_ACTIONS)
def test_every_code_of_an_action_has_its_reference(action):
    codes = range(2 if action == "AU43" else 6)
    pictures = [reference_picture(action, code).read_bytes() for code in codes]
    assert len(set(pictures)) == len(pictures)


def test_a_recording_that_cannot_be_assessed_leads_to_rating_by_hand():
    patient = register()
    app = opened("video_scoring")
    visit = app.session_state["visit"]
    visit.patient_id = patient.patient_id
    visit.assessment = made_up_assessment([(Problem.TOO_DARK, 18.0), (Grade.MILD, 2.0)])
    app.run()
    press(app, "Rate by hand")
    assert "For a face that cannot be graded" in words(app)
    assert "Ada Kim" in words(app)


def test_a_patient_who_has_not_consented_is_not_offered_an_upload(accounts_site):
    with PatientLog(actor="test") as log:
        patient = log.register_patient("Ben Low", date(1939, 1, 2), Sex.MALE)
    app = seen_by(person(Role.PAIN_LEAD), "rating")
    app.session_state["rating_task_next"] = "prepare"
    app.run()
    choice = next(one for one in app.selectbox if one.label == "Patient")
    choice.set_value(patient.patient_id).run()
    assert "Ben Low has not consented to pictures of the face being kept." in words(app)
    assert not app.get("file_uploader")
    with CareLog(actor="test") as care:
        given = ConsentDecision.GIVEN
        care.record_consent(patient.patient_id, ConsentPurpose.KEY_FRAMES, given, date(2026, 11, 1), "Nurse Kim")
    app.run()
    assert app.get("file_uploader")
