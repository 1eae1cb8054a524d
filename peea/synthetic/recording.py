"""A scripted patient as a recording: H.264 video, the truth at each frame beside it, and the grade it must get."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np

from peea.faces import Problem
from peea.scales import Grade
from peea.settings import StabilityRules
from peea.synthetic.camera import Camera, automatic_gain, draw_camera, take_picture
from peea.synthetic.courses import Course, CourseMoment
from peea.synthetic.expression import Expression
from peea.synthetic.hand import HandPose
from peea.synthetic.lights import LightLevel
from peea.synthetic.person import SKIN_TONES, Person
from peea.synthetic.scenes import Composition, Scene, background, compose, draw_scene, hand_length_px
from peea.synthetic.scripts import Script
from peea.synthetic.seeds import DEMONSTRATION_PEOPLE, generator
from peea.synthetic.shots import Renderer, person_columns
from peea.synthetic.still_sets import write_whole
from peea.synthetic.truth import FIVE_POINTS, expression_columns, face_luma, hull_mask, pain_columns, pain_truth
from peea.synthetic.view import Rendering, View
from peea.timeline import Moment, Timeline, build_timeline

WIDTH: Final = 640
HEIGHT: Final = 480
FRAMES_A_SECOND: Final = 15
H264_OPTIONS: Final = {
    "crf": "19",
    "preset": "faster",
    "x264-params": "threads=1:asm=0:vbv-maxrate=600:vbv-bufsize=1800",
}
"""CRF 19 keeps wrinkles (24 smears them); the cap keeps noise in dim rooms from filling the file. One thread without
assembler: with either, the encoder reads memory beyond the picture, and the same frames give other bytes each time."""

TURNED_AWAY_DEG: Final = 50.0
"""Head turn from which the truth of a frame is "turned away": one eye is then hidden."""
COVERED_SHARE: Final = 0.35
"""Share of the face under a hand from which the truth is "covered"."""
INSIDE_SHARE: Final = (0.3, 0.85)
"""Share of landmarks inside the picture under which there is no face, and under which it is cut off."""
BLACK_LUMA: Final = 6.0
"""Mean luma of the face under which the truth is "too dark": under it the sensor's noise hides the features."""

Renderers = Callable[[Person], Renderer]
"""Gives a renderer of `WIDTH` x `HEIGHT` with this person loaded."""


@dataclass(frozen=True, eq=False)
class RecordedFrame:
    """One frame and what is true of it (columns of the CSV file)."""

    time_s: float
    image: np.ndarray
    truth: dict[str, Any]


@dataclass(frozen=True)
class RecordingPlan:
    """A script with everything fixed that the script leaves open.

    Attributes:
        script: what happens.
        seed: of room, light, camera, blinks, sway and noise.
        width, height: of the frames in pixels; frames_a_second: their rate.
    """

    script: Script
    seed: int
    width: int = WIDTH
    height: int = HEIGHT
    frames_a_second: int = FRAMES_A_SECOND

    @property
    def frame_count(self) -> int:
        return round(self.script.duration_s * self.frames_a_second)


def record(plan: RecordingPlan, renderers: Renderers) -> Iterator[RecordedFrame]:
    """Yield the frames of a recording in order of time."""
    script = plan.script
    scene = draw_scene(generator(plan.seed, 11), script.level, script.lying)
    camera = replace(draw_camera(generator(plan.seed, 12)).for_video(), finds_faces=True)
    course = script.course(plan.seed)
    patient = None if script.empty else renderers(script.patient())
    visiting = None if script.visitor is None else renderers(Person.from_seed(DEMONSTRATION_PEOPLE[script.visitor]))
    behind = background(scene, resting_view(script), plan.width, plan.height)
    dimming, gain = 1.0, None
    for number in range(plan.frame_count):
        time_s = number / plan.frames_a_second
        moment = course.at(time_s)
        view = view_at(script, moment)
        rendering = None
        if patient is not None and moment.away < 1:
            rendering = patient.render(moment.expression, view, scene.illumination.lighting)
        visitor = _visitor(visiting, script, moment, scene) if visiting is not None and moment.visitor > 0 else None
        composition = compose(rendering, behind, scene, _hand(script, moment, plan), visitor)
        if gain is None:
            dimming = _dimming(composition, rendering, camera, script.face_luma)
            gain = _gain(composition, rendering, camera, dimming, script)
        image = take_picture(composition.linear * dimming, camera, generator(plan.seed, 13, number), gain)
        truth = _frame_truth(script, moment, view, rendering, composition, image, visitor is not None)
        yield RecordedFrame(time_s, image, {"frame": number, "time_s": round(time_s, 4)} | truth)


