import csv
import json
from dataclasses import replace

import av
import numpy as np
import pytest

from peea.faces import Problem
from peea.scales import Grade
from peea.synthetic.courses import Absence, HandPass, HeadTurn, NoPain, Pain, Visitor
from peea.synthetic.demonstration import plan_of
from peea.synthetic.expressions import Confounder
from peea.synthetic.person import Person
from peea.synthetic.recording import RecordingPlan, record, scripted_timeline, write_recording
from peea.synthetic.scripts import (
    DEMONSTRATION_SCRIPTS,
    Script,
    UnknownScriptError,
    in_dim_light,
    in_good_light,
    script_named,
)
from tests.synthetic.made_up import OvalRenderer

WIDTH, HEIGHT = 160, 120


def ovals(person: Person) -> OvalRenderer:
    renderer = OvalRenderer(WIDTH, HEIGHT)
    renderer.load(person)
    return renderer


def plan(script: Script, frames_a_second: int = 6) -> RecordingPlan:
    return RecordingPlan(script, 9, WIDTH, HEIGHT, frames_a_second)


def rows_of(script: Script, frames_a_second: int = 6) -> list[dict]:
    return [frame.truth for frame in record(plan(script, frames_a_second), ovals)]


EXPECTED = {
    "calm": 0, "mild": 1, "obvious": 2, "severe": 3, "intense": 4, "rising": 3, "fading": 2, "smiling_talking": 0,
    "turning_head": 2, "glasses_cannula": 2, "dim": 3, "back_lit": 3, "leaving": 1, "visitor": 4,
}  # fmt: skip


@pytest.mark.parametrize("script", DEMONSTRATION_SCRIPTS, ids=lambda script: script.name)
def test_the_truth_of_every_demonstration_gives_the_grade_of_its_title_or_its_refusal(script):
    committed = replace(plan_of(script), width=WIDTH, height=HEIGHT, frames_a_second=10)
    timeline = scripted_timeline([frame.truth for frame in record(committed, ovals)])
    assert timeline.assessable == script.gradable
    if script.gradable:
        assert timeline.report_grade == Grade(EXPECTED[script.name])
        assert timeline.seconds[timeline.report_grade] >= 3.0
    else:
        assert timeline.main_problem is {"empty_bed": Problem.NO_FACE, "too_dark": Problem.TOO_DARK}[script.name]


def test_the_files_of_a_recording_agree_with_each_other(tmp_path):
    script = replace(script_named("severe"), duration_s=6.0)
    path = tmp_path / "severe.mp4"
    summary = write_recording(plan(script, 10), path, ovals)
    assert {file.name for file in tmp_path.iterdir()} == {"severe.mp4", "severe.csv", "severe.json"}
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height) == (WIDTH, HEIGHT)
        times = [frame.time for frame in container.decode(stream)]
    with path.with_suffix(".csv").open() as file:
        rows = list(csv.DictReader(file))
    assert times == pytest.approx([float(row["time_s"]) for row in rows], abs=1e-4)
    assert json.loads(path.with_suffix(".json").read_text()) == summary
    assert summary["seconds"] == pytest.approx(6.0)
    assert max(float(row["pspi"]) for row in rows) > 8


def test_a_recording_is_the_same_when_made_again(tmp_path):
    script = replace(script_named("mild"), duration_s=2.0)
    for name in ("one", "two"):
        write_recording(plan(script), tmp_path / f"{name}.mp4", ovals)
    for suffix in (".mp4", ".csv", ".json"):
        assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()


def test_a_dim_recording_is_the_good_one_with_less_light(tmp_path):
    script = replace(script_named("obvious"), duration_s=6.0)
    good, dim = rows_of(in_good_light(script)), rows_of(in_dim_light(script, 17.0))
    assert [row["AU4"] for row in good] == [row["AU4"] for row in dim]
    assert [row["nose_x"] for row in good] == [row["nose_x"] for row in dim]
    assert np.mean([row["face_luma"] for row in dim]) == pytest.approx(17, abs=4)
    assert np.mean([row["face_luma"] for row in good]) > 40


def test_what_stands_in_the_way_is_in_the_truth():
    events = (HeadTurn(2.0, 1.5, 75.0), HandPass(6.0, 1.0), Absence(10.0, 2.0), Visitor(15.0, 2.0), Pain(9.0, 16.0))
    rows = rows_of(Script("all", "All", 0, events, visitor=1, duration_s=20.0), 10)

    def problems(start: float, end: float) -> set[str]:
        return {row["problem"] for row in rows if start <= row["time_s"] <= end}

    assert problems(0, 1.9) == {""}
    assert problems(3.0, 4.0) == {Problem.TURNED_AWAY.value}
    assert Problem.COVERED.value in problems(6.0, 9.0)
    assert problems(11.5, 13.0) == {Problem.NO_FACE.value}
    assert {row["other_faces"] for row in rows if 16.5 < row["time_s"] < 18} == {1}
    assert {row["nose_x"] == "" for row in rows if 11.5 <= row["time_s"] <= 13} == {True}


def test_smiling_is_no_pain_in_the_truth_of_each_frame():
    rows = rows_of(Script("smile", "Smile", 0, (NoPain(Confounder.SMILE, 1.0, 4.0, 5.0),), duration_s=6.0))
    smiling = [row for row in rows if 2 < row["time_s"] < 5]
    assert {row["confounder"] for row in smiling} == {"smile"}
    assert {row["grade"] for row in smiling} == {0}
    assert max(row["grade_pspi"] for row in smiling) >= 1


def test_there_are_enough_demonstrations_of_every_kind():
    names = {script.name for script in DEMONSTRATION_SCRIPTS}
    assert len(names) == len(DEMONSTRATION_SCRIPTS) >= 14
    glasses = script_named("glasses_cannula").patient()
    assert glasses.glasses != "none"
    assert glasses.cannula
    with pytest.raises(UnknownScriptError, match="there is no script 'sever'; known are calm, mild"):
        script_named("sever")
