"""How often a second, brightened look rescues a dim recording, and what it costs in accuracy.

Each scripted patient is rendered once and photographed in good light and then again and again with less light, the
exposure at its limit as on a cheap camera: the same recording, frame by frame, only darker. Every recording is written
as H.264 and goes down the whole road of `peea.assessment`, once with the second look and once without.

    python -m peea.training.dim_rescue --model MODEL --output dim_rescue.json

"Rescued" is a dim recording that can be assessed with the second look and could not be without. Its cost is measured on
the frames that were graded both in good light and in the dim recording.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Final

import av
import numpy as np
import typer

from peea.assessment import Assessment, assess
from peea.assessment.road import GradesFaces
from peea.faces.patient_face import FaceFinder
from peea.graders import FaceGrade, ModelIdentity, load_grader
from peea.scales import GRADES, Grade, grade_of_pspi, pspi
from peea.settings import Settings
from peea.synthetic.camera import Camera, automatic_gain, draw_camera, take_picture
from peea.synthetic.courses import Pain
from peea.synthetic.demonstration import face_renderer
from peea.synthetic.lights import LightLevel
from peea.synthetic.person import Person
from peea.synthetic.recording import resting_view, view_at
from peea.synthetic.scenes import background, compose, draw_scene
from peea.synthetic.scripts import Script
from peea.synthetic.seeds import DEMONSTRATION_PEOPLE, generator
from peea.synthetic.truth import face_luma, hull_mask

WIDTH: Final = 640
HEIGHT: Final = 480

PEOPLE: Final = DEMONSTRATION_PEOPLE[500:]
"""Seeds of the patients: of none in a training set, nor of the demonstration recordings."""

PSPI_AT_APEX: Final = {Grade.NO_PAIN: 0.0, Grade.MILD: 2.8, Grade.OBVIOUS: 5.8, Grade.SEVERE: 9.2, Grade.INTENSE: 13.0}
"""The middle of each grade's range."""

DURATION_S: Final = 8.0
"""A short recording with one bout of pain: long enough for a report, short enough to render many."""

_DARKEST_POWER: Final = -6.0
_BISECTIONS: Final = 24


@dataclass(frozen=True)
class DimRecording:
    """One recording at one level of light.

    Attributes:
        patient: number of the scripted patient; scripted: the grade that the script shows.
        light: "good" or "dim"; face_luma: mean luma of the face in its first frame.
        without_look, with_look: coverage, 0-1, without and with the second look.
        grade_without, grade_with: reported grade, None if not assessable.
    """

    patient: int
    scripted: int
    light: str
    face_luma: float
    without_look: float
    with_look: float
    grade_without: int | None
    grade_with: int | None


@dataclass(frozen=True)
class DimCost:
    """What a level of light costs on frames graded in it and in good light.

    Attributes:
        face_luma: wanted mean luma of the face.
        recordings: how many; assessable_without, assessable_with: of those, how many could be assessed.
        report_right_good, report_right_dim: of those assessable with the second look, reports equal to the scripted
            grade in good light and in dim light.
        frames: graded in both lights.
        right_good, right_dim: share of those frames with the true grade; within_one_*: with it or one beside it.
        same_grade: share with the same grade in both lights.
        pspi_error_good, pspi_error_dim: mean absolute error of PSPI, None for a grader without actions.
    """

    face_luma: float
    recordings: int
    assessable_without: int
    assessable_with: int
    report_right_good: int
    report_right_dim: int
    frames: int
    right_good: float | None
    right_dim: float | None
    within_one_good: float | None
    within_one_dim: float | None
    same_grade: float | None
    pspi_error_good: float | None
    pspi_error_dim: float | None


class CoverageOnly:
    """Stands in for a grader where only the share of usable frames is asked for: calls every face calm."""

    identity = ModelIdentity("coverage only", "1", "0" * 64, "nothing", False)

    def grade(self, crops: Sequence[np.ndarray] | np.ndarray) -> list[FaceGrade]:
        """Return grade 0 for every crop."""
        calm = tuple(float(grade is Grade.NO_PAIN) for grade in GRADES)
        return [FaceGrade(calm, None) for _ in range(len(crops))]


