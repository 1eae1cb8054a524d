"""The road from frames to an assessment, with a scripted grader and finder, and with the real finder on a real file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from peea.assessment import (
    SCHEMA_VERSION,
    Assessment,
    AssessmentCancelled,
    AssessmentFormatError,
    Progress,
    UnknownSchemaVersionError,
    assess,
)
from peea.assessment.road import FACES_A_BATCH, records, sightings
from peea.faces.face import Problem
from peea.frames import Frame, RecordingError
from peea.scales import GRADES, Context
from peea.settings import Settings, StabilityRules
from tests.assessment.doubles import FPS, ScriptedFinder, ScriptedFrames, ScriptedGrader, State
from tests.factories import made_up_assessment
from tests.frames.videos import make_video

CALM, MILD, OBVIOUS, SEVERE, INTENSE = GRADES


def assessed(course: Sequence[tuple[State, float]], **options) -> Assessment:
    frames = ScriptedFrames(course, options.pop("duration_s", None))
    finder = ScriptedFinder(frames.states, options.pop("dim", False), options.pop("other_faces", 0))
    grader = options.pop("grader", None) or ScriptedGrader()
    settings = Settings(stability=StabilityRules(smoothing_s=0.0))
    return assess(frames, grader, lambda: finder, settings, **options)


class TestRoad:
    def test_a_scripted_course_is_reported(self):
        assessment = assessed(
            [(CALM, 5), (SEVERE, 6), (INTENSE, 1), (Problem.TURNED_AWAY, 2), (CALM, 6)], context=Context.TURNING
        )
        assert assessment.report_grade is SEVERE
        assert assessment.timeline.peak_grade is INTENSE
        assert assessment.timeline.coverage == pytest.approx(18 / 20)
        assert assessment.timeline.main_problem is Problem.TURNED_AWAY
        assert assessment.context is Context.TURNING
        assert (assessment.recording, assessment.width, assessment.height) == ("scripted.mp4", 64, 48)
        assert assessment.model is ScriptedGrader.identity
        assert not assessment.interrupted

    def test_each_frame_has_its_record_in_order(self):
        course = [(CALM, 1.0), (Problem.NO_FACE, 0.5), (Problem.CUT_OFF, 0.5), (OBVIOUS, 4.0), (Problem.TOO_DARK, 0.3)]
        frames = assessed(course).frames
        assert [frame.time_s for frame in frames] == [k / FPS for k in range(63)]
        graded = [frame.probabilities and GRADES[int(np.argmax(frame.probabilities))] for frame in frames]
        assert graded == [CALM] * 10 + [None] * 10 + [OBVIOUS] * 40 + [None] * 3
        assert [frame.problem for frame in frames[10:20]] == [Problem.NO_FACE] * 5 + [Problem.CUT_OFF] * 5
        assert frames[12].box is None
        assert frames[17].box == (1.0, 2.0, 31.0, 42.0)
        assert frames[17].probabilities is None
        assert frames[0].landmarks[4] == (8.0, 9.0)

    def test_faces_are_graded_in_batches_and_frames_are_not_hoarded(self):
        grader, read = ScriptedGrader(), 0
        frames = ScriptedFrames([(CALM, 30)])

        def counted() -> Iterator[Frame]:
            nonlocal read
            for frame in frames:
                read += 1
                yield frame

        made = records(sightings(counted(), ScriptedFinder(frames.states)), grader)
        for number, _ in enumerate(made, start=1):
            assert read - number < FACES_A_BATCH
        assert grader.batches == [FACES_A_BATCH] * (300 // FACES_A_BATCH) + [300 % FACES_A_BATCH]

    def test_a_long_stretch_without_a_face_is_not_hoarded_either(self):
        frames = ScriptedFrames([(Problem.NO_FACE, 60)])
        made = records(sightings(frames, ScriptedFinder(frames.states)), ScriptedGrader())
        assert next(made).problem is Problem.NO_FACE

    def test_single_wrong_frames_do_not_break_an_episode(self):
        flicker = [(OBVIOUS, 0.4), (INTENSE, 0.1)] * 10
        frames = ScriptedFrames(flicker)
        finder = ScriptedFinder(frames.states)
        smoothed = assess(frames, ScriptedGrader(), lambda: finder, Settings())
        assert [each.grade for each in smoothed.timeline.episodes] == [OBVIOUS]
        assert smoothed.rules == Settings().stability

    def test_a_recording_that_ends_before_its_time_is_interrupted(self):
        assessment = assessed([(SEVERE, 8)], duration_s=20)
        assert assessment.interrupted
        assert assessment.timeline.missing_s == pytest.approx(12, abs=0.2)
        assert assessment.report_grade is None

    def test_the_time_of_the_recording_is_kept_in_utc(self):
        tokyo = timezone(timedelta(hours=9))
        assessment = assessed([(CALM, 2)], recorded_at=datetime(2026, 11, 21, 23, 0, tzinfo=tokyo))
        assert assessment.recorded_at == "2026-11-21T14:00:00+00:00"
        before = datetime.now(UTC).replace(microsecond=0)
        assert before <= datetime.fromisoformat(assessed([(CALM, 2)]).recorded_at) <= datetime.now(UTC)

    def test_a_time_without_a_zone_is_refused(self):
        with pytest.raises(ValueError, match="without a time zone"):
            assessed([(CALM, 2)], recorded_at=datetime(2026, 11, 21, 23, 0))

    def test_two_assessments_have_different_ids(self):
        assert assessed([(CALM, 2)]).assessment_id != assessed([(CALM, 2)]).assessment_id


class TestProgress:
    def test_it_rises_to_the_end(self, monkeypatch):
        monkeypatch.setattr("peea.assessment.road.PROGRESS_EVERY_S", 0.0)
        told: list[Progress] = []
        assessed([(CALM, 10)], progress=told.append)
        shares = [each.share for each in told]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        assert len(told) > 50
        assert all(each.seconds_left is None or each.seconds_left >= 0 for each in told)
        assert told[-1].seconds_left == 0

    def test_without_a_stated_length_it_says_how_much_is_done(self, monkeypatch):
        monkeypatch.setattr("peea.assessment.road.PROGRESS_EVERY_S", 0.0)
        told: list[Progress] = []
        frames = ScriptedFrames([(CALM, 3)])
        frames.duration_s = None
        finder = ScriptedFinder(frames.states)
        assert assess(frames, ScriptedGrader(), lambda: finder, progress=told.append).timeline.duration_s == 3
        assert told[20].share is None
        assert told[20].sentence() == "Grading the recording, 2 s done"
        assert told[-1].share == 1.0

    @pytest.mark.parametrize(
        ("seconds_left", "sentence"),
        [(0.2, "about 1 s left"), (12.3, "about 12 s left"), (89, "about 89 s left"), (300, "about 5 min left")],
    )
    def test_it_is_told_in_words(self, seconds_left, sentence):
        assert sentence in Progress(0.5, 10.0, seconds_left).sentence()

    def test_a_stopped_assessment_ends_at_once_and_makes_nothing(self):
        asked = 0

        def stop() -> bool:
            nonlocal asked
            asked += 1
            return asked > 20

        grader = ScriptedGrader()
        with pytest.raises(AssessmentCancelled, match=r"stopped at 2\.0 s"):
            assessed([(CALM, 60)], cancelled=stop, grader=grader)
        assert sum(grader.batches) <= 20


class TestJson:
    @pytest.mark.parametrize(
        "assessment",
        [
            made_up_assessment(),
            made_up_assessment(context=None, with_actions=False, dim=True),
            made_up_assessment([(Problem.NO_FACE, 9), (MILD, 1)]),
            assessed([(SEVERE, 3.3), (Problem.COVERED, 0.7), (CALM, 1.1)], other_faces=2),
        ],
        ids=["course", "without actions", "not assessable", "scored"],
    )
    def test_it_reads_back_as_the_same(self, assessment):
        assert Assessment.from_json(assessment.to_json()) == assessment

    def test_another_version_is_refused_by_name(self):
        text = made_up_assessment().to_json().replace(f'"schema_version":{SCHEMA_VERSION}', '"schema_version":99')
        with pytest.raises(UnknownSchemaVersionError, match="schema version 99; this PEEA reads version 1"):
            Assessment.from_json(text)

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("not json", "it is not JSON"),
            ("[]", "no schema_version"),
            ("{}", "no schema_version"),
            ('{"schema_version": 1}', "assessment_id: Field required"),
        ],
    )
    def test_what_is_no_assessment_is_refused(self, text, sentence):
        with pytest.raises(AssessmentFormatError, match=sentence):
            Assessment.from_json(text)

    def test_a_grade_that_does_not_exist_is_refused(self):
        plain = made_up_assessment().to_plain()
        plain["timeline"]["report_grade"] = 7
        with pytest.raises(AssessmentFormatError, match=r"timeline\.report_grade"):
            Assessment.from_plain(plain)


class TestRealRecording:
    """The real reader and the real face finder; only the grader is scripted, since no face gets that far."""

    def test_a_recording_without_a_face_cannot_be_assessed(self, tmp_path):
        file = make_video(tmp_path / "wall.mp4", frames=12, rate=10, picture=np.full((64, 96, 3), 150, np.uint8))
        assessment = assess(file, ScriptedGrader(), name="Camera 2")
        assert assessment.report_grade is None
        assert assessment.timeline.main_problem is Problem.NO_FACE
        assert assessment.recording == "Camera 2"
        assert len(assessment.frames) == 12

    def test_a_black_recording_is_too_dark(self, tmp_path):
        file = make_video(tmp_path / "night.mp4", frames=12, rate=10, picture=np.full((64, 96, 3), 6, np.uint8))
        assert assess(file, ScriptedGrader()).timeline.main_problem is Problem.TOO_DARK

    def test_a_bad_file_keeps_its_sentence(self, tmp_path):
        (tmp_path / "letter.mp4").write_text("Dear Sir or Madam")
        with pytest.raises(RecordingError, match=r"letter.mp4 is not a video"):
            assess(tmp_path / "letter.mp4", ScriptedGrader())

    def test_a_file_that_was_cut_off_is_graded_as_far_as_it_goes(self, tmp_path):
        noise = np.random.default_rng(1).integers(0, 255, (64, 96, 3), np.uint8)
        file = make_video(tmp_path / "cut.mp4", frames=60, rate=10, picture=noise, faststart=True)
        whole = file.read_bytes()
        file.write_bytes(whole[: round(0.6 * len(whole))])
        assessment = assess(file, ScriptedGrader())
        assert assessment.interrupted
        assert 1 < len(assessment.frames) < 60
        assert assessment.timeline.duration_s == pytest.approx(6)
        assert assessment.timeline.missing_s > 1
