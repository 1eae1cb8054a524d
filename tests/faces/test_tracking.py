"""Who is the patient: chosen near the middle, kept against visitors, found again, never swapped."""

from __future__ import annotations

import pytest

from peea.faces.rules import TrackingRules
from peea.faces.tracking import PatientTrack, first_choice
from tests.faces.made_up import face_at

FRAME = (640, 480)
RULES = TrackingRules()


def play(track: PatientTrack, moments):
    """Show the track the faces of each moment and return what it chose."""
    return [track.choose(faces, time_s, FRAME) for time_s, faces in moments]


def seen_for(seconds: float, *faces, start: float = 0.0, step: float = 0.1):
    return [(start + step * index, list(faces)) for index in range(round(seconds / step) + 1)]


def test_the_largest_face_near_the_middle_is_chosen():
    patient, far, small = face_at(330, 250, 60), face_at(560, 90, 75), face_at(300, 240, 30)
    assert first_choice([far, small, patient], FRAME, RULES) is patient
    assert first_choice([], FRAME, RULES) is None


def test_the_largest_wins_where_all_are_near_the_middle():
    near, nearer = face_at(260, 240, 80), face_at(340, 240, 50)
    assert first_choice([nearer, near], FRAME, RULES) is near


def test_a_larger_visitor_beside_the_patient_does_not_take_over():
    track = PatientTrack(RULES)
    patient, visitor = face_at(330, 250, 55), face_at(160, 230, 110)
    play(track, seen_for(2, patient))
    assert all(chosen is patient for chosen in play(track, seen_for(5, visitor, patient, start=2.1)))


def test_when_the_patient_leaves_the_visitor_is_not_graded():
    track = PatientTrack(RULES)
    patient, visitor = face_at(330, 250, 55), face_at(470, 230, 70)
    play(track, seen_for(3, patient) + seen_for(6, patient, visitor, start=3.1))
    assert play(track, seen_for(8, visitor, start=9.2)) == [None] * 81


def test_a_visitor_who_steps_in_front_of_the_patient_is_not_the_patient():
    track = PatientTrack(RULES)
    patient = face_at(330, 250, 55)
    play(track, seen_for(3, patient, face_at(520, 240, 60)))
    crossing = [(3.1 + 0.1 * index, [face_at(520 - 20 * index, 240, 60)]) for index in range(20)]
    assert play(track, crossing) == [None] * 20
    back = face_at(332, 251, 55)
    assert track.choose([back, face_at(120, 240, 60)], 5.2, FRAME) is back


def test_a_patient_who_leaves_and_comes_back_from_the_side_is_found_again():
    track = PatientTrack(RULES)
    patient = face_at(320, 230, 60)
    play(track, seen_for(8, patient))
    assert play(track, seen_for(5, start=8.1)) == [None] * 51
    entering = [(13.2 + 0.1 * index, [face_at(620 - 30 * index, 230, 60)]) for index in range(11)]
    chosen = play(track, entering)
    assert chosen[0] is None
    assert chosen[-1] is entering[-1][1][0]


def test_the_nurse_who_starts_the_camera_is_soon_forgotten():
    track = PatientTrack(RULES)
    nurse, patient = face_at(330, 240, 120), face_at(340, 200, 45)
    play(track, seen_for(1.5, nurse))
    chosen = play(track, seen_for(3, patient, start=1.6))
    assert chosen[0] is None
    assert chosen[-1] is patient


def test_after_a_long_absence_anyone_near_the_middle_can_be_the_patient():
    track = PatientTrack(RULES)
    play(track, seen_for(20, face_at(330, 250, 55)))
    other = face_at(120, 240, 60)
    chosen = play(track, seen_for(RULES.absence_s + 1, other, start=20.1))
    assert chosen[int(RULES.absence_s * 10) - 5] is None
    assert chosen[-1] is other


def test_a_face_of_another_size_in_the_same_place_is_somebody_else():
    track = PatientTrack(RULES)
    play(track, seen_for(5, face_at(330, 250, 50)))
    assert track.choose([face_at(330, 250, 50 * RULES.size_ratio * 1.1)], 5.2, FRAME) is None


@pytest.mark.parametrize("step", [0.04, 0.1, 0.2])
def test_a_patient_who_moves_is_kept(step):
    track = PatientTrack(RULES)
    path = [(step * index, [face_at(200 + 120 * step * index, 250, 55)]) for index in range(round(2 / step))]
    assert [chosen is faces[0] for chosen, (_, faces) in zip(play(track, path), path, strict=True)] == [True] * len(
        path
    )


def test_following_refuses_a_leap():
    track = PatientTrack(RULES)
    track.choose([face_at(330, 250, 55)], 0.0, FRAME)
    assert track.follow(face_at(336, 251, 56), 0.04)
    assert not track.follow(face_at(500, 250, 56), 0.08)
    assert track.patient is not None
    assert track.patient.time_s == 0.04


def test_a_close_visitor_is_noticed_and_a_distant_one_is_not():
    for x, close in ((480, True), (620, False)):
        track = PatientTrack(RULES)
        track.choose([face_at(330, 250, 60), face_at(x, 250, 55)], 0.0, FRAME)
        assert track.visitor_close is close