def script_of(patient: int) -> Script:
    """Return what a patient does: one bout of pain; the grades take turns."""
    grade = GRADES[patient % len(GRADES)]
    bout = (Pain(PSPI_AT_APEX[grade], start_s=0.8, apex_s=5.0, offset_s=1.0),) if grade else ()
    return Script(f"dim {patient}", "", patient, bout, duration_s=DURATION_S, level=LightLevel.WARD)


def write_in_lights(
    patient: int, lumas: Sequence[float], rate_hz: int, folder: Path
) -> tuple[list[Path], list[float], list[float]]:
    """Render a patient once and write the recording in good light and at each wanted luma of the face.

    Returns:
        The files, good light first; the luma of the face in each; the true PSPI of each frame.
    """
    script = script_of(patient)
    renderer = face_renderer(Person.from_seed(PEOPLE[patient]))
    scene = draw_scene(generator(patient, 21), script.level, script.lying)
    camera = replace(draw_camera(generator(patient, 22)).for_video(), finds_faces=True)
    behind = background(scene, resting_view(script), WIDTH, HEIGHT)
    course = script.course(patient)
    files = [folder / f"patient{patient}_light{number}.mp4" for number in range(len(lumas) + 1)]
    exposures: list[tuple[float, float]] = []
    seen_lumas: list[float] = []
    truth = []
    writers = [_Writer(file, rate_hz) for file in files]
    for number in range(round(script.duration_s * rate_hz)):
        moment = course.at(number / rate_hz)
        rendering = renderer.render(moment.expression, view_at(script, moment), scene.illumination.lighting)
        linear = compose(rendering, behind, scene).linear
        if not exposures:
            face = hull_mask(linear.shape[:2], rendering.landmarks)
            for luma in (None, *lumas):
                light = 1.0 if luma is None else darkened_to(luma, linear, rendering.landmarks, camera)
                exposures.append((light, automatic_gain(linear * light, camera, face)))
        for writer, (light, gain) in zip(writers, exposures, strict=True):
            image = take_picture(linear * light, camera, generator(patient, 23, number), gain)
            if number == 0:
                seen_lumas.append(face_luma(image, rendering.landmarks))
            writer.add(image)
        truth.append(moment.expression.pspi)
    for writer in writers:
        writer.close()
    return files, seen_lumas, truth


class _Writer:
    """An H.264 file that grows frame by frame."""

    def __init__(self, file: Path, rate_hz: int) -> None:
        self._container = av.open(str(file), "w")
        self._stream = self._container.add_stream("libx264", rate=rate_hz)
        self._stream.width, self._stream.height, self._stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        self._stream.time_base = Fraction(1, rate_hz)
        self._stream.options = {"crf": "22", "preset": "faster", "x264-params": "log=0"}
        self._count = 0

    def add(self, image: np.ndarray) -> None:
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        frame.pts = self._count
        self._count += 1
        self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()


def darkened_to(luma: float, linear: np.ndarray, landmarks: np.ndarray, camera: Camera) -> float:
    """Return the factor on all light at which the camera shows the face with this mean luma."""
    face = hull_mask(linear.shape[:2], landmarks)
    darkest, brightest = _DARKEST_POWER, 0.0
    for _ in range(_BISECTIONS):
        middle = (darkest + brightest) / 2
        dark = linear * 10**middle
        image = take_picture(dark, camera, generator(0), automatic_gain(dark, camera, face))
        if face_luma(image, landmarks) < luma:
            darkest = middle
        else:
            brightest = middle
    return float(10 ** ((darkest + brightest) / 2))


def measure(
    grader: GradesFaces, patients: int, lumas: Sequence[float], rate_hz: int
) -> Iterator[tuple[DimRecording, Assessment, list[float]]]:
    """Yield each recording with its assessment (second look on) and its frames' true PSPI, patient by patient."""
    settings = Settings()
    for patient in range(patients):
        with tempfile.TemporaryDirectory() as folder:
            files, seen_lumas, truth = write_in_lights(patient, lumas, rate_hz, Path(folder))
            for number, (file, luma) in enumerate(zip(files, seen_lumas, strict=True)):
                without = assess(file, grader, lambda: FaceFinder(settings.faces, second_look=False), settings)
                with_look = assess(file, grader, lambda: FaceFinder(settings.faces), settings)
                yield (
                    DimRecording(
                        patient=patient,
                        scripted=int(grade_of_pspi(max(truth))) if max(truth) >= 1.5 else 0,
                        light="dim" if number else "good",
                        face_luma=lumas[number - 1] if number else round(luma, 1),
                        without_look=round(without.timeline.coverage, 3),
                        with_look=round(with_look.timeline.coverage, 3),
                        grade_without=_number(without.report_grade),
                        grade_with=_number(with_look.report_grade),
                    ),
                    with_look,
                    truth,
                )