def resting_view(script: Script) -> View:
    """Return the head's pose and place before anything happens."""
    return View(script.yaw_deg, script.pitch_deg, script.roll_deg, script.lying, script.face_height, (0.5, 0.5))


def view_at(script: Script, moment: CourseMoment) -> View:
    """Return the head's pose and place at one moment of the course."""
    aspect = HEIGHT / WIDTH
    # Leaving means that the whole head and the shoulders are out of the picture.
    away = moment.away * moment.away_towards * (0.5 + 1.1 * script.face_height * aspect)
    return View(
        yaw_deg=script.yaw_deg + moment.yaw_deg + 25 * moment.away * moment.away_towards,
        pitch_deg=script.pitch_deg + moment.pitch_deg,
        roll_deg=script.roll_deg + moment.roll_deg,
        lying=script.lying,
        face_height=script.face_height,
        center=(
            0.5 + moment.shift[0] * script.face_height * aspect + away,
            0.5 + moment.shift[1] * script.face_height,
        ),
    )


def write_recording(
    plan: RecordingPlan, path: Path, renderers: Renderers, progress: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """Render a recording to `path` (.mp4), its frames' truth to .csv and its summary to .json; return the summary.

    The video is written under a temporary name and renamed when it is whole, the summary last of all.
    """
    partial = path.with_name(path.name + ".part.mp4")
    rows = []
    with av.open(str(partial), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=plan.frames_a_second)
        stream.width, stream.height, stream.pix_fmt = plan.width, plan.height, "yuv420p"
        stream.time_base = Fraction(1, plan.frames_a_second)
        stream.options = dict(H264_OPTIONS)
        for recorded in record(plan, renderers):
            frame = av.VideoFrame.from_ndarray(recorded.image, format="rgb24")
            frame.pts = recorded.truth["frame"]
            container.mux(stream.encode(frame))
            rows.append(recorded.truth)
            if progress:
                progress(len(rows))
        container.mux(stream.encode(None))
    partial.replace(path)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path.with_suffix(".csv"), text.getvalue().encode())
    summary = recording_summary(plan, rows)
    write_whole(path.with_suffix(".json"), json.dumps(summary, indent=2).encode())
    return summary


def scripted_timeline(rows: list[dict[str, Any]], rules: StabilityRules | None = None) -> Timeline:
    """Return the timeline that the truth of the frames gives by the report rule of `peea.timeline`."""
    moments = [
        Moment(float(row["time_s"]), None, Problem(row["problem"]))
        if row["problem"]
        else Moment(float(row["time_s"]), Grade(int(row["grade"])))
        for row in rows
    ]
    return build_timeline(moments, rules or StabilityRules())