def cost_of(
    luma: float, measured: Sequence[tuple[DimRecording, Assessment, list[float]]], graded: bool = True
) -> DimCost:
    """Sum up one level of light against good light.

    Args:
        luma: which level.
        measured: what `measure` yielded.
        graded: whether the grades mean anything (they do not with `CoverageOnly`).
    """
    good = {recording.patient: (recording, seen) for recording, seen, _ in measured if recording.light == "good"}
    dim = [each for each in measured if each[0].light == "dim" and each[0].face_luma == luma]
    assessable = [recording for recording, _, _ in dim if recording.grade_with is not None]
    pairs = []
    for recording, in_dim, truth in dim:
        in_good = {frame.time_s: frame for frame in good[recording.patient][1].frames}
        for frame, true_pspi in zip(in_dim.frames, truth, strict=False):
            twin = in_good.get(frame.time_s)
            if twin is not None and frame.probabilities is not None and twin.probabilities is not None:
                pairs.append((int(grade_of_pspi(true_pspi)), true_pspi, twin, frame))
    columns = np.array(
        [(true, np.argmax(a.probabilities or ()), np.argmax(b.probabilities or ())) for true, _, a, b in pairs]
    ).reshape(-1, 3)
    shown = graded and len(columns) > 0

    def share(mask: np.ndarray) -> float | None:
        return round(float(mask.mean()), 3) if shown else None

    def pspi_error(place: int) -> float | None:
        errors = [abs(pspi(each[place].actions) - each[1]) for each in pairs if each[place].actions is not None]
        return round(float(np.mean(errors)), 2) if shown and errors else None

    true, in_good_light, in_dim_light = columns.T
    return DimCost(
        face_luma=luma,
        recordings=len(dim),
        assessable_without=sum(recording.grade_without is not None for recording, _, _ in dim),
        assessable_with=len(assessable),
        report_right_good=sum(good[each.patient][0].grade_with == each.scripted for each in assessable)
        if graded
        else 0,
        report_right_dim=sum(each.grade_with == each.scripted for each in assessable) if graded else 0,
        frames=len(pairs),
        right_good=share(in_good_light == true),
        right_dim=share(in_dim_light == true),
        within_one_good=share(abs(in_good_light - true) <= 1),
        within_one_dim=share(abs(in_dim_light - true) <= 1),
        same_grade=share(in_good_light == in_dim_light),
        pspi_error_good=pspi_error(2),
        pspi_error_dim=pspi_error(3),
    )


def _number(grade: Grade | None) -> int | None:
    return None if grade is None else int(grade)


def main(
    model: Annotated[str | None, typer.Option(help="Model that grades; without one only coverage is measured.")] = None,
    patients: Annotated[int, typer.Option(help="Scripted patients, the grades taking turns.", min=1, max=400)] = 15,
    luma: Annotated[list[float] | None, typer.Option(help="Mean luma of the face, 0-255; repeat for several.")] = None,
    rate: Annotated[int, typer.Option(help="Frames a second.", min=2, max=30)] = 5,
    output: Annotated[Path | None, typer.Option(help="JSON file for the figures.")] = None,
) -> None:
    """Measure how often the second look rescues a dim recording, and what it costs in accuracy."""
    lumas = luma or [35.0, 25.0, 18.0, 13.0, 9.0]
    grader: GradesFaces = CoverageOnly() if model is None else load_grader(model)
    measured = []
    for each in measure(grader, patients, lumas, rate):
        measured.append(each)
        recording = each[0]
        typer.echo(
            f"patient {recording.patient}, {recording.light}, face luma {recording.face_luma:g}: coverage "
            f"{recording.without_look:.0%} without, {recording.with_look:.0%} with the second look"
        )
    costs = [cost_of(level, measured, graded=model is not None) for level in lumas]
    for cost in costs:
        typer.echo(json.dumps(asdict(cost)))
    if output is not None:
        report = {
            "simulated": True,
            "model": asdict(grader.identity),
            "recordings": [asdict(recording) for recording, _, _ in measured],
            "levels": [asdict(cost) for cost in costs],
        }
        output.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