def recording_summary(plan: RecordingPlan, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a list of recordings needs: title, patient, scripted grade, whether it can be graded and why not."""
    script = plan.script
    timeline = scripted_timeline(rows)
    patient = None if script.empty else person_columns(script.patient())
    return {
        "name": script.name,
        "title": script.title,
        "context": script.context.value,
        "patient": patient,
        "light": str(rows[0]["light"]),
        "seconds": round(timeline.duration_s, 3),
        "frames_a_second": plan.frames_a_second,
        "width": plan.width,
        "height": plan.height,
        "seed": plan.seed,
        "gradable": timeline.assessable,
        "why_not": "" if timeline.main_problem is None or timeline.assessable else timeline.main_problem.value,
        "grade": None if timeline.report_grade is None else int(timeline.report_grade),
        "peak_grade": None if timeline.peak_grade is None else int(timeline.peak_grade),
        "coverage": round(timeline.coverage, 4),
        "grade_seconds": {str(int(grade)): round(held, 3) for grade, held in timeline.seconds.items()},
    }


def _visitor(renderer: Renderer, script: Script, moment: CourseMoment, scene: Scene) -> Rendering:
    """The visitor leans in from the side, a little further away than the patient."""
    outside, beside = 0.5 + 0.75 * moment.visitor_side, 0.5 + 0.33 * moment.visitor_side
    view = View(
        yaw_deg=-22.0 * moment.visitor_side + moment.yaw_deg,
        pitch_deg=-4.0,
        face_height=0.72 * script.face_height,
        center=(outside + moment.visitor * (beside - outside), 0.36),
    )
    return renderer.render(Expression.symmetric(AU12=1.5, AU6=0.8), view, scene.illumination.lighting)


def _hand(script: Script, moment: CourseMoment, plan: RecordingPlan) -> HandPose | None:
    if moment.hand is None:
        return None
    view = view_at(script, moment)
    face_px = view.face_height * plan.height
    tone = SKIN_TONES[list(SKIN_TONES)[plan.seed % len(SKIN_TONES)]]
    return HandPose(
        center=(
            view.center[0] * plan.width + 1.9 * moment.hand * face_px,
            view.center[1] * plan.height + (0.25 - 0.9 * moment.hand - moment.hand_height) * face_px,
        ),
        length_px=hand_length_px(view, plan.height),
        angle_deg=35.0 + 20 * moment.hand,
        spread=0.4,
        mirrored=False,
        skin=tone,
        sleeve=(0.16, 0.30, 0.42),
    )


def _dimming(composition: Composition, rendering: Rendering | None, camera: Camera, wanted_luma: float | None) -> float:
    """The factor on all light at which the face of the first frame has the wanted luma (light adds up linearly)."""
    if wanted_luma is None or rendering is None:
        return 1.0
    darkest, brightest = -6.0, 1.0  # powers of ten
    for _ in range(24):
        middle = (darkest + brightest) / 2
        image = take_picture(composition.linear * 10**middle, camera, generator(0))
        if face_luma(image, rendering.landmarks) < wanted_luma:
            darkest = middle
        else:
            brightest = middle
    return float(10 ** ((darkest + brightest) / 2))


def _gain(
    composition: Composition, rendering: Rendering | None, camera: Camera, dimming: float, script: Script
) -> float:
    """Exposure of a recording. A window behind the patient is left to the meter, and darkens the face."""
    face = None
    if rendering is not None and script.level is not LightLevel.BACK_LIT:
        face = hull_mask(composition.linear.shape[:2], rendering.landmarks)
    return automatic_gain(composition.linear * dimming, camera, face)


def _frame_truth(
    script: Script,
    moment: CourseMoment,
    view: View,
    rendering: Rendering | None,
    composition: Composition,
    image: np.ndarray,
    visitor: bool,
) -> dict[str, Any]:
    pain = pain_truth(moment.expression, moment.confounder)
    luma = 0.0 if rendering is None else face_luma(image, rendering.landmarks)
    problem = _problem(view, rendering, composition, luma)
    present = rendering is not None
    truth: dict[str, Any] = {
        "problem": problem.value if problem else "",
        "confounder": moment.confounder.value if moment.confounder and present else "",
    }
    truth |= pain_columns(pain) | expression_columns(moment.expression)
    truth |= {
        "yaw_deg": round(view.yaw_deg, 2),
        "pitch_deg": round(view.pitch_deg, 2),
        "roll_deg": round(view.roll_deg, 2),
        "light": script.level.value
        if script.face_luma is None
        else ("too_dark" if luma < BLACK_LUMA else "night_lamp"),
        "face_luma": round(luma, 1),
        "occlusion": round(composition.occlusion, 3),
        "other_faces": int(visitor),
    }
    points = np.full((5, 2), np.nan)
    if rendering is not None:
        points = np.array([rendering.extra[f"mtcnn_{name}"] for name in FIVE_POINTS])
    for name, (x, y) in zip(FIVE_POINTS, points, strict=True):
        truth |= {
            f"{name}_x": "" if np.isnan(x) else round(float(x), 2),
            f"{name}_y": "" if np.isnan(y) else round(float(y), 2),
        }
    return truth


def _problem(view: View, rendering: Rendering | None, composition: Composition, luma: float) -> Problem | None:
    """Why a frame cannot be graded, by the truth of the scene."""
    if rendering is None:
        return Problem.NO_FACE
    height, width = composition.linear.shape[:2]
    x, y = rendering.landmarks[:, 0], rendering.landmarks[:, 1]
    inside = float(((x >= 0) & (x < width) & (y >= 0) & (y < height)).mean())
    if inside < INSIDE_SHARE[0]:
        return Problem.NO_FACE
    if luma < BLACK_LUMA:
        return Problem.TOO_DARK
    if composition.occlusion > COVERED_SHARE:
        return Problem.COVERED
    if abs(view.yaw_deg) > TURNED_AWAY_DEG:
        return Problem.TURNED_AWAY
    return Problem.CUT_OFF if inside < INSIDE_SHARE[1] else None


def course_of(plan: RecordingPlan) -> Course:
    """Return the course that the recording follows."""
    return plan.script.course(plan.seed)
